"""Waiting for clusters and finding their processes."""

from __future__ import annotations

import json
from pathlib import Path

import psutil
from patience import wait_until

from casa_lab.clusters import manager
from casa_lab.clusters.models import Cluster, ClusterState
from casa_lab.clusters.states import ENDED_STATES


def wait_for_state(cluster_id: str, state: ClusterState) -> Cluster:
    """Return a cluster once it is in a state; fail as soon as it has ended in another."""
    wait_until(lambda: manager.get(cluster_id).state in (state, *ENDED_STATES))
    cluster = manager.get(cluster_id)
    assert cluster.state == state, cluster.message
    return cluster


def host_of(folder: Path) -> psutil.Process:
    """Return the process that owns a cluster's folder."""
    return psutil.Process(json.loads((folder / "owner.json").read_text())["pid"])


def is_gone(process: psutil.Process) -> bool:
    """Tell whether a process has ended, be it that nobody has noticed yet."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
