"""What is known of files spares a later run the look at them, and never lies."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from coffea.processor.executor import FileMeta
from distributed import Client

from casa_lab.folders.location import known_files
from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.driving.known import KnownFiles
from casa_lab.runs.tasks.sending import RunTasks

from .conftest import EVENTS, Process, run_plainly, write_file


def count(events: Any) -> dict[str, int]:
    return {"events": len(events)}


@pytest.fixture
def known(tmp_path: Path) -> KnownFiles:
    return KnownFiles(tmp_path / "files.sqlite3")


def looked_at(path: Path, **more: Any) -> FileMeta:
    facts = {"numentries": 40, "uuid": uuid.uuid4().bytes, **more}
    return FileMeta("any", str(path), "Events", facts)


def asked(path: Path | str) -> FileMeta:
    return FileMeta("other", str(path), "Events")


def test_a_file_that_is_the_same_is_known(known: KnownFiles, tmp_path: Path) -> None:
    path = tmp_path / "1.root"
    path.write_bytes(b"root")
    meta = looked_at(path)
    known.add([meta])
    assert known.find([asked(path)], clusters=False) == {asked(path): meta.metadata}
    # Its clusters were not asked for, so they are not known.
    assert known.find([asked(path)], clusters=True) == {}
    meta = looked_at(path, clusters=[0, 20, 40])
    known.add([meta])
    assert known.find([asked(path)], clusters=True) == {asked(path): meta.metadata}


def test_a_file_that_changed_is_not_known(known: KnownFiles, tmp_path: Path) -> None:
    path = tmp_path / "1.root"
    path.write_bytes(b"root")
    known.add([looked_at(path)])
    before = path.stat()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert known.find([asked(path)], clusters=False) == {}
    known.add([looked_at(path)])
    known.forget(str(path))
    assert known.find([asked(path)], clusters=False) == {}
    path.unlink()
    assert known.find([asked(path)], clusters=False) == {}


def test_what_is_not_local_is_not_known(known: KnownFiles) -> None:
    for name in ("root://server//store/1.root", "relative.root"):
        known.add([FileMeta("any", name, "Events", {"numentries": 1, "uuid": b""})])
        assert known.find([asked(name)], clusters=False) == {}


def test_without_the_database_files_are_looked_at(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "files.sqlite3").write_bytes(b"not a database, not by any means" * 100)
    known = KnownFiles(tmp_path / "files.sqlite3")
    path = tmp_path / "1.root"
    path.write_bytes(b"root")
    known.add([looked_at(path)])
    assert known.find([asked(path)], clusters=False) == {}
    known.forget(str(path))
    assert "cannot be used" in caplog.text


def test_a_second_run_looks_at_no_file(
    run_live: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    look_at = RunTasks.look_at

    def watched(tasks: RunTasks, metas: tuple[FileMeta, ...]) -> Any:
        looks.extend(meta.filename for meta in metas)
        return look_at(tasks, metas)

    monkeypatch.setattr(RunTasks, "look_at", watched)
    path = tmp_path / "1.root"
    write_file(path, 1)
    fileset = {"one": {"files": {str(path): "Events"}}}
    assert run_live(fileset, count) == run_live(fileset, count) == {"events": EVENTS}
    assert looks == [str(path)]

    # Another file in its place is looked at again, and processed as what it is.
    write_file(path, 2, events=EVENTS // 2)
    assert run_live(fileset, count) == run_plainly(fileset, count) == {"events": EVENTS // 2}
    assert looks == [str(path)] * 2


def test_clusters_are_looked_up_when_they_are_wanted(run_live: Process, tmp_path: Path) -> None:
    path = tmp_path / "1.root"
    write_file(path, 1)
    fileset = {"one": {"files": {str(path): "Events"}, "metadata": {"year": 2018}}}
    cache: dict[Any, Any] = {}
    for align in (False, True, False, True):
        options = {"align_clusters": align, "metadata_cache": cache}
        assert run_live(fileset, count, **options) == {"events": EVENTS}


def test_a_file_that_lied_about_itself_is_looked_at_again(
    run_live: Process, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "1.root"
    write_file(path, 1)
    fileset = {"one": {"files": {str(path): "Events"}}, "two": {"files": {}}}
    other = tmp_path / "2.root"
    write_file(other, 2)
    fileset["two"] = {"files": {str(other): "Events"}}
    run_live(fileset, count)
    KnownFiles(known_files()).add([looked_at(path)])
    executor = LiveExecutor(client, status=False)
    with pytest.warns(UserWarning, match="chunks failed"):
        run_live(fileset, count, executor)
    assert {failure.kind for failure in executor.failures} == {"file changed"}
    assert run_live(fileset, count) == {"events": 2 * EVENTS}
