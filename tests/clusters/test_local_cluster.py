"""Real clusters of real processes: their life, their death, and what survives it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from patience import PATIENCE_SECONDS, wait_until

import casa_lab
from casa_lab.clusters import manager
from casa_lab.clusters.models import Cluster, NewCluster
from casa_lab.errors import Conflict, NotFound
from casa_lab.folders import clusters_dir, data_dir
from casa_lab.folders.journal import read_journal

from .processes import host_of, is_gone, wait_for_state


def journal_of(cluster: Cluster) -> list[dict[str, object]]:
    return list(read_journal(clusters_dir() / cluster.id / "journal.jsonl"))


def test_the_start_answers_at_once(shared_cluster: Cluster, shared_cluster_json: str) -> None:
    answer = Cluster.model_validate_json(shared_cluster_json)
    assert answer.state == "starting"
    assert answer.desired_workers == 1
    assert answer.workers == []
    assert answer.id == shared_cluster.id


def test_a_cluster_outlives_the_process_that_started_it(shared_cluster: Cluster) -> None:
    # The one that did has ended; a new process, like a restarted server, finds it.
    script = (
        "from casa_lab.clusters import manager\n"
        "print([(cluster.id, cluster.state) for cluster in manager.list_clusters()])\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert str((shared_cluster.id, "running")) in answer.stdout
    host = host_of(clusters_dir() / shared_cluster.id)
    assert os.getsid(host.pid) == host.pid


def test_the_record_tells_what_the_cluster_is(shared_cluster: Cluster) -> None:
    (worker,) = shared_cluster.workers
    assert shared_cluster.message == "1 worker is up."
    assert str(shared_cluster.scheduler_address).startswith("tls://127.0.0.1:")
    assert str(shared_cluster.dashboard_url).startswith("http://127.0.0.1:")
    assert worker.threads == 1
    assert 0 < worker.memory_bytes < worker.memory_limit_bytes
    entries = [entry for entry in journal_of(shared_cluster) if entry["event"] == "state"]
    assert [entry["state"] for entry in entries] == ["starting", "running"]


def test_the_code_on_the_card_computes(shared_cluster: Cluster) -> None:
    names: dict[str, Any] = {}
    exec(shared_cluster.code, names)
    client = names["client"]
    assert client.submit(sum, [1, 2]).result() == 3
    client.close()
    with casa_lab.connect() as newest:
        assert newest.scheduler.address == shared_cluster.scheduler_address


def test_a_cluster_is_scaled_up_and_down(shared_cluster: Cluster) -> None:
    assert manager.scale(shared_cluster.id, 2).desired_workers == 2
    wait_until(lambda: len(manager.get(shared_cluster.id).workers) == 2)
    wait_until(lambda: manager.get(shared_cluster.id).message == "2 workers are up.")
    with casa_lab.connect(shared_cluster.id) as client:
        assert len(client.run(os.getpid)) == 2

    manager.scale(shared_cluster.id, 0)
    wait_until(lambda: manager.get(shared_cluster.id).message == "No workers. Scale up to compute.")
    assert manager.get(shared_cluster.id).state == "running"
    with casa_lab.connect(shared_cluster.id) as client:
        assert client.run(os.getpid) == {}

    manager.scale(shared_cluster.id, 1)
    wait_until(lambda: manager.get(shared_cluster.id).message == "1 worker is up.")


def test_scaling_down_keeps_what_the_workers_computed(shared_cluster: Cluster) -> None:
    manager.scale(shared_cluster.id, 2)
    wait_until(lambda: len(manager.get(shared_cluster.id).workers) == 2)
    with casa_lab.connect(shared_cluster.id) as client:
        # Computed anew, these would differ.
        futures = [
            client.submit(
                os.urandom, 8, workers=[worker.address], allow_other_workers=True, pure=False
            )
            for worker in manager.get(shared_cluster.id).workers
            for _ in range(5)
        ]
        results = client.gather(futures)
        manager.scale(shared_cluster.id, 1)
        wait_until(lambda: manager.get(shared_cluster.id).message == "1 worker is up.")
        assert client.gather(futures) == results


def test_a_worker_that_is_killed_comes_back(shared_cluster: Cluster) -> None:
    (before,) = shared_cluster.workers
    with casa_lab.connect(shared_cluster.id) as client:
        (pid,) = client.run(os.getpid).values()
        psutil.Process(pid).kill()
        wait_until(
            lambda: (
                [worker.address for worker in manager.get(shared_cluster.id).workers]
                not in ([], [before.address])
            )
        )
        (after,) = manager.get(shared_cluster.id).workers
        assert after.name == before.name
        assert client.submit(sum, [1, 2]).result(timeout=PATIENCE_SECONDS) == 3
    left = [entry["left"] for entry in journal_of(shared_cluster) if entry["event"] == "workers"]
    assert [before.address] in left


def test_a_host_that_is_killed_leaves_a_lost_cluster_and_no_process() -> None:
    cluster = manager.start(NewCluster(workers=1))
    wait_for_state(cluster.id, "running")
    host = host_of(clusters_dir() / cluster.id)
    workers = host.children(recursive=True)
    assert workers
    host.kill()
    lost = wait_for_state(cluster.id, "lost")
    assert (lost.workers, lost.dashboard_url) == ([], None)
    wait_until(lambda: all(is_gone(process) for process in workers))

    with pytest.raises(Conflict, match="cannot be scaled, it is lost"):
        manager.scale(cluster.id, 2)
    manager.stop_or_forget(cluster.id)
    assert manager.list_clusters() == []


def test_two_clusters_live_side_by_side_and_end_apart() -> None:
    first = manager.start(NewCluster(workers=1))
    second = manager.start(NewCluster(workers=0))
    third = manager.start(NewCluster(workers=0))
    # Asked while its host may not even be up.
    asked = manager.stop(third.id)
    assert (asked.state, asked.message) == ("stopping", "Asked to stop.")
    wait_for_state(third.id, "stopped")

    running = [wait_for_state(cluster.id, "running") for cluster in (first, second)]
    assert running[0].scheduler_address != running[1].scheduler_address
    with casa_lab.connect(first.id) as client:
        client.shutdown()
    assert wait_for_state(first.id, "stopped").message == "Shut down by a client."
    assert manager.get(second.id).state == "running"
    with pytest.raises(Conflict, match=r"is running\. Stop it first"):
        manager.forget(second.id)

    host = host_of(clusters_dir() / second.id)
    host.terminate()
    stopped = wait_for_state(second.id, "stopped")
    assert (stopped.message, stopped.workers) == ("Stopped by SIGTERM.", [])
    assert (stopped.scheduler_address, stopped.dashboard_url) == (None, None)
    wait_until(lambda: is_gone(host))
    with pytest.raises(Conflict, match="cannot be scaled, it is stopped"):
        manager.scale(second.id, 1)
    manager.stop_or_forget(second.id)
    with pytest.raises(NotFound):
        manager.get(second.id)


def test_all_who_ask_for_a_cluster_at_the_same_time_get_the_same() -> None:
    (data_dir() / "profiles.json").write_text(
        json.dumps(
            {
                "profiles": [
                    {"name": "idle", "title": "Idle", "backend": "local", "options": {"workers": 0}}
                ]
            }
        )
    )
    count = 8
    barrier = threading.Barrier(count)

    def ask(_: int) -> str:
        barrier.wait()
        return manager.ensure("idle").id

    with ThreadPoolExecutor(count) as pool:
        identities = set(pool.map(ask, range(count)))
    assert len(identities) == len(manager.list_clusters()) == 1
    (cluster_id,) = identities
    wait_for_state(cluster_id, "running")
    assert manager.ensure("idle").id == cluster_id


def test_a_cluster_that_cannot_get_workers_fails_with_a_sentence(tmp_path: Path) -> None:
    impatient = {
        "name": "impatient",
        "title": "Impatient",
        "backend": "local",
        "options": {"workers": 1, "start_timeout_seconds": 0.001},
    }
    cluster = manager.start(NewCluster(profile="impatient"), [impatient])
    failed = wait_for_state(cluster.id, "failed")
    assert failed.message.startswith("No worker came up within 0.001 s.")
    manager.forget(cluster.id)
