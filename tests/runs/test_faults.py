"""Workers that die, hang or go, files that hang: the result is the undisturbed one, or says less.

Each test has a cluster of its own, whose workers it may do away with.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import awkward as ak
import cloudpickle
import dask.config
import numpy as np
import pytest
import uproot
from coffea.nanoevents import BaseSchema
from coffea.processor import Runner
from comparison import assert_same_accumulator
from distributed import Client, LocalCluster
from patience import wait_until

from casa_lab.reading.files import ReadingOptions
from casa_lab.runs import manager
from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.tasks import dispatch, suspects

from .conftest import CHUNK, EVENTS, newest_run, run_plainly, write_file
from .gates import Gate, wait_for

# Workers cannot import what lies among the tests.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

MEMORY = 2**30
"""What a worker may have where memory is scarce: Coffea alone takes a third of it."""


@pytest.fixture
def worker_ttl() -> str:
    """After what silence a worker is given up."""
    return "5 minutes"


@pytest.fixture
def memory_limit() -> int | str:
    """How much memory a worker may have."""
    return "auto"


@pytest.fixture
def allowed_failures() -> int:
    """How many workers may die of a task before Dask gives it up with the next."""
    return 1


@pytest.fixture
def cluster(
    worker_ttl: str, memory_limit: int | str, allowed_failures: int
) -> Iterator[LocalCluster]:
    settings = {
        "distributed.scheduler.worker-ttl": worker_ttl,
        "distributed.scheduler.allowed-failures": allowed_failures,
        "distributed.comm.timeouts.connect": "5 s",
        "distributed.deploy.lost-worker-timeout": "10 s",
    }
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            memory_limit=memory_limit,
            host="127.0.0.1",
            dashboard_address=None,
        ) as cluster,
    ):
        yield cluster


@pytest.fixture
def healing(cluster: LocalCluster) -> Iterator[None]:
    """Replace lost workers, as Casa's own clusters do.

    A nanny does not start another worker when one dies before the nanny has heard
    that it began, and a worker may well meet what kills it before that.
    """
    ended = threading.Event()

    def heal() -> None:
        while not ended.wait(1):
            cluster.scale(2)

    healer = threading.Thread(target=heal)
    healer.start()
    yield
    ended.set()
    healer.join()


@pytest.fixture
def client(cluster: LocalCluster) -> Iterator[Client]:
    with Client(cluster) as client:
        client.wait_for_workers(2)
        yield client


class Going:
    """A run of the gated processor, in a thread of its own."""

    def __init__(self, client: Client, fileset: Any, gate: Gate) -> None:
        self.executor = LiveExecutor(client, status=False)
        self._output: list[Any] = []
        self._thread = threading.Thread(target=self._run, args=(fileset, gate))
        self._thread.start()

    def _run(self, fileset: Any, gate: Gate) -> None:
        options = {"schema": BaseSchema, "chunksize": CHUNK, "metadata_cache": {}}
        self._output.append(Runner(self.executor, **options)(fileset, gate.processor()))

    def output(self) -> Any:
        self._thread.join(120)
        [output] = self._output
        return output


def assert_undisturbed(going: Going, expected: Any) -> None:
    assert_same_accumulator(going.output(), expected)
    assert not going.executor.failures


@pytest.mark.parametrize("worker_ttl", ["15 s"])
def test_a_worker_that_hangs_gives_its_work_away(
    client: Client, fileset: Any, gate: Gate, expected: Any
) -> None:
    going = Going(client, fileset, gate)
    gate.wait_for_calls(2)
    [hanging] = {pid for pid in client.run(os.getpid).values() if pid == gate.processes()[0]}
    os.kill(hanging, signal.SIGSTOP)
    try:
        gate.open()
        assert_undisturbed(going, expected)
    finally:
        with suppress(ProcessLookupError):  # its nanny has replaced it
            os.kill(hanging, signal.SIGCONT)


@pytest.mark.usefixtures("healing")
def test_all_workers_in_turn_are_killed(
    client: Client, fileset: Any, gate: Gate, expected: Any
) -> None:
    going = Going(client, fileset, gate)
    killed: set[int] = set()
    for _ in range(3):
        wait_until(lambda: set(gate.processes()) - killed, "a chunk in a new worker")
        victim = min(set(gate.processes()) - killed)
        os.kill(victim, signal.SIGKILL)
        killed.add(victim)
        gate.allow(1)
    gate.open()
    assert_undisturbed(going, expected)


def test_a_worker_that_holds_results_is_retired(
    cluster: LocalCluster, client: Client, fileset: Any, gate: Gate, expected: Any
) -> None:
    going = Going(client, fileset, gate)
    gate.wait_for_calls(2)
    gate.allow(3)
    gate.wait_for_calls(5)
    cluster.scale(1)
    wait_until(lambda: len(client.scheduler_info()["workers"]) == 1, "one worker")
    gate.open()
    assert_undisturbed(going, expected)


def hungry(limit: int) -> Callable[[Any], Any]:
    """Return a processor that dies of more events than a limit, as of too little memory."""

    def process(events: Any) -> Any:
        if len(events) > limit:
            os.kill(os.getpid(), signal.SIGKILL)
        return {"events": len(events), "sum": float(ak.sum(events.x))}

    return process


def deadly(events: Any) -> Any:
    """Kill the worker, whatever the number of events, when a certain one is among them."""
    if ak.any(events.x == -1):
        os.kill(os.getpid(), signal.SIGKILL)
    return {"events": len(events)}


def live(client: Client, fileset: Any, process: Any, **options: Any) -> tuple[LiveExecutor, Any]:
    executor = LiveExecutor(client, status=False, **options)
    settings = {"schema": BaseSchema, "chunksize": CHUNK, "metadata_cache": {}}
    return executor, Runner(executor, **settings)(fileset, process)


@pytest.mark.usefixtures("healing")
def test_a_chunk_too_large_for_the_memory_is_processed_in_parts(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suspects, "LEAST_EVENTS", 4)
    path = tmp_path / "one.root"
    write_file(path, 1)
    fileset = {"one": {"files": {str(path): "Events"}}}
    executor, output = live(client, fileset, hungry(CHUNK // 2))
    assert not executor.failures
    assert_same_accumulator(output, run_plainly(fileset, hungry(EVENTS)))


@pytest.mark.usefixtures("healing")
def test_what_kills_workers_is_isolated(
    client: Client, fileset: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suspects, "LEAST_EVENTS", 5)
    path = tmp_path / "poison.root"
    x = np.zeros(EVENTS)
    x[7] = -1
    write_x(path, x)
    poisoned = {**fileset, "poison": {"files": {str(path): "Events"}}}
    with pytest.warns(UserWarning, match="chunks failed and are not in the result"):
        executor, output = live(client, poisoned, deadly)
    [failure] = executor.failures
    assert (failure.file, failure.kind) == (str(path), "worker lost")
    assert (failure.entry_start, failure.entry_stop) == (5, 10)
    assert "most likely out of memory" in failure.cause
    assert output == {"events": run_plainly(fileset, deadly)["events"] + EVENTS - 5}


def write_x(path: Path, x: Any) -> None:
    with uproot.recreate(path) as file:
        file["Events"] = {"x": x, "w": x}


def test_a_file_that_hangs_when_it_is_opened_is_one_failure(
    client: Client, fileset: Any, tmp_path: Path
) -> None:
    path = tmp_path / "hangs.root"
    os.mkfifo(path)  # nobody ever writes to it
    hanging = {**fileset, "hangs": {"files": {str(path): "Events"}}}
    with pytest.warns(UserWarning, match="chunks failed and are not in the result"):
        executor, output = live(
            client, hanging, hungry(EVENTS), reading=ReadingOptions(open_seconds=0.5)
        )
    [failure] = executor.failures
    assert failure.file == str(path)
    assert "hangs" in failure.cause
    assert "took more than 0.5 s" in failure.cause
    assert_same_accumulator(output, run_plainly(fileset, hungry(EVENTS)))


def test_a_file_that_was_replaced_since_its_chunks_were_made_is_told(
    client: Client, fileset: Any, tmp_path: Path
) -> None:
    path = tmp_path / "one.root"
    write_file(path, 1)
    several = {**fileset, "one": {"files": {str(path): "Events"}}}
    executor = LiveExecutor(client, status=False)
    runner = Runner(executor, schema=BaseSchema, chunksize=CHUNK, metadata_cache={})
    chunks = list(runner.preprocess(several))
    write_file(path, 2)
    with pytest.warns(UserWarning, match="chunks failed and are not in the result"):
        output = runner(chunks, hungry(EVENTS))
    assert {failure.file for failure in executor.failures} == {str(path)}
    assert {failure.kind for failure in executor.failures} == {"file changed"}
    assert_same_accumulator(output, run_plainly(fileset, hungry(EVENTS)))


def test_a_cluster_that_scales_itself_goes_down_to_nothing_and_up_again(
    cluster: LocalCluster,
    client: Client,
    fileset: Any,
    gate: Gate,
    expected: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The driver is to know at once that no worker is left, and still send what brings new ones.
    monkeypatch.setattr(dispatch, "WORKERS_SECONDS", 0.0)
    going = Going(client, fileset, gate)
    gate.wait_for_calls(2)
    run = newest_run().id
    manager.pause(run)
    wait_for(run, lambda found: found.state == "paused", "the pause")
    gate.allow(4)
    wait_for(run, lambda found: found.progress.chunks_done >= 2, "what was in flight")
    cluster.adapt(minimum=0, maximum=2, interval="50ms", wait_count=1)
    gate.allow(4)
    wait_until(lambda: not client.scheduler_info()["workers"], "no workers")
    manager.resume(run)
    wait_until(lambda: client.scheduler_info()["workers"], "a worker")
    gate.open()
    assert_undisturbed(going, expected)
    assert set(gate.calls().values()) == {1}


def greedy(events: Any) -> Any:
    """Take more memory than a worker has for one of the events, and wait for what follows."""
    if ak.any(events.x == -1):
        held = np.ones(2 * MEMORY // 8)
        threading.Event().wait(60)
        return {"events": len(held)}
    return {"events": len(events)}


@pytest.mark.usefixtures("healing")
@pytest.mark.parametrize(("memory_limit", "allowed_failures"), [(MEMORY, 0)])
def test_a_chunk_that_takes_too_much_memory_is_told_with_how_much_it_took(
    client: Client, fileset: Any, tmp_path: Path
) -> None:
    path = tmp_path / "greedy.root"
    x = np.zeros(EVENTS)
    x[7] = -1
    write_x(path, x)
    with pytest.warns(UserWarning, match="chunks failed and are not in the result"):
        executor, output = live(
            client, {**fileset, "greedy": {"files": {str(path): "Events"}}}, greedy
        )
    [failure] = executor.failures
    assert (failure.file, failure.entry_start, failure.entry_stop) == (str(path), 0, CHUNK)
    assert failure.peak_memory_bytes is not None
    assert failure.peak_memory_bytes > 0.95 * MEMORY
    assert "out of memory: it was ended with " in failure.cause
    assert "in use, of 1.00 GiB that it may have" in failure.cause
    assert output == {"events": run_plainly(fileset, greedy)["events"] + EVENTS - CHUNK}
