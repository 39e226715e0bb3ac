"""Counts, rates and the time left, by a clock that the test moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.runs.counting.metrics import RunMetrics
from casa_lab.runs.counting.progress import (
    WINDOW_SECONDS,
    ProgressMeter,
    forget_rates,
    fractions,
    recount,
)
from casa_lab.runs.models import DatasetProgress, Progress

from .chunks import chunk


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(clock: Clock) -> ProgressMeter:
    """Two datasets, of 1000 and 200 events in chunks of 100."""
    meter = ProgressMeter(clock)
    meter.workers = 2
    meter.expect({"a": 2, "b": 1})
    for file in ("0.root", "1.root"):
        meter.plan([chunk("a", file, 100 * n, 100 * n + 100) for n in range(5)])
    meter.plan([chunk("b", "0.root", 100 * n, 100 * n + 100) for n in range(2)])
    return meter


def test_a_plan_is_counted_by_dataset(meter: ProgressMeter) -> None:
    progress = meter.snapshot()
    assert progress.datasets == {
        "a": DatasetProgress(events_total=1000, chunks_total=10, files_total=2),
        "b": DatasetProgress(events_total=200, chunks_total=2, files_total=1),
    }
    assert (progress.events_total, progress.chunks_total) == (1200, 12)


def test_totals_are_unknown_while_files_are(clock: Clock) -> None:
    meter = ProgressMeter(clock)
    meter.workers = 2
    meter.expect({"a": 2, "b": 1})
    meter.plan([chunk("a", "0.root", 0, 100)])
    meter.plan([chunk("b", "0.root", 0, 50)])
    meter.start()
    clock.now += 1
    meter.done("a", 100, 1)
    meter.read(0)
    progress = meter.snapshot()
    assert progress.events_total is None
    assert progress.seconds_left is None
    assert progress.datasets["a"].events_total is None
    assert progress.datasets["a"].files_total == 2
    assert progress.datasets["b"].events_total == 50
    meter.plan([chunk("a", "1.root", 0, 30)])
    assert meter.snapshot().events_total == 180


def test_nothing_is_known_before_the_plan() -> None:
    meter = ProgressMeter()
    assert not meter.is_planned
    progress = meter.snapshot()
    assert progress.events_total is None
    assert progress.chunks_total is None
    assert progress.seconds_left is None


def test_a_steady_rate_gives_the_time_left(meter: ProgressMeter, clock: Clock) -> None:
    meter.start()
    for _ in range(5):
        clock.now += 1.0
        meter.done("a", 100, 1)
        meter.read(5000)
    progress = meter.snapshot()
    assert progress.events_per_second == pytest.approx(100)
    assert progress.bytes_per_second == pytest.approx(5000)
    assert progress.seconds_left == pytest.approx(7.0)
    assert progress.seconds_elapsed == pytest.approx(5.0)
    assert fractions(progress) == {"a": 0.5, "b": 0.0}


def test_the_rate_follows_a_change_within_the_window(meter: ProgressMeter, clock: Clock) -> None:
    meter.start()
    clock.now += 1
    meter.done("a", 500, 5)
    meter.read(0)
    for _ in range(int(2 * WINDOW_SECONDS)):
        clock.now += 1
        meter.done("a", 10, 0)
        meter.read(0)
    assert meter.snapshot().events_per_second == pytest.approx(10, rel=0.2)


def test_the_rate_falls_while_nothing_arrives(meter: ProgressMeter, clock: Clock) -> None:
    meter.start()
    clock.now += 1
    meter.done("a", 100, 1)
    meter.read(0)
    before = meter.snapshot().events_per_second
    clock.now += 9
    assert meter.snapshot().events_per_second == pytest.approx(before / 10)


def test_a_pause_stops_the_clock_and_forgets_the_rate(meter: ProgressMeter, clock: Clock) -> None:
    meter.start()
    clock.now += 2
    meter.done("a", 200, 2)
    meter.read(10)
    meter.pause()
    clock.now += 1000
    paused = meter.snapshot()
    assert paused.seconds_elapsed == pytest.approx(2)
    assert paused.events_per_second == 0
    assert paused.seconds_left is None
    meter.start()
    clock.now += 1
    meter.done("a", 50, 0)
    meter.read(10)
    assert meter.snapshot().events_per_second == pytest.approx(50)
    assert meter.snapshot().seconds_elapsed == pytest.approx(3)


def test_failed_events_are_not_waited_for(meter: ProgressMeter, clock: Clock) -> None:
    meter.start()
    clock.now += 1
    meter.done("a", 100, 1)
    meter.failed("a", 900, 9)
    meter.failed("b", 100, 1)
    meter.read(0)
    progress = meter.snapshot()
    assert progress.seconds_left == pytest.approx(1.0)
    assert progress.datasets["a"].chunks_failed == 9
    assert progress.chunks_failed == 10


def test_the_final_rate_is_that_of_this_session(meter: ProgressMeter, clock: Clock) -> None:
    meter.done("a", 900, 9)  # by an earlier session
    meter.start()
    clock.now += 2
    meter.done("a", 100, 1)
    meter.done("b", 200, 2)
    progress = meter.finish()
    assert progress.events_done == 1200
    assert progress.events_per_second == pytest.approx(150)
    clock.now += 50
    assert meter.snapshot().seconds_elapsed == pytest.approx(2)


def test_time_bytes_and_final_rates_are_those_of_all_sessions(clock: Clock) -> None:
    earlier = RunMetrics(sessions=1, wall_seconds=8.0, events=900, bytes_read=5000)
    meter = ProgressMeter(clock, earlier)
    meter.expect({"a": 1})
    meter.plan([chunk("a", "a.root", 0, 1000, b"")])
    meter.done("a", 900, 9)
    meter.start()
    clock.now += 2
    meter.read(1000)
    meter.done("a", 100, 1)
    running = meter.snapshot()
    assert (running.seconds_elapsed, running.bytes_read) == (pytest.approx(10), 6000)
    ended = meter.finish()
    assert ended.events_per_second == pytest.approx(100)
    assert ended.bytes_per_second == pytest.approx(600)


def test_what_an_unreadable_file_gave_before_is_kept(meter: ProgressMeter) -> None:
    meter.expect({"c": 1})
    meter.plan([chunk("c", "gone.root", 0, 0, b"")])
    meter.keep("c", 300, 3)
    progress = meter.snapshot().datasets["c"]
    assert (progress.events_done, progress.events_total) == (300, 300)
    assert (progress.chunks_done, progress.chunks_total) == (3, 4)


def test_recounting_corrects_what_was_written_too_late(meter: ProgressMeter) -> None:
    meter.done("a", 300, 3)
    meter.failed("b", 100, 1)
    progress = meter.snapshot()
    recount(progress, {"a": (500, 5)})
    assert (progress.events_done, progress.chunks_done, progress.chunks_failed) == (500, 5, 1)
    assert progress.datasets["b"].events_done == 0
    progress.events_per_second, progress.seconds_left = 5.0, 7.0
    forget_rates(progress)
    assert (progress.events_per_second, progress.seconds_left) == (0.0, None)


def test_what_is_not_to_be_processed_takes_no_time(meter: ProgressMeter, clock: Clock) -> None:
    meter.start()
    clock.now += 1.0
    meter.done("a", 100, 1)
    meter.read(0)
    before = meter.snapshot()
    meter.skip(400)
    assert before.seconds_left is not None
    after = meter.snapshot()
    assert after.seconds_left == pytest.approx(before.seconds_left - 400 / after.events_per_second)


@given(
    st.lists(
        st.tuples(st.sampled_from(["start", "pause", "done", "wait"]), st.integers(0, 20)),
        max_size=30,
    )
)
def test_rates_are_never_negative_and_time_is_never_lost(steps: list[tuple[str, int]]) -> None:
    clock = Clock()
    meter = ProgressMeter(clock)
    meter.expect({"a": 1})
    meter.plan([chunk("a", "0.root", 0, 10_000)])
    running, elapsed, events = False, 0.0, 0
    for step, amount in steps:
        if step == "start" and not running:
            meter.start()
            running = True
        elif step == "pause":
            meter.pause()
            running = False
        elif step == "done":
            meter.done("a", amount, 1)
            meter.read(amount)
            events += amount
        elif step == "wait":
            clock.now += amount
            elapsed += amount if running else 0
        progress: Progress = meter.snapshot()
        assert progress.events_done == events
        assert progress.seconds_elapsed == pytest.approx(elapsed)
        assert progress.events_per_second >= 0
        assert progress.seconds_left is None or progress.seconds_left >= 0
