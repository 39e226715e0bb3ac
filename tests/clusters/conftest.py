"""Real clusters for the tests: one that many share, and the means to wait for things."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from patience import PATIENCE_SECONDS, wait_until

from casa_lab.clusters import manager
from casa_lab.clusters.models import Cluster

from .processes import host_of

START = """
import sys
from casa_lab.clusters import manager
from casa_lab.clusters.models import NewCluster
print(manager.start(NewCluster(workers=int(sys.argv[1]))).model_dump_json())
"""


@pytest.fixture(scope="package")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared") / "casa"


@pytest.fixture(autouse=True)
def casa_data_dir(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A data directory for each test, except for those that share a cluster.

    What a test leaves running in its own is ended after it.
    """
    if "shared_cluster" in request.fixturenames:
        path = request.getfixturevalue("shared_home")
        monkeypatch.setenv("CASA_DATA_DIR", str(path))
        yield path
        return
    path = tmp_path / "casa"
    monkeypatch.setenv("CASA_DATA_DIR", str(path))
    yield path
    _end_all(path)


@pytest.fixture(scope="package")
def shared_cluster_json(shared_home: Path) -> Iterator[str]:
    """What a process that has ended since was told when it started a cluster."""
    answer = subprocess.run(
        [sys.executable, "-c", START, "1"],
        env={**os.environ, "CASA_DATA_DIR": str(shared_home)},
        check=True,
        capture_output=True,
        text=True,
    )
    yield answer.stdout
    _end_all(shared_home)


@pytest.fixture
def shared_cluster(shared_cluster_json: str) -> Cluster:
    """A running cluster of one worker, which must be left as such."""
    cluster_id = json.loads(shared_cluster_json)["id"]

    def is_whole() -> bool:
        cluster = manager.get(cluster_id)
        return cluster.state == "running" and len(cluster.workers) == cluster.desired_workers == 1

    wait_until(is_whole)
    return manager.get(cluster_id)


def _end_all(home: Path) -> None:
    for owner in home.glob("clusters/*/owner.json"):
        # Many have ended already, and their process ids may be others' by now.
        with suppress(psutil.NoSuchProcess):
            host = host_of(owner.parent)
            if "casa_lab.clusters.host" in host.cmdline():
                host.terminate()
                host.wait(PATIENCE_SECONDS)
