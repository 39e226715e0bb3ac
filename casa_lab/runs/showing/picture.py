"""The picture of a run, for where nothing can show it live."""

from __future__ import annotations

import threading
from functools import lru_cache

from casa_lab.runs.folder import open_run

MOST_PLOTS = 4
"""How many histograms are in the picture."""

_one_at_a_time = threading.Lock()


def picture_of(run: str) -> bytes | None:
    """Return the first histograms of a run as PNG, ``None`` where it has none to draw.

    Raises
    ------
    Unavailable
        When they could not be drawn.
    """
    try:
        written = open_run(run).histograms.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    with _one_at_a_time:  # cells that show the same run get the same picture
        return _drawn(run, written)


@lru_cache(maxsize=16)
def _drawn(run: str, written: int) -> bytes | None:  # noqa: ARG001
    from casa_lab.histograms.snapshot import read_histogram, read_index
    from casa_lab.histograms.takeaway.stills import still_apart

    folder = open_run(run)
    index = read_index(folder.histograms)
    paths = [each.path for each in index.histograms if each.axes and not each.problem]
    if not paths:
        return None
    histograms = {path: read_histogram(folder.histograms, path) for path in paths[:MOST_PLOTS]}
    return still_apart(histograms, list(folder.spec().fileset))
