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
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from coffea.processor.executor import WorkItem

from casa_lab.folders.files import replace_file

from .errors import RunError
from .merge import OrderedMerge
from .packing import pack, unpack
from .plan import Batch, FileKey, Plan, file_key, is_placeholder

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
        self._batches: list[int] = []
        self._identities: dict[FileKey, str] = {}
        self.counted: dict[FileKey, set[Range]] = {}
        self._generation = 0
        try:
            self._restore()
        except Exception as error:
            raise RunError(
                "What this run has counted cannot be read here. Resume it in the environment that "
                f"it was started in, or launch it anew. ({type(error).__name__}: {error})"
            ) from error
        self._log = self._log_path(self._generation).open("ab")
        self._logged = self._log.tell()
        self._checkpointed = time.monotonic()

    def is_counted(self, item: WorkItem) -> bool:
        """Tell whether a chunk is in the merged output."""
        return (item.entrystart, item.entrystop) in self.counted.get(file_key(item), ())

    def by_dataset(self) -> dict[str, tuple[int, int]]:
        """Return the number of counted events and chunks, by dataset."""
        totals: dict[str, tuple[int, int]] = {}
        for key, chunks in self.counted.items():
            events, number = totals.get(key.dataset, (0, 0))
            events += sum(stop - start for start, stop in chunks)
            totals[key.dataset] = (events, number + len(chunks))
        return totals

    def open_plan(self, plan: Plan) -> list[Batch]:
        """Take the plan of this session and return what is missing.

        A batch of which some chunks are counted already comes back with the
        others only.

        Raises
        ------
        RunError
            When a file of which chunks are counted has been replaced: neither
            its old nor its new chunks could be told from each other.
        """
        self._check_files(plan)
        batches = [len(of_file) for of_file in plan.batches]
        if self._files and (self._files, self._batches) != (plan.files, batches):
            # Not the files of the earlier session: positions have changed, so
            # what was merged before is kept as one piece.
            earlier = self._merge.total()
            self._merge = OrderedMerge()
            self._merge.put_extra(earlier)
        self._files, self._batches = list(plan.files), batches
        self.checkpoint()
        missing = []
        for batch in plan:
            left = tuple(item for item in batch.items if not self.is_counted(item))
            if left:
                missing.append(Batch(batch.file, batch.number, left))
        return missing

    def accept(self, batch: Batch, chunks: Sequence[Range], payload: bytes) -> Any | None:
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
        done = self.counted.setdefault(batch.key, set())
        if not done.isdisjoint(chunks):
            return None
        head = json.dumps(
            {"file": batch.file, "number": batch.number, "key": batch.key, "chunks": chunks}
        ).encode()
        check = zlib.crc32(payload, zlib.crc32(head))
        self._log.write(_HEAD.pack(_MAGIC, len(head), len(payload), check))
        self._log.write(head)
        self._log.write(payload)
        self._log.flush()
        self._logged += _HEAD.size + len(head) + len(payload)
        done.update(chunks)
        return output

    def merge(self, batch: Batch, output: Any | None) -> None:
        """Merge the output of a batch, which the ledger may change from now on.

        Every batch is merged, one that failed with ``None``: the pieces after
        it need not wait.
        """
        self._merge.put(batch.file, batch.number, self._batches[batch.file], output)

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
                "batches": self._batches,
                "identities": self._identities,
                "counted": self.counted,
                "merge": self._merge,
            }
        )
        replace_file(self._checkpoint_path, lambda stream: stream.write(data))
        self._log.close()
        self._log_path(self._generation).unlink(missing_ok=True)
        self._generation += 1
        self._log = self._log_path(self._generation).open("ab")
        self._logged = 0
        self._checkpointed = time.monotonic()

    def close(self) -> None:
        """Close the log file."""
        self._log.close()

    def _check_files(self, plan: Plan) -> None:
        for key, batches in zip(plan.files, plan.batches, strict=True):
            chunks = [item for batch in batches for item in batch.items]
            if is_placeholder(chunks[0]):
                continue  # cannot be read today; what it gave before stays counted
            identity = str(chunks[0].fileuuid)
            planned = {(item.entrystart, item.entrystop) for item in chunks}
            counted = self.counted.get(key, set())
            known = self._identities.setdefault(key, identity)
            if counted and (known != identity or not counted <= planned):
                raise RunError(
                    f"{key.filename} is not the file that this run began with: it was replaced. "
                    "Launch a new run."
                )
            self._identities[key] = identity

    def _restore(self) -> None:
        if self._checkpoint_path.exists():
            saved = unpack(self._checkpoint_path.read_bytes())
            self._generation = saved["generation"]
            self._files = saved["files"]
            self._batches = saved["batches"]
            self._identities = saved["identities"]
            self.counted = saved["counted"]
            self._merge = saved["merge"]
        log = self._log_path(self._generation)
        for stale in set(self._directory.glob("log-*.bin")) - {log}:
            stale.unlink()  # of a crash between a new checkpoint and the end of its log
        if log.exists():
            data = log.read_bytes()
            whole = 0
            for end, head, payload in _records(data):
                whole = end
                key = FileKey(*head["key"])
                self.counted.setdefault(key, set()).update(map(tuple, head["chunks"]))
                of = self._batches[head["file"]]
                self._merge.put(head["file"], head["number"], of, unpack(payload))
            if whole != len(data):  # torn by a crash while it was written
                with log.open("r+b") as stream:
                    stream.truncate(whole)

    @property
    def _checkpoint_path(self) -> Path:
        return self._directory / "checkpoint.bin"

    def _log_path(self, generation: int) -> Path:
        return self._directory / f"log-{generation}.bin"


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
