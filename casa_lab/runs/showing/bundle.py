"""A run in the output of a cell: for Casa's live view, and for whoever does not have it."""

from __future__ import annotations

import base64
from typing import Any

from casa_lab.runs.models import DatasetProgress, Progress, Run

from .progress import describe, progress_of
from .tables import Table

MIME_TYPE = "application/vnd.casa.run+json"
"""What Casa's extension draws live: ``{"run": id, "name": name}``."""

_LISTED = 20
"""How many datasets are shown."""


def line_of(run: Run) -> str:
    """Return a line on a run: its name, its state and how far it is."""
    return f"<run {run.name!r}: {describe(progress_of(run))}>"


def bundle_of(run: Run, picture: bytes | None = None) -> dict[str, Any]:
    """Return a run in all forms that a frontend may choose from.

    Parameters
    ----------
    run
        The run as it is.
    picture
        Its histograms as PNG, at its end.
    """
    bundle: dict[str, Any] = {
        MIME_TYPE: {"run": run.id, "name": run.name},
        "text/plain": line_of(run),
        "text/html": _html(run, picture),
    }
    if picture is not None:
        bundle["image/png"] = _text(picture)
    return bundle


def _html(run: Run, picture: bytes | None) -> str:
    progress = run.progress
    shown = list(progress.datasets.items())[:_LISTED]
    rows = [(name, *_cells(dataset)) for name, dataset in shown]
    if len(progress.datasets) > 1:
        rows.append(("all", *_cells(progress)))
    numbers = ("Events", "of", "Chunks failed")
    table = Table(("Dataset", *numbers), rows, numbers, more=len(progress.datasets) - len(shown))
    message = "" if run.message == "Done." else run.message
    caption = f"{run.name}: {describe(progress_of(run))}. {message}"
    # nbconvert and GitHub choose HTML where there is any: the picture has to be in it.
    image = (
        ""
        if picture is None
        else f'<img src="data:image/png;base64,{_text(picture)}" alt="First histograms of the run"'
        ' style="max-width: 100%">'
    )
    return table.as_html(caption, image)


def _cells(progress: DatasetProgress | Progress) -> tuple[str, str, str]:
    total = "?" if progress.events_total is None else f"{progress.events_total:,}"
    return f"{progress.events_done:,}", total, f"{progress.chunks_failed:,}"


def _text(picture: bytes) -> str:
    return base64.b64encode(picture).decode()
