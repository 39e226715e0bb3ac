"""Dask's profiler looks less often during a run, and as before when the last one has ended."""

from __future__ import annotations

from typing import Any

from coffea.nanoevents import BaseSchema
from coffea.processor import Runner
from distributed import Client, LocalCluster, get_worker
from patience import wait_until
from tornado.ioloop import PeriodicCallback

from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.tasks.profiling import MILLISECONDS, profile_as_before, profile_seldom

from .conftest import CHUNK

USUAL = 10


class Worker:
    def __init__(self, *names: str) -> None:
        self.periodic_callbacks = {name: PeriodicCallback(print, USUAL) for name in names}


def test_several_runs_share_a_worker() -> None:
    worker: Any = Worker("profile")
    profiler = worker.periodic_callbacks["profile"]
    profile_seldom(worker)
    profile_seldom(worker)
    profile_as_before(worker)
    assert profiler.callback_time == MILLISECONDS
    profile_as_before(worker)
    assert profiler.callback_time == USUAL


def test_a_worker_without_profiler_is_left_alone() -> None:
    worker: Any = Worker()
    profile_seldom(worker)
    profile_as_before(worker)
    assert worker.periodic_callbacks == {}


def test_a_run_changes_real_workers_and_leaves_them_as_they_were(fileset: Any) -> None:
    def interval(dask_worker: Any) -> float:
        return float(dask_worker.periodic_callbacks["profile"].callback_time)

    def process(events: Any) -> dict[str, set[float]]:
        return {"intervals": {get_worker().periodic_callbacks["profile"].callback_time}}

    # Workers of its own: those of all tests may still work for a run whose driver was killed.
    workers = LocalCluster(n_workers=1, host="127.0.0.1", dashboard_address=None)
    with workers as cluster, Client(cluster) as client:
        before = client.run(interval)
        assert set(before.values()) == {USUAL}
        executor = LiveExecutor(client, status=False)
        output = Runner(executor, schema=BaseSchema, chunksize=CHUNK)(fileset, process)
        assert output == {"intervals": {MILLISECONDS}}
        wait_until(lambda: client.run(interval) == before, "the usual interval")
