"""Which chunks are counted: the reason why nothing is counted twice.

The ledger lives in a run's ``groups`` directory. An accepted batch is appended
to a log before it counts; from time to time a checkpoint of everything merged
replaces the log. A resumed run reads the checkpoint and the log, and processes
the rest.
"""

from __future__ import annotations

import json
import struct
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import Any

from coffea.processor.executor import WorkItem

from casa_lab.folders.files import replace_file
from casa_lab.runs.errors import RunError
from casa_lab.runs.tasks.packing import pack, unpack

from .merge import OrderedMerge, Place
from .plan import Batch, FileKey, file_key, is_placeholder

CHECKPOINT_SECONDS = 10.0
"""Least time between two checkpoints."""

CHECKPOINT_BYTES = 32 * 2**20
"""How much the log must have grown for a checkpoint to be worth its cost."""

Range = tuple[int, int]
"""First entry of a chunk, and the one after its last."""

_HEAD = struct.Struct("<4sIII")
_MAGIC = b"CASA"


class Ledger:
    """The counted chunks of a run and their merged output.

    Parameters
    ----------
    directory
        The run's ``groups`` directory; made when absent.

    Attributes
    ----------
    counted
        Entry ranges of the chunks in the merged output, by file.

    Raises
    ------
    RunError
        When what an earlier session left cannot be read.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(exist_ok=True)
        self._directory = directory
        self._merge = OrderedMerge()
        self._files: list[FileKey] = []
        self._positions: dict[FileKey, int] = {}
        self._chunks: dict[int, int] = {}
        self._identities: dict[FileKey, str] = {}
        self.counted: dict[FileKey, set[Range]] = {}
        # Files of which parts of chunks may be counted: to look for them takes time.
        self._cut: set[FileKey] = set()
        self._generation = 0
        try:
            self._restore()
        except Exception as error:
            raise RunError(
                "What this run has counted cannot be read here. Resume it in the environment that "
                f"it was started in, or launch it anew. ({type(error).__name__}: {error})"
            ) from error
        self._log = self._open_log()
        self._logged = self._log.tell()
        self._checkpointed = time.monotonic()

    @property
    def identities(self) -> Mapping[FileKey, str]:
        """The UUIDs of the files that were looked at."""
        return self._identities

    def is_counted(self, item: WorkItem) -> bool:
        """Tell whether a chunk is in the merged output."""
        return not self._uncounted(item)

    def by_dataset(self) -> dict[str, tuple[int, int]]:
        """Return the number of counted events and chunks, by dataset."""
        totals: dict[str, tuple[int, int]] = {}
        for key, chunks in self.counted.items():
            events, number = totals.get(key.dataset, (0, 0))
            events += sum(stop - start for start, stop in chunks)
            totals[key.dataset] = (events, number + len(chunks))
        return totals

    def open_files(self, files: Sequence[FileKey]) -> None:
        """Take the files of this session, in their order."""
        if self._files and self._files != list(files):
            # Not those of the earlier session, as when this run continues another one.
            now = {key: position for position, key in enumerate(files)}
            self._merge = self._merge.moved(
                {before: now[key] for key, before in self._positions.items() if key in now}
            )
            self._chunks = {}
        self._files = list(files)
        self._positions = {key: position for position, key in enumerate(files)}
        self.checkpoint()

    def open_chunks(self, position: int, chunks: Sequence[WorkItem]) -> list[list[WorkItem]]:
        """Take the chunks of a file, once they are known.

        Parameters
        ----------
        position
            Position of the file.
        chunks
            Its chunks, in order.

        Returns
        -------
        list of list of WorkItem
            For each chunk what of it is not counted: itself, parts of it, or nothing.

        Raises
        ------
        RunError
            When chunks are counted and the file has been replaced: neither its
            old nor its new chunks could be told from each other.
        """
        key = self._files[position]
        self._check_file(key, chunks)
        self._chunks[position] = len(chunks)
        missing = [self._uncounted(item) for item in chunks]
        for number, (item, parts) in enumerate(zip(chunks, missing, strict=True)):
            if parts != [item]:
                self.leave_out(position, number)
        return missing

    def leave_out(self, position: int, number: int) -> None:
        """Close the place of a chunk to which nothing comes, unless something is there."""
        if not self.has_place(position, number):
            self._merge.put(Place(position, 0, number), self._chunks[position], None)

    def has_place(self, position: int, number: int) -> bool:
        """Tell whether the place of a chunk is taken."""
        return self._merge.has(Place(position, 0, number))

    def accept(self, batch: Batch, chunks: Sequence[WorkItem], payload: bytes) -> Any | None:
        """Count chunks of a batch, on disk first.

        Parameters
        ----------
        batch
            The batch.
        chunks
            Those of its chunks that succeeded.
        payload
            Their packed accumulator.

        Returns
        -------
        object or None
            The accumulator, to be given to :meth:`merge`. ``None`` for a
            duplicate, of which nothing is counted.
        """
        output = unpack(payload)  # what cannot be read must not count
        if any(self._uncounted(item) != [item] for item in chunks):
            return None
        record = self._record(batch, chunks)
        head = json.dumps(record).encode()
        check = zlib.crc32(payload, zlib.crc32(head))
        for part in (_HEAD.pack(_MAGIC, len(head), len(payload), check), head, payload):
            self._write(part)
        self._count(record)
        return output

    def merge(self, batch: Batch, output: Any | None) -> None:
        """Merge the output of a batch, which the ledger may change from now on.

        Every batch is merged, one that failed with ``None``: the pieces after
        it need not wait.
        """
        self._put(batch.place, output)

    def pieces(self) -> Iterator[Any]:
        """Yield the accumulators that the merged output consists of, to be read only."""
        return self._merge.pieces()

    def total(self) -> Any | None:
        """Return the merged output, which uses the ledger up; ``None`` when it is empty."""
        return self._merge.total()

    def checkpoint_if_due(self) -> None:
        """Replace the log by a checkpoint when it has grown and some time has passed."""
        elapsed = time.monotonic() - self._checkpointed
        if self._logged > CHECKPOINT_BYTES and elapsed > CHECKPOINT_SECONDS:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Write everything merged to one file and start an empty log."""
        data = pack(
            {
                "generation": self._generation + 1,
                "files": self._files,
                "chunks": self._chunks,
                "identities": self._identities,
                "counted": self.counted,
                "cut": self._cut,
                "merge": self._merge,
            }
        )
        replace_file(self._checkpoint_path, lambda stream: stream.write(data))
        self._log.close()
        self._log_path(self._generation).unlink(missing_ok=True)
        self._generation += 1
        self._log = self._open_log()
        self._logged = 0
        self._checkpointed = time.monotonic()

    def close(self) -> None:
        """Close the log file."""
        self._log.close()

    def _check_file(self, key: FileKey, chunks: Sequence[WorkItem]) -> None:
        if is_placeholder(chunks[0]):
            return  # cannot be read today; what it gave before stays counted
        identity = str(chunks[0].fileuuid)
        planned = {(item.entrystart, item.entrystop) for item in chunks}
        others = self.counted.get(key, set()) - planned
        known = self._identities.get(key, identity)
        if (key in self.counted and known != identity) or not _are_within(others, planned):
            raise RunError(
                f"{key.filename} is not the file that was counted: it was replaced. "
                "Launch a new run."
            )
        if others:
            self._cut.add(key)
        self._identities[key] = identity

    def _uncounted(self, item: WorkItem) -> list[WorkItem]:
        """Return what of a chunk is not counted."""
        whole = (item.entrystart, item.entrystop)
        counted = self.counted.get(file_key(item), set())
        if whole in counted:
            return []
        if file_key(item) not in self._cut:
            return [item]
        inside = sorted(part for part in counted if whole[0] <= part[0] and part[1] <= whole[1])
        if not inside:
            return [item]
        starts = [whole[0], *(stop for _, stop in inside)]
        stops = [*(start for start, _ in inside), whole[1]]
        return [
            replace(item, entrystart=start, entrystop=stop)
            for start, stop in zip(starts, stops, strict=True)
            if start < stop
        ]

    def _record(self, batch: Batch, chunks: Sequence[WorkItem]) -> dict[str, Any]:
        """Return what the log says of a batch: enough to count it again."""
        positions = [self._positions[file_key(item)] for item in chunks]
        return {
            "place": batch.place,
            "files": [
                (position, self._identities[self._files[position]], self._chunks[position])
                for position in dict.fromkeys(positions)
            ],
            "chunks": [
                (position, item.entrystart, item.entrystop)
                for position, item in zip(positions, chunks, strict=True)
            ],
        }

    def _count(self, record: Mapping[str, Any]) -> None:
        for position, identity, chunks in record["files"]:
            self._identities[self._files[position]] = identity
            self._chunks[position] = chunks
            if record["place"] is None:
                self._cut.add(self._files[position])
        for position, start, stop in record["chunks"]:
            self.counted.setdefault(self._files[position], set()).add((start, stop))

    def _put(self, place: Place | None, output: Any | None) -> None:
        chunks = 0 if place is None or place.file is None else self._chunks[place.file]
        self._merge.put(place, chunks, output)

    def _restore(self) -> None:
        if self._checkpoint_path.exists():
            saved = unpack(self._checkpoint_path.read_bytes())
            self._generation = saved["generation"]
            self._files = saved["files"]
            self._positions = {key: position for position, key in enumerate(self._files)}
            self._chunks = saved["chunks"]
            self._identities = saved["identities"]
            self.counted = saved["counted"]
            self._cut = saved["cut"]
            self._merge = saved["merge"]
        log = self._log_path(self._generation)
        for stale in set(self._directory.glob("log-*.bin")) - {log}:
            stale.unlink()  # of a crash between a new checkpoint and the end of its log
        if log.exists():
            data = log.read_bytes()
            whole = 0
            for end, head, payload in _records(data):
                whole = end
                self._count(head)
                place = None if head["place"] is None else Place(*head["place"])
                self._put(place, unpack(payload))
            if whole != len(data):  # torn by a crash while it was written
                with log.open("r+b") as stream:
                    stream.truncate(whole)

    def _open_log(self) -> FileIO:
        # Without a buffer, which on a full disk would try to write its rest again and again.
        return self._log_path(self._generation).open("ab", buffering=0)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:  # a disk that fills up takes a part
            written = self._log.write(left)
            self._logged += written
            left = left[written:]

    @property
    def _checkpoint_path(self) -> Path:
        return self._directory / "checkpoint.bin"

    def _log_path(self, generation: int) -> Path:
        return self._directory / f"log-{generation}.bin"


def _are_within(parts: Iterable[Range], chunks: Iterable[Range]) -> bool:
    """Tell whether each range is a part of a chunk."""
    return all(
        any(start <= part[0] and part[1] <= stop for start, stop in chunks) for part in parts
    )


def _records(data: bytes) -> Iterator[tuple[int, dict[str, Any], bytes]]:
    """Yield the whole records of a log, each with the offset of its end."""
    at = 0
    while at + _HEAD.size <= len(data):
        magic, head_size, payload_size, check = _HEAD.unpack_from(data, at)
        middle = at + _HEAD.size + head_size
        end = middle + payload_size
        if magic != _MAGIC or end > len(data):
            return
        head = data[at + _HEAD.size : middle]
        payload = data[middle:end]
        if zlib.crc32(payload, zlib.crc32(head)) != check:
            return
        yield end, json.loads(head), payload
        at = end
