"""Pictures of histograms that need not be those of a run, as a notebook keeps them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from casa_lab.histograms.descriptors import describe_histogram
from casa_lab.histograms.drawing import Source, draw
from casa_lab.histograms.frames import make_frame
from casa_lab.histograms.models import Watch
from casa_lab.histograms.snapshot import SnapshotIndex

from .jobs import Job, Part
from .models import Choice, Export
from .process import make_file_apart
from .roles import default_view


def still_apart(histograms: Mapping[str, dict[str, Any]], datasets: Sequence[str] = ()) -> bytes:
    """Return a PNG of some histograms side by side, each as Casa shows it first.

    Parameters
    ----------
    histograms
        One or more UHI dictionaries by name. Each has an axis.
    datasets
        Names of datasets, in the order in which they are stacked.

    Raises
    ------
    Unavailable
        When this environment cannot draw, or it took too long.

    Notes
    -----
    Drawn in a process of its own: matplotlib's settings in a kernel are the user's.
    """
    parts = [_part(name, uhi, datasets) for name, uhi in histograms.items()]
    # What is drawn is in the frames, so that there need not be a snapshot.
    job = Job(
        name="still", snapshot=Path(), export=Export(format="png"), parts=parts, is_sheet=True
    )
    return make_file_apart(job)


def _part(name: str, uhi: dict[str, Any], datasets: Sequence[str]) -> Part:
    described = describe_histogram(name, uhi)
    view = default_view(described, datasets)
    index = SnapshotIndex(sequence=0, fractions={}, final=True, histograms=[], keys={})
    watch = Watch(watch="", run="", histogram=name, view=view)
    frame = make_frame(watch, index, draw(Source(name, uhi), view))
    return Part(
        choice=Choice(histogram=name, view=view, order=list(datasets)),
        histogram=described,
        stem=name,
        frame=base64.b64encode(frame).decode(),
    )
