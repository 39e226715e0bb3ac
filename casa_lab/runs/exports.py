"""Takes histograms out of a run: as files, and as code that draws them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from casa_lab.errors import BadInput, Conflict, NotFound
from casa_lab.histograms.models import Histogram, View, Watch
from casa_lab.histograms.takeaway.models import Choice, CodeRequest, Export

from . import manager
from .folder import RunFolder, open_run
from .states import ENDED

if TYPE_CHECKING:
    from casa_lab.histograms.snapshot import SnapshotIndex
    from casa_lab.histograms.takeaway.jobs import Job


class MadeFrame(Protocol):
    """A frame."""

    @property
    def data(self) -> bytes:
        """The frame as it travels."""


class Frames(Protocol):
    """Turns watches into frames."""

    def make(self, watch: Watch, ended: bool) -> MadeFrame | None:
        """Return the newest frame of a watch, or ``None`` before the first snapshot."""


@dataclass(frozen=True)
class Order:
    """A file that is to be made."""

    name: str
    media_type: str
    job: Job


def order_file(run: str, export: Export, frames: Frames) -> Order:
    """Return what is needed to make a file with histograms of a run.

    Parameters
    ----------
    run
        Id of the run.
    export
        What is asked for.
    frames
        Computes what is drawn.

    Raises
    ------
    NotFound
        When there is no such run, histogram, axis or category.
    Conflict
        When the run has no histograms yet, or none that can be drawn.
    BadInput
        When a view contradicts itself, or the format cannot hold what was chosen.
    """
    # These need numpy, which the companion loads once somebody asks.
    from casa_lab.histograms.snapshot import file_stem
    from casa_lab.histograms.takeaway.files import check
    from casa_lab.histograms.takeaway.jobs import MEDIA_TYPES, Job, Part

    check(export)
    folder, index = _open(run)
    choices = export.choices
    if choices is None:
        choices = [Choice(histogram=each.path) for each in index.histograms if not each.problem]
    if not choices:
        raise Conflict("This run has no histogram that can be drawn.")
    parts: list[Part] = []
    taken: dict[str, object] = {}
    for wanted in choices:
        choice, histogram = _settled(folder, index, wanted)
        stem = file_stem(choice.histogram, taken)
        taken[stem] = choice
        frame = base64.b64encode(_frame(run, choice, frames)).decode()
        parts.append(Part(choice=choice, histogram=histogram, stem=stem, frame=frame))
    job = Job(snapshot=folder.histograms, export=export, parts=parts)
    stem = parts[0].stem if len(parts) == 1 else file_stem(folder.spec().name, {})
    suffix = job.suffix()
    return Order(stem + suffix, MEDIA_TYPES[suffix], job)


def code_of(run: str, wanted: CodeRequest, frames: Frames) -> str:
    """Return Python that loads a histogram of a run and draws it.

    Parameters
    ----------
    run
        Id of the run.
    wanted
        Which histogram, and how it is drawn.
    frames
        Computes what is drawn.

    Raises
    ------
    NotFound
        When there is no such run, histogram, axis or category.
    Conflict
        When the run has no histograms yet.
    BadInput
        When the view contradicts itself.
    """
    from casa_lab.histograms.frames import decode
    from casa_lab.histograms.snapshot import read_histogram
    from casa_lab.histograms.takeaway.code import write_code
    from casa_lab.histograms.takeaway.numbers import numbers_of

    folder, index = _open(run)
    choice, histogram = _settled(folder, index, wanted.choice)
    numbers = numbers_of(*decode(_frame(run, choice, frames)), choice.order)
    uhi = read_histogram(folder.histograms, choice.histogram)
    key = index.keys[choice.histogram]
    return write_code(folder.histograms, key, uhi, numbers, histogram, choice, wanted.look)


def _open(run: str) -> tuple[RunFolder, SnapshotIndex]:
    from casa_lab.histograms.snapshot import read_index

    folder = open_run(run)
    if not folder.histograms.exists():
        raise Conflict("This run has no histograms yet. Try again when its first chunk is done.")
    return folder, read_index(folder.histograms)


def _settled(folder: RunFolder, index: SnapshotIndex, wanted: Choice) -> tuple[Choice, Histogram]:
    """Fill in the view and the order that were left out."""
    from casa_lab.histograms.takeaway.roles import default_view

    histogram = next((each for each in index.histograms if each.path == wanted.histogram), None)
    if histogram is None:
        raise NotFound(_missing(wanted.histogram, [each.path for each in index.histograms]))
    if histogram.problem is not None:
        raise BadInput(histogram.problem)
    datasets = list(folder.spec().fileset)
    view = wanted.view or default_view(histogram, datasets)
    order = wanted.order or datasets
    return wanted.model_copy(update={"view": view, "order": order}), histogram


def _missing(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return f"This run has no histogram '{name}'.{hint}"


def _frame(run: str, choice: Choice, frames: Frames) -> bytes:
    view: View | None = choice.view
    assert view is not None  # settled before
    watch = Watch(watch="", run=run, histogram=choice.histogram, view=view)
    frame = frames.make(watch, manager.get(run).state in ENDED)
    if frame is None:
        raise Conflict("This run has no histograms yet. Try again when its first chunk is done.")
    return frame.data
