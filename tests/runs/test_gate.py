"""Runs on clusters of which some worker has another environment, in real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from comparison import assert_same_accumulator
from distributed import Client, LocalCluster
from patience import wait_until

from casa_lab.runs import manager
from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.errors import RunError
from casa_lab.runs.tasks import gate as gates

from .conftest import Process, newest_run
from .gates import Gate

WITHOUT_CASA = """
import sys


class Without:
    '''Finds everything but Casa.'''

    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] != "casa_lab":
            return self.finder.find_spec(name, path, target)


sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""

AddWorker = Callable[..., str]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def start_in(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    """Start Python with a folder of its own first on its path."""
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, *command],
        env={**os.environ, "PYTHONPATH": path},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
def own_client() -> Iterator[Client]:
    """A cluster with one good worker."""
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture
def add_worker(own_client: Client) -> Iterator[AddWorker]:
    """Start a worker with a folder of its own first on its path; returns its address."""
    started: list[subprocess.Popen[bytes]] = []

    def add(folder: Path, until_gone: bool = False) -> str:
        port = free_port()
        address = f"tcp://127.0.0.1:{port}"
        command = ["-m", "distributed.cli.dask_worker", own_client.scheduler.address]
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--worker-port", str(port)]
        process = start_in(folder, *command, *options)
        started.append(process)
        if until_gone:
            wait_until(lambda: process.poll() is not None, "the end of the worker")
        else:
            wait_until(lambda: address in own_client.nthreads(), "the worker")
        return address

    yield add
    for process in started:
        process.terminate()
        process.wait()


@pytest.fixture
def pretend(tmp_path: Path) -> Callable[[str, str], Path]:
    """Make a folder with the metadata of a package of another version."""

    def make(package: str, other: str) -> Path:
        folder = tmp_path / f"{package}-{other}"
        metadata = folder / f"{package}-{other}.dist-info"
        metadata.mkdir(parents=True)
        (metadata / "METADATA").write_text(f"Name: {package}\nVersion: {other}\n")
        return folder

    return make


@pytest.fixture
def without_casa(tmp_path: Path) -> Path:
    folder = tmp_path / "without"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(dedent(WITHOUT_CASA))
    return folder


@pytest.fixture
def run_there(own_client: Client, run_live: Process, fileset: dict[str, Any]) -> Callable[..., Any]:
    """Run a processor on the test's own cluster."""

    def run(processor: Any) -> Any:
        return run_live(fileset, processor, LiveExecutor(own_client, status=False))

    return run


def count(events: Any) -> dict[str, int]:
    return {"events": len(events)}


def test_another_release_stops_the_run_before_its_first_chunk(
    run_there: Any, add_worker: AddWorker, pretend: Any, gate: Gate
) -> None:
    address = add_worker(pretend("awkward", "2.4.0"))
    gate.open()
    with pytest.raises(RunError) as raised:
        run_there(gate.processor())
    here = version("awkward")
    assert str(raised.value) == (
        f"The environment of worker {address} is not that of this run: awkward 2.4.0 instead of "
        f"{here}. Start the cluster from the environment of this run, or install the same "
        "versions where its workers run."
    )
    assert not gate.calls()
    run = newest_run()
    assert (run.state, run.message) == ("failed", str(raised.value))
    assert run.progress.chunks_total is None  # not even the files were looked at


def test_a_bug_fix_release_is_a_warning(
    run_there: Any, add_worker: AddWorker, pretend: Any, gate: Gate, expected: Any
) -> None:
    major, minor, patch, *_ = version("awkward").split(".")
    other = f"{major}.{minor}.{int(patch) + 7}"
    add_worker(pretend("awkward", other))
    gate.open()
    with pytest.warns(UserWarning, match=f"awkward {other} instead of {version('awkward')}"):
        output = run_there(gate.processor())
    assert_same_accumulator(output, expected)


def test_packages_of_the_user_are_compared_once_they_are_used(
    run_there: Any, add_worker: AddWorker, pretend: Any
) -> None:
    add_worker(pretend("rich", "1.0.0"))

    def with_rich(events: Any) -> dict[str, int]:
        import rich.markup

        return {rich.markup.escape("events"): len(events)}

    # Pickled by value, as what a notebook defines is.
    with_rich.__module__ = "__main__"
    with pytest.raises(RunError, match=r"rich 1\.0\.0 instead of"):
        run_there(with_rich)
    assert newest_run().state == "failed"
    assert "rich 1.0.0 instead of" in newest_run().message


def test_a_worker_without_casa_is_a_sentence(
    run_there: Any, add_worker: AddWorker, without_casa: Path
) -> None:
    address = add_worker(without_casa)
    with pytest.raises(RunError, match=rf"worker {address} is not .*: no casa-lab"):
        run_there(count)


@pytest.mark.parametrize("kind", ["other version", "without Casa"])
def test_a_stranger_that_joins_later_does_no_work_and_is_sent_away(
    own_client: Client,
    run_there: Any,
    add_worker: AddWorker,
    pretend: Any,
    without_casa: Path,
    gate: Gate,
    expected: Any,
    kind: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = pretend("awkward", "2.4.0") if kind == "other version" else without_casa
    (good,) = own_client.nthreads()

    def join() -> str:
        try:
            gate.wait_for_calls(1)
            return add_worker(folder, until_gone=True)
        finally:
            gate.open()

    with ThreadPoolExecutor(1) as pool:
        joining = pool.submit(join)
        output = run_there(gate.processor())
    stranger = joining.result()

    assert_same_accumulator(output, expected)
    assert set(manager.metrics(newest_run().id).workers) == {good}
    assert set(own_client.nthreads()) == {good}
    if kind == "other version":  # without Casa it cannot even register
        assert f"The environment of worker {stranger} is not that of this run" in caplog.text


def test_a_run_gives_up_when_only_strangers_are_left(
    own_client: Client, add_worker: AddWorker, pretend: Any
) -> None:
    gate = gates.EnvironmentGate(own_client)
    gate.check()
    assert not gate.send_strangers_away()
    (good,) = own_client.nthreads()
    add_worker(pretend("awkward", "2.4.0"))
    own_client.retire_workers([good], close_workers=True)
    with pytest.raises(RunError, match="Start the cluster from the environment of this run"):
        gate.send_strangers_away()


@pytest.mark.filterwarnings("ignore:Mismatched versions found")
def test_the_scheduler_is_looked_at_too(pretend: Any) -> None:
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--dashboard-address", "127.0.0.1:0"]
    process = start_in(
        pretend("dask", "2020.1.0"), "-m", "distributed.cli.dask_scheduler", *options
    )
    try:
        with (
            Client(f"tcp://127.0.0.1:{port}", set_as_default=False, timeout=60) as client,
            pytest.raises(RunError) as raised,
        ):
            gates.EnvironmentGate(client).check()
        assert str(raised.value).startswith(
            "The environment of the scheduler is not that of this run: dask 2020.1.0 instead of"
        )
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("others", [True, False], ids=["others go on", "alone"])
def test_a_worker_that_stands_still_before_the_run_is_left_out(
    own_client: Client,
    run_there: Any,
    add_worker: AddWorker,
    tmp_path: Path,
    gate: Gate,
    expected: Any,
    monkeypatch: pytest.MonkeyPatch,
    others: bool,
) -> None:
    monkeypatch.setattr(gates, "PATIENCE_SECONDS", 5.0)
    monkeypatch.setattr(gates, "SILENT_SECONDS", 4.0)
    gate.open()
    (good,) = own_client.nthreads()
    address = add_worker(tmp_path)
    [pid] = own_client.run(os.getpid, workers=[address]).values()
    if not others:
        own_client.retire_workers([good], close_workers=True)
    os.kill(pid, signal.SIGSTOP)
    try:
        if others:
            with pytest.warns(UserWarning, match=f"no answer from worker {address}: .* Others do"):
                output = run_there(gate.processor())
            assert_same_accumulator(output, expected)
            assert set(own_client.nthreads()) == {good}
        else:
            with pytest.raises(RunError, match=f"from worker {address}.*Restart the cluster"):
                run_there(gate.processor())
    finally:
        os.kill(pid, signal.SIGKILL)
