"""The code that reproduces a failure is about the chunk that failed, as the run had it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from casa_lab.errors import BadInput
from casa_lab.runs.failures.reproduce import reproducing_code
from casa_lab.runs.models import ProcessorReference, RunSpec
from casa_lab.runs.usercode.keeping import keep_source
from casa_lab.runs.usercode.loading import load_processor

from .listed import failure, whole_file


def spec(location: str, **fields: Any) -> RunSpec:
    values = {
        "id": "20260101-000000-mass-0001",
        "name": "mass",
        "door": "sidebar",
        "processor": ProcessorReference(location=location, arguments={"channel": "mu"}),
        "fileset": {"dy": {"files": {}, "metadata": {"xsec": 1.5, "era": None}}},
        "schema_name": "NanoAODSchema",
        "cluster": None,
        "chunksize": 100,
        "directory": "/analysis",
        "python": "python",
        "created": 0,
        "user": "me",
    }
    return RunSpec.model_validate({**values, **fields})


def calls_in(code: str) -> dict[str, dict[str, Any]]:
    """Return the literal keyword arguments of each call in some code, by what is called."""
    found: dict[str, dict[str, Any]] = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            found[ast.unparse(node.func).rpartition(".")[2]] = {
                str(keyword.arg): ast.literal_eval(keyword.value)
                for keyword in node.keywords
                if not isinstance(keyword.value, ast.Name)
            }
    return found


def test_it_opens_the_chunk_as_the_run_did(tmp_path: Path) -> None:
    code = reproducing_code(failure(), spec("/code/mass.py:Mass"), tmp_path)
    calls = calls_in(code)
    assert calls["from_root"] == {
        "entry_start": 0,
        "entry_stop": 100,
        "metadata": {
            "dataset": "dy",
            "filename": "/data/dy.root",
            "treename": "Events",
            "entrystart": 0,
            "entrystop": 100,
            "xsec": 1.5,
            "era": None,
        },
    }
    assert "{'/data/dy.root': 'Events'}" in code
    assert "schemaclass=NanoAODSchema" in code
    assert calls["ProcessorReference"] == {
        "location": "/code/mass.py:Mass",
        "arguments": {"channel": "mu"},
    }
    assert calls["load_processor"] == {"directory": "/analysis"}


def test_a_file_that_was_never_read_is_opened_whole(tmp_path: Path) -> None:
    gone = whole_file("/data/gone.root")
    calls = calls_in(reproducing_code(gone, spec("/code/mass.py:Mass"), tmp_path))
    assert set(calls["from_root"]) == {"metadata"}
    assert "entrystart" not in calls["from_root"]["metadata"]


def test_parquet_is_opened_as_such(tmp_path: Path) -> None:
    code = reproducing_code(failure(file="/data/dy.parquet"), spec("notebook:Mass"), tmp_path)
    assert "from_parquet" in calls_in(code)


def test_code_that_has_changed_since_comes_from_the_run_s_copy(tmp_path: Path) -> None:
    file, kept = tmp_path / "mass.py", tmp_path / "processor"
    file.write_text("class Mass:\n    pass\n")
    made = spec(f"{file}:Mass")
    keep_source(made.processor, kept)
    assert f"location='{file}:Mass'" in reproducing_code(failure(), made, kept)
    file.write_text("class Mess:\n    pass\n")
    assert f"location='{kept / 'mass.py'}:Mass'" in reproducing_code(failure(), made, kept)


def test_what_a_notebook_defined_must_be_in_the_notebook(tmp_path: Path) -> None:
    code = reproducing_code(failure(), spec("notebook:Mass", schema_name="MySchema"), tmp_path)
    assert "# `MySchema` must be the one in this notebook." in code
    assert "# `processor` must be the one in this notebook." in code
    assert "import NanoEventsFactory\n" in code
    assert "load_processor" not in code


def test_a_lost_worker_is_a_warning(tmp_path: Path) -> None:
    code = reproducing_code(failure(kind="worker lost"), spec("notebook:Mass"), tmp_path)
    assert "# It ended its worker: it may end this kernel, too." in code


def test_relative_paths_are_those_of_the_run(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "scale.txt").write_text("1.2")
    (tmp_path / "scaled.py").write_text(
        "from pathlib import Path\n\n\nclass Scaled:\n"
        "    def __init__(self, file):\n        self.scale = float(Path(file).read_text())\n\n"
        "    def __call__(self, events):\n        return {}\n"
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    reference = ProcessorReference(
        location=f"{tmp_path / 'scaled.py'}:Scaled", arguments={"file": "scale.txt"}
    )
    assert load_processor(reference, directory=str(tmp_path)).scale == 1.2
    assert Path.cwd() == elsewhere
    with pytest.raises(BadInput, match="cannot be entered: No such file or directory"):
        load_processor(reference, directory=str(tmp_path / "gone"))
