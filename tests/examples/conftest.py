"""What the tests of the examples share: a small sample, the real files, plain Coffea."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from coffea import processor
from coffea.nanoevents import schemas

from casa_lab.datasets.fileset import load_fileset
from casa_lab.datasets.sample import make_sample

EXAMPLES = Path(__file__).parents[2] / "examples"

# The examples are files of a user, no package: they are imported as she would.
sys.path.insert(0, str(EXAMPLES))

Fileset = dict[str, Any]
Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample with a hundredth of the events; not to be changed."""
    folder = tmp_path_factory.mktemp("sample")
    make_sample(folder, scale=0.01)
    return folder


@pytest.fixture(scope="session")
def sample(sample_folder: Path) -> Fileset:
    """The fileset of the small sample."""
    return load_fileset(sample_folder / "fileset.json")


@pytest.fixture(scope="session")
def real_nanoaod(real_data: Path) -> Fileset:
    """Real NanoAOD of three kinds: TTree with and without generator truth, and RNTuple."""
    files = {
        "DY": "nano_dy.root",
        "Data": "nano_dimuon.root",
        "TTbar2015": "nanoAOD_2015_CMS_Open_Data_ttbar.root",
        "RNTuple": "cmsopendata2015_ttbar_19980_NANOAOD_RNTupleImporter_rntuple_v1-0-0-1.root",
    }
    return {
        name: {"files": {str(real_data / file): "Events"}, "metadata": {}}
        for name, file in files.items()
    }


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a processor with nothing but Coffea."""

    def run_plainly(instance: Any, fileset: Fileset, chunksize: int = 100_000) -> dict[str, Any]:
        runner = processor.Runner(
            processor.IterativeExecutor(status=False),
            schema=getattr(schemas, instance.schema_name),
            chunksize=chunksize,
        )
        return runner(fileset, instance)

    return run_plainly
