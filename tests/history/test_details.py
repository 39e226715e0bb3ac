"""A run opens as it was, from its folder alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from casa_lab.errors import NotFound
from casa_lab.runs import environment, manager
from casa_lab.runs.counting.plan import FileKey
from casa_lab.runs.history import details as module
from casa_lab.runs.history.details import details
from casa_lab.runs.history.identities import read_identities, write_identities
from casa_lab.runs.models import NewRun, ProcessorReference

from .conftest import PutRun

SOURCE = "from helper import cut\n\n\ndef mass(events):\n    return {}\n"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A processor in a repository, with a change that is not committed."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "mass.py").write_text(SOURCE)
    (folder / "helper.py").write_text("cut = 1\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    (folder / "helper.py").write_text("cut = 2\n")
    return folder


def launch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(manager, "start_detached", lambda *_: 1)
    new = NewRun(
        processor=ProcessorReference(location=f"{folder / 'mass.py'}:mass"), datasets=["dy"]
    )
    return manager.launch(new, {"dy": {"files": {"dy.root": "Events"}}}, "none", "sidebar").id


def test_code_and_what_was_not_committed(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = launch(repository, monkeypatch)
    (repository / "helper.py").write_text("cut = 3\n")
    found = details(run)
    assert [(source.path, source.text) for source in found.sources] == [
        ("mass.py", SOURCE),
        ("helper.py", "cut = 2\n"),
    ]
    assert found.git is not None
    assert found.git.endswith("-dirty")
    assert "-cut = 1\n+cut = 2\n" in found.diff
    assert not found.diff_truncated
    assert found.versions["numpy"]
    assert found.size_bytes > 0


def test_long_diffs_are_cut(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "DIFF_BYTES", 10)
    assert details(launch(repository, monkeypatch)).diff == "diff --git"


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "mass.py").write_text(SOURCE)
    found = details(launch(tmp_path, monkeypatch))
    assert (found.git, found.diff) == (None, "")


def test_files_with_what_they_were(put_run: PutRun) -> None:
    fileset = {
        "dy": {
            "files": {"a.root": "Events", "b.root": {"object_path": "T", "steps": []}},
            "metadata": {"xsec": 6077.0},
        },
        "tt": {"files": ["c.root"]},
        "odd": None,
    }
    folder = put_run(1, fileset=fileset)
    key = FileKey("dy", "a.root", "Events")
    write_identities(folder, {key: str(bytes(range(16))), key._replace(filename="b.root"): "b-1"})
    dy, tt, odd = details(folder.id).datasets
    assert [(file.file, file.treename, file.identity) for file in dy.files] == [
        ("a.root", "Events", bytes(range(16)).hex()),
        ("b.root", "T", "b-1"),
    ]
    assert dy.metadata == {"xsec": 6077.0}
    assert [file.file for file in tt.files] == ["c.root"]
    assert odd.files_total == 0


def test_large_filesets_and_files_are_cut(put_run: PutRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SOURCE_BYTES", 4)
    files = {f"{number}.root": "Events" for number in range(1_000)}
    folder = put_run(1, fileset={"dy": {"files": files}})
    folder.processor.mkdir()
    (folder.processor / "mass.py").write_text("é" * 10)
    (folder.processor / "link.py").symlink_to("/etc/passwd")
    found = details(folder.id)
    assert (len(found.datasets[0].files), found.datasets[0].files_total) == (200, 1_000)
    assert [(source.text, source.truncated) for source in found.sources] == [("éé", True)]


@pytest.mark.parametrize("text", ["{", "[]", '{"dy": 1}'])
def test_damaged_identities_are_none(put_run: PutRun, text: str) -> None:
    folder = put_run(1)
    folder.identities.write_text(text)
    assert read_identities(folder) == {}


def test_identities_are_json(put_run: PutRun) -> None:
    folder = put_run(1)
    write_identities(folder, {FileKey("d", "f", "t"): "1"})
    assert json.loads(folder.identities.read_bytes()) == {"d": {"f": "1"}}


def test_there_must_be_a_run() -> None:
    with pytest.raises(NotFound):
        details("nothing")
