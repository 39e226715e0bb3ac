"""A run travels as one file, and an archive from elsewhere can do no harm."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from casa_lab.cli import main
from casa_lab.errors import BadInput, CasaError, Conflict, NotFound, TooLarge
from casa_lab.folders import runs_dir
from casa_lab.runs import manager
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.history import archive
from casa_lab.runs.history.again import rerun
from casa_lab.runs.history.details import details
from casa_lab.runs.history.models import NewLabels

from .conftest import PutRun


@pytest.fixture
def run(put_run: PutRun) -> RunFolder:
    """A run with all that a folder may hold."""
    folder = put_run(1, "stopped", python="/of/another/machine/python")
    folder.processor.mkdir()
    (folder.processor / "mass.py").write_text("def Mass(events):\n    return {}\n")
    folder.groups.mkdir()
    for path in (folder.groups / "checkpoint", folder.result, folder.histograms):
        path.write_bytes(b"bytes of " + path.name.encode())
    for name in ("owner.lock", "owner.json", "launch.lock", "requests.jsonl", ".reserve"):
        (folder.path / name).write_text("{}")
    (folder.path / "link").symlink_to("/etc/passwd")
    manager.label(folder.id, NewLabels(name="ours", tags=["a"]))
    return folder


@pytest.fixture
def file(run: RunFolder, tmp_path: Path) -> Path:
    """The run as one file."""
    path = tmp_path / "run.zip"
    with path.open("wb") as stream:
        archive.export(run.id, stream)
    return path


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Another Casa, which knows no run."""
    path = tmp_path / "elsewhere"

    def go() -> None:
        monkeypatch.setenv("CASA_DATA_DIR", str(path))

    go()
    return path


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as found:
        return {name.partition("/")[2] for name in found.namelist()}


def test_what_is_of_this_machine_stays_here(file: Path) -> None:
    assert names(file) == {
        "spec.json",
        "state.json",
        "labels.json",
        "processor/mass.py",
        "groups/checkpoint",
        "result.coffea",
        "histograms.zip",
    }


def test_groups_are_left_out_where_nothing_is_missing(put_run: PutRun, tmp_path: Path) -> None:
    folder = put_run(2)
    folder.groups.mkdir()
    (folder.groups / "checkpoint").write_text("x")
    with (tmp_path / "run.zip").open("wb") as stream:
        archive.export(folder.id, stream)
    assert names(tmp_path / "run.zip") == {"spec.json", "state.json"}


def test_a_run_opens_elsewhere(run: RunFolder, file: Path, elsewhere: Path) -> None:
    with pytest.raises(NotFound):
        manager.get(run.id)
    assert archive.import_run(file) == run.id
    found = manager.get(run.id)
    assert (found.name, found.tags, found.state) == ("ours", ["a"], "stopped")
    assert found.resumable
    assert details(run.id).sources[0].text == "def Mass(events):\n    return {}\n"
    here = RunFolder(elsewhere / "runs" / run.id)
    assert here.result.read_bytes() == run.result.read_bytes()
    assert [path.name for path in runs_dir().iterdir()] == [run.id]
    assert stat.S_IMODE(here.path.stat().st_mode) == 0o700
    with pytest.raises(Conflict, match="already"):
        archive.import_run(file)


def test_it_runs_again_elsewhere(
    run: RunFolder,
    file: Path,
    elsewhere: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    archive.import_run(file)
    commands: list[list[str]] = []
    monkeypatch.setattr(manager, "start_detached", lambda command, _: commands.append(command))
    monkeypatch.setattr(manager, "living_cluster", lambda _: "here")
    assert manager.resume(run.id).cluster == "here"
    assert Path(commands[0][0]).exists()  # the interpreter of the spec is not on this machine
    kept = RunFolder(elsewhere / "runs" / run.id).processor / "mass.py"
    assert main(["rerun", run.id]) == 0
    again = manager.get(capsys.readouterr().out.strip())
    assert (again.name, again.tags, again.door) == ("ours", ["a"], "command line")
    assert again.processor.location == f"{kept}:Mass"
    assert details(again.id).sources == details(run.id).sources
    spec = RunFolder(elsewhere / "runs" / again.id).spec()
    assert (spec.fileset, spec.chunksize) == (run.spec().fileset, run.spec().chunksize)


def test_a_tree_is_for_other_files_only(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rerun", run.id, "--treename", "Events"]) == 2
    assert "'--treename' goes with '--fileset'" in capsys.readouterr().err


def test_a_run_of_a_notebook_is_run_again_there(put_run: PutRun) -> None:
    folder = put_run(1, door="notebook", processor={"location": "notebook:Mass"})
    with pytest.raises(Conflict, match="Run its cell again"):
        rerun(folder.id, "sidebar")


def write(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


def whole(run: RunFolder, **others: bytes) -> dict[str, bytes]:
    return {
        f"{run.id}/{name}": (run.path / name).read_bytes() for name in ("spec.json", "state.json")
    } | others


def nothing_came_of_it(path: Path) -> None:
    assert list(runs_dir().iterdir()) == []
    assert {found.name for found in path.iterdir()} <= {"runs", "runs.sqlite3"}


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "run/../../evil",
        "/evil",
        "run/..",
        "evil",
        "run\\..\\evil/x",
        "run/a\\b",
        "another/spec.json",
        "run/processor",
    ],
)
def test_no_name_leads_out_of_the_folder(
    run: RunFolder, elsewhere: Path, tmp_path: Path, name: str
) -> None:
    name = name.replace("run", run.id)
    members = whole(run, **{name: b"evil", f"{run.id}/processor/x.py": b""})
    with pytest.raises(CasaError):
        archive.import_run(write(tmp_path / "evil.zip", members))
    nothing_came_of_it(elsewhere)
    assert not (tmp_path / "evil").exists()


def test_links_are_refused(run: RunFolder, elsewhere: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "evil.zip", whole(run))
    link = zipfile.ZipInfo(f"{run.id}/log.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as made:
        made.writestr(link, "/etc/passwd")
    with pytest.raises(BadInput, match="which no run has"):
        archive.import_run(path)
    nothing_came_of_it(elsewhere)


@pytest.mark.parametrize("id_", [".hidden", "..", "a:b", "x" * 300, "\u202egnp"])
def test_no_run_gets_an_evil_name(
    run: RunFolder, elsewhere: Path, tmp_path: Path, id_: str
) -> None:
    members = {name.replace(run.id, id_): data for name, data in whole(run).items()}
    with pytest.raises(BadInput):
        archive.import_run(write(tmp_path / "evil.zip", members))
    nothing_came_of_it(elsewhere)


def test_bombs_are_too_large(
    run: RunFolder, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "bomb.zip", whole(run, **{f"{run.id}/log.txt": bytes(10**7)}))
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(archive, "MOST_BYTES", 10**6)
    with pytest.raises(TooLarge, match="unpacks to 3 files"):
        archive.import_run(path)
    nothing_came_of_it(elsewhere)


def test_many_files_are_too_many(
    run: RunFolder, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_FILES", 1)
    with pytest.raises(TooLarge):
        archive.import_run(write(tmp_path / "many.zip", whole(run)))
    nothing_came_of_it(elsewhere)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("spec.json", None, "no spec.json"),
        ("state.json", None, "no state.json"),
        ("spec.json", b"{", "spec.json in the archive cannot be read"),
        ("spec.json", b"{}", "spec.json in the archive cannot be read"),
        ("state.json", b'{"state": "happy"}', "state.json in the archive"),
        ("labels.json", b"[]", "labels.json in the archive"),
    ],
)
def test_what_is_no_run_is_refused(
    run: RunFolder, elsewhere: Path, tmp_path: Path, name: str, data: bytes | None, sentence: str
) -> None:
    members: dict[str, Any] = whole(run) | {f"{run.id}/{name}": data}
    members = {key: value for key, value in members.items() if value is not None}
    with pytest.raises(BadInput, match=sentence):
        archive.import_run(write(tmp_path / "no.zip", members))
    nothing_came_of_it(elsewhere)


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_other_files_are_refused(elsewhere: Path, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(BadInput):
        archive.import_run(tmp_path / "x.zip")
    nothing_came_of_it(elsewhere)


def test_damaged_archives_are_refused(file: Path, elsewhere: Path) -> None:
    data = bytearray(file.read_bytes())
    for place in range(60, len(data) // 2, 7):
        data[place] ^= 0xFF
    file.write_bytes(data)
    with pytest.raises(BadInput, match=r"damaged|no run has"):
        archive.import_run(file)
    nothing_came_of_it(elsewhere)


def test_a_name_of_nothing_is_refused(run: RunFolder, elsewhere: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "evil.zip", {**whole(run), "nameless": b""})
    # For zipfile a name ends at its first null byte.
    path.write_bytes(path.read_bytes().replace(b"nameless", b"\0ameless"))
    with pytest.raises(BadInput, match="or it is damaged"):
        archive.import_run(path)
    nothing_came_of_it(elsewhere)


def test_a_run_that_goes_on_is_exported_as_it_is(put_run: PutRun) -> None:
    folder = put_run(3, "running")
    folder.groups.mkdir()
    (folder.groups / "log").write_text("x")
    stream = io.BytesIO()
    archive.export(folder.id, stream)
    assert f"{folder.id}/groups/log" in zipfile.ZipFile(stream).namelist()


def test_the_command_line_does_it(
    run: RunFolder,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "there.zip"
    assert main(["export-run", run.id, "-o", str(path)]) == 0
    monkeypatch.setenv("CASA_DATA_DIR", str(tmp_path / "elsewhere"))
    assert main(["import-run", str(path)]) == 0
    assert capsys.readouterr().out.splitlines() == [str(path), run.id]
    assert main(["import-run", str(path)]) == 1
    assert main(["import-run", str(tmp_path / "nothing.zip")]) == 2
    assert main(["export-run", run.id, "-o", str(tmp_path / "no" / "x.zip")]) == 2
    assert json.loads(json.dumps(capsys.readouterr().err)).count("casa-lab: ") == 3
