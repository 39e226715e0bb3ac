"""One real cluster for all tests of runs, small files, and a gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest
import uproot
from coffea.nanoevents import BaseSchema
from coffea.processor import IterativeExecutor, Runner
from distributed import Client
from patience import wait_until

from casa_lab.clusters import manager as clusters
from casa_lab.clusters.connect import connect
from casa_lab.clusters.models import Cluster, NewCluster
from casa_lab.clusters.states import ENDED_STATES
from casa_lab.runs import manager
from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.models import Run

from . import gated
from .gates import Gate

# Workers cannot import what lies among the tests.
cloudpickle.register_pickle_by_value(gated)

FILES = 6
EVENTS = 40
CHUNK = 20
"""Two chunks in a file, one batch."""


@pytest.fixture(scope="package")
def shared_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs") / "casa"


@pytest.fixture(autouse=True)
def casa_data_dir(shared_data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All tests of runs share a data directory, and so the cluster that lives there."""
    monkeypatch.setenv("CASA_DATA_DIR", str(shared_data_dir))
    return shared_data_dir


@pytest.fixture(scope="package")
def cluster(shared_data_dir: Path) -> Iterator[Cluster]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASA_DATA_DIR", str(shared_data_dir))
        started = clusters.start(NewCluster(profile="local", workers=2))
        yield started
        for found in clusters.list_clusters():
            clusters.stop(found.id)
        wait_until(
            lambda: all(found.state in ENDED_STATES for found in clusters.list_clusters()),
            "the end of the clusters",
        )


@pytest.fixture(scope="package")
def shared_client(cluster: Cluster, shared_data_dir: Path) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASA_DATA_DIR", str(shared_data_dir))
        client = connect(cluster.id)
    client.wait_for_workers(2)
    yield client
    client.close()


@pytest.fixture
def client(shared_client: Client) -> Client:
    """The client, with the two workers that a test may have killed before."""
    shared_client.wait_for_workers(2)
    return shared_client


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    gate = Gate(tmp_path / "gate")
    yield gate
    gate.open()  # nothing may go on waiting on the shared workers


@pytest.fixture(scope="package")
def fileset(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two datasets of small files with the branches ``x`` and ``w``."""
    folder = tmp_path_factory.mktemp("data")
    names: dict[str, dict[str, str]] = {"signal": {}, "background": {}}
    for number in range(FILES):
        path = folder / f"{number}.root"
        write_file(path, number)
        names["signal" if number % 2 else "background"][str(path)] = "Events"
    return {
        name: {"files": files, "metadata": {"xsec": 1.5 + len(name)}}
        for name, files in names.items()
    }


def write_file(path: Path, seed: int, events: int = EVENTS, baskets: int = 2) -> None:
    """Write a small file, in so many baskets a branch."""
    rng = np.random.default_rng(seed)
    with uproot.recreate(path) as file:
        tree = file.mktree("Events", {"x": np.float64, "w": np.float64})
        for _ in range(baskets if events else 0):
            part = events // baskets
            # Few digits, so that there is something to compress (and then to damage).
            x = rng.integers(0, 64, part) / 64
            tree.extend({"x": x, "w": rng.normal(1.0, 0.5, part)})


Process = Callable[..., Any]


@pytest.fixture
def run_live(client: Client) -> Process:
    """Run a processor with LiveExecutor as a notebook does, and return its output."""

    def run(
        fileset: Any, processor: Any, executor: LiveExecutor | None = None, **options: Any
    ) -> Any:
        executor = executor or LiveExecutor(client, status=False)
        options = {"schema": BaseSchema, "chunksize": CHUNK, "metadata_cache": {}} | options
        return Runner(executor, **options)(fileset, processor)

    return run


@pytest.fixture
def expected(fileset: dict[str, Any], tmp_path: Path) -> Any:
    """What plain Coffea makes of the fileset with the gated processor."""
    gate = Gate(tmp_path / "expected")
    gate.open()
    return run_plainly(fileset, gate.processor())


def run_plainly(fileset: Any, processor: Any, **options: Any) -> Any:
    """Run a processor with Coffea alone, in this process."""
    executor = IterativeExecutor(status=False)
    options = {"schema": BaseSchema, "chunksize": CHUNK, "metadata_cache": {}} | options
    return Runner(executor, **options)(fileset, processor)


def newest_run() -> Run:
    """Return the run that was begun last."""
    return manager.list_runs()[0]
