"""Takes histograms out of a run: as files, and as code that draws them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from casa_lab.errors import BadInput, Conflict, NotFound
from casa_lab.histograms.models import Histogram, Watch
from casa_lab.histograms.takeaway.models import Choice, CodeRequest, Export, Format, Style
from casa_lab.validation import parse

from . import manager
from .folder import RunFolder, open_run
from .frames import FrameMaker
from .history.labels import read_labels
from .states import ENDED

if TYPE_CHECKING:
    from casa_lab.histograms.snapshot import SnapshotIndex
    from casa_lab.histograms.takeaway.jobs import Job

_NONE_YET = "This run has no histograms yet. Try again when its first chunk is done."


class HasId(Protocol):
    """A run, such as the handle that notebooks have."""

    @property
    def id(self) -> str:
        """Its id."""


def export(
    run: str | HasId,
    *histograms: str | Choice,
    output: str | Path | None = None,
    format: Format | None = None,
    style: Style = "plain",
    status: str = "",
    luminosity: float | None = None,
    energy: float | None = None,
    log: bool = False,
    whole: bool = False,
) -> list[Path]:
    """Write histograms of a run to files, as the sidebar's *Save as* does.

    Parameters
    ----------
    run
        The run, or its id.
    *histograms
        Their paths in the accumulator, or :class:`~casa_lab.histograms.takeaway.models.Choice`
        for how each is to be shown. Left out, all of them as Casa shows them first.
    output
        A file; a folder, which is made if need be; or an archive, when its name ends in
        ``.zip``. Left out, a file in the working folder for one histogram, and a new folder
        for several.
    format
        ``png``, ``svg``, ``pdf``, ``root``, ``uhi``, ``csv``, ``hepdata`` or ``code``: Python
        that draws the same with hist and mplhep. Left out, what the name of ``output`` ends
        in, or ``png``.
    style
        Whose conventions pictures follow: ``cms``, ``atlas``, ``lhcb`` or ``plain``.
    status
        What stands beside the experiment, such as ``Preliminary``.
    luminosity
        Integrated luminosity in inverse femtobarn, for the label.
    energy
        Centre-of-mass energy in TeV, for the label.
    log
        Draw contents on a logarithmic scale, where a choice does not say.
    whole
        Keep every axis, in place of what is shown; in ROOT, UHI and CSV.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    NotFound
        When there is no such run or histogram.
    Conflict
        When the run has no histograms yet, or none that can be drawn.
    BadInput
        When a choice makes no sense, or the files cannot be written.

    Examples
    --------
    >>> casa_lab.export(run, "mass", output="mass.pdf", style="cms", energy=13)  # doctest: +SKIP
    [PosixPath('mass.pdf')]
    """
    from casa_lab.histograms.takeaway.saving import format_of, pieces_apart, save

    output = None if output is None else Path(output)
    run = run if isinstance(run, str) else run.id
    choices = [
        each if isinstance(each, Choice) else {"histogram": each, "log": log}
        for each in histograms or _drawable(_open(run)[1])
    ]
    look = {"style": style, "status": status, "luminosity": luminosity, "energy": energy}
    form = format or format_of(output)
    wanted = parse(Export, {"format": form, "choices": choices, "whole": whole, "look": look})
    job = order_file(run, wanted, FrameMaker())
    return save(job, pieces_apart(job), output)


def order_file(run: str, export: Export, frames: FrameMaker) -> Job:
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
    from casa_lab.histograms.takeaway.jobs import Job, Part

    check(export)
    folder, index = _open(run)
    choices = export.choices or [Choice(histogram=path) for path in _drawable(index)]
    parts: list[Part] = []
    taken: dict[str, object] = {}
    for wanted in choices:
        choice, histogram = _settled(folder, index, wanted)
        part = Part(choice=choice, histogram=histogram, stem=file_stem(choice.histogram, taken))
        taken[part.stem] = part
        if not export.whole:
            part.frame = base64.b64encode(_frame(run, choice, frames)).decode()
        parts.append(part)
    name = parts[0].stem if len(parts) == 1 else file_stem(read_labels(folder).name, {})
    return Job(name=name, snapshot=folder.histograms, export=export, parts=parts)


def code_of(run: str, wanted: CodeRequest, frames: FrameMaker) -> str:
    """Return Python that loads a histogram of a run and draws it.

    It is what :func:`order_file` orders as ``code``, and is refused for the same reasons.
    """
    from casa_lab.histograms.takeaway.files import make_file

    export = Export(format="code", choices=[wanted.choice], look=wanted.look)
    return make_file(order_file(run, export, frames)).decode()


def _open(run: str) -> tuple[RunFolder, SnapshotIndex]:
    from casa_lab.histograms.snapshot import read_index

    folder = open_run(run)
    if not folder.histograms.exists():
        raise Conflict(_NONE_YET)
    return folder, read_index(folder.histograms)


def _drawable(index: SnapshotIndex) -> list[str]:
    """Return the paths of all histograms that can be drawn."""
    paths = [each.path for each in index.histograms if not each.problem]
    if not paths:
        raise Conflict("This run has no histogram that can be drawn.")
    return paths


def _settled(folder: RunFolder, index: SnapshotIndex, wanted: Choice) -> tuple[Choice, Histogram]:
    """Fill in the view and the order that were left out."""
    from casa_lab.histograms.takeaway.roles import default_view

    histogram = next((each for each in index.histograms if each.path == wanted.histogram), None)
    if histogram is None:
        raise NotFound(index.missing(wanted.histogram))
    if histogram.problem is not None:
        raise BadInput(histogram.problem)
    datasets = list(folder.spec().fileset)
    view = wanted.view or default_view(histogram, datasets)
    order = wanted.order or datasets
    return wanted.model_copy(update={"view": view, "order": order}), histogram


def _frame(run: str, choice: Choice, frames: FrameMaker) -> bytes:
    assert choice.view is not None  # settled before
    watch = Watch(watch="", run=run, histogram=choice.histogram, view=choice.view)
    frame = frames.make(watch, manager.get(run).state in ENDED)
    if frame is None:
        raise Conflict(_NONE_YET)
    return frame.data
