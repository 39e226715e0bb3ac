"""What a session may touch, down to parts of chunks: those that killed workers were split."""

from __future__ import annotations

import pytest

from casa_lab.runs.failures.scope import Scope, name_of
from casa_lab.runs.models import Failure

from .chunks import chunk
from .listed import failure, whole_file

ITEM = chunk("dy", "/data/dy.root", 0, 100)


def part(start: int, stop: int) -> Failure:
    return failure(entry_start=start, entry_stop=stop)


def admitted(scope: Scope) -> list[tuple[int, int]]:
    return [(item.entrystart, item.entrystop) for item in scope.admit(ITEM)]


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        ([], [(0, 100)]),
        ([(0, 100)], []),
        ([(25, 50)], [(0, 25), (50, 100)]),
        ([(0, 25), (75, 100)], [(25, 75)]),
        ([(75, 100), (0, 25), (25, 75)], []),
        ([(100, 200)], [(0, 100)]),
    ],
)
def test_parts_that_were_accepted_are_cut_out(
    left_out: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    scope = Scope(left_out=[part(*entries) for entries in left_out])
    assert admitted(scope) == expected
    assert scope.left == 0


def test_a_chunk_that_nothing_is_known_of_is_itself() -> None:
    assert Scope().admit(ITEM) == [ITEM]
    assert Scope([part(0, 100)]).admit(ITEM)[0] is ITEM


def test_chosen_parts_are_all_that_is_touched() -> None:
    failures = [part(0, 25), part(25, 50)]
    scope = Scope(failures, [part(50, 75)], {name_of(failures[1])})
    assert admitted(scope) == [(25, 50)]
    assert (scope.retried, scope.kept) == (failures[1:], failures[:1])
    assert scope.left == 1, "entries 75 to 100 were never tried"


def test_what_is_not_chosen_but_listed_is_not_left_over() -> None:
    failures = [part(0, 50), part(50, 100)]
    scope = Scope(failures, selected={name_of(failures[0])})
    assert admitted(scope) == [(0, 50)]
    assert scope.left == 0


def test_accepted_wins_over_chosen() -> None:
    scope = Scope([part(0, 100)], [part(0, 50)], {name_of(part(0, 100))})
    assert admitted(scope) == [(50, 100)]


def test_an_empty_chunk_is_a_chunk() -> None:
    empty = chunk("dy", "/data/dy.root", 0, 0)
    failed = part(0, 0)
    assert Scope().admit(empty) == [empty]
    assert Scope([failed], selected={name_of(failed)}).admit(empty) == [empty]
    assert Scope(left_out=[failed]).admit(empty) == []


def test_a_file_that_can_be_read_again_is_chosen_whole() -> None:
    gone = whole_file("/data/dy.root")
    scope = Scope([gone, part(0, 100)], selected={name_of(gone)})
    assert admitted(scope) == [(0, 100)]
    assert Scope(left_out=[gone]).admit(ITEM) == []


def test_a_file_that_cannot_be_read_is_a_failure_where_it_is_the_session_s() -> None:
    placeholder = chunk("dy", "/data/dy.root", 0, 0, b"")
    gone = whole_file("/data/dy.root")
    assert Scope().admits_file(placeholder)
    assert Scope([gone], selected={name_of(gone)}).admits_file(placeholder)
    assert Scope([part(0, 100)], selected={name_of(part(0, 100))}).admits_file(placeholder)
    assert not Scope([gone], selected={name_of(failure(dataset="tt"))}).admits_file(placeholder)
    assert not Scope(left_out=[gone]).admits_file(placeholder)
    assert Scope(left_out=[part(0, 100)]).admits_file(placeholder)
