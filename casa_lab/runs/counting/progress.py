"""Counting what is done, how fast it goes and how long it will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from coffea.processor.executor import WorkItem

from casa_lab.runs.models import DatasetProgress, Progress
from casa_lab.runs.watching.outlook import Outlook

from .metrics import RunMetrics

WINDOW_SECONDS = 10.0
"""Rates are averaged over about this long."""

CHANGE_SECONDS = 0.25
"""Rates are sampled no more often than this."""


class ProgressMeter:
    """Progress per dataset, and rates over the last seconds.

    Parameters
    ----------
    clock
        Seconds, monotonic; a test gives its own.
    earlier
        What earlier sessions measured: times, bytes and final rates include it.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, earlier: RunMetrics | None = None
    ) -> None:
        self._clock = clock
        self._earlier = earlier or RunMetrics()
        self._datasets: dict[str, DatasetProgress] = {}
        self._unknown_files: dict[str, int] = {}
        self._bytes = 0
        self._events_failed = 0
        self._events_skipped = 0
        self._events_before: int | None = None
        self._samples: deque[tuple[float, int, int]] = deque()
        self._outlook = Outlook()
        self._elapsed = 0.0
        self._resumed_at: float | None = None
        self.workers = 0

    def expect(self, files: Mapping[str, int]) -> None:
        """Learn how many files each dataset has."""
        for name, number in files.items():
            self._datasets[name] = DatasetProgress(
                events_total=0, chunks_total=0, files_total=number
            )
            self._unknown_files[name] = number

    def plan(self, chunks: Sequence[WorkItem]) -> None:
        """Learn the chunks of a file."""
        dataset = chunks[0].dataset
        progress = self._datasets[dataset]
        progress.events_total = (progress.events_total or 0) + sum(map(len, chunks))
        progress.chunks_total = (progress.chunks_total or 0) + len(chunks)
        self._unknown_files[dataset] -= 1

    def split(self, dataset: str, more: int) -> None:
        """Learn that a chunk goes out in parts, each of which counts as a chunk."""
        progress = self._datasets[dataset]
        progress.chunks_total = (progress.chunks_total or 0) + more

    @property
    def is_planned(self) -> bool:
        """Whether it is known what there is to do."""
        return bool(self._datasets)

    def keep(self, dataset: str, events: int, chunks: int) -> None:
        """Count chunks of an earlier session whose file cannot be looked at today."""
        progress = self._datasets[dataset]
        progress.events_total = (progress.events_total or 0) + events
        progress.chunks_total = (progress.chunks_total or 0) + chunks
        self.done(dataset, events, chunks)

    def start(self) -> None:
        """Begin (or go on) counting time."""
        if self._events_before is None:
            self._events_before = self._events_done
        self._resumed_at = self._clock()
        self._samples.clear()
        self._outlook.forget()
        self._sample()

    def pause(self) -> None:
        """Stop counting time."""
        if self._resumed_at is not None:
            self._elapsed += self._clock() - self._resumed_at
            self._resumed_at = None
        self._samples.clear()

    def done(self, dataset: str, events: int, chunks: int) -> None:
        """Count chunks that are in the result."""
        progress = self._datasets[dataset]
        progress.events_done += events
        progress.chunks_done += chunks

    def failed(self, dataset: str, events: int, chunks: int) -> None:
        """Count chunks that failed."""
        self._datasets[dataset].chunks_failed += chunks
        self._events_failed += events

    def skip(self, events: int) -> None:
        """Note events that are not to be processed in this session."""
        self._events_skipped += events

    def read(self, count: int) -> None:
        """Count bytes read and take a sample for the rates."""
        self._bytes += count
        self._sample()

    def employ(self, workers: int) -> None:
        """Learn how many workers there are now; called again and again."""
        self.workers = workers
        if self._resumed_at is not None:
            self._outlook.observe(self._clock(), self._events_done, workers)

    def snapshot(self) -> Progress:
        """Return the progress as it is now."""
        datasets = {name: self._known(name) for name in self._datasets}
        events_done = sum(progress.events_done for progress in datasets.values())
        events_rate, bytes_rate = self._rates()
        events_total = _sum(progress.events_total for progress in datasets.values())
        left = None
        if events_total is not None and self._resumed_at is not None:
            rest = events_total - events_done - self._events_failed - self._events_skipped
            left = self._outlook.predict(self._clock(), events_done, rest)
        return Progress(
            datasets=datasets,
            events_done=events_done,
            events_total=events_total,
            chunks_done=sum(progress.chunks_done for progress in datasets.values()),
            chunks_failed=sum(progress.chunks_failed for progress in datasets.values()),
            chunks_total=_sum(progress.chunks_total for progress in datasets.values()),
            bytes_read=self._earlier.bytes_read + self._bytes,
            events_per_second=events_rate,
            bytes_per_second=bytes_rate,
            seconds_left=left and left.seconds,
            seconds_left_error=left and left.error,
            seconds_elapsed=self._seconds_elapsed(),
            workers=self.workers,
        )

    def _known(self, name: str) -> DatasetProgress:
        """Return the progress of a dataset, without totals while some files are unknown."""
        totals = (
            {} if not self._unknown_files[name] else {"events_total": None, "chunks_total": None}
        )
        return self._datasets[name].model_copy(update=totals)

    def finish(self) -> Progress:
        """Stop counting time; the final rates are those of all sessions."""
        self.pause()
        progress = self.snapshot()
        if progress.seconds_elapsed > 0:
            events = progress.events_done - (self._events_before or 0) + self._earlier.events
            progress.events_per_second = events / progress.seconds_elapsed
            progress.bytes_per_second = progress.bytes_read / progress.seconds_elapsed
        return progress

    @property
    def _events_done(self) -> int:
        return sum(progress.events_done for progress in self._datasets.values())

    def _seconds_elapsed(self) -> float:
        running = 0.0 if self._resumed_at is None else self._clock() - self._resumed_at
        return self._earlier.wall_seconds + self._elapsed + running

    def _sample(self) -> None:
        now = self._clock()
        self._outlook.observe(now, self._events_done, self.workers)
        if self._samples and now - self._samples[-1][0] < CHANGE_SECONDS:
            return
        self._samples.append((now, self._events_done, self._bytes))
        while len(self._samples) > 2 and now - self._samples[1][0] > WINDOW_SECONDS:
            self._samples.popleft()

    def _rates(self) -> tuple[float, float]:
        if self._resumed_at is None or not self._samples:
            return 0.0, 0.0
        since, events_then, bytes_then = self._samples[0]
        # Up to now, not to the last sample: a rate falls while nothing arrives.
        seconds = self._clock() - since
        if seconds <= 0:
            return 0.0, 0.0
        events = self._events_done - events_then
        return events / seconds, (self._bytes - bytes_then) / seconds


def _sum(totals: Iterable[int | None]) -> int | None:
    """Return the sum of what is known of all; ``None`` without anything, or with an unknown."""
    known = list(totals)
    return None if not known or None in known else sum(filter(None, known))


def fractions(progress: Progress) -> dict[str, float]:
    """Return the fraction of each dataset's events that are in the result."""
    return {
        name: dataset.events_done / dataset.events_total if dataset.events_total else 0.0
        for name, dataset in progress.datasets.items()
    }


def recount(progress: Progress, counted: Mapping[str, tuple[int, int]]) -> None:
    """Correct progress by what is really counted: events and chunks, by dataset."""
    for name, dataset in progress.datasets.items():
        dataset.events_done, dataset.chunks_done = counted.get(name, (0, 0))
    progress.events_done = sum(dataset.events_done for dataset in progress.datasets.values())
    progress.chunks_done = sum(dataset.chunks_done for dataset in progress.datasets.values())


def forget_rates(progress: Progress) -> None:
    """Forget how fast an earlier session was."""
    progress.events_per_second = progress.bytes_per_second = 0.0
    progress.seconds_left = progress.seconds_left_error = None
