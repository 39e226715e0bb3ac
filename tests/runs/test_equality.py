"""Every example gives what plain Coffea gives, on the sample and on real files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import pytest
import vector
from coffea import nanoevents
from coffea.processor import ProcessorABC
from comparison import assert_same_accumulator

from casa_lab.datasets.sample import make_sample
from casa_lab.runs.models import ProcessorReference
from casa_lab.runs.processors.finding import find_processors
from casa_lab.runs.usercode.loading import load_processor
from casa_lab.runs.usercode.shipping import carry_file

from .conftest import Process, newest_run, run_plainly

EXAMPLES = Path(__file__).parents[2] / "examples"
SCALE = 0.002

Processors = dict[str, ProcessorABC]


class Together(ProcessorABC):
    """Several processors in one pass: opening the files is what takes the time."""

    def __init__(self, processors: Processors) -> None:
        self.processors = processors

    def process(self, events: ak.Array) -> dict[str, Any]:
        vector.register_awkward()  # as the module of one of them does when a run brings it
        return {name: processor.process(events) for name, processor in self.processors.items()}

    def postprocess(self, accumulator: dict[str, Any]) -> dict[str, Any]:
        for name, processor in self.processors.items():
            output = processor.postprocess(accumulator[name])
            if output is not None:
                accumulator[name] = output
        return accumulator


@pytest.fixture(scope="module")
def examples() -> Callable[[str], Processors]:
    """All processors in ``examples/`` that declare a schema."""
    found = find_processors(EXAMPLES)

    def of(schema: str) -> Processors:
        processors = {}
        for processor in found:
            if processor.schema_name == schema:
                reference = ProcessorReference(location=processor.location)
                processors[processor.name] = load_processor(reference)
                carry_file(reference)
        return processors

    return of


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A small sample: the first file of some datasets."""
    path = make_sample(tmp_path_factory.mktemp("sample"), None, scale=SCALE)
    fileset = json.loads(path.read_text())
    for dataset in fileset.values():
        name, tree = next(iter(dataset["files"].items()))
        dataset["files"] = {str(path.parent / name): tree}
    return {name: fileset[name] for name in ("TTbar", "Diboson", "Data")}


def assert_equal(
    run_live: Process, fileset: dict[str, Any], processors: Processors, schema: str, chunksize: int
) -> None:
    assert processors
    options = {"schema": getattr(nanoevents, schema), "chunksize": chunksize}
    together = Together(processors)
    expected = run_plainly(fileset, together, **options)
    assert_same_accumulator(run_live(fileset, together, **options), expected)
    progress = newest_run().progress
    assert progress.chunks_failed == 0
    assert progress.events_done == progress.events_total


def test_on_the_sample(
    run_live: Process, examples: Callable[[str], Processors], sample: dict[str, Any]
) -> None:
    processors = examples("NanoAODSchema")
    assert {"DimuonProcessor", "TTbarProcessor"} < set(processors)
    assert len([name for name in processors if name.startswith("ADLQuery")]) == 8
    assert_equal(run_live, sample, processors, "NanoAODSchema", 70)


@pytest.mark.parametrize(
    ("file", "tree", "schema", "chunksize"),
    [
        ("nano_dy.root", "Events", "NanoAODSchema", 20),
        ("nano_dimuon.root", "Events", "NanoAODSchema", 100),
        ("nanoAOD_2015_CMS_Open_Data_ttbar.root", "Events", "NanoAODSchema", 200),
        (
            "cmsopendata2015_ttbar_19980_NANOAOD_RNTupleImporter_rntuple_v1-0-0-1.root",
            "Events",
            "NanoAODSchema",
            100,
        ),
        ("PHYSLITE_example.root", "CollectionTree", "PHYSLITESchema", 100),
        ("uproot-HZZ.root", "events", "BaseSchema", 1000),
        ("uproot-Zmumu.root", "events", "BaseSchema", 1000),
    ],
)
def test_on_real_files(
    run_live: Process,
    examples: Callable[[str], Processors],
    real_data: Path,
    file: str,
    tree: str,
    schema: str,
    chunksize: int,
) -> None:
    fileset = {"real": {"files": {str(real_data / file): tree}}}
    processors = examples(schema)
    if schema == "BaseSchema":  # without a naming scheme, each processor knows one kind of file
        name = file.removeprefix("uproot-").removesuffix(".root") + "Processor"
        processors = {name: processors[name]}
    assert_equal(run_live, fileset, processors, schema, chunksize)
