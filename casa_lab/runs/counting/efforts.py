"""What a batch took, as those who watch the run count it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from casa_lab.runs.tasks.worker import BatchOutcome
from casa_lab.runs.watching.board import FileShare

from .metrics import Effort
from .plan import Batch


def effort_of(batch: Batch, outcome: BatchOutcome) -> Effort:
    """Return what a batch took, of which the chunks that failed are no part."""
    good = [chunk for chunk in outcome.chunks if chunk.cause is None]
    return Effort(
        dataset=batch.dataset,
        file=batch.items[0].filename,
        worker=outcome.worker,
        host=outcome.host,
        chunks=len(good),
        events=sum(chunk.stop - chunk.start for chunk in good),
        seconds=outcome.seconds,
        process_seconds=outcome.measures.process_seconds,
        open_seconds=outcome.measures.open_seconds,
        bytes_read=outcome.measures.bytes_read,
        peak_memory_bytes=outcome.peak_memory_bytes,
        files=len(batch.shape),
    )


def shares_of(batch: Batch, outcome: BatchOutcome) -> Iterator[FileShare]:
    """Yield what a batch did of each of its files."""
    chunks = iter(outcome.chunks)
    for name, number in zip(batch.files, batch.shape, strict=True):
        part = list(islice(chunks, number))
        yield FileShare(
            name,
            events=sum(chunk.stop - chunk.start for chunk in part if chunk.cause is None),
            seconds=sum(chunk.seconds for chunk in part),
        )
