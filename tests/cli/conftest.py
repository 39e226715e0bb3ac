"""A cluster that the tests of the command line share, and a small sample."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from patience import wait_until

from casa_lab.clusters import manager
from casa_lab.clusters.models import NewCluster
from casa_lab.clusters.states import ENDED_STATES
from casa_lab.datasets.fileset import load_fileset
from casa_lab.datasets.sample import make_sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fileset of some 5,000 events of the sample: two files of each dataset."""
    whole = make_sample(tmp_path_factory.mktemp("sample"), scale=0.01)
    fileset = load_fileset(whole)
    for dataset in fileset.values():
        dataset["files"] = dict(list(dataset["files"].items())[:2])
    path = whole.with_name("two-of-each.json")
    path.write_text(json.dumps(fileset))
    return path


@pytest.fixture(scope="session")
def shared_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("casa")


@pytest.fixture(scope="session")
def shared_cluster(shared_data_dir: Path) -> Iterator[str]:
    """The id of a running cluster in the shared data directory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASA_DATA_DIR", str(shared_data_dir))
        cluster = manager.start(NewCluster(workers=2)).id
        yield cluster
        patch.setenv("CASA_DATA_DIR", str(shared_data_dir))
        manager.stop(cluster)
        wait_until(lambda: manager.get(cluster).state in ENDED_STATES)


@pytest.fixture
def cluster(shared_cluster: str, shared_data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The shared cluster, for a test that is to see its data directory."""
    monkeypatch.setenv("CASA_DATA_DIR", str(shared_data_dir))
    return shared_cluster
