"""The index of runs says what the folders say, whatever becomes of either."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from casa_lab.errors import BadInput
from casa_lab.folders import Owner, run_index, runs_dir
from casa_lab.runs import manager
from casa_lab.runs.history import index
from casa_lab.runs.history.models import NewLabels, RunQuery
from casa_lab.runs.models import Run

from .conftest import PutRun, settle


def names(**query: object) -> list[str]:
    return [run.name for run in manager.find_runs(RunQuery.model_validate(query)).runs]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs whose folders are read."""
    read: list[str] = []
    get: Callable[[str], Run] = manager.get

    def counted(run: str) -> Run:
        read.append(run)
        return get(run)

    monkeypatch.setattr(manager, "get", counted)
    return read


def test_pages_hold_every_run_once(put_run: PutRun) -> None:
    for number in range(7):
        put_run(number, created=float(number // 3))  # several of one age
    found: list[str] = []
    page = manager.find_runs(RunQuery(limit=2))
    while True:
        assert page.total == 7
        found += [run.id for run in page.runs]
        if page.next is None:
            break
        page = manager.find_runs(RunQuery(limit=2, before=page.next))
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 7
    assert found == manager.run_ids() == [run.id for run in manager.list_runs()]


def test_what_is_asked_for_is_found(put_run: PutRun) -> None:
    put_run(1, tags=["tight", "100%"], note="For the Übersicht.")
    put_run(2, "failed", tags=["tight"], fileset={"tt": {}, "dy": {}})
    put_run(3, name="<b>'quoted\"</b> 💥")
    assert names(tag="tight") == ["mass 2", "mass 1"]
    assert names(tag="tigh") == []
    assert names(tag="100%") == ["mass 1"]
    assert names(state="failed") == ["mass 2"]
    assert names(dataset="tt") == ["mass 2"]
    assert names(search="MASS tight") == ["mass 2", "mass 1"]
    assert names(search="übersicht") == ["mass 1"]
    assert names(search="100%") == ["mass 1"]
    assert names(search="_") == []
    assert names(search="💥 'quoted\"") == ["<b>'quoted\"</b> 💥"]
    assert names(search="' OR 1 --") == []
    page = manager.find_runs(RunQuery(tag="nothing"))
    assert (page.total, page.next) == (0, None)
    assert [(count.tag, count.runs) for count in page.tags] == [("tight", 2), ("100%", 1)]


def test_archived_runs_are_listed_apart(put_run: PutRun) -> None:
    put_run(1)
    folder = put_run(2)
    manager.label(folder.id, NewLabels(archived=True))
    assert names() == ["mass 1"]
    assert names(archived="yes") == ["mass 2"]
    assert names(archived="both") == ["mass 2", "mass 1"]
    assert manager.find_runs(RunQuery()).archived == 1


def test_settled_folders_are_read_once(put_run: PutRun, reads: list[str]) -> None:
    folders = [put_run(number) for number in range(3)]
    assert len(names()) == len(reads) == 3
    reads.clear()
    assert len(names()) == 3
    assert reads == []
    manager.label(folders[1].id, NewLabels(name="another"))
    reads.clear()
    assert names() == ["mass 2", "another", "mass 0"]
    assert reads == [folders[1].id]


def test_a_folder_that_changed_just_now_is_read_again(put_run: PutRun, reads: list[str]) -> None:
    folder = put_run(1)
    os.utime(folder.path)
    assert names() == names()
    assert len(reads) == 2


def test_runs_that_go_on_are_always_read(put_run: PutRun) -> None:
    folder = put_run(1, "running")
    owner = Owner(folder.path)
    settle(folder)
    assert names(state="running") == ["mass 1"]
    owner.release()
    settle(folder)
    assert names(state="running") == []
    assert names(state="lost") == ["mass 1"]


def test_deleted_and_copied_folders_are_noticed(put_run: PutRun) -> None:
    folder = put_run(1)
    assert names() == ["mass 1"]
    shutil.copytree(folder.path, runs_dir() / "a copy")
    assert {run.id for run in manager.list_runs()} == {folder.id, "a copy"}
    assert manager.get("a copy").name == "mass 1"
    shutil.rmtree(folder.path)
    assert manager.run_ids() == ["a copy"]


def test_the_index_may_be_lost_or_damaged(put_run: PutRun, reads: list[str]) -> None:
    put_run(1)
    assert names() == ["mass 1"]
    run_index().unlink()
    assert names() == ["mass 1"]
    run_index().write_bytes(b"no database, but long enough to be taken for one" * 100)
    assert names() == ["mass 1"]
    with sqlite3.connect(run_index()) as database:
        database.execute("PRAGMA user_version = 1000")
    assert names() == ["mass 1"]
    reads.clear()
    assert names() == ["mass 1"]
    assert reads == []


@pytest.mark.parametrize("kept_bytes", [4096, 3 * 4096, 10 * 4096])
def test_an_index_that_is_damaged_behind_its_head_is_made_anew(
    put_run: PutRun, reads: list[str], kept_bytes: int
) -> None:
    for number in range(20):
        put_run(number, note="long " * 2000)
    whole = names()
    data = run_index().read_bytes()
    run_index().write_bytes(data[:kept_bytes].ljust(len(data), b"\xff"))
    assert names() == whole
    assert len(manager.run_ids()) == len(manager.list_runs()) == 20
    reads.clear()
    assert names() == whole
    assert reads == []


def test_without_a_place_for_the_index_runs_are_listed_nevertheless(
    put_run: PutRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put_run(1)
    monkeypatch.setattr(manager, "run_index", lambda: tmp_path / "missing" / "runs.sqlite3")
    assert names() == ["mass 1"]


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another process writes the index and does not come to an end."""
    names()
    monkeypatch.setattr(index, "WAIT_SECONDS", 0.01)
    other = sqlite3.connect(run_index())
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


def test_an_index_that_cannot_be_written_hides_nothing(put_run: PutRun, locked: None) -> None:
    put_run(1)
    assert names() == ["mass 1"]


def test_folders_that_are_no_runs_are_left_out(put_run: PutRun) -> None:
    put_run(1)
    (runs_dir() / "empty").mkdir()
    (runs_dir() / "file").write_text("")
    broken = put_run(2)
    (broken.path / "spec.json").write_text("{")
    assert names() == ["mass 1"]


def test_many_who_ask_at_once_get_the_same(put_run: PutRun) -> None:
    for number in range(20):
        put_run(number)
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(names())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [names()] * 8


@pytest.mark.parametrize("before", ["", "yesterday", "~"])
def test_a_cursor_that_was_made_up_is_refused(before: str) -> None:
    with pytest.raises(BadInput, match="begin with the newest"):
        manager.find_runs(RunQuery(before=before))
