"""What kills workers is found, and what is as large is not sent to its death."""

from __future__ import annotations

from casa_lab.runs.counting.plan import Batch
from casa_lab.runs.tasks.suspects import LEAST_EVENTS, Suspects

from .chunks import chunk


def batch_of(events: int) -> Batch:
    return Batch(None, (chunk("dy", "dy.root", 0, events),), (1,))


def lengths(batches: list[Batch]) -> list[int]:
    return [len(item) for batch in batches for item in batch.items]


def test_chunks_as_large_as_one_that_killed_are_cut_beforehand() -> None:
    suspects = Suspects()
    large, larger, small = (batch_of(events) for events in (4000, 6000, 3999))
    assert suspects.parts_to_fit(larger) == [], "nothing has killed a worker yet"
    assert lengths(suspects.convict(large)) == [2000, 2000]
    assert lengths(suspects.parts_to_fit(larger)) == [3000, 3000]
    assert lengths(suspects.parts_to_fit(large)) == [2000, 2000]
    assert suspects.parts_to_fit(small) == []


def test_what_is_too_small_to_be_cut_is_given_up() -> None:
    suspects = Suspects()
    assert suspects.convict(batch_of(2 * LEAST_EVENTS - 1)) == []
    assert not suspects


def test_the_parts_of_what_died_alone_are_next() -> None:
    suspects = Suspects()
    guilty, other = batch_of(2 * LEAST_EVENTS), batch_of(10)
    suspects.add(guilty)
    suspects.add(other)
    assert suspects.take() is guilty
    assert suspects.is_one_out
    assert suspects.came_back(guilty)
    suspects.convict(guilty)
    assert lengths([suspects.take() for _ in range(3)]) == [LEAST_EVENTS, LEAST_EVENTS, 10]
