"""Chunks, batches and plans made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coffea.processor.executor import WorkItem

UUID = b"0123456789abcdef"


def chunk(dataset: str, filename: str, start: int, stop: int, uuid: bytes = UUID) -> WorkItem:
    """Return one chunk of a file that could be looked at."""
    return WorkItem(dataset, filename, "Events", start, stop, uuid, {"xsec": 1.5})


def chunks_of(files: Mapping[tuple[str, str], Sequence[int]]) -> list[WorkItem]:
    """Return the chunks of files, given by dataset and name, with the chunks' lengths."""
    items = []
    for (dataset, filename), lengths in files.items():
        start = 0
        for length in lengths:
            items.append(chunk(dataset, filename, start, start + length))
            start += length
    return items
