"""The tutorial runs from top to bottom in the folder that the demo makes."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from typing import Any

import adl
import nbformat
import pytest
from nbclient import NotebookClient

from casa_lab.runs import manager as runs
from casa_lab.runs.showing.bundle import MIME_TYPE

EXAMPLES = Path(adl.__file__).parent
SECONDS = 240


@pytest.fixture
def tutorial() -> Any:
    return nbformat.read(EXAMPLES / "tutorial.ipynb", as_version=4)


@pytest.fixture
def demo(sample_folder: Path, tmp_path: Path) -> Path:
    """The layout of the demo's folder, on a small sample."""
    folder = tmp_path / "demo"
    shutil.copytree(sample_folder, folder)
    shutil.copytree(EXAMPLES, folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_no_outputs_are_stored(tutorial: Any) -> None:
    nbformat.validate(tutorial)
    for cell in tutorial.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
            ast.parse(cell.source)


def test_it_runs_and_its_runs_are_seen(tutorial: Any, demo: Path) -> None:
    NotebookClient(
        tutorial,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(demo)}},
    ).execute()
    outputs = [
        output for cell in tutorial.cells if cell.cell_type == "code" for output in cell.outputs
    ]
    shown = [output for output in outputs if MIME_TYPE in output.get("data", {})]
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(shown) == 2
    assert len([figure for figure in figures if figure not in shown]) == 2
    assert not [output for output in outputs if output.output_type == "error"]
    done = {run.name: (run.state, run.door, run.progress.chunks_failed) for run in runs.list_runs()}
    assert done == {
        "Tutorial: dimuon mass": ("done", "notebook", 0),
        "Tutorial: top pairs": ("done", "notebook", 0),
    }
