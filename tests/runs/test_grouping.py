"""A thousand failures are a few sentences, and nothing is lost in them."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from casa_lab.runs.failures.grouping import MOST_NAMES, FailureTally, group_id, sum_left_out
from casa_lab.runs.models import Failure, FailureGroup, LeftOut

from .listed import failure, no_example, whole_file


def grouped(failures: Iterable[Failure]) -> list[FailureGroup]:
    tally = FailureTally()
    for each in failures:
        tally.add(each)
    return tally.groups(no_example)


def test_one_cause_in_several_files_and_hosts_is_one_group() -> None:
    listed = [
        failure(),
        failure(entry_start=100, entry_stop=150, host="two", attempts=3),
        failure(entry_start=150, entry_stop=200, peak_memory_bytes=2_000),
        failure(dataset="tt", file="/data/tt.root", peak_memory_bytes=1_000),
        whole_file("/data/gone.root"),
    ]
    first, second = grouped(listed)
    assert (first.chunks, first.events, first.unread_files) == (4, 300, 0)
    assert first.cause == "The processor raised ValueError: no muons here."
    assert (first.datasets, first.hosts) == (["dy", "tt"], ["one", "two"])
    assert first.files == ["/data/dy.root", "/data/tt.root"]
    assert (first.attempts, first.peak_memory_bytes) == (3, 2_000)
    assert first.example.failure == listed[0]
    largest, *others = first.places
    assert (largest.dataset, largest.file, largest.host) == ("dy", "/data/dy.root", "one")
    assert (largest.chunks, largest.events) == (2, 150)
    assert (largest.entry_start, largest.entry_stop) == (0, 200)
    assert {(place.file, place.host) for place in others} == {
        ("/data/dy.root", "two"),
        ("/data/tt.root", "one"),
    }
    assert (second.chunks, second.events, second.unread_files) == (1, 0, 1)
    assert second.places[0].entry_start is None


def test_causes_that_differ_in_file_and_numbers_are_one() -> None:
    listed = [whole_file("/data/a.root"), whole_file("/data/b.root")]
    [group] = grouped(listed)
    assert group.cause == "There is no file …. Check its path."
    listed = [
        failure(cause=f"The processor raised IndexError: index {n} is out of bounds for size 4.2.")
        for n in (5, 5, 7)
    ]
    [group] = grouped(listed)
    assert group.cause == ("The processor raised IndexError: index … is out of bounds for size ….")
    [group] = grouped(listed[:2])
    assert group.cause == listed[0].cause


def test_kinds_are_told_apart() -> None:
    groups = grouped([failure(), failure(kind="other")])
    assert len({group.id for group in groups}) == 2


def test_lists_of_names_are_cut_off_and_say_so() -> None:
    listed = [whole_file(f"/data/{n}.root", host=f"host-{n}") for n in range(50)]
    [group] = grouped(listed)
    assert (len(group.files), group.files_total) == (MOST_NAMES, 50)
    assert (len(group.places), group.places_total) == (MOST_NAMES, 50)


failures = st.builds(
    failure,
    dataset=st.sampled_from(["dy", "tt"]),
    file=st.sampled_from(["/1.root", "/2.root", "/12.root"]),
    host=st.sampled_from(["", "one", "two"]),
    cause=st.sampled_from(["In /1.root: 3 is odd.", "In /12.root: 5 is odd.", "Too far."]),
    entry_start=st.integers(0, 50),
)


@given(st.lists(failures))
def test_groups_and_their_places_add_up(listed: list[Failure]) -> None:
    groups = grouped(listed)
    assert sum(group.chunks for group in groups) == len(listed)
    assert sum(group.events for group in groups) == sum(each.events for each in listed)
    assert {group.id for group in groups} == {group_id(each) for each in listed}
    assert [group.chunks for group in groups] == sorted(
        (group.chunks for group in groups), reverse=True
    )
    for group in groups:
        assert sum(place.chunks for place in group.places) == group.chunks
        assert sum(place.events for place in group.places) == group.events


def test_what_is_left_out_is_summed() -> None:
    listed = [failure(), failure(entry_start=100, entry_stop=150), whole_file("/data/gone.root")]
    assert sum_left_out(listed) == LeftOut(chunks=3, events=150, files=2, unread_files=1)
    assert sum_left_out([]) == LeftOut()
