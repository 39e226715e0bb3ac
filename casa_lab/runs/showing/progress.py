"""How far a run is, as people ask for it in a notebook."""

from __future__ import annotations

from pydantic import Field

from casa_lab.runs.models import Progress, Run, RunState
from casa_lab.wording import count, duration, rate


class RunProgress(Progress):
    """How far a run is, at the moment it was asked.

    Attributes
    ----------
    state, message
        What the run is doing, and a sentence about it.
    events_done, events_total
        The total is ``None`` until the files were looked at.
    chunks_done, chunks_failed, chunks_total
        The same in chunks.
    events_per_second, bytes_per_second
        The pace of the last seconds.
    seconds_left, seconds_left_error
        The time left with its uncertainty, ``None`` while that is not known.
    seconds_elapsed
        Processing time, without pauses.
    workers
        How many work on it.
    datasets
        The same for each dataset.
    """

    state: RunState = Field(description="What the run is doing.")
    message: str = Field(description="A sentence about it.")

    @property
    def fraction(self) -> float | None:
        """Fraction of the events that were processed, 0 to 1; ``None`` until it is known."""
        if self.events_total is None:
            return None
        return self.events_done / self.events_total if self.events_total else 1.0

    def __repr__(self) -> str:
        return describe(self)

    __str__ = __repr__


def progress_of(run: Run) -> RunProgress:
    """Return how far a run is."""
    return RunProgress(state=run.state, message=run.message, **dict(run.progress))


def describe(progress: RunProgress) -> str:
    """Return a line: ``running, 1,200 of 3,000 events (40 %), 84,210 events/s, 12 s left``."""
    parts: list[str] = [progress.state]
    if progress.events_total is not None:
        share = progress.fraction or 0.0
        # What is not complete never shows as 100 %.
        percent = f" ({min(99, int(100 * share)) if share < 1 else 100} %)"
        events = f"{progress.events_done:,} of {progress.events_total:,} events"
        parts.append(events + (percent if progress.events_total else ""))
    elif progress.events_done:
        parts.append(count(progress.events_done, "event"))
    if progress.state == "running":
        parts.append(rate(progress.events_per_second))
        if progress.seconds_left is not None:
            parts.append(f"{duration(progress.seconds_left)} left")
    if progress.chunks_failed:
        parts.append(f"{count(progress.chunks_failed, 'chunk')} failed")
    return ", ".join(parts)
