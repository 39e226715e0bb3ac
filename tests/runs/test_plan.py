"""Batches cover every chunk once, whatever their size, and datasets advance side by side."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from coffea.processor.executor import WorkItem
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.runs.counting.merge import OrderedMerge
from casa_lab.runs.counting.plan import (
    BATCH_CHUNKS,
    Batch,
    FileWork,
    Plan,
    Queue,
    file_key,
    is_placeholder,
    make_plan,
    weight,
)
from casa_lab.runs.tasks.pace import LEAST_TASK_SECONDS, MOST_TASK_SECONDS, Pace

from .chunks import chunk, chunks_of

FILESETS = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from([f"{n}.root" for n in range(9)])),
    st.lists(st.integers(1, 1000), min_size=1, max_size=20),
    min_size=1,
    max_size=12,
).map(chunks_of)

LIMITS = st.sampled_from([0, 1, 500, 5000, 10**9])


def work_of(plan: Plan, position: int) -> FileWork:
    chunks = plan.chunks[position]
    return FileWork(position, chunks, list(range(len(chunks))), [])


def queue_of(plan: Plan) -> Queue:
    queue = Queue()
    for position in range(len(plan.files)):
        queue.add(work_of(plan, position))
    return queue


def drained(queue: Queue, limit: Callable[[str], int]) -> list[Batch]:
    batches = []
    while queue:
        batches.append(queue.take(limit))
    return batches


def sizes(plan: Plan) -> dict[str, int]:
    """Return the weight of each dataset."""
    total: dict[str, int] = {}
    for chunks in plan.chunks:
        total[chunks[0].dataset] = total.get(chunks[0].dataset, 0) + weight(chunks)
    return total


@given(FILESETS)
def test_a_plan_holds_the_chunks_by_file(items: list[WorkItem]) -> None:
    plan = make_plan(items)
    assert [item for chunks in plan.chunks for item in chunks] == items
    for key, chunks in zip(plan.files, plan.chunks, strict=True):
        assert {file_key(item) for item in chunks} == {key}
    assert plan.repeated == []


def test_a_file_named_twice_counts_once() -> None:
    once = [chunk("a", "1.root", 0, 10), chunk("a", "1.root", 10, 20)]
    plan = make_plan([*once, chunk("a", "2.root", 0, 5), *once])
    assert plan.chunks == [once, [chunk("a", "2.root", 0, 5)]]
    assert [key.filename for key in plan.repeated] == ["1.root"]


@given(FILESETS, LIMITS)
def test_batches_of_any_size_are_a_partition_that_fits_the_merge(
    items: list[WorkItem], limit: int
) -> None:
    plan = make_plan(items)
    merged = OrderedMerge()
    taken = []
    for batch in drained(queue_of(plan), lambda _: limit):
        taken += batch.items
        assert batch.place is not None
        assert not merged.has(batch.place), "two batches have the same place"
        assert len(batch.items) == sum(batch.shape) <= BATCH_CHUNKS
        assert weight(batch.items) <= limit or len(batch.items) == 1
        assert {item.dataset for item in batch.items} == {batch.dataset}
        chunks = 0 if batch.place.file is None else len(plan.chunks[batch.place.file])
        merged.put(batch.place, chunks, {"chunks": list(batch.items)})
    assert sorted(taken, key=repr) == sorted(items, key=repr)
    # Nothing was added in another order than that of the fileset.
    total = merged.total()
    assert [item for part in [total] for item in part["chunks"]] == items
    assert not merged.opened


@given(FILESETS, LIMITS)
def test_a_batch_that_is_split_keeps_its_chunks_and_places(
    items: list[WorkItem], limit: int
) -> None:
    plan = make_plan(items)
    merged = OrderedMerge()
    waiting = drained(queue_of(plan), lambda _: limit)
    while waiting:
        batch = waiting.pop()
        if len(batch.items) > 1:
            parts = batch.split()
            assert len(parts) > 1
            waiting += parts
            continue
        assert batch.place is not None
        chunks = 0 if batch.place.file is None else len(plan.chunks[batch.place.file])
        merged.put(batch.place, chunks, {"chunks": list(batch.items)})
    total = merged.total()
    assert total is not None
    assert total["chunks"] == items


def test_a_chunk_is_cut_until_it_has_too_few_events() -> None:
    batch = Batch(None, (chunk("a", "1.root", 10, 21),), (1,))
    halves = batch.cut(5)
    assert [(half.items[0].entrystart, half.items[0].entrystop) for half in halves] == [
        (10, 15),
        (15, 21),
    ]
    assert halves[0].cut(5) == []


@given(FILESETS)
def test_datasets_advance_in_proportion(items: list[WorkItem]) -> None:
    plan = make_plan(items)
    total = sizes(plan)
    largest = max((len(item) + 1) / total[item.dataset] for item in items)
    given_out = dict.fromkeys(total, 0)
    for batch in drained(queue_of(plan), lambda _: 0):
        given_out[batch.dataset] += weight(batch.items)
        fractions = [given_out[name] / total[name] for name in total]
        assert max(fractions) - min(fractions) <= largest + 1e-9


def test_what_is_put_back_comes_before_all_others() -> None:
    queue = queue_of(make_plan([chunk("a", f"{n}.root", 0, 5) for n in range(3)]))
    first = queue.take(lambda _: 0)
    queue.put_back(first)
    assert queue.take(lambda _: 0) is first
    assert len(drained(queue, lambda _: 0)) == 2


def test_what_is_left_of_a_file_goes_out_chunk_by_chunk_where_there_are_gaps() -> None:
    items = [chunk("a", "1.root", 10 * n, 10 * n + 10) for n in range(8)]
    queue = Queue()
    queue.add(FileWork(0, items, [2, 3, 4, 5, 7], [items[0]]))
    batches = drained(queue, lambda _: 10**9)
    assert [[item.entrystart for item in batch.items] for batch in batches] == [
        [0],
        [20, 30],
        [40, 50],
        [70],
    ]
    assert batches[0].place is None


def test_only_a_file_that_nobody_has_looked_at_is_a_placeholder() -> None:
    assert is_placeholder(chunk("a", "1.root", 0, 0, uuid=b""))
    assert not is_placeholder(chunk("a", "1.root", 0, 0))
    assert not is_placeholder(chunk("a", "1.root", 0, 5))


def test_tasks_begin_small_grow_to_their_time_and_shrink_at_the_end() -> None:
    pace = Pace()
    much = {"a": 10**9}
    assert pace.limit("a", much, threads=2) == 0
    pace.learn("a", 1000, 0.1)
    assert pace.limit("a", much, threads=2) == LEAST_TASK_SECONDS / 0.1 * 1000
    assert pace.limit("a", {"a": 4000}, threads=2) == 1000
    # A slower task makes the next one smaller.
    pace.learn("a", 1000, 0.3)
    assert pace.limit("a", much, threads=2) == LEAST_TASK_SECONDS / 0.2 * 1000


def test_tasks_take_as_long_as_driver_and_scheduler_need_to_keep_up() -> None:
    pace = Pace()
    assert pace.task_seconds(threads=2) == LEAST_TASK_SECONDS
    assert pace.task_seconds(threads=100) == pytest.approx(100 * 0.003 / 0.1)
    assert pace.task_seconds(threads=10_000) == MOST_TASK_SECONDS
    for _ in range(20):
        pace.learn_cost(0.017)  # large histograms to merge
    assert pace.task_seconds(threads=2) == pytest.approx(0.4, rel=1e-3)
