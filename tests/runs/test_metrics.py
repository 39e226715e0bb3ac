"""What the metrics of a run say, from sums over batches to real runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from distributed import Client
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.clusters.models import Cluster
from casa_lab.folders import read_json
from casa_lab.runs import manager
from casa_lab.runs.counting.metrics import (
    LISTED,
    MOST_TAIL,
    Effort,
    MetricsMeter,
    RunMetrics,
    read_metrics,
)
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import NewRun

from .conftest import CHUNK, EVENTS, FILES, Process, newest_run
from .gates import Gate, wait_for, wait_for_end

SUMS = ("batches", "chunks", "events", "bytes_read", "busy_seconds", "process_seconds")


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def effort(seconds: float = 1.0, **changes: Any) -> Effort:
    values: dict[str, Any] = {
        "dataset": "dy",
        "file": "a.root",
        "worker": "tcp://one:1",
        "host": "one",
        "chunks": 1,
        "events": 1000,
    }
    return Effort(**{**values, "seconds": seconds, **changes})


# Binary fractions, so that sums do not depend on their order.
lengths = st.integers(0, 10_000).map(lambda number: number / 64)

efforts = st.builds(
    effort,
    seconds=lengths,
    dataset=st.sampled_from("abc"),
    file=st.sampled_from("xyz"),
    worker=st.sampled_from(["one", "two", "three"]),
    chunks=st.integers(0, 50),
    events=st.integers(0, 10**6),
    bytes_read=st.integers(0, 10**9),
    process_seconds=lengths,
    peak_memory_bytes=st.integers(0, 10**10),
)


@st.composite
def sessions(draw: st.DrawFn) -> RunMetrics:
    clock = Clock()
    meter = MetricsMeter(clock=clock)
    for one in draw(st.lists(efforts, max_size=15)):
        threads = draw(st.integers(0, 8))
        meter.observe(threads, draw(st.integers(0, threads)), working=draw(st.booleans()))
        clock.now += draw(lengths)
        meter.add(one)
    return meter.snapshot(finished=draw(st.booleans()))


@given(sessions())
def test_the_parts_add_up_to_the_whole(metrics: RunMetrics) -> None:
    for parts in (metrics.datasets.values(), metrics.workers.values()):
        for name in SUMS:
            assert sum(getattr(part, name) for part in parts) == getattr(metrics, name)
    assert sum(duration.batches for duration in metrics.batch_seconds) == metrics.batches


@given(sessions(), sessions(), sessions())
def test_sessions_can_be_added_in_any_grouping(
    one: RunMetrics, two: RunMetrics, three: RunMetrics
) -> None:
    assert (one + two) + three == one + (two + three)
    assert RunMetrics() + one == one == one + RunMetrics()


@given(sessions(), sessions())
def test_metrics_survive_their_file(one: RunMetrics, two: RunMetrics) -> None:
    kept = RunMetrics.model_validate_json(one.model_dump_json())
    assert kept == one
    assert (kept + two).model_dump() == (one + two).model_dump()


def test_rates_and_efficiency_follow_the_threads() -> None:
    clock = Clock()
    meter = MetricsMeter(clock=clock)
    clock.now = 3.0
    meter.observe(threads=2, engaged=2)
    clock.now = 13.0
    meter.add(effort(8.0, process_seconds=6.0, events=40_000, bytes_read=10**9))
    meter.observe(threads=4, engaged=2)  # two threads for ten seconds, then four for five
    clock.now = 18.0
    meter.add(effort(12.0, process_seconds=10.0, events=20_000, bytes_read=10**9))
    meter.observe(threads=4, engaged=0)
    clock.now = 20.0
    metrics = meter.snapshot(finished=True)

    assert (metrics.preparing_seconds, metrics.wall_seconds) == (3.0, 15.0)
    assert metrics.finishing_seconds == 2.0
    assert (metrics.thread_seconds, metrics.threads_peak) == (40.0, 4)
    assert metrics.threads_mean == pytest.approx(40 / 15)
    assert metrics.core_efficiency == pytest.approx(16 / 40)
    assert metrics.core_occupancy == pytest.approx(20 / 40)
    assert metrics.overhead_seconds == 4.0
    assert metrics.event_rate_khz == pytest.approx(4.0)
    assert metrics.event_rate_per_core_khz == pytest.approx(1.5)
    assert metrics.data_rate_gbps == pytest.approx(16 / 15)


def test_time_in_batches_that_are_not_back_is_not_time_without_work() -> None:
    clock = Clock()
    meter = MetricsMeter(clock=clock)
    meter.observe(threads=3, engaged=2)
    clock.now = 60.0
    meter.observe(threads=3, engaged=2)
    metrics = meter.snapshot()  # one of three threads has no work
    assert (metrics.thread_seconds, metrics.pending_seconds) == (180.0, 120.0)
    assert metrics.core_occupancy == pytest.approx(2 / 3)

    meter.add(effort(45.0, process_seconds=40.0))
    metrics = meter.snapshot()
    assert metrics.pending_seconds == 75.0
    assert metrics.core_efficiency == pytest.approx(40 / 105)
    assert metrics.core_occupancy == pytest.approx(2 / 3)


def test_what_sending_takes_is_time_without_work() -> None:
    clock = Clock()
    meter = MetricsMeter(clock=clock)
    for _ in range(100):
        meter.observe(threads=1, engaged=1)
        clock.now += 1.0
        meter.observe(threads=1, engaged=1)
        meter.add(effort(0.75))
    metrics = meter.snapshot()
    assert (metrics.busy_seconds, metrics.thread_seconds) == (75.0, 100.0)
    assert metrics.pending_seconds == 0.75  # at most one batch, not all that sending took

    meter.observe(threads=1, engaged=0)
    assert meter.snapshot().pending_seconds == 0.0


def test_a_pause_does_not_count_once_nothing_is_in_flight() -> None:
    clock = Clock()
    meter = MetricsMeter(clock=clock)
    meter.observe(1, 0)
    for now, working in ((2.0, True), (50.0, False), (51.0, True)):
        clock.now = now
        meter.observe(1, 0, working)
    metrics = meter.snapshot()
    assert (metrics.wall_seconds, metrics.thread_seconds) == (3.0, 3.0)


def test_the_tail_names_what_the_end_waited_for() -> None:
    clock = Clock()
    meter = MetricsMeter(clock=clock)
    meter.observe(4, 4)
    for number in range(198):
        clock.now += 0.5
        meter.add(effort(2.0, file=f"{number}.root"))
    for name, wait, seconds in (("slow.root", 10.0, 12.0), ("slower.root", 20.0, 60.0)):
        clock.now += wait
        meter.add(effort(seconds, file=name, files=3, worker="tcp://two:1", host="two"))
    metrics = meter.snapshot()

    assert metrics.tail is not None
    assert (metrics.tail.batches, metrics.tail.seconds) == (2, 30.0)
    assert [batch.file for batch in metrics.tail.last] == ["slower.root", "slow.root"]
    assert {(batch.worker, batch.files) for batch in metrics.tail.last} == {("tcp://two:1", 3)}
    assert metrics.median_batch_seconds == pytest.approx(2.0, rel=0.05)
    assert [batch.seconds for batch in metrics.slowest[:3]] == [60.0, 12.0, 2.0]


def test_the_size_does_not_grow_with_the_number_of_batches() -> None:
    meter = MetricsMeter()
    meter.observe(2, 2)
    sizes = []
    for _ in range(2):
        for number in range(3 * MOST_TAIL):
            meter.add(effort(0.001 + number % 7, file=f"{number}.root", dataset="abc"[number % 3]))
        metrics = meter.snapshot()
        sizes.append((len(metrics.batch_seconds), len(metrics.slowest), len(metrics.workers)))
        assert metrics.tail is not None
        assert len(metrics.tail.last) <= LISTED
    assert sizes[0] == sizes[1]
    assert metrics.batches == 6 * MOST_TAIL


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    assert read_metrics(path) == RunMetrics()
    path.write_text('{"batches": "many"}')
    assert read_metrics(path) == RunMetrics()


def test_a_run_in_a_notebook_leaves_its_metrics(
    run_live: Process, client: Client, fileset: dict[str, Any], gate: Gate
) -> None:
    gate.open()
    run_live(fileset, gate.processor())
    run = newest_run()
    metrics = manager.metrics(run.id)

    assert metrics.events == FILES * EVENTS
    assert metrics.chunks == run.progress.chunks_done
    assert metrics.bytes_read == run.progress.bytes_read > 0
    assert {name: work.events for name, work in metrics.datasets.items()} == {
        name: dataset.events_done for name, dataset in run.progress.datasets.items()
    }
    assert set(metrics.workers) <= set(client.scheduler_info(n_workers=-1)["workers"])
    assert 0 < metrics.process_seconds < metrics.busy_seconds
    assert 0 < metrics.open_seconds <= metrics.overhead_seconds
    assert metrics.threads_peak == sum(client.nthreads().values())
    assert 0 < metrics.core_efficiency < metrics.core_occupancy
    assert metrics.peak_memory_bytes > 10_000_000
    assert metrics.tail is not None
    assert metrics.finishing_seconds > 0


def test_metrics_of_a_resumed_run_add_up(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate
) -> None:
    new = NewRun(processor=gate.reference, datasets=list(fileset), chunksize=CHUNK)
    run = manager.launch(new, fileset, cluster.id, "command line")
    gate.allow(5)
    wait_for(run.id, lambda found: found.progress.chunks_done >= 2, "a batch")
    manager.stop(run.id)
    first = manager.metrics(wait_for_end(run.id).id)
    assert first.sessions == 1
    assert 0 < first.events < FILES * EVENTS

    gate.open()
    manager.resume(run.id)
    done = wait_for_end(run.id)
    both = manager.metrics(run.id)
    assert both.sessions == 2
    assert both.events == done.progress.events_done == FILES * EVENTS
    assert both.wall_seconds > first.wall_seconds
    assert done.progress.bytes_read == both.bytes_read > first.bytes_read
    assert done.progress.seconds_elapsed > first.wall_seconds
    assert both.process_seconds > first.process_seconds
    assert read_json(open_run(run.id).metrics) == json.loads(both.model_dump_json())
