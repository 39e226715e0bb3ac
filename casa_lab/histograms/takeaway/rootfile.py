"""Writes ROOT files: one histogram for each category, in a folder for each histogram.

Imports uproot and hist when it writes, so it is for a process of its own.
"""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from casa_lab.errors import BadInput

MOST_DIMENSIONS = 3
"""ROOT has no histograms of more."""

MOST_OBJECTS = 20_000
"""More histograms than this make a file that no browser of ROOT shows in reasonable time."""


def write_root(histograms: Mapping[str, dict[str, Any]]) -> bytes:
    """Return a ROOT file.

    Parameters
    ----------
    histograms
        UHI dictionaries by the name of their folder. One that has categories gets a
        histogram for each combination of them; others are histograms of that name.

    Raises
    ------
    BadInput
        When ROOT has no such histograms.
    """
    import uproot

    # Named by where it is, and uproot writes to files.
    with tempfile.TemporaryDirectory(prefix="casa-") as folder:
        path = Path(folder) / "histograms.root"
        with uproot.recreate(path) as file:
            written: set[str] = set()
            for name, uhi in histograms.items():
                for place, histogram in _split(name, uhi):
                    key = _unused(place, written)
                    written.add(key)
                    if len(written) > MOST_OBJECTS:
                        raise BadInput(
                            f"This makes more than {MOST_OBJECTS:,} histograms of ROOT. "
                            "Save what the view shows, or fewer histograms."
                        )
                    file[key] = histogram
        return path.read_bytes()


def _split(name: str, uhi: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the histograms of all categories, with their places in the file."""
    import hist

    whole: hist.Hist[Any] = hist.Hist(_with_plain_numbers(uhi))
    categorical = [
        position
        for position, axis in enumerate(whole.axes)
        if isinstance(axis, hist.axis.StrCategory | hist.axis.IntCategory | hist.axis.Boolean)
    ]
    if len(categorical) == len(whole.axes):
        categorical = categorical[:-1]  # bins with names
    dimensions = len(whole.axes) - len(categorical)
    if dimensions > MOST_DIMENSIONS:
        raise BadInput(
            f"'{name}' has {dimensions} axes of numbers; histograms of ROOT have "
            f"{MOST_DIMENSIONS} at most. Save what the view shows, or choose UHI."
        )
    if "mean" in uhi["storage"]["type"] and dimensions > 1:
        raise BadInput(
            f"'{name}' holds means along {dimensions} axes, which uproot cannot write. "
            "Save what the view shows, or choose UHI."
        )
    categories = [list(whole.axes[position]) for position in categorical]
    for bins in itertools.product(*(range(len(names)) for names in categories)):
        names = [str(categories[axis][number]) for axis, number in enumerate(bins)]
        part = whole[dict(zip(categorical, bins, strict=True))] if categorical else whole
        place = "/".join(_plain(each) for each in [name, *names])
        yield place, part


def _with_plain_numbers(uhi: dict[str, Any]) -> dict[str, Any]:
    """Return a histogram whose counts are floats: ROOT has no integers of that length."""
    if uhi["storage"]["type"] == "int":
        values = uhi["storage"]["values"]
        return {**uhi, "storage": {"type": "double", "values": values.astype(float)}}
    return uhi


def _plain(name: str) -> str:
    """Return a name that is one level of a folder, and that ROOT's prompt can type."""
    return re.sub(r"[^\w.+-]+", "_", name).strip("._") or "other"


def _unused(place: str, taken: set[str]) -> str:
    candidate, number = place, 2
    while candidate in taken:
        candidate, number = f"{place}_{number}", number + 1
    return candidate
