"""Pictures of histograms for notebooks, drawn by :mod:`casa_lab.histograms.takeaway.stills`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from .takeaway.stills import still_apart


def draw(path: str, uhi: dict[str, Any]) -> Iterator[tuple[str, Callable[[IO[bytes]], object]]]:
    """Yield the picture of a histogram: no suffix for its name, and what saves it as PNG."""
    yield "", lambda stream: stream.write(still_apart({path: uhi}))


def draw_together(histograms: Mapping[str, dict[str, Any]], stream: IO[bytes]) -> None:
    """Save a few histograms side by side as PNG."""
    stream.write(still_apart(histograms))
