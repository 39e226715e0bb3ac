"""How long a run is said to take, against runs whose end is known."""

from __future__ import annotations

import random
import statistics

import pytest

from casa_lab.runs.watching.outlook import MEMORY_SECONDS, MOST_SAMPLES, Outlook


def steady(outlook: Outlook, seconds: int, pace: int, workers: int, start: int = 0) -> int:
    """Let workers do ``pace`` events a second each; return how many are done."""
    for second in range(seconds):
        outlook.observe(start + second, (start + second) * pace * workers, workers)
    return (start + seconds - 1) * pace * workers


def test_a_steady_pace_is_certain() -> None:
    outlook = Outlook()
    done = steady(outlook, 21, pace=100, workers=4)
    left = outlook.predict(20, done, 4000)
    assert left is not None
    assert left.seconds == pytest.approx(10)
    assert left.error == pytest.approx(0)


def test_nothing_is_said_before_anything_is_done_or_without_workers() -> None:
    outlook = Outlook()
    assert outlook.predict(0, 0, 100) is None
    outlook.observe(0, 0, 2)
    assert outlook.predict(5, 0, 100) is None
    outlook.observe(6, 50, 0)
    assert outlook.predict(7, 50, 100) is None
    outlook.forget()
    assert outlook.predict(8, 50, 100) is None


def test_a_short_past_has_no_error_yet() -> None:
    outlook = Outlook()
    done = steady(outlook, 4, pace=10, workers=1)
    left = outlook.predict(3, done, 100)
    assert left is not None
    assert (left.seconds, left.error) == (pytest.approx(10), None)


def test_the_prediction_follows_the_workers_at_once() -> None:
    outlook = Outlook()
    done = steady(outlook, 30, pace=100, workers=2)
    outlook.observe(30, done + 200, 8)
    left = outlook.predict(30, done + 200, 8000)
    assert left is not None
    assert left.seconds == pytest.approx(10)


def test_what_was_a_minute_ago_is_forgotten() -> None:
    outlook = Outlook()
    done = steady(outlook, 100, pace=1, workers=1)
    for second in range(int(MEMORY_SECONDS) + 2):
        done += 50
        outlook.observe(100 + second, done, 1)
    left = outlook.predict(100 + MEMORY_SECONDS + 1, done, 500)
    assert left is not None
    assert left.seconds == pytest.approx(10, rel=0.05)


@pytest.mark.parametrize("length", [3, 25, 150])
def test_batches_of_any_length_let_a_steady_run_be_told(length: int) -> None:
    """Two workers bring a thousand events each, at the same time."""
    outlook = Outlook()
    rounds = 30
    for now in range(rounds * length):
        done = 2000 * (now // length)
        outlook.observe(now, done, 2)
        left = outlook.predict(now, done, 2000 * rounds - done)
        assert (left is None) == (now < length)
        if left is not None:
            # Once the beginning is forgotten, up to a batch of eight or more is on its way.
            assert left.seconds == pytest.approx(rounds * length - now, rel=0.15, abs=length)
            if now <= MEMORY_SECONDS:
                assert left.seconds == pytest.approx(rounds * length - now)


def test_the_pace_falls_while_nothing_arrives() -> None:
    outlook = Outlook()
    done = steady(outlook, 30, pace=100, workers=1)
    for now in range(30, 330):
        outlook.observe(now, done, 1)
    left = outlook.predict(329, done, 1000)
    assert left is not None
    assert left.seconds > 100


def test_the_memory_has_an_end() -> None:
    outlook = Outlook()
    for now in range(2 * MOST_SAMPLES):
        outlook.observe(now, now // 1000, 1)
    left = outlook.predict(now, now // 1000, 4)
    assert left is not None
    assert left.seconds == pytest.approx(4000, rel=0.3)
    for later in range(now + 1, now + MOST_SAMPLES + 2):
        outlook.observe(later, now // 1000, 1)
    assert outlook.predict(later, now // 1000, 4) is None


def test_the_error_is_as_large_as_predictions_are_wrong() -> None:
    """Batches arrive at random: two thirds of the runs end within the error that is told."""
    chance = random.Random(4)
    pulls = []
    for _ in range(200):
        outlook = Outlook()
        done = now = 0
        while done < 20_000:
            now += 1
            done += sum(chance.expovariate(1 / 60) for _ in range(4)).__round__()
            outlook.observe(now, done, 4)
            if now == 50:
                left = outlook.predict(now, done, 20_000 - done)
        assert left is not None
        assert left.error
        pulls.append((now - 50 - left.seconds) / left.error)
    assert abs(statistics.mean(pulls)) < 0.3
    assert 0.7 < statistics.stdev(pulls) < 1.5
