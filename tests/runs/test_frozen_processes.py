"""Scheduler, driver and server stop or die in mid-run: the run ends as if they had not."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from coffea.util import load
from comparison import assert_same_accumulator
from patience import wait_until

from casa_lab.clusters import manager as clusters
from casa_lab.clusters.models import Cluster, NewCluster
from casa_lab.errors import Conflict
from casa_lab.folders import clusters_dir, read_json
from casa_lab.folders.owner import HEARTBEAT_LIMIT_SECONDS
from casa_lab.runs import manager
from casa_lab.runs.counting.ledger import Ledger
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import NewRun, Run

from . import gated
from .conftest import CHUNK
from .gates import Gate, wait_for, wait_for_end
from .partial import assert_partial, counted_chunks, names_of

Launch = Callable[..., Run]

TOKEN = "frozen"


@pytest.fixture
def launch(cluster: Cluster, fileset: dict[str, Any], gate: Gate) -> Launch:
    def start(on: str = cluster.id) -> Run:
        """Launch the gated processor and wait until some chunks are counted."""
        new = NewRun(processor=gate.reference, datasets=list(fileset), chunksize=CHUNK)
        run = manager.launch(new, fileset, on, "command line")
        gate.allow(5)
        wait_for(run.id, lambda found: found.progress.chunks_done >= 2, "a batch")
        return run

    return start


@pytest.fixture
def own_cluster(cluster: Cluster) -> Iterator[Cluster]:
    own = clusters.start(NewCluster(workers=1))
    yield own
    clusters.stop(own.id)


def owner_of(folder: Path) -> int:
    owner = read_json(folder / "owner.json")
    assert owner is not None
    return int(owner["pid"])


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stop a process for the time of a block."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def assert_whole(run: Run, expected: Any) -> None:
    done = wait_for_end(run.id)
    assert (done.state, done.message) == ("done", "Done.")
    assert_same_accumulator(load(open_run(run.id).result), expected)


def test_a_scheduler_that_stands_still_is_waited_for(
    launch: Launch, gate: Gate, expected: Any, own_cluster: Cluster
) -> None:
    run = launch(on=own_cluster.id)
    with frozen(owner_of(clusters_dir() / own_cluster.id)):
        gate.open()
        wait_for(run.id, lambda found: "does not answer" in found.message, "its silence")
    assert_whole(run, expected)
    assert set(gate.calls().values()) == {1}


def test_a_run_can_be_stopped_while_its_scheduler_stands_still(
    launch: Launch, gate: Gate, expected: Any, own_cluster: Cluster
) -> None:
    run = launch(on=own_cluster.id)
    with frozen(owner_of(clusters_dir() / own_cluster.id)):
        manager.stop(run.id)
        assert wait_for_end(run.id).message.startswith("Stopped.")
        partial = assert_partial(run.id, "stopped")
    gate.open()
    manager.resume(run.id)
    assert_whole(run, expected)
    assert {gate.calls()[name] for name in partial["chunks"]} == {1}


def test_a_driver_that_stands_still_keeps_its_run(
    launch: Launch, gate: Gate, expected: Any, cluster: Cluster
) -> None:
    run = launch()
    folder = open_run(run.id).path
    with frozen(owner_of(folder)):
        gate.open()
        now = (folder / "owner.json").stat().st_mtime
        os.utime(folder / "owner.json", (0, now - HEARTBEAT_LIMIT_SECONDS))
        found = manager.get(run.id)
        assert found.state == "running"
        assert "has given no sign of life" in found.message
        with pytest.raises(Conflict, match=r"The run is running\. Stop it first"):
            manager.delete(run.id)
        with pytest.raises(Conflict, match="nothing to resume"):
            manager.resume(run.id)
        second = drive(folder, cluster)
        assert second.returncode == 1
        assert "is already owned by process" in second.stdout
    assert_whole(run, expected)
    assert set(gate.calls().values()) == {1}


def drive(folder: Path, cluster: Cluster) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "casa_lab.runs.driving.driver",
            str(folder),
            "--cluster",
            cluster.id,
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_full_disk_loses_nothing_that_was_counted(
    launch: Launch, gate: Gate, expected: Any, tmp_path: Path
) -> None:
    run = launch()
    gate.wait_for_calls(7)  # both workers wait at the gate again
    folder = open_run(run.id)
    [log] = folder.groups.glob("log-*.bin")
    ledger = Ledger(Path(shutil.copytree(folder.groups, tmp_path / "groups")))
    ledger.close()
    # The first bytes of the next record find room, and the others do not.
    limit = log.stat().st_size + 100
    resource.prlimit(owner_of(folder.path), resource.RLIMIT_FSIZE, (limit, limit))
    gate.allow(4)
    failed = wait_for_end(run.id)
    assert failed.state == "failed"
    assert f"{folder.path} cannot be written any more: " in failed.message
    assert "make room there, and resume the run" in failed.message
    assert failed.resumable
    counted = counted_chunks(run.id)
    assert counted >= names_of(ledger.counted) > set()

    gate.open()
    manager.resume(run.id)
    assert_whole(run, expected)
    assert {gate.calls()[name] for name in counted} == {1}
    assert not (folder.path / ".reserve").exists()


class Companion:
    """A Jupyter server with Casa's extension, in a process of its own."""

    def __init__(self, root: Path) -> None:
        runtime = root / ".runtime"
        folders = {"JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_CONFIG_DIR": str(root)}
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
                *("--ServerApp.port=0", "--ServerApp.ip=127.0.0.1"),
                "--ServerApp.jpserver_extensions=casa_lab=True",
                f"--ServerApp.root_dir={root}",
                f"--IdentityProvider.token={TOKEN}",
            ],
            env={**os.environ, **folders},
            stderr=subprocess.DEVNULL,
        )
        about = runtime / f"jpserver-{self.process.pid}.json"
        self.url = wait_until(lambda: read_json(about), "the server")["url"]
        wait_until(self._answers, "its answer")

    def _answers(self) -> bool:
        with suppress(urllib.error.URLError):
            return bool(self.ask("api/status"))
        return False

    def ask(self, path: str, body: Any = None) -> Any:
        """Return the answer to a GET or, with a body, to a POST."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {TOKEN}"}
        request = urllib.request.Request(f"{self.url}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def start_companion(tmp_path: Path) -> Iterator[Callable[[], Companion]]:
    root = tmp_path / "root"
    root.mkdir()
    companions: list[Companion] = []

    def start() -> Companion:
        companions.append(Companion(root))
        return companions[-1]

    yield start
    for companion in companions:
        companion.kill()


def test_a_run_goes_on_without_the_server_that_launched_it_and_a_new_one_shows_it(
    start_companion: Callable[[], Companion],
    gate: Gate,
    fileset: dict[str, Any],
    expected: Any,
    cluster: Cluster,
    tmp_path: Path,
) -> None:
    (tmp_path / "root" / "fileset.json").write_text(json.dumps(fileset))
    shutil.copy(gated.__file__, tmp_path / "root")
    first = start_companion()
    first.ask("casa/sources", {"path": "fileset.json"})
    new = {
        "processor": {"location": "gated.py:Gated", "arguments": {"folder": str(gate.folder)}},
        "datasets": list(fileset),
        "cluster": cluster.id,
        "chunksize": CHUNK,
    }
    run = Run.model_validate(first.ask("casa/runs", new))
    gate.wait_for_calls(2)
    first.kill()
    gate.allow(2)
    gate.wait_for_calls(4)

    second = start_companion()
    assert second.ask(f"casa/runs/{run.id}")["state"] == "running"
    with frozen(second.process.pid):
        gate.open()
        assert_whole(run, expected)
    assert second.ask(f"casa/runs/{run.id}")["state"] == "done"
    assert run.id in [found["id"] for found in second.ask("casa/runs")["runs"]]
    shown = second.ask(f"casa/runs/{run.id}/histograms")["histograms"]
    assert [histogram["path"] for histogram in shown] == ["x"]
    assert set(gate.calls().values()) == {1}
