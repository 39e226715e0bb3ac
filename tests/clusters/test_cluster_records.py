from __future__ import annotations

import errno
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.clusters.models import ClusterRecord, ClusterState, Worker
from casa_lab.clusters.records import WRITE_INTERVAL_SECONDS, Recorder, first_record, replay
from casa_lab.clusters.states import TRANSITIONS
from casa_lab.folders import Folder, Journal
from casa_lab.folders.journal import read_journal


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def worker(number: int, memory: int = 100 * 2**20, cpu: float = 2.0) -> Worker:
    return Worker(
        name=str(number),
        address=f"tls://127.0.0.1:{number}",
        threads=1,
        memory_bytes=memory,
        memory_limit_bytes=2**30,
        cpu_percent=cpu,
    )


def make_recorder(path: Path, clock: Clock, workers: int = 2) -> tuple[Folder, Recorder]:
    folder = Folder(path / "cluster")
    record = first_record(workers)
    folder.create({}, record.model_dump())
    return folder, Recorder(folder, record, clock)


def read(folder: Folder) -> ClusterRecord:
    return ClusterRecord.model_validate(folder.read_state())


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_change_of_state_is_written_at_once(tmp_path: Path, clock: Clock) -> None:
    folder, recorder = make_recorder(tmp_path, clock)
    assert read(folder).message == "Starting the host process."
    recorder.begin()
    assert read(folder).message == "Starting the scheduler."
    recorder.serve("tls://127.0.0.1:7", "http://127.0.0.1:8")
    recorder.change("running")
    assert read(folder).state == "running"
    assert read(folder).scheduler_address == "tls://127.0.0.1:7"
    assert read(folder).message == "Starting 2 workers."
    recorder.change("stopping", "Told to.")
    assert (read(folder).state, read(folder).message) == ("stopping", "Told to.")


def test_a_full_disk_ends_no_cluster(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder, recorder = make_recorder(tmp_path, clock)
    recorder.change("running")

    def write_nothing(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr(Folder, "write_state", write_nothing)
        full.setattr(Journal, "append", write_nothing)
        for number in range(3):
            clock.now += WRITE_INTERVAL_SECONDS
            recorder.observe([worker(number)])
            recorder.flush()
    assert caplog.text.count("No space left on device") == 1
    clock.now += WRITE_INTERVAL_SECONDS
    recorder.flush()
    assert [worker.name for worker in read(folder).workers] == ["2"]


def test_an_illegal_change_of_state_leaves_no_trace(tmp_path: Path, clock: Clock) -> None:
    folder, recorder = make_recorder(tmp_path, clock)
    with pytest.raises(ValueError, match="cannot go from starting to stopped"):
        recorder.change("stopped", "Nonsense.")
    assert read(folder).state == "starting"
    assert list(read_journal(folder.journal)) == []


def test_what_happens_often_is_written_at_most_twice_a_second(tmp_path: Path, clock: Clock) -> None:
    folder, recorder = make_recorder(tmp_path, clock, workers=40)
    recorder.serve("tls://127.0.0.1:7", None)
    recorder.change("running")
    writes = set()
    began = clock.now
    for number in range(40):
        clock.now += 0.1
        recorder.observe([worker(each) for each in range(number + 1)])
        recorder.flush()
        writes.add(read(folder).updated)
    assert len(writes) <= (clock.now - began) / WRITE_INTERVAL_SECONDS + 1
    clock.now += WRITE_INTERVAL_SECONDS
    recorder.flush()
    assert len(read(folder).workers) == 40
    assert [each.name for each in read(folder).workers] == [str(each) for each in range(40)]


def test_nothing_is_written_while_only_the_load_flickers(tmp_path: Path, clock: Clock) -> None:
    folder, recorder = make_recorder(tmp_path, clock, workers=1)
    recorder.serve("tls://127.0.0.1:7", None)
    recorder.observe([worker(0)])
    recorder.change("running")
    before = (folder.path / "state.json").stat()
    for step in range(20):
        clock.now += 1
        recorder.observe([worker(0, memory=100 * 2**20 + step * 1000, cpu=step % 8)])
        recorder.flush()
    after = (folder.path / "state.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    recorder.observe([worker(0, cpu=95.0)])
    recorder.flush()
    assert read(folder).workers[0].cpu_percent == 95.0


def test_a_worker_that_comes_back_under_another_address_is_journaled(
    tmp_path: Path, clock: Clock
) -> None:
    folder, recorder = make_recorder(tmp_path, clock, workers=1)
    recorder.observe([worker(0)])
    recorder.observe([])
    recorder.observe([worker(0).model_copy(update={"address": "tls://127.0.0.1:99"})])
    entries = list(read_journal(folder.journal))
    assert [(len(entry["arrived"]), entry["left"]) for entry in entries] == [
        (1, []),
        (0, ["tls://127.0.0.1:0"]),
        (1, []),
    ]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("observe"), st.sets(st.integers(0, 12))),
        st.tuples(st.just("desire"), st.integers(0, 12)),
        st.tuples(st.just("serve"), st.integers(1, 9)),
        st.tuples(st.just("change"), st.sampled_from(sorted(TRANSITIONS))),
    ),
    max_size=20,
)


@given(STEPS)
def test_the_journal_alone_gives_the_record(steps: list[tuple[str, object]]) -> None:
    with TemporaryDirectory() as directory:
        clock = Clock()
        folder, recorder = make_recorder(Path(directory), clock)
        recorder.begin()
        for action, value in steps:
            clock.now += 1
            if action == "observe":
                assert isinstance(value, (set, frozenset))
                recorder.observe([worker(number) for number in value])
            elif action == "desire":
                recorder.desire(int(str(value)))
            elif action == "serve":
                recorder.serve(f"tls://127.0.0.1:{value}", None)
            elif value in TRANSITIONS[recorder.record.state]:
                recorder.change(cast("ClusterState", value), "Because.")
            recorder.flush()
        clock.now += 1
        recorder.flush()
        rebuilt = replay(read_journal(folder.journal), first_record(2))
        assert rebuilt.model_dump(exclude={"updated"}) == recorder.record.model_dump(
            exclude={"updated"}
        )
        assert read(folder) == recorder.record
