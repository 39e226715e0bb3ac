"""Shows on a terminal, or in plain lines, how far a run is."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from casa_lab.runs.models import DatasetProgress, Run
from casa_lab.runs.models import Progress as RunProgress
from casa_lab.wording import byte_rate, count, duration, rate

LINE_SECONDS = 2.0
"""Least time between plain lines that only report more of the same."""


class Display(Protocol):
    """Shows a run while it goes on."""

    def __enter__(self) -> Display: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def update(self, run: Run) -> None:
        """Show the run as it is now."""
        ...

    def note(self, sentence: str) -> None:
        """Say something once."""
        ...


def display_on(console: Console) -> Display:
    """Return bars for a terminal, lines for anything else."""
    return BarDisplay(console) if console.is_terminal else LineDisplay(console)


class BarDisplay:
    """A bar for each dataset, with rates and the time left below."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Progress(
            TextColumn("{task.description}", style="bold"),
            BarColumn(),
            TextColumn("{task.fields[events]}"),
            TextColumn("{task.fields[failures]}", style="red"),
        )
        self._tasks: dict[str, TaskID] = {}
        self._live = Live(Text(), console=console, refresh_per_second=5)

    def __enter__(self) -> BarDisplay:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def update(self, run: Run) -> None:
        """Move the bars to where the run is."""
        for name, dataset in run.progress.datasets.items():
            if name not in self._tasks:
                self._tasks[name] = self._bars.add_task(name, total=None, events="", failures="")
            self._bars.update(
                self._tasks[name],
                total=dataset.events_total or None,
                completed=dataset.events_done,
                events=_events(dataset),
                failures=f"{dataset.chunks_failed} failed" if dataset.chunks_failed else "",
            )
        status = f"{run.state}: {run.message}" if run.state != "running" else _status(run)
        self._live.update(Group(self._bars, Text(status, style="dim")))

    def note(self, sentence: str) -> None:
        """Print a sentence above the bars."""
        self._console.print(Text(sentence))


class LineDisplay:
    """A line whenever something changed, and every few seconds while events are counted."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: tuple[str, str] | None = None
        self._events = -1
        self._next = 0.0

    def __enter__(self) -> LineDisplay:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def update(self, run: Run) -> None:
        """Print a line when there is news."""
        if run.state != "running":
            if (run.state, run.message) != self._said:
                self._said = (run.state, run.message)
                self.note(f"{run.state}: {run.message}")
        elif run.progress.events_done != self._events and time.monotonic() >= self._next:
            self._events = run.progress.events_done
            self._next = time.monotonic() + LINE_SECONDS
            self.note(f"running: {_events(run.progress)}, {_status(run)}")

    def note(self, sentence: str) -> None:
        """Print a line."""
        self._console.print(Text(sentence), soft_wrap=True)


def _events(progress: DatasetProgress | RunProgress) -> str:
    total = "?" if progress.events_total is None else f"{progress.events_total:,}"
    return f"{progress.events_done:,} of {total} events"


def _status(run: Run) -> str:
    progress = run.progress
    parts = [
        rate(progress.events_per_second),
        byte_rate(progress.bytes_per_second),
        count(progress.workers, "worker"),
    ]
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    if progress.chunks_failed:
        parts.append(f"{count(progress.chunks_failed, 'chunk')} failed")
    return ", ".join(parts)
