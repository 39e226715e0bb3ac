"""What the manager makes of folders, without starting any cluster."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from casa_lab.clusters import manager
from casa_lab.clusters.connect import connect
from casa_lab.clusters.models import ClusterRecord, ClusterSpec, ClusterState, NewCluster
from casa_lab.clusters.records import Recorder, first_record
from casa_lab.errors import BadInput, Conflict, NotFound, Unavailable
from casa_lab.folders import Folder, Owner, clusters_dir


def make_folder(
    cluster_id: str = "20261123-000000-local-aaaa",
    state: ClusterState = "running",
    created: float | None = None,
    address: str = "tls://127.0.0.1:1",
) -> Folder:
    spec = ClusterSpec(
        id=cluster_id,
        profile="local",
        title="Local",
        backend="local",
        options={},
        workers=0,
        python=sys.executable,
        created=time.time() if created is None else created,
    )
    record = ClusterRecord(
        state=state,
        message="As it was.",
        desired_workers=0,
        scheduler_address=None if state == "starting" else address,
        updated=0,
    )
    folder = Folder(clusters_dir() / cluster_id)
    folder.create(spec.model_dump(), record.model_dump())
    return folder


def make_owned_elsewhere(folder: Folder) -> None:
    owner = {"host": "another-node", "pid": 1}
    (folder.path / "owner.json").write_text(json.dumps(owner))


def test_there_are_no_clusters_at_first() -> None:
    assert manager.list_clusters() == []
    with pytest.raises(NotFound, match="No cluster is running"):
        connect()


def test_clusters_are_listed_newest_first_and_broken_folders_left_out() -> None:
    make_folder("old", "stopped", created=1)
    make_folder("new", "failed", created=2)
    directory = clusters_dir()
    (directory / "empty").mkdir()
    (directory / "a-file").write_text("")
    (directory / "torn").mkdir()
    (directory / "torn" / "spec.json").write_text('{"id": ')
    (directory / "foreign").mkdir()
    (directory / "foreign" / "spec.json").write_text('{"id": 3}')
    (directory / ".hidden").mkdir()
    assert [cluster.id for cluster in manager.list_clusters()] == ["new", "old"]


@pytest.mark.parametrize("content", [None, "", '{"state": "runn', '{"state": 7}'])
def test_a_state_that_cannot_be_read_is_rebuilt_from_the_journal(content: str | None) -> None:
    folder = make_folder()
    recorder = Recorder(folder, first_record(0))
    recorder.begin()
    recorder.serve("tls://127.0.0.1:1", None)
    recorder.change("running")
    owner = Owner(folder.path)
    path = folder.path / "state.json"
    path.unlink()
    if content is not None:
        path.write_text(content)
    cluster = manager.get(folder.id)
    assert (cluster.state, cluster.scheduler_address) == ("running", "tls://127.0.0.1:1")
    owner.release()


def test_a_cluster_without_an_owner_is_lost_and_can_be_forgotten() -> None:
    folder = make_folder()
    owner = Owner(folder.path)
    assert manager.get(folder.id).state == "running"
    with pytest.raises(Conflict, match=r"is running\. Stop it first"):
        manager.forget(folder.id)
    owner.release()
    lost = manager.get(folder.id)
    assert lost.state == "lost"
    assert "is gone" in lost.message
    with pytest.raises(Unavailable, match="is lost"):
        connect(folder.id)
    assert manager.stop(folder.id).state == "lost"
    assert manager.stop_or_forget(folder.id).state == "lost"
    assert list(clusters_dir().iterdir()) == []
    with pytest.raises(NotFound, match="It may have been forgotten"):
        manager.get(folder.id)


def test_a_host_has_some_time_to_take_its_folder() -> None:
    fresh = make_folder("fresh", "starting")
    assert manager.get(fresh.id).state == "starting"
    stale = make_folder("stale", "starting", created=time.time() - manager.LAUNCH_SECONDS - 1)
    cluster = manager.get(stale.id)
    assert cluster.state == "lost"
    assert str(stale.log) in cluster.message


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_an_ended_cluster_can_only_be_forgotten(state: ClusterState) -> None:
    folder = make_folder(state=state)
    with pytest.raises(Conflict, match=f"cannot be scaled, it is {state}"):
        manager.scale(folder.id, 1)
    assert manager.stop(folder.id).state == state
    with pytest.raises(Unavailable, match=f"is {state}: As it was"):
        connect(folder.id)
    assert manager.forget(folder.id).state == state
    assert manager.list_clusters() == []


@pytest.mark.parametrize("workers", [-1, 10_001])
def test_a_senseless_number_of_workers_is_refused(workers: int) -> None:
    folder = make_folder()
    with pytest.raises(BadInput, match=f"0 to 10000 workers, not {workers}"):
        manager.scale(folder.id, workers)


@pytest.mark.parametrize("name", ["nope", "..", ".", "", "../runs", "a/b", ".hidden", "/etc"])
def test_an_unknown_cluster_is_not_found(name: str) -> None:
    for ask in (manager.get, manager.stop, manager.forget, manager.stop_or_forget, connect):
        with pytest.raises(NotFound, match="There is no cluster"):
            ask(name)
    with pytest.raises(NotFound, match="There is no cluster"):
        manager.scale(name, 1)


def test_connecting_gives_up_in_time() -> None:
    folder = make_folder(state="starting")
    with pytest.raises(Unavailable, match=r"not ready within 0\.2 s: As it was"):
        connect(folder.id, timeout=0.2)


def test_a_local_cluster_of_another_host_is_shown_but_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = make_folder()
    make_owned_elsewhere(folder)
    cluster = manager.get(folder.id)
    assert cluster.state == "running"
    assert manager.confined_to(cluster) == "another-node"
    with pytest.raises(Unavailable, match="can only be reached on another-node"):
        connect(folder.id)
    with pytest.raises(NotFound, match="No cluster is running"):
        connect()
    started = []
    monkeypatch.setattr(manager, "start", lambda new, extra: started.append(new) or cluster)
    manager.ensure()
    assert started == [NewCluster()]


def test_a_cluster_on_the_network_is_used_from_any_host() -> None:
    folder = make_folder(address="tls://10.1.2.3:4")
    make_owned_elsewhere(folder)
    assert manager.confined_to(manager.get(folder.id)) is None
    assert manager.ensure().id == folder.id


def test_a_host_process_that_cannot_be_started_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(Unavailable, match=r"cannot be started: .*No such file"):
        manager.start(NewCluster())
    assert manager.list_clusters() == []


def test_the_list_is_cheap_to_import_and_to_make(casa_data_dir: Path) -> None:
    folder = make_folder()
    owner = Owner(folder.path)
    script = (
        "import sys\n"
        "from casa_lab.clusters import manager, models, profiles, states\n"
        "assert manager.list_clusters() and manager.profiles()\n"
        "heavy = {'dask', 'distributed', 'uproot', 'awkward', 'hist', 'coffea', 'numpy',\n"
        "         'jupyter_server', 'jupyterlab', 'tornado'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ
    )
    assert answer.stdout.strip() == "[]"
    owner.release()


def test_the_engine_of_clusters_imports_no_jupyter_server() -> None:
    script = (
        "import sys, casa_lab.clusters.host, casa_lab.clusters.connect\n"
        "print([name for name in ('jupyter_server', 'jupyterlab') if name in sys.modules])\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert answer.stdout.strip() == "[]", answer.stderr


def test_the_code_of_a_card_connects_to_that_cluster() -> None:
    folder = make_folder()
    code = manager.get(folder.id).code
    assert code == f'import casa_lab\n\nclient = casa_lab.connect("{folder.id}")\nclient'
    compile(code, "cell", "exec")
    assert socket.gethostname() not in code
