"""What the watcher notices, and how much it looks at."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from casa_lab.events import scanner as scanner_module
from casa_lab.events.scanner import FolderScanner
from casa_lab.folders import Folder, runs_dir
from casa_lab.folders.owner import HEARTBEAT_LIMIT_SECONDS
from casa_lab.runs import manager
from casa_lab.runs.models import Run
from casa_lab.runs.states import ENDED


@pytest.fixture
def reads() -> list[str]:
    """The ids of the runs that were read, in order."""
    return []


@pytest.fixture
def scanner(reads: list[str]) -> FolderScanner[Run]:
    def read(run: str) -> Run:
        reads.append(run)
        return manager.get(run)

    return FolderScanner(runs_dir(), read, ENDED)


def states(scanner: FolderScanner[Run]) -> dict[str, str | None]:
    return {
        change.id: None if change.value is None else change.value.state for change in scanner.scan()
    }


def test_tells_what_is_new_what_changed_and_what_was_deleted(scanner, put_run, owners) -> None:
    assert states(scanner) == {}
    folder = put_run("running")
    owner = owners(folder)
    assert states(scanner) == {folder.id: "running"}
    assert states(scanner) == {}
    put_run("done")
    owner.release()
    assert states(scanner) == {folder.id: "done"}
    assert states(scanner) == {}
    shutil.rmtree(folder.path)
    assert states(scanner) == {folder.id: None}
    assert states(scanner) == {}


def test_an_owner_that_dies_leaves_its_run_lost(scanner, put_run, owners) -> None:
    folder = put_run("running")
    owner = owners(folder)
    assert states(scanner) == {folder.id: "running"}
    owner.release()
    assert states(scanner) == {folder.id: "lost"}
    assert states(scanner) == {}
    assert scanner.active == 0


def test_an_owner_without_a_sign_of_life_is_told_once(scanner, put_run, owners) -> None:
    folder = put_run("running")
    owners(folder)
    assert states(scanner) == {folder.id: "running"}
    heartbeat = folder.path / "owner.json"
    os.utime(heartbeat, (0, heartbeat.stat().st_mtime - HEARTBEAT_LIMIT_SECONDS))
    [change] = scanner.scan()
    assert "has given no sign of life" in change.value.message
    assert states(scanner) == {}
    heartbeat.touch()
    [change] = scanner.scan()
    assert "no sign of life" not in change.value.message


def test_what_had_ended_before_is_no_news_but_what_was_lost_meanwhile_is(
    scanner, put_run, reads
) -> None:
    put_run("done", run="done")
    put_run("running", run="gone")
    scanner.prime()
    assert reads == []
    assert states(scanner) == {"gone": "lost"}


def test_ten_thousand_ended_runs_are_not_read_and_a_resumed_one_is_found(
    scanner, put_run, reads, monkeypatch
) -> None:
    monkeypatch.setattr(scanner_module, "SETTLED_PER_SCAN", 10)
    for number in range(35):
        put_run("done", run=f"run-{number:02}")
    scanner.prime()
    for _ in range(5):
        assert states(scanner) == {}
    put_run("stopped", run="run-17")
    assert [states(scanner) for _ in range(4)].count({"run-17": "stopped"}) == 1
    assert set(reads) == {"run-17"}


def test_a_run_that_is_expected_to_go_on_is_looked_at_at_once(
    scanner, put_run, monkeypatch
) -> None:
    monkeypatch.setattr(scanner_module, "SETTLED_PER_SCAN", 0)
    put_run("stopped", run="run")
    scanner.prime()
    put_run("queued", run="run")
    assert states(scanner) == {}
    scanner.expect("run")
    assert states(scanner) == {"run": "queued"}


def test_a_folder_that_is_being_made_waits_until_it_is_complete(scanner, put_run) -> None:
    finished = put_run("done", run="finished")
    half = Folder(runs_dir() / "half")
    half.path.mkdir()
    assert states(scanner) == {"finished": "done"}
    half.write_state(finished.read_state())
    assert states(scanner) == {}
    shutil.copy(finished.path / "spec.json", half.path)
    assert states(scanner) == {"half": "done"}


def test_a_damaged_folder_hides_no_other(scanner, put_run, caplog) -> None:
    damaged = put_run("done", run="damaged")
    (damaged.path / "state.json").write_text("{")
    put_run("done", run="fine")
    assert states(scanner) == {"fine": "done"}
    assert "damaged" in caplog.text
    assert states(scanner) == {}
    put_run("stopped", run="damaged")
    assert states(scanner) == {"damaged": "stopped"}


def test_files_beside_the_folders_and_a_missing_directory_do_no_harm(
    put_run, tmp_path: Path, reads: list[Any]
) -> None:
    (runs_dir() / "notes.txt").write_text("mine")
    assert FolderScanner(runs_dir(), manager.get, ENDED).scan() == []
    assert FolderScanner(tmp_path / "none", manager.get, ENDED).scan() == []
