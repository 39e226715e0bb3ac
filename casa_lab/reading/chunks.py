"""Coffea's chunk function, with files kept open and forms reused.

``Runner._work_function`` opens the file, deserialises all of its branches and
builds the form of each, for every chunk. What a chunk returns is the same here;
``tests/reading`` compares the two. Whatever is not read from ROOT files through
a schema goes through Coffea's own function.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import cloudpickle
import lz4.frame
from coffea.nanoevents import schemas
from coffea.nanoevents.util import key_to_tuple
from coffea.processor import ProcessorABC
from coffea.processor.executor import WorkItem

from .collector import (
    GarbageWatch,
    collector_paused,
    leave_out_what_is_imported,
    take_in_what_is_imported,
)
from .columns import kept_columns
from .events import ChunkRequest, EventsMaker
from .files import FileName, OpenFiles, OpenTree, ReadingOptions
from .heap import give_freed_memory_back, keep_freed_memory
from .measures import Measures


@dataclass(frozen=True)
class ChunkWork:
    """What Runner wants done with each chunk.

    Attributes
    ----------
    coffea
        Runner's own function, with metrics on.
    keep_metrics
        Whether the user asked for metrics.
    processor
        The processor, packed by Runner unless it was told not to.
    format, timeout, schema, uproot_options, iteritems_options, has_checkpointer, cache_function
        The arguments of ``Runner._work_function``.
    options
        How to read.
    """

    coffea: partial[Any]
    keep_metrics: bool
    processor: Any
    format: str
    timeout: int | None
    schema: type[Any]
    uproot_options: Mapping[str, Any]
    iteritems_options: Mapping[str, Any]
    has_checkpointer: bool
    cache_function: Callable[[], Any]
    options: ReadingOptions = field(default_factory=ReadingOptions)

    def packed_again(self) -> ChunkWork:
        """Return the same work with the processor packed once more.

        Runner packs it before an executor can say which modules are to be
        carried along.
        """
        if not isinstance(self.processor, bytes):
            return self
        pickled = cloudpickle.dumps(unpacked(self.processor))
        packed = lz4.frame.compress(pickled, compression_level=1)
        keywords = {**self.coffea.keywords, "processor_instance": packed}
        coffea = partial(self.coffea.func, *self.coffea.args, **keywords)
        return replace(self, coffea=coffea, processor=packed)

    @property
    def is_readable_here(self) -> bool:
        """Whether these chunks are read in Casa's way."""
        return (
            self.format == "root"
            and not self.has_checkpointer
            and issubclass(self.schema, schemas.BaseSchema)
        )


@dataclass
class ChunkOutput:
    """What a chunk gives: the accumulator under ``out``, and what it took."""

    output: dict[str, Any]
    measures: Measures


class FileChanged(Exception):
    """A file is not the one that its chunks were made for."""


class ChunkReader:
    """Processes chunks on a worker.

    Parameters
    ----------
    work
        What to do with each.
    """

    def __init__(self, work: ChunkWork) -> None:
        self._work = work
        options = dict(work.uproot_options)
        options["timeout"] = options.pop("timeout", work.timeout)
        self._files = OpenFiles(work.options, options)
        self._events = EventsMaker(work.options.reuse_forms)
        # Coffea unpacks it for each chunk, where failing to would look like a
        # failure of the chunk.
        unpacked(work.processor)
        leave_out_what_is_imported()
        self._garbage = GarbageWatch()
        keep_freed_memory()

    def close(self) -> None:
        """Close files and leave the process as it was; to be called once."""
        self._files.close()
        take_in_what_is_imported()
        give_freed_memory_back()

    def __call__(self, item: WorkItem, place: str | None = None) -> ChunkOutput:
        """Process a chunk.

        Parameters
        ----------
        item
            The chunk.
        place
            Where to read its file, if it is not what the chunk says.

        Raises
        ------
        FileChanged
            When the file is not the one that its chunks were made for.
        Exception
            As Coffea's function does, with the stage in its message.
        """
        name = FileName(place or item.filename, item.treename)
        if not self._work.is_readable_here:
            if name.path == item.filename:
                return self._in_coffeas_way(item)
            self._check_replica(name, item)
            return self._in_coffeas_way(replace(item, filename=name.path))
        # A processor may keep state, and a chunk must not see what another left.
        processor = unpacked(self._work.processor)
        began = time.perf_counter()
        with _Stage("Failed to open file", item), collector_paused():
            opened = self._files.take(name)
        try:
            output = self._process(processor, item, opened, began)
        except BaseException:
            opened.close()
            raise
        self._files.give_back(opened)
        self._garbage.collect_if_grown()
        return output

    def _process(
        self, processor: Any, item: WorkItem, opened: OpenTree, began: float
    ) -> ChunkOutput:
        _check_identity(opened, item)
        access_log: list[Any] = []
        with _Stage("Failed creating nanoevents", item), collector_paused():
            events = self._events.make(
                opened,
                ChunkRequest(
                    item=item,
                    schema=self._work.schema,
                    metadata=chunk_metadata(item),
                    access_log=access_log,
                    iteritems_options=self._work.iteritems_options,
                    buffer_cache=self._column_cache(),
                ),
            )
        made = time.perf_counter()
        with _Stage("Failed processing file", item):
            out = call(processor, events)
        done = time.perf_counter()
        if out is None:
            raise ValueError(
                "Output of process() should not be None. Make sure your processor's process() "
                "function returns an accumulator."
            )
        measures = Measures(
            bytes_read=opened.take_bytes_read(),
            process_seconds=done - made,
            open_seconds=made - began,
            columns={read.branch for read in access_log},
        )
        output = {"out": out}
        if self._work.keep_metrics:
            output["metrics"] = {
                "bytesread": measures.bytes_read,
                "columns": {f"{name}-{key_to_tuple(key)[3]}" for name, key in access_log},
                "entries": len(events),
                "processtime": measures.process_seconds,
            }
        return ChunkOutput(output, measures)

    def _check_replica(self, name: FileName, item: WorkItem) -> None:
        with _Stage("Failed to open file", item):
            opened = self._files.take(name)
        try:
            _check_identity(opened, item)
        finally:
            opened.close()

    def _in_coffeas_way(self, item: WorkItem) -> ChunkOutput:
        began = time.perf_counter()
        output = self._work.coffea(item)
        seconds = time.perf_counter() - began
        output.pop("processed", None)  # the ledger knows it, in fewer bytes
        # What plain Coffea left in a checkpoint has none.
        metrics = output.get("metrics", {})
        if not self._work.keep_metrics:
            output.pop("metrics", None)
        processing = metrics.get("processtime", seconds)
        measures = Measures(
            bytes_read=metrics.get("bytesread", 0),
            process_seconds=processing,
            open_seconds=max(0.0, seconds - processing),
            # Coffea names the part of a column, too: "Muon_pt-data".
            columns={name.rpartition("-")[0] for name in metrics.get("columns", ())},
        )
        return ChunkOutput(output, measures)

    def _column_cache(self) -> Any | None:
        chosen = self._work.cache_function()
        kept = self._work.options.column_bytes
        return kept_columns().keep(kept) if chosen is None and kept else chosen


def _check_identity(opened: OpenTree, item: WorkItem) -> None:
    is_other = item.fileuuid and item.fileuuid != opened.directory.file.fUUID
    if is_other or opened.tree.num_entries < item.entrystop:
        raise FileChanged(opened.name.path)


class _Stage:
    """Says at which stage an exception came, in Coffea's words."""

    def __init__(self, words: str, item: WorkItem) -> None:
        self._words = words
        self._item = item

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: Any) -> None:
        if isinstance(error, Exception):
            raise Exception(f"{self._words}: {self._item!r}. The error was: {error!r}.") from error


def call(processor: Any, events: Any) -> Any:
    """Apply a processor, which may be a plain function, to events."""
    return processor.process(events) if isinstance(processor, ProcessorABC) else processor(events)


def chunk_metadata(item: WorkItem) -> dict[str, Any]:
    """Return what ``events.metadata`` holds for a chunk: as in Coffea."""
    return {
        "dataset": item.dataset,
        "filename": item.filename,
        "treename": item.treename,
        "entrystart": item.entrystart,
        "entrystop": item.entrystop,
        "fileuuid": str(uuid.UUID(bytes=item.fileuuid)) if item.fileuuid else "",
        **(item.usermeta or {}),
    }


def unpacked(processor: Any) -> Any:
    """Return a processor that Runner may have packed."""
    if isinstance(processor, bytes):
        return cloudpickle.loads(lz4.frame.decompress(processor))
    return processor
