"""The picture of a run, for where nothing can show it live."""

from __future__ import annotations

import io
import threading
from pathlib import Path

from casa_lab.folders.cache import read_once
from casa_lab.runs.folder import RunFolder, open_run

MOST_PLOTS = 4
"""How many histograms are in the picture."""

COLOURS = 256
"""As many as an indexed PNG can have: plots have hardly more."""

_one_at_a_time = threading.Lock()


def picture_of(run: str) -> bytes | None:
    """Return the first histograms of a run as PNG, ``None`` where it has none to draw.

    Raises
    ------
    Unavailable
        When they could not be drawn.
    """
    try:
        with _one_at_a_time:  # cells that show the same run get the same picture
            return _drawn(open_run(run).histograms)
    except FileNotFoundError:
        return None


@read_once(16)
def _drawn(snapshot: Path) -> bytes | None:
    from casa_lab.histograms.snapshot import read_histogram, read_index
    from casa_lab.histograms.takeaway.stills import still_apart

    index = read_index(snapshot)
    paths = [each.path for each in index.histograms if each.axes and not each.problem]
    if not paths:
        return None
    histograms = {path: read_histogram(snapshot, path) for path in paths[:MOST_PLOTS]}
    return _smaller(still_apart(histograms, list(RunFolder(snapshot.parent).spec().fileset)))


def _smaller(picture: bytes) -> bytes:
    """Return a picture of half the size or less, since notebooks keep it, as text and twice."""
    from PIL import Image  # comes with matplotlib

    stream = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as drawn:
        reduced = drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    reduced.save(stream, "PNG", optimize=True)
    return stream.getvalue()
