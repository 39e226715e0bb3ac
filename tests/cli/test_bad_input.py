"""Whatever is wrong with a command is said in one sentence, before anything starts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casa_lab.cli import main
from casa_lab.cli.analysis import absolute_location, parse_arguments
from casa_lab.errors import BadInput

PROCESSOR = """
from coffea import processor

class Count(processor.ProcessorABC):
    def process(self, events):
        return {"n": len(events)}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "count.py").write_text(PROCESSOR)
    (tmp_path / "broken.py").write_text("class Count(:\n")
    (tmp_path / "fileset.json").write_text(
        json.dumps({"drellyan": {"files": {"dy.root": "Events"}}})
    )
    (tmp_path / "typo.json").write_text(json.dumps({"dy": {"fles": {"dy.root": "Events"}}}))
    (tmp_path / "notree.json").write_text(json.dumps({"dy": ["dy.root"]}))
    (tmp_path / "notjson.json").write_text("{")
    (tmp_path / "afile").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("nowhere.py:Count", "nowhere.py cannot be read: no such file or directory."),
        ("broken.py:Count", "broken.py has a syntax error on line 1"),
        ("count.py:Cuont", "count.py has no 'Cuont'. Did you mean 'Count'?"),
        ("count.py", "'count.py' names a file; name one of its processors: count.py:Count."),
        ("count", "'count' does not name a processor; write path/to/file.py:Name."),
        ("./count:Count", "neither a Python file nor a module. Does it lack its .py?"),
        ("count.py:Count --fileset none.json", "There is no fileset at none.json."),
        ("count.py:Count --fileset typo.json", "'fles'. Did you mean 'files'?"),
        ("count.py:Count --fileset notree.json", "names no tree for dy.root"),
        ("count.py:Count --fileset notjson.json", "notjson.json is not valid JSON"),
        ("count.py:Count --datasets drelyan", "no dataset 'drelyan'. Did you mean 'drellyan'?"),
        ("count.py:Count --datasets ttbar", "The fileset has no dataset 'ttbar'. It has drellyan."),
        ("count.py:Count --schema NanoADOSchema", "Did you mean 'NanoAODSchema'?"),
        ("count.py:Count --arg year", "--arg takes KEY=VALUE, not 'year'."),
        ("count.py:Count --arg a=1 --arg a=2", "--arg gives 'a' twice."),
        ("count.py:Count -o afile", "The output folder afile cannot be made"),
        ("count.py:Count -o afile/out", "The output folder afile/out cannot be made"),
        ("count.py:Count --continue none", "There is no run 'none'."),
        ("count.py:Count --cluster none", "There is no cluster 'none'."),
        ("count.py:Count --fileset-of 8f2a", "There is no run '8f2a'. 'casa-lab runs' lists"),
        ("no.ipynb:Count", "no.ipynb cannot be read: no such file or directory."),
        ("count.py:Count --profile lcoal", "There is no cluster profile named 'lcoal'."),
    ],
)
def test_runs_that_cannot_be(
    folder: Path,
    casa_data_dir: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: str,
    sentence: str,
) -> None:
    words = arguments.split()
    if not {"--fileset", "--fileset-of"}.intersection(words):
        words += ["--fileset", "fileset.json"]
    assert main(["run", *words]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("casa-lab: ")
    assert sentence in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""
    assert list(casa_data_dir.glob("*/2*")) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("run count.py:Count", "one of the arguments --fileset --fileset-of is required"),
        ("run count.py:Count --fileset f --fileset-of x", "not allowed with argument --fileset"),
        ("run count.py:Count --fileset f --workers 0", "'0' is not a positive number"),
        ("run count.py:Count --fileset f --chunksize many", "'many' is not a positive number"),
        ("run count.py:Count --fileset f --keep-columns 2dogs", "'2dogs' is not a size of memory"),
        ("run count.py:Count --fileset f --keep-columns 0GB", "'0GB' is not a size of memory"),
        ("run count.py:Count --fileset f --workers 2 --cluster x", "not allowed with argument"),
        ("demo --port 70000", "70000 is not a port number"),
        ("", "the following arguments are required: COMMAND"),
    ],
)
def test_commands_that_cannot_be(
    capsys: pytest.CaptureFixture[str], arguments: str, sentence: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments.split())
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert "--help'" in error
    assert error.count("\n") == 1


def test_workers_of_the_demo_go_with_headless(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--workers", "3"]) == 2
    assert "--workers goes with --headless" in capsys.readouterr().err


def test_locations_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute_location("a/b.py:C") == f"{tmp_path}/a/b.py:C"
    assert absolute_location("/a/b.py:C") == "/a/b.py:C"
    assert absolute_location("package.module:C") == "package.module:C"


def test_arguments_are_json_or_text() -> None:
    assert parse_arguments(["a=1", "b=x=y", "c=true", 'd=["e"]', "f="]) == {
        "a": 1,
        "b": "x=y",
        "c": True,
        "d": ["e"],
        "f": "",
    }
    with pytest.raises(BadInput, match="KEY=VALUE"):
        parse_arguments(["a-b=1"])
