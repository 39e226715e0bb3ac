"""Connecting a Dask client to a cluster that Casa manages."""

from __future__ import annotations

import time

from distributed import Client

from casa_lab.errors import NotFound, Unavailable
from casa_lab.folders import clusters_dir

from . import manager
from .certificates import security
from .models import Cluster
from .states import LIVING_STATES

_POLL_SECONDS = 0.1


def connect(cluster_id: str | None = None, timeout: float = 60.0) -> Client:
    """Connect to a cluster, waiting until it is ready to compute.

    Parameters
    ----------
    cluster_id
        Which cluster; the newest one that is running or starting when ``None``.
    timeout
        Seconds to wait for the cluster to run with its first worker.

    Returns
    -------
    distributed.Client
        Also set as Dask's default client.

    Raises
    ------
    NotFound
        When there is no such cluster.
    Unavailable
        When the cluster has ended, or is not ready in time.

    Examples
    --------
    >>> client = connect()  # doctest: +SKIP
    """
    deadline = time.monotonic() + timeout
    cluster = manager.get(cluster_id) if cluster_id is not None else _newest()
    while not _is_ready(cluster):
        if time.monotonic() > deadline:
            raise Unavailable(
                f"The cluster {cluster.id} was not ready within {timeout:g} s: {cluster.message}"
            )
        time.sleep(_POLL_SECONDS)
        cluster = manager.get(cluster.id)
    try:
        return Client(
            cluster.scheduler_address,
            security=security(clusters_dir() / cluster.id),
            timeout=max(1.0, deadline - time.monotonic()),
        )
    except OSError as error:
        raise Unavailable(
            f"The scheduler of the cluster {cluster.id} at {cluster.scheduler_address} does not "
            f"answer: {error}"
        ) from error


def _newest() -> Cluster:
    living = [
        cluster
        for cluster in manager.list_clusters()
        if cluster.state in LIVING_STATES and manager.confined_to(cluster) is None
    ]
    if not living:
        raise NotFound(
            "No cluster is running. Start one in Casa's sidebar, or name the cluster to connect to."
        )
    # One that already runs is preferred to one that may yet fail to start.
    return next((cluster for cluster in living if cluster.state == "running"), living[0])


def _is_ready(cluster: Cluster) -> bool:
    """Tell whether the cluster can compute now; raise when it never will."""
    if cluster.state not in LIVING_STATES:
        raise Unavailable(
            f"The cluster {cluster.id} is {cluster.state}: {cluster.message} "
            "Start another one, and connect to that."
        )
    elsewhere = manager.confined_to(cluster)
    if elsewhere is not None:
        raise Unavailable(
            f"The cluster {cluster.id} can only be reached on {elsewhere}, where it runs. "
            "Start one here, and connect to that."
        )
    return cluster.state == "running" and bool(cluster.workers or not cluster.desired_workers)
