"""What a run will need: from one chunk of each dataset to time, memory and a chunk size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from casa_lab.runs.models import Failure
from casa_lab.wording import digits

MEMORY_SHARE = 0.6
"""Part of a worker's memory that chunks may fill: Dask begins to interfere at 0.7."""

CHUNK_SECONDS = 3.0
"""How long a chunk should take: opening is little beside it, and histograms still fill visibly."""

FIXED_SHARE = 0.1
"""Largest part of a chunk's time that should go into what does not depend on its size."""

CHUNKS_PER_THREAD = 2
"""Least chunks for each thread, so that all end at about the same time."""

DRIVER_SECONDS = 0.0003
"""What a chunk costs the driver and the scheduler, whatever the number of workers."""

WORTHWHILE = 0.9
"""Twice the workers are worth having when the time falls below this part of what it was."""

MOST_PREDICTIONS = 14


@dataclass(frozen=True)
class Sample:
    """What was measured of one dataset.

    Attributes
    ----------
    files
        Number of its files.
    entries
        Events in those files that were looked at and could be read.
    chunk_events
        Events in the chunk that was processed; 0 when none could be.
    process_seconds, seconds
        Time in ``process()``, and of the whole chunk.
    bytes_read, columns
        What was read for it.
    peak_memory_bytes, idle_memory_bytes
        Most memory of the worker's process, and what it has without a chunk.
    failures
        Files that could not be looked at, or why the chunk failed.
    """

    files: int
    entries: Sequence[int] = ()
    chunk_events: int = 0
    process_seconds: float = 0.0
    seconds: float = 0.0
    bytes_read: int = 0
    columns: Iterable[str] = ()
    peak_memory_bytes: int = 0
    idle_memory_bytes: int = 0
    failures: Sequence[Failure] = ()

    @property
    def events_each(self) -> float:
        """Events in a file, on average; 0 where none could be read."""
        return sum(self.entries) / len(self.entries) if self.entries else 0.0


@dataclass(frozen=True)
class Workers:
    """The workers of a cluster, taken to be alike.

    Attributes
    ----------
    count, threads
        Their number, and that of all their threads.
    memory_limit
        Bytes that the smallest may use, or ``None`` where nothing limits it.
    """

    count: int
    threads: int
    memory_limit: int | None = None

    @property
    def threads_each(self) -> int:
        """Threads of one worker."""
        return max(1, round(self.threads / max(1, self.count)))


class DatasetForecast(BaseModel):
    """What one dataset needs."""

    files: int
    files_looked_at: int
    events: int = Field(description="Of the run; from the mean of some files unless all were seen.")
    chunk_events: int = Field(0, description="Events in the chunk that was tried; 0 for none.")
    chunks: int = Field(0, description="Of the run, at the size asked for.")
    columns: list[str] = Field(default_factory=list, description="Columns that were really read.")
    bytes_per_event: float = 0.0
    memory_per_event: float = Field(0.0, description="Bytes of memory, at the peak.")
    seconds_per_event: float = Field(0.0, description="Of one thread, in process().")
    fixed_seconds: float = Field(0.0, description="For each chunk: opening, events, output.")
    rate_khz: float = Field(0.0, description="Thousand events a second, for one thread.")
    peak_memory_bytes: int = 0
    failures: list[Failure] = Field(default_factory=list)


class Prediction(BaseModel):
    """How long the whole run would take."""

    workers: int
    threads: int
    seconds: float


class Forecast(BaseModel):
    """What a dry run found out."""

    workers: int
    threads: int
    memory_limit: int | None = Field(None, description="Bytes that a worker may use.")
    chunksize: int
    best_chunksize: int | None = Field(None, description="Null when no chunk could be processed.")
    seconds: float | None = Field(None, description="Of the whole run on the workers there are.")
    predictions: list[Prediction] = Field(default_factory=list, description="By workers.")
    warnings: list[str] = Field(default_factory=list, description="Sentences, worst first.")
    datasets: dict[str, DatasetForecast] = Field(default_factory=dict)

    @property
    def failures(self) -> list[Failure]:
        """What failed in any dataset."""
        return [failure for found in self.datasets.values() for failure in found.failures]

    def __repr__(self) -> str:
        from .text import as_text

        return as_text(self)

    __str__ = __repr__


class DryRunRecord(BaseModel):
    """``state.json`` of a dry run: how far it is, and in the end what it found."""

    state: Literal["running", "done", "failed"]
    message: str = Field(description="One sentence on what is going on or went wrong.")
    updated: float
    forecast: Forecast | None = Field(None, description="Null until it is done.")


class DryRun(DryRunRecord):
    """A dry run as the API shows it."""

    id: str


def make_forecast(
    samples: Mapping[str, Sample], workers: Workers, chunksize: int, maxchunks: int | None = None
) -> Forecast:
    """Predict a run from samples of its datasets.

    Parameters
    ----------
    samples
        By dataset.
    workers
        Those that the samples were taken on.
    chunksize
        Most events in a chunk.
    maxchunks
        Most chunks of a dataset, if that is limited.
    """
    datasets = {name: _describe(sample, chunksize, maxchunks) for name, sample in samples.items()}
    forecast = Forecast(
        workers=workers.count,
        threads=workers.threads,
        memory_limit=workers.memory_limit,
        chunksize=chunksize,
        datasets=datasets,
    )
    load = _Load([found for found in datasets.values() if found.chunk_events])
    if load.datasets:
        idle = max(sample.idle_memory_bytes for sample in samples.values())
        memory = _Memory(workers, idle, max(found.memory_per_event for found in load.datasets))
        in_a_file = max(samples[name].events_each for name in datasets if samples[name].entries)
        forecast.best_chunksize = _best_chunksize(load, memory, workers, in_a_file)
        forecast.seconds = load.wall_seconds(workers.threads)
        forecast.predictions = _predict(load, workers)
        forecast.warnings = _warn(forecast, load, memory)
    return forecast


def _describe(sample: Sample, chunksize: int, maxchunks: int | None) -> DatasetForecast:
    each = sample.events_each
    exact = len(sample.entries) == sample.files
    events = sum(sample.entries) if exact else round(each * sample.files)
    chunks = sample.files * _chunks_in(each, chunksize) if each else 0
    if maxchunks is not None and chunks > maxchunks:
        events, chunks = round(events * maxchunks / chunks), maxchunks
    found = DatasetForecast(
        files=sample.files,
        files_looked_at=len(sample.entries),
        events=events,
        chunks=chunks,
        columns=sorted(sample.columns),
        failures=list(sample.failures),
    )
    if sample.chunk_events:
        found.chunk_events = sample.chunk_events
        found.bytes_per_event = sample.bytes_read / sample.chunk_events
        used = max(0, sample.peak_memory_bytes - sample.idle_memory_bytes)
        found.memory_per_event = used / sample.chunk_events
        found.seconds_per_event = sample.process_seconds / sample.chunk_events
        found.fixed_seconds = max(0.0, sample.seconds - sample.process_seconds)
        found.rate_khz = sample.chunk_events / 1e3 / sample.seconds if sample.seconds else 0.0
        found.peak_memory_bytes = sample.peak_memory_bytes
    return found


def _chunks_in(events: float, chunksize: int) -> int:
    return max(1, round(events / chunksize))  # as Coffea does


@dataclass(frozen=True)
class _Load:
    """The work of all datasets of which a chunk succeeded."""

    datasets: Sequence[DatasetForecast]

    @property
    def events(self) -> int:
        return sum(found.events for found in self.datasets)

    @property
    def chunks(self) -> int:
        return sum(found.chunks for found in self.datasets)

    @property
    def fixed_seconds(self) -> float:
        return sum(found.chunks * found.fixed_seconds for found in self.datasets)

    @property
    def process_seconds(self) -> float:
        return sum(found.events * found.seconds_per_event for found in self.datasets)

    @property
    def longest_chunk(self) -> float:
        return max(
            found.fixed_seconds + found.events / max(1, found.chunks) * found.seconds_per_event
            for found in self.datasets
        )

    def wall_seconds(self, threads: int) -> float:
        """Return how long the run takes; at its end, threads wait for half a chunk on average."""
        least = max(self.longest_chunk, self.chunks * DRIVER_SECONDS)
        if threads >= self.chunks:
            return least
        threads = max(1, threads)
        shared = (self.fixed_seconds + self.process_seconds) / threads
        waiting = (1 - 1 / threads) * self.longest_chunk / 2
        return max(shared + waiting, least)


@dataclass(frozen=True)
class _Memory:
    """What chunks need of a worker's memory, one in each of its threads."""

    workers: Workers
    idle: int
    per_event: float

    def peak(self, chunksize: int) -> float:
        return self.idle + self.workers.threads_each * self.per_event * chunksize

    @property
    def most_events(self) -> float:
        """Return the largest chunk that fits with a margin."""
        if self.workers.memory_limit is None or self.per_event <= 0:
            return math.inf
        room = MEMORY_SHARE * self.workers.memory_limit - self.idle
        return max(1.0, room / (self.workers.threads_each * self.per_event))


def _best_chunksize(load: _Load, memory: _Memory, workers: Workers, in_a_file: float) -> int:
    per_event = load.process_seconds / max(1, load.events)
    fixed = load.fixed_seconds / max(1, load.chunks)
    if per_event <= 0:
        wanted, least = math.inf, 1.0
    else:
        wanted = CHUNK_SECONDS / per_event
        least = fixed / per_event * (1 - FIXED_SHARE) / FIXED_SHARE
    enough_for_all = load.events / (CHUNKS_PER_THREAD * max(1, workers.threads))
    # Idle threads are worse than short chunks, down to where opening takes over.
    size = max(min(wanted, enough_for_all), least)
    return _rounded(min(size, memory.most_events, max(1.0, in_a_file)))


def _rounded(number: float) -> int:
    """Round down to two digits: nobody wants to type more of a guess."""
    step: int = 10 ** max(0, math.floor(math.log10(max(1.0, number))) - 1)
    return max(1, math.floor(number / step) * step)


def _predict(load: _Load, workers: Workers) -> list[Prediction]:
    each = workers.threads_each
    counts = {max(1, workers.count)}
    count = 1
    while len(counts) < MOST_PREDICTIONS and (count - 1) * each < load.chunks:
        counts.add(count)
        count *= 2
    return [
        Prediction(workers=count, threads=count * each, seconds=load.wall_seconds(count * each))
        for count in sorted(counts)
    ]


def _warn(forecast: Forecast, load: _Load, memory: _Memory) -> list[str]:
    best = f"{forecast.best_chunksize:,}"
    found = []
    limit = forecast.memory_limit
    if limit is not None and memory.peak(forecast.chunksize) > MEMORY_SHARE * limit:
        peak = _gigabytes(memory.peak(forecast.chunksize))
        found.append(
            f"Chunks of {forecast.chunksize:,} events fill {peak} of the {_gigabytes(limit)} of a "
            f"worker: use a chunk size of {best}."
        )
    if load.fixed_seconds > load.process_seconds:
        share = load.fixed_seconds / (load.fixed_seconds + load.process_seconds)
        found.append(
            f"{share:.0%} of the time goes into opening files, not into physics: more workers help "
            f"less than a larger chunk size ({best}) or larger files."
        )
    if forecast.threads > load.chunks:
        found.append(
            f"There are {forecast.threads:,} threads for {load.chunks:,} chunks: more workers will "
            "not help. Smaller chunks would, as long as a chunk takes a second or more."
        )
    elif load.wall_seconds(2 * forecast.threads) > WORTHWHILE * load.wall_seconds(forecast.threads):
        found.append("Twice the workers would save less than a tenth of the time.")
    return found


def _gigabytes(amount: float) -> str:
    return f"{digits(amount / 1e9, 2)} GB"
