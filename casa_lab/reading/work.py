"""A run's work as it travels to workers."""

from __future__ import annotations

from dataclasses import dataclass

from coffea.processor.executor import FileMeta, WorkItem

from .chunks import ChunkOutput, ChunkReader, ChunkWork
from .look import FileLook, FileLooker
from .places import Places


@dataclass(frozen=True)
class RunWork:
    """What workers are to do for a run.

    Attributes
    ----------
    chunks
        What to do with chunks, if there are any.
    look
        How to look at files, if that is wanted.
    """

    chunks: ChunkWork | None = None
    look: FileLook | None = None

    def on_worker(self) -> WorkerReader:
        """Return what does the work, ready for use."""
        return WorkerReader(self)


class WorkerReader:
    """Does the work of one run on one worker, and keeps files open in between.

    Parameters
    ----------
    work
        What is to be done.

    Attributes
    ----------
    places
        Where files that have replicas are read.
    """

    def __init__(self, work: RunWork) -> None:
        self._chunks = None if work.chunks is None else ChunkReader(work.chunks)
        self._looker = None if work.look is None else FileLooker(work.look)
        self.places = Places()

    def process(self, item: WorkItem, place: str) -> ChunkOutput:
        """Process a chunk, whose file is read at a place."""
        if self._chunks is None:
            raise RuntimeError("This work has no chunks.")
        return self._chunks(item, place)

    def look(self, meta: FileMeta, place: str) -> FileMeta:
        """Return a file with its metadata, which are read at a place."""
        if self._looker is None:
            raise RuntimeError("This work looks at no files.")
        return self._looker(meta, place)

    def close(self) -> None:
        """Close the files that are kept open."""
        if self._chunks is not None:
            self._chunks.close()
