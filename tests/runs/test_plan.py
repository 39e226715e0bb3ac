"""Batches cover every chunk once, and datasets advance side by side."""

from __future__ import annotations

from coffea.processor.executor import WorkItem
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.runs.plan import BATCH_CHUNKS, BATCH_EVENTS, Queue, is_placeholder, make_plan

from .chunks import chunk, chunks_of

FILESETS = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from([f"{n}.root" for n in range(6)])),
    st.lists(st.integers(1, 120_000), min_size=1, max_size=70),
    min_size=1,
    max_size=6,
).map(chunks_of)


@given(FILESETS)
def test_a_plan_is_a_partition_of_the_chunks(items: list[WorkItem]) -> None:
    plan = make_plan(items)
    planned = [item for batch in plan for item in batch.items]
    assert sorted(planned, key=repr) == sorted(items, key=repr)
    assert plan.repeated == []


@given(FILESETS)
def test_batches_are_consecutive_chunks_of_one_file_and_limited(items: list[WorkItem]) -> None:
    plan = make_plan(items)
    for position, (key, batches) in enumerate(zip(plan.files, plan.batches, strict=True)):
        assert [batch.number for batch in batches] == list(range(len(batches)))
        at = 0
        for batch in batches:
            assert batch.file == position
            assert batch.key == key
            assert len(batch.items) <= BATCH_CHUNKS
            assert batch.events <= BATCH_EVENTS or len(batch.items) == 1
            for item in batch.items:
                assert (item.dataset, item.filename) == (key.dataset, key.filename)
                assert item.entrystart == at
                at = item.entrystop


@given(FILESETS)
def test_the_same_chunks_give_the_same_plan(items: list[WorkItem]) -> None:
    assert list(make_plan(items)) == list(make_plan(list(items)))


def test_a_file_named_twice_counts_once() -> None:
    once = [chunk("a", "1.root", 0, 10), chunk("a", "1.root", 10, 20)]
    plan = make_plan([*once, chunk("a", "2.root", 0, 5), *once])
    assert [item for batch in plan for item in batch.items] == [*once, chunk("a", "2.root", 0, 5)]
    assert [key.filename for key in plan.repeated] == ["1.root"]


@given(FILESETS)
def test_the_queue_hands_out_everything_once(items: list[WorkItem]) -> None:
    batches = list(make_plan(items))
    queue = Queue(batches)
    assert len(queue) == len(batches)
    taken = [queue.take() for _ in range(len(queue))]
    assert not queue
    assert sorted(taken, key=repr) == sorted(batches, key=repr)


@given(FILESETS)
def test_datasets_advance_in_proportion(items: list[WorkItem]) -> None:
    batches = list(make_plan(items))
    total: dict[str, int] = {}
    for batch in batches:
        total[batch.key.dataset] = total.get(batch.key.dataset, 0) + batch.events + 1
    largest = max((batch.events + 1) / total[batch.key.dataset] for batch in batches)
    given_out = dict.fromkeys(total, 0)
    queue = Queue(batches)
    while queue:
        batch = queue.take()
        given_out[batch.key.dataset] += batch.events + 1
        fractions = [given_out[name] / total[name] for name in total]
        assert max(fractions) - min(fractions) <= largest + 1e-9


def test_what_is_put_back_comes_before_all_others() -> None:
    queue = Queue(make_plan([chunk("a", f"{n}.root", 0, 5) for n in range(3)]))
    first = queue.take()
    queue.put_back(first)
    assert len(queue) == 3
    assert queue.take() is first


def test_only_a_file_that_could_not_be_looked_at_is_a_placeholder() -> None:
    assert is_placeholder(chunk("a", "1.root", 0, 0, uuid=b""))
    assert not is_placeholder(chunk("a", "1.root", 0, 0))
    assert not is_placeholder(chunk("a", "1.root", 0, 5))
