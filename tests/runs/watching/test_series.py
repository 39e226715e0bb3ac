"""A run over time: nothing is lost, and it never grows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.runs.counting.metrics import Effort
from casa_lab.runs.watching.models import RunSeries
from casa_lab.runs.watching.series import MOST_INTERVALS, SeriesMeter, read_series


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def effort(events: int, memory: int = 0) -> Effort:
    return Effort(
        "dy", "a.root", "tcp://one:1", "one", 1, events, 1.0, bytes_read=2 * events,
        peak_memory_bytes=memory,
    )  # fmt: skip


def columns(series: RunSeries) -> set[int]:
    lists = series.model_dump(exclude={"interval", "sessions"}).values()
    return {len(column) for column in lists}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 64_000).map(lambda number: number / 64),
            st.integers(0, 50),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_sums_are_kept_however_long_it_takes(steps: list[tuple[float, int, bool]]) -> None:
    clock = Clock()
    meter = SeriesMeter(clock=clock)
    meter.observe(2, 4, 3)
    seconds = events = 0.0
    for passed, number, working in steps:
        clock.now += passed
        meter.observe(2, 4, 3, working)
        meter.add(effort(number))
        seconds += passed if working else 0
        events += number
    series = meter.snapshot()
    assert sum(series.seconds) == pytest.approx(seconds)
    assert sum(series.events) == events
    assert sum(series.bytes_read) == 2 * events
    assert sum(series.worker_seconds) == pytest.approx(2 * seconds)
    assert sum(series.thread_seconds) == pytest.approx(4 * seconds)
    assert sum(series.busy_seconds) == pytest.approx(3 * seconds)
    assert len(series.seconds) <= MOST_INTERVALS
    assert len(columns(series)) == 1
    assert all(each == pytest.approx(series.interval) for each in series.seconds[:-1])


def test_a_long_run_has_longer_intervals_not_more_of_them() -> None:
    clock = Clock()
    meter = SeriesMeter(clock=clock)
    meter.observe(1, 1, 1)
    for _ in range(1_000):
        clock.now += 10.0
        meter.observe(1, 1, 1)
        meter.add(effort(10, memory=int(clock.now)))
    series = meter.snapshot()
    assert series.interval == 64.0
    assert MOST_INTERVALS / 2 < len(series.seconds) <= MOST_INTERVALS
    assert max(series.peak_memory_bytes) == 10_000
    rates = [events / series.interval for events in series.events]
    assert min(rates[1:-1]) > 0.9
    assert max(rates[1:-1]) < 1.1


def test_a_resumed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    clock = Clock()
    first = SeriesMeter(clock=clock)
    first.observe(1, 1, 1)
    clock.now = 5.5
    first.observe(1, 1, 1)
    first.add(effort(100))
    path = tmp_path / "series.json"
    assert read_series(path) == RunSeries()
    path.write_text(first.snapshot().model_dump_json())

    second = SeriesMeter(read_series(path), clock)
    clock.now = 1_000.0  # the next day
    second.observe(1, 1, 1)
    clock.now = 1_002.0
    second.observe(1, 1, 1)
    second.add(effort(50))
    series = second.snapshot()
    assert series.sessions == [0.0, 5.5]
    assert sum(series.seconds) == 7.5
    assert sum(series.events) == 150


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "series.json"
    path.write_text('{"interval": "long"}')
    assert read_series(path) == RunSeries()
