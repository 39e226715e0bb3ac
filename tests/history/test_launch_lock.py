"""What is launched, resumed, labelled and deleted at the same time, and what fails on the way."""

from __future__ import annotations

import errno
import fcntl
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from casa_lab.clusters import manager as clusters
from casa_lab.clusters.models import NewCluster
from casa_lab.errors import BadInput, NotFound, Unavailable
from casa_lab.folders import clusters_dir, folder, forecasts_dir, runs_dir
from casa_lab.forecasts import manager as forecasts
from casa_lab.runs import manager
from casa_lab.runs.environment import package_versions
from casa_lab.runs.folder import open_run
from casa_lab.runs.history.models import NewLabels
from casa_lab.runs.models import NewRun, ProcessorReference, Run
from casa_lab.runs.usercode.pickles import PickledCode

from .conftest import PutRun

FILESET = {"dy": {"files": {"/dy.root": "Events"}}}

NEW = NewRun(processor=ProcessorReference(location="builtins:len"), datasets=["dy"])


def launch() -> None:
    manager.launch(NEW, FILESET, "cluster", "command line")


def launch_dry_run() -> None:
    forecasts.launch(NEW, FILESET, "cluster")


def start_cluster() -> None:
    clusters.start(NewCluster())


def disk_is_full(*_: Any) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("begin", [launch, launch_dry_run, start_cluster])
@pytest.mark.parametrize("place", ["start", "spec"])
def test_nothing_is_left_of_what_could_not_begin(
    monkeypatch: pytest.MonkeyPatch, begin: Callable[[], None], place: str
) -> None:
    if place == "start":
        for module in (manager, clusters, forecasts):
            monkeypatch.setattr(module, "start_detached", disk_is_full)
    else:
        monkeypatch.setattr(folder, "write_json", disk_is_full)
    with pytest.raises(Unavailable, match=r"cannot be started: .*No space left on device"):
        begin()
    places = (runs_dir(), clusters_dir(), forecasts_dir())
    assert [path.name for place in places for path in place.iterdir()] == []


def test_nor_of_a_run_whose_code_went_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: Any) -> NoReturn:
        raise BadInput("It is gone.")

    monkeypatch.setattr(manager, "keep_source", gone)
    with pytest.raises(BadInput, match="It is gone"):
        launch()
    assert list(runs_dir().iterdir()) == []


def test_versions_are_those_of_the_interpreter_that_the_run_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manager, "start_detached", lambda *_: 1)
    versions = {"python": "3.99.0", "coffea": "1.2.3"}
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho '{json.dumps(versions)}'\n")
    python.chmod(0o755)
    for interpreter, expected in ((python, versions), (tmp_path / "gone", package_versions())):
        code = PickledCode(b"", {}, str(interpreter))
        run = manager.launch(NEW, FILESET, "cluster", "notebook", code=code)
        assert open_run(run.id).spec().versions == expected


def test_a_run_that_cannot_be_resumed_stays_as_it_was(
    put_run: PutRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = put_run(1, "stopped")
    before = older.record()
    monkeypatch.setattr(manager, "living_cluster", lambda _: "here")
    monkeypatch.setattr(manager, "start_detached", disk_is_full)
    with pytest.raises(Unavailable, match="The process of the run cannot be started"):
        manager.resume(older.id)
    assert older.record() == before


def test_nobody_resumes_a_run_while_it_is_deleted(
    put_run: PutRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = put_run(1)
    get: Callable[[str], Run] = manager.get
    locked: list[bool] = []

    def looked_at(run: str) -> Run:
        with (deleted.path / "launch.lock").open("ab") as stream, pytest.raises(BlockingIOError):
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        locked.append(True)
        return get(run)

    monkeypatch.setattr(manager, "get", looked_at)
    manager.delete(deleted.id)
    assert locked
    assert list(runs_dir().iterdir()) == []


def test_who_waited_for_a_run_that_was_deleted_is_told(
    put_run: PutRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = put_run(1), put_run(2)
    hidden: list[Path] = []

    def delete_meanwhile(*_: Any) -> None:
        hidden.append(first.hide())

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", delete_meanwhile)
        with pytest.raises(NotFound), manager.exclusively(first):
            pytest.fail("the run is gone")
    assert hidden
    shutil.rmtree(second.path)
    with pytest.raises(NotFound), manager.exclusively(second):
        pytest.fail("the run is gone")
    with pytest.raises(NotFound):
        manager.label(second.id, NewLabels(name="new"))
