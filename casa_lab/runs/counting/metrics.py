"""How well a run used its cluster: rates, efficiency, and what its end waited for.

The names are those of the 200 Gbps project and the Analysis Grand Challenge.
Hosts' clocks differ, so durations are measured on workers, and moments are
those at which results arrived at the driver. Nothing here grows with the number
of chunks: batches are added up, and only the slowest and the last are kept.
"""

from __future__ import annotations

import heapq
import math
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, Field, model_validator

from casa_lab.validation import read_kept

TAIL_SHARE = 0.01
"""The tail of a run is how long its last percent of batches took to arrive."""

MOST_TAIL = 1_000
"""Last batches that are remembered: a percent of a hundred thousand."""

LISTED = 10
"""Batches listed as the last and as the slowest."""

_STEP = math.log(1.1)
"""Durations are counted in classes a tenth apart, so that medians can be added up."""

_SHORTEST = 1e-4


@dataclass(frozen=True)
class Effort:
    """What one finished batch took.

    Attributes
    ----------
    dataset, file
        What was processed: the first file, if there are several.
    worker, host
        Where.
    chunks, events
        How many of them succeeded.
    seconds
        Duration of the batch on the worker.
    process_seconds
        The part of it spent in ``process()``, reading columns included.
    open_seconds
        The part spent opening files and making events.
    bytes_read
        Bytes asked of the files.
    peak_memory_bytes
        Most memory that the worker's process had meanwhile.
    files
        Number of files.
    """

    dataset: str
    file: str
    worker: str
    host: str
    chunks: int
    events: int
    seconds: float
    process_seconds: float = 0.0
    open_seconds: float = 0.0
    bytes_read: int = 0
    peak_memory_bytes: int = 0
    files: int = 1


class Work(BaseModel):
    """The sums over batches: of the run, of a dataset, or of a worker."""

    batches: int = 0
    chunks: int = Field(0, description="Chunks in the result.")
    events: int = Field(0, description="Events in the result.")
    bytes_read: int = 0
    busy_seconds: float = Field(0.0, description="Time of worker threads in batches.")
    process_seconds: float = Field(0.0, description="Of that, in process(): reading and physics.")
    open_seconds: float = Field(0.0, description="Of that, opening files and making events.")
    overhead_seconds: float = Field(0.0, description="Busy but not processing: opening included.")
    busy_rate_khz: float = Field(0.0, description="Thousand events per busy second of a thread.")
    peak_memory_bytes: int = Field(0, description="Most memory of a worker process.")

    @model_validator(mode="after")
    def _derive_rates(self) -> Work:
        self.overhead_seconds = max(0.0, self.busy_seconds - self.process_seconds)
        self.busy_rate_khz = _per(self.events / 1e3, self.busy_seconds)
        return self

    def count(self, effort: Effort) -> None:
        """Add a batch; what is derived from the sums follows with :func:`combine`."""
        self.batches += 1
        self.chunks += effort.chunks
        self.events += effort.events
        self.bytes_read += effort.bytes_read
        self.busy_seconds += effort.seconds
        self.process_seconds += effort.process_seconds
        self.open_seconds += effort.open_seconds
        self.peak_memory_bytes = max(self.peak_memory_bytes, effort.peak_memory_bytes)


class WorkerWork(Work):
    """What one worker did."""

    host: str = ""


class LateBatch(BaseModel):
    """A batch that took long or came late."""

    dataset: str
    file: str = Field(description="The first one, if there are several.")
    files: int
    worker: str
    host: str
    events: int
    seconds: float = Field(description="Duration on the worker.")
    arrived_seconds: float = Field(description="Wall time at which it reached the driver.")


class Tail(BaseModel):
    """What the last percent of the batches waited for, in the newest session."""

    batches: int
    seconds: float = Field(description="From the arrival of all others to that of the last.")
    last: list[LateBatch] = Field(description="The last to arrive, the very last first.")


class DurationClass(BaseModel):
    """How many batches took about so long, within five percent."""

    seconds: float
    batches: int


class RunMetrics(Work):
    """``metrics.json``: how fast a run was and why, all its sessions together."""

    sessions: int = 0
    preparing_seconds: float = Field(0.0, description="Before the first chunk was sent.")
    wall_seconds: float = Field(0.0, description="First chunk sent to last arrived; no pauses.")
    finishing_seconds: float = Field(0.0, description="Merging and saving the result.")
    thread_seconds: float = Field(0.0, description="Worker threads, integrated over the wall time.")
    pending_seconds: float = Field(0.0, description="Of that, in batches that are not back.")
    threads_mean: float = 0.0
    threads_peak: int = 0
    event_rate_khz: float = Field(0.0, description="Thousand events per second of wall time.")
    event_rate_per_core_khz: float = Field(0.0, description="The same, for each worker thread.")
    data_rate_gbps: float = Field(0.0, description="1e9 bits read per second of wall time.")
    core_efficiency: float = Field(0.0, description="Processing time / thread time not pending.")
    core_occupancy: float = Field(0.0, description="Busy and pending time / thread time.")
    median_batch_seconds: float = 0.0
    batch_seconds: list[DurationClass] = Field(default_factory=list)
    tail: Tail | None = Field(None, description="Null while fewer than two batches arrived.")
    slowest: list[LateBatch] = Field(default_factory=list)
    datasets: dict[str, Work] = Field(default_factory=dict)
    workers: dict[str, WorkerWork] = Field(default_factory=dict, description="By address.")

    @model_validator(mode="after")
    def _derive(self) -> RunMetrics:
        self.threads_mean = _per(self.thread_seconds, self.wall_seconds)
        self.event_rate_khz = _per(self.events / 1e3, self.wall_seconds)
        self.event_rate_per_core_khz = _per(self.events / 1e3, self.thread_seconds)
        self.data_rate_gbps = _per(8e-9 * self.bytes_read, self.wall_seconds)
        known = self.thread_seconds - self.pending_seconds
        self.core_efficiency = _per(self.process_seconds, known)
        self.core_occupancy = _per(self.busy_seconds + self.pending_seconds, self.thread_seconds)
        self.median_batch_seconds = _median(self.batch_seconds)
        return self

    def __add__(self, later: RunMetrics) -> RunMetrics:
        """Return the metrics of two sessions together, the later one on the right."""
        durations = Counter(_classes(self.batch_seconds)) + Counter(_classes(later.batch_seconds))
        return RunMetrics(
            **_sums(self, later),
            sessions=self.sessions + later.sessions,
            preparing_seconds=self.preparing_seconds + later.preparing_seconds,
            wall_seconds=self.wall_seconds + later.wall_seconds,
            finishing_seconds=self.finishing_seconds + later.finishing_seconds,
            thread_seconds=self.thread_seconds + later.thread_seconds,
            pending_seconds=self.pending_seconds + later.pending_seconds,
            threads_peak=max(self.threads_peak, later.threads_peak),
            batch_seconds=_listed(durations),
            tail=later.tail or self.tail,
            slowest=_slowest([*self.slowest, *later.slowest]),
            datasets=_combine(self.datasets, later.datasets),
            workers=_combine(self.workers, later.workers),
        )


class MetricsMeter:
    """Measures one session of a run.

    Parameters
    ----------
    earlier
        What earlier sessions measured.
    clock
        Seconds, monotonic; a test gives its own.
    """

    def __init__(
        self, earlier: RunMetrics | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._earlier = earlier or RunMetrics()
        self._clock = clock
        self._began = self._looked = clock()
        self._threads: int | None = None
        self._engaged = 0
        self._engaged_seconds = 0.0
        self._arrived_seconds = 0.0
        self._sums = RunMetrics(sessions=1)
        self._durations: Counter[int] = Counter()
        self._last: deque[LateBatch] = deque(maxlen=MOST_TAIL + 1)
        self._slowest: list[LateBatch] = []

    def observe(self, threads: int, engaged: int, working: bool = True) -> None:
        """Learn how many threads the workers have now; called again and again.

        Parameters
        ----------
        threads
            Their number, which counts until the next call.
        engaged
            How many of them have a batch.
        working
            False while a run is paused and nothing is in flight: that time does
            not count.
        """
        now = self._clock()
        if self._threads is None:
            self._sums.preparing_seconds = now - self._began
        elif working:
            self._sums.wall_seconds += now - self._looked
            self._sums.thread_seconds += self._threads * (now - self._looked)
            self._engaged_seconds += self._engaged * (now - self._looked)
        self._looked, self._threads, self._engaged = now, threads, engaged
        self._sums.threads_peak = max(self._sums.threads_peak, threads)

    def add(self, effort: Effort) -> None:
        """Count a batch that has arrived."""
        sums = self._sums
        sums.count(effort)
        sums.datasets.setdefault(effort.dataset, Work()).count(effort)
        sums.workers.setdefault(effort.worker, WorkerWork(host=effort.host)).count(effort)
        self._durations[_class_of(effort.seconds)] += 1
        self._arrived_seconds = sums.wall_seconds
        batch = LateBatch(
            dataset=effort.dataset,
            file=effort.file,
            files=effort.files,
            worker=effort.worker,
            host=effort.host,
            events=effort.events,
            seconds=effort.seconds,
            arrived_seconds=sums.wall_seconds + self._clock() - self._looked,
        )
        self._last.append(batch)
        if len(self._slowest) < LISTED or effort.seconds > self._slowest[-1].seconds:
            self._slowest = _slowest([*self._slowest, batch])

    def snapshot(self, finished: bool = False) -> RunMetrics:
        """Return the metrics of all sessions up to now.

        Parameters
        ----------
        finished
            Whether the result is complete: the time since the last batch was
            then spent on it.
        """
        self._sums.batch_seconds = _listed(self._durations)
        self._sums.slowest = self._slowest
        self._sums.tail = self._tail()
        self._sums.pending_seconds = self._pending()
        if finished and self._threads is not None:
            self._sums.finishing_seconds = self._clock() - self._looked
        return self._earlier + self._sums

    def _pending(self) -> float:
        """Return how long threads have been in batches that are not back, about.

        That is the time that they had batches, less that of the batches which are
        back. A rest is left, as sending takes its time, and adds up; but no batch is
        out for much longer than the longest took, or than nothing has arrived.
        """
        longest = self._slowest[0].seconds if self._slowest else 0.0
        silent = self._sums.wall_seconds - self._arrived_seconds
        rest = self._engaged_seconds - self._sums.busy_seconds
        return min(max(0.0, rest), self._engaged * max(longest, silent))

    def _tail(self) -> Tail | None:
        if len(self._last) < 2:
            return None
        size = min(max(1, math.ceil(TAIL_SHARE * self._sums.batches)), len(self._last) - 1)
        arrivals = sorted(batch.arrived_seconds for batch in self._last)
        last = list(self._last)[-min(size, LISTED) :]
        return Tail(batches=size, seconds=arrivals[-1] - arrivals[-size - 1], last=last[::-1])


def read_metrics(path: Path) -> RunMetrics:
    """Return the metrics that a run has written; all zero before it has."""
    return read_kept(RunMetrics, path)


_SUMMED = (
    "batches",
    "chunks",
    "events",
    "bytes_read",
    "busy_seconds",
    "process_seconds",
    "open_seconds",
)

AnyWork = TypeVar("AnyWork", bound=Work)


def _sums(one: Work, other: Work) -> dict[str, float]:
    sums: dict[str, float] = {name: getattr(one, name) + getattr(other, name) for name in _SUMMED}
    sums["peak_memory_bytes"] = max(one.peak_memory_bytes, other.peak_memory_bytes)
    return sums


def _combine(one: Mapping[str, AnyWork], other: Mapping[str, AnyWork]) -> dict[str, AnyWork]:
    combined: dict[str, AnyWork] = {}
    for name in dict.fromkeys([*one, *other]):
        found = [works[name] for works in (one, other) if name in works]
        first, last = found[0], found[-1]
        nothing = Work() if first is last else first
        values = {**last.model_dump(exclude=set(_SUMMED)), **_sums(nothing, last)}
        combined[name] = type(last).model_validate(values)
    return combined


def _class_of(seconds: float) -> int:
    return round(math.log(max(seconds, _SHORTEST)) / _STEP)


def _classes(durations: Iterable[DurationClass]) -> dict[int, int]:
    return {_class_of(duration.seconds): duration.batches for duration in durations}


def _listed(classes: Mapping[int, int]) -> list[DurationClass]:
    return [
        DurationClass(seconds=math.exp(number * _STEP), batches=classes[number])
        for number in sorted(classes)
    ]


def _median(durations: list[DurationClass]) -> float:
    half = sum(duration.batches for duration in durations) / 2
    passed = 0
    for duration in durations:
        passed += duration.batches
        if passed >= half:
            return duration.seconds
    return 0.0


def _slowest(batches: Iterable[LateBatch]) -> list[LateBatch]:
    return heapq.nsmallest(LISTED, batches, key=_by_duration)


def _by_duration(batch: LateBatch) -> tuple[float, float, str, str]:
    # More than the duration, so that the order of sessions makes no difference.
    return -batch.seconds, batch.arrived_seconds, batch.file, batch.worker


def _per(amount: float, of: float) -> float:
    return amount / of if of > 0 else 0.0
