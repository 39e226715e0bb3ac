"""A forecast as text, for notebooks and terminals."""

from __future__ import annotations

import io

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from casa_lab.runs.models import Failure
from casa_lab.wording import digits

from .forecast import DatasetForecast, Forecast

_WIDTH = 110

_COLUMNS = ("Dataset", "Files", "Events", "Chunks", "Columns", "B/event", "kHz/core", "Peak memory")


def as_text(forecast: Forecast) -> str:
    """Return a forecast as plain text."""
    console = Console(file=io.StringIO(), width=_WIDTH, color_system=None, force_jupyter=False)
    with console.capture() as capture:
        console.print(as_renderable(forecast))
    return capture.get().rstrip()


def as_renderable(forecast: Forecast) -> RenderableType:
    """Return a forecast for rich to print: tables, then sentences."""
    parts: list[RenderableType] = [_datasets(forecast)]
    if forecast.predictions:
        parts += [_predictions(forecast), Text(_summary(forecast))]
    parts += [Text(warning, style="yellow") for warning in forecast.warnings]
    by_cause: dict[tuple[str, str], list[Failure]] = {}
    for failure in forecast.failures:
        by_cause.setdefault((failure.cause, failure.traceback), []).append(failure)
    parts += [_failures(alike) for alike in by_cause.values()]
    return Group(*parts)


def _datasets(forecast: Forecast) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column == "Dataset" else "right")
    for name, found in forecast.datasets.items():
        table.add_row(Text(name), *map(Text, _cells(found)))
    return table


def _cells(found: DatasetForecast) -> list[str]:
    about = "" if found.files_looked_at == found.files else "~"
    counts = [f"{found.files:,}", f"{about}{found.events:,}", f"{about}{found.chunks:,}"]
    if not found.chunk_events:
        return [*counts, *[""] * 4]
    return [
        *counts,
        f"{len(found.columns):,}",
        f"{found.bytes_per_event:,.1f}",
        digits(found.rate_khz),
        f"{found.peak_memory_bytes / 1e9:.2f} GB",
    ]


def _predictions(forecast: Forecast) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("Workers", "Threads", "Predicted time"):
        table.add_column(column, justify="right")
    for prediction in forecast.predictions:
        style = "bold" if prediction.workers == forecast.workers else ""
        row = (f"{prediction.workers:,}", f"{prediction.threads:,}", _duration(prediction.seconds))
        table.add_row(*row, style=style)
    return table


def _summary(forecast: Forecast) -> str:
    workers = f"{forecast.workers:,} worker{'' if forecast.workers == 1 else 's'}"
    best = forecast.best_chunksize or forecast.chunksize
    return (
        f"The whole run takes about {_duration(forecast.seconds or 0.0)} on {workers} with chunks "
        f"of {forecast.chunksize:,} events; a good chunk size is {best:,}."
    )


def _failures(alike: list[Failure]) -> RenderableType:
    """Return what failed for one cause: mostly, a processor fails for all datasets alike."""
    first = alike[0]
    more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
    sentence = Text(f"{first.dataset}, {first.file}{more}: {first.cause}", style="red")
    if not first.traceback or first.kind != "processor error":
        return sentence
    return Group(sentence, Text(first.traceback.rstrip()))


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{digits(seconds, 2)} s"
    if seconds < 3600:
        return f"{digits(seconds / 60, 2)} min"
    return f"{digits(seconds / 3600, 2)} h"
