"""Writes the histograms of a snapshot for other tools: UHI JSON and PNG plots."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from casa_lab.folders.files import replace_file

from .snapshot import file_stem

UHI = dict[str, Any]
"""A histogram as UHI dictionary with numpy arrays."""


def write_json(histograms: Mapping[str, UHI], folder: Path) -> list[Path]:
    """Write histograms as UHI JSON: one file each, and all in ``histograms.json``.

    Parameters
    ----------
    histograms
        Histograms by path, as :func:`~casa_lab.histograms.snapshot.read_all` gives them.
    folder
        Where to write; the single files go into its folder ``histograms``.

    Returns
    -------
    list of Path
        What was written. ``hist.Hist(json.load(...))`` reads any of them back.
    """
    from uhi.io.json import default

    def save(path: Path, value: object) -> Path:
        data = json.dumps(value, default=default).encode()
        replace_file(path, lambda stream: stream.write(data) and None)
        return path

    single = folder / "histograms"
    single.mkdir(parents=True, exist_ok=True)
    written = [save(folder / "histograms.json", histograms)]
    written += [save(single / f"{stem}.json", histograms[path]) for path, stem in stems(histograms)]
    return written


def write_plots(
    histograms: Mapping[str, UHI],
    folder: Path,
    progress: Callable[[float], None] = lambda _: None,
) -> list[Path]:
    """Draw histograms as PNG files with mplhep.

    Parameters
    ----------
    histograms
        Histograms by path.
    folder
        Where to write; the plots go into its folder ``plots``.
    progress
        Called with the fraction that is done.

    Returns
    -------
    list of Path
        What was written.
    """
    from .plots import draw

    target = folder / "plots"
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for number, (path, stem) in enumerate(stems(histograms), 1):
        for suffix, save in draw(path, histograms[path]):
            file = target / f"{stem}{suffix}.png"
            replace_file(file, save)
            written.append(file)
        progress(number / len(histograms))
    return written


def stems(histograms: Mapping[str, UHI]) -> Iterator[tuple[str, str]]:
    """Yield the path of each histogram with the name of its files."""
    taken: dict[str, str] = {}
    for path in histograms:
        stem = file_stem(path, taken)
        taken[stem] = path
        yield path, stem
