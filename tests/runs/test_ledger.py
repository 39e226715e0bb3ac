"""Whatever crashes in between, each chunk is in the merged output once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from coffea.processor.executor import WorkItem
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_lab.runs.counting.ledger import Ledger
from casa_lab.runs.counting.plan import Batch, FileWork, Queue, make_plan
from casa_lab.runs.errors import RunError
from casa_lab.runs.tasks.packing import pack

from .chunks import chunk

FILES = 3
CHUNKS = 60
"""Per file: more than one batch."""


def all_chunks(files: int = FILES) -> list[WorkItem]:
    return [
        chunk("ab"[file % 2], f"{file}.root", 10 * at, 10 * at + 10)
        for file in range(files)
        for at in range(CHUNKS)
    ]


def name(item: WorkItem) -> str:
    return f"{item.filename}:{item.entrystart}"


def open_plan(ledger: Ledger, items: Sequence[WorkItem], limit: int = 250) -> list[Batch]:
    """Open all files and return batches of what is not counted."""
    plan = make_plan(items)
    ledger.open_files(plan.files)
    queue = Queue()
    for position, chunks in enumerate(plan.chunks):
        fresh, besides = [], []
        for number, (item, parts) in enumerate(
            zip(chunks, ledger.open_chunks(position, chunks), strict=True)
        ):
            if parts == [item] and not ledger.has_place(position, number):
                fresh.append(number)
            else:
                ledger.leave_out(position, number)
                besides += parts
        queue.add(FileWork(position, chunks, fresh, besides))
    batches = []
    while queue:
        batches.append(queue.take(lambda _: limit))
    return batches


def process(ledger: Ledger, batch: Batch, good: Sequence[WorkItem]) -> bool:
    """Count the given chunks of a batch; tell whether they were news."""
    output = None
    if good:
        payload = pack(
            {"events": sum(map(len, good)), "chunks": {name(item): len(item) for item in good}}
        )
        output = ledger.accept(batch, good, payload)
        if output is None:
            return False
    ledger.merge(batch, output)
    return True


def held(ledger: Ledger) -> dict[str, int]:
    """How many events of each chunk are in the merged output."""
    found: dict[str, int] = {}
    for piece in ledger.pieces():
        for key, events in piece["chunks"].items():
            found[key] = found.get(key, 0) + events
    return found


def log_of(directory: Path) -> Path:
    [log] = directory.glob("log-*.bin")
    return log


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("process"), st.integers(0, 5), st.integers(0, 3)),
        st.tuples(st.just("again"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("checkpoint"), st.just(0), st.just(0)),
        st.tuples(st.just("crash"), st.integers(0, 400), st.integers(0, 1)),
    ),
    max_size=14,
)


@settings(max_examples=60)
@given(STEPS)
def test_any_schedule_counts_each_chunk_once(steps: list[tuple[str, int, int]]) -> None:
    items = all_chunks()
    with TemporaryDirectory() as folder:
        directory = Path(folder) / "groups"
        ledger = Ledger(directory)
        missing = open_plan(ledger, items)
        counted: list[list[str]] = []
        processed: list[tuple[Batch, Sequence[WorkItem]]] = []
        for step, number, choice in steps:
            if step == "process" and missing:
                batch = missing.pop(number % len(missing))
                good = [item for at, item in enumerate(batch.items) if choice == 0 or at % choice]
                assert process(ledger, batch, good)
                if good:
                    processed.append((batch, good))
                    counted.append([name(item) for item in good])
            elif step == "again" and processed:
                batch, good = processed[number % len(processed)]
                assert not process(ledger, batch, good), "a late duplicate was counted"
            elif step == "checkpoint":
                ledger.checkpoint()
            elif step == "crash":
                ledger.close()
                log = log_of(directory)
                size = log.stat().st_size
                cut = min(number, size) if choice else 0
                os.truncate(log, size - cut)
                ledger = Ledger(directory)
                survived = held(ledger)
                # A torn log loses whole batches from its end, and nothing else.
                while counted and not set(counted[-1]) <= set(survived):
                    counted.pop()
                    processed.pop()
                missing = open_plan(ledger, items)
            assert held(ledger) == {key: 10 for names in counted for key in names}
        left = {name(item) for batch in missing for item in batch.items}
        for batch in open_plan(ledger, items):
            assert process(ledger, batch, batch.items)
        assert left <= set(held(ledger))
        assert ledger.by_dataset() == {"a": (1200, 120), "b": (600, 60)}
        total = ledger.total()
        assert total["events"] == 10 * len(items)
        assert total["chunks"] == {name(item): 10 for item in items}
        ledger.close()


@settings(max_examples=30)
@given(st.data())
def test_a_damaged_log_is_used_up_to_the_damage(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        directory = Path(folder) / "groups"
        ledger = Ledger(directory)
        batches = open_plan(ledger, all_chunks())
        ends = []
        for batch in batches:
            process(ledger, batch, batch.items)
            ends.append(log_of(directory).stat().st_size)
        ledger.close()
        at = data.draw(st.integers(0, ends[-1] - 1))
        damaged = bytearray(log_of(directory).read_bytes())
        damaged[at] ^= 0xFF
        log_of(directory).write_bytes(damaged)
        whole = sum(end <= at for end in ends)
        ledger = Ledger(directory)
        assert held(ledger) == {name(item): 10 for b in batches[:whole] for item in b.items}
        ledger.close()


def test_another_plan_keeps_what_is_counted(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "groups")
    first, *_ = open_plan(ledger, all_chunks(2))
    process(ledger, first, first.items)
    ledger.close()
    ledger = Ledger(tmp_path / "groups")
    missing = open_plan(ledger, all_chunks(3))
    assert not {name(i) for batch in missing for i in batch.items} & set(map(name, first.items))
    for batch in missing:
        process(ledger, batch, batch.items)
    assert held(ledger) == {name(item): 10 for item in all_chunks(3)}


@pytest.mark.parametrize("change", ["identity", "length"])
def test_a_file_that_was_replaced_is_refused(tmp_path: Path, change: str) -> None:
    ledger = Ledger(tmp_path / "groups")
    [batch] = open_plan(ledger, [chunk("a", "1.root", 0, 10), chunk("a", "1.root", 10, 20)])
    process(ledger, batch, batch.items[:1])
    ledger.close()
    other = {
        "identity": [
            chunk("a", "1.root", 0, 10, b"f" * 16),
            chunk("a", "1.root", 10, 20, b"f" * 16),
        ],
        "length": [chunk("a", "1.root", 0, 6), chunk("a", "1.root", 6, 24)],
    }[change]
    with pytest.raises(RunError, match=r"1\.root is not the file that was counted"):
        open_plan(Ledger(tmp_path / "groups"), other)


def test_a_file_that_cannot_be_read_today_keeps_what_it_gave(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "groups")
    [batch] = open_plan(ledger, [chunk("a", "1.root", 0, 10)])
    process(ledger, batch, batch.items)
    ledger.close()
    ledger = Ledger(tmp_path / "groups")
    [placeholder] = open_plan(ledger, [chunk("a", "1.root", 0, 0, b"")])
    ledger.merge(placeholder, None)
    assert held(ledger) == {"1.root:0": 10}


def test_what_the_driver_cannot_unpack_does_not_count(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "groups")
    [batch] = open_plan(ledger, [chunk("a", "1.root", 0, 10)])
    with pytest.raises(RuntimeError):
        ledger.accept(batch, batch.items, b"not what a worker packs")
    assert not ledger.is_counted(batch.items[0])
    ledger.close()
    assert list(Ledger(tmp_path / "groups").pieces()) == []


def test_counted_chunks_of_another_environment_are_a_sentence(tmp_path: Path) -> None:
    Ledger(tmp_path / "groups").checkpoint()
    (tmp_path / "groups" / "checkpoint.bin").write_bytes(b"pickled by a future version")
    with pytest.raises(RunError, match=r"cannot be read here\. Resume it in the environment"):
        Ledger(tmp_path / "groups")


def test_a_crash_between_checkpoint_and_log_leaves_nothing_behind(tmp_path: Path) -> None:
    directory = tmp_path / "groups"
    ledger = Ledger(directory)
    [batch] = open_plan(ledger, [chunk("a", "1.root", 0, 10)])
    process(ledger, batch, batch.items)
    before = log_of(directory)
    data = before.read_bytes()
    ledger.checkpoint()
    ledger.close()
    before.write_bytes(data)  # as if the process had died before it removed the old log
    ledger = Ledger(directory)
    assert held(ledger) == {"1.root:0": 10}
    assert not before.exists()


def test_parts_of_a_chunk_count_for_what_they_are(tmp_path: Path) -> None:
    whole = [chunk("a", "1.root", 0, 10), chunk("a", "1.root", 10, 20)]
    ledger = Ledger(tmp_path / "groups")
    first, _ = open_plan(ledger, whole, limit=0)
    left, right = first.cut(1)
    ledger.merge(first, None)
    process(ledger, left, left.items)
    assert not ledger.is_counted(whole[0])
    ledger.close()

    # The rest of the chunk is what a later session processes.
    ledger = Ledger(tmp_path / "groups")
    batches = open_plan(ledger, whole, limit=0)
    assert [batch.items for batch in batches] == [right.items, (whole[1],)]
    assert not process(ledger, left, left.items)
    assert not process(ledger, first, first.items), "its first half was counted again"
    for batch in batches:
        assert process(ledger, batch, batch.items)
    assert all(ledger.is_counted(item) for item in whole)
    assert ledger.total()["events"] == 20


def test_other_chunks_of_the_same_file_fill_the_gaps(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "groups")
    first, _ = open_plan(
        ledger, [chunk("a", "1.root", 0, 10), chunk("a", "1.root", 10, 20)], limit=0
    )
    process(ledger, first, first.items)
    ledger.close()
    ledger = Ledger(tmp_path / "groups")
    [rest] = open_plan(ledger, [chunk("a", "1.root", 0, 20)])
    assert rest.items == (chunk("a", "1.root", 10, 20),)
