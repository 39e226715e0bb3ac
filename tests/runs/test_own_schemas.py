"""A schema of the user's own goes with a processor from wherever that is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import pytest
from coffea.nanoevents import BaseSchema
from comparison import assert_same_accumulator

import casa_lab
from casa_lab.clusters.models import Cluster
from casa_lab.errors import BadInput
from casa_lab.runs import manager
from casa_lab.runs.history.again import rerun

from .conftest import CHUNK, EVENTS, FILES, run_plainly
from .gates import wait_for_end
from .test_ipynb import write

SOURCE = """\
from pathlib import Path

import awkward as ak
from coffea import processor

import own_schema_constants


class Sums(processor.ProcessorABC):
    schema_name = "BaseSchema"

    def __init__(self, column="x", constants="own_schema_constants.py"):
        self.column = column
        assert Path(constants).exists(), "the folder of the processor is not the one to work in"

    def process(self, events):
        total = float(ak.sum(events[self.column])) * own_schema_constants.SCALE
        return {events.metadata["dataset"]: {"sum": total, "n": len(events)}}

    def postprocess(self, accumulator):
        return accumulator
"""


OWN = {"own_schema_constants", "own_schema_sums", "notebook_own_sums"}
"""Modules that the processor is made of, wherever it is."""


class Capital(BaseSchema):
    """Gives all columns names in capitals, so that it shows whether it was used."""

    def __init__(self, base_form: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(base_form, *args, **kwargs)
        self._form["fields"] = [field.upper() for field in self._form["fields"]]


def doubled(events: ak.Array) -> dict[str, Any]:
    return {events.metadata["dataset"]: {"sum": 2 * float(ak.sum(events.x)), "n": len(events)}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the processor in a file and in a notebook, and a module that both import."""
    (tmp_path / "own_schema_constants.py").write_text("SCALE = 2.0\n")
    (tmp_path / "own_schema_sums.py").write_text(SOURCE)
    write(tmp_path / "own sums.ipynb", *SOURCE.split("\n\n\n"), "1 / 0")
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield tmp_path
    for name in OWN & set(sys.modules):
        del sys.modules[name]


@pytest.mark.parametrize("place", ["own_schema_sums.py", "own sums.ipynb"])
@pytest.mark.parametrize("schema", ["BaseSchema", Capital])
def test_any_schema_goes_with_a_processor_in_a_file(
    cluster: Cluster, fileset: dict[str, Any], folder: Path, place: str, schema: Any
) -> None:
    own = schema is Capital
    run = casa_lab.launch(
        f"{folder / place}:Sums",
        fileset,
        cluster.id,
        arguments={"column": "X" if own else "x"},
        schema=schema,
        chunksize=CHUNK,
    )
    assert_same_accumulator(run.result(), run_plainly(fileset, doubled))
    assert manager.get(run.id).schema_name == ("Capital" if own else "BaseSchema")
    if own:
        again = rerun(run.id, "sidebar")
        assert wait_for_end(again.id).message == "Done."


def test_and_with_one_that_is_installed(cluster: Cluster, fileset: dict[str, Any]) -> None:
    run = casa_lab.launch("builtins:len", fileset, cluster.id, schema=Capital, chunksize=CHUNK)
    assert run.result() == FILES * EVENTS


def test_a_notebook_s_processor_leaves_no_copies_in_the_kernel(
    cluster: Cluster, fileset: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manager, "start_detached", lambda *_: 0)
    before = list(sys.path)
    casa_lab.launch(f"{folder}/own sums.ipynb:Sums", fileset, cluster.id, schema=Capital)
    assert not OWN & set(sys.modules)
    assert sys.path == before


@pytest.mark.parametrize("place", ["own_schema_sums.py", "own sums.ipynb"])
def test_a_wrong_argument_is_told_before_anything_is_imported(
    cluster: Cluster, fileset: dict[str, Any], folder: Path, place: str
) -> None:
    with pytest.raises(BadInput, match="colum"):
        casa_lab.launch(
            f"{folder / place}:Sums",
            fileset,
            cluster.id,
            arguments={"colum": "X"},
            schema=Capital,
        )
    assert not OWN & set(sys.modules)
