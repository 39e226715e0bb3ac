"""What a notebook gives as a cluster: nothing, an id, a name, or a client."""

from __future__ import annotations

from typing import Any

from casa_lab.clusters import manager
from casa_lab.clusters.models import Cluster
from casa_lab.clusters.states import LIVING_STATES
from casa_lab.errors import BadInput, Conflict


def resolve_cluster(cluster: Any) -> str:
    """Return the id of the cluster that is meant.

    Parameters
    ----------
    cluster
        Id or name of a cluster of Casa's, the client that ``casa_lab.connect``
        returned for it, or ``None`` for the local one, which is started where
        none runs.

    Raises
    ------
    BadInput
        When there is no such cluster.
    Conflict
        When it has ended.
    """
    if cluster is None:
        return manager.ensure().id
    if isinstance(cluster, str):
        return _living(_by_name(cluster)).id
    if isinstance(cluster, Cluster):
        return _living(manager.get(cluster.id)).id
    address = getattr(getattr(cluster, "scheduler", None), "address", None)
    if address is None:
        raise BadInput(
            f"{cluster!r} is no cluster: give the id or the name of one in the sidebar, or what "
            "casa_lab.connect() returns."
        )
    for found in manager.list_clusters():
        if found.scheduler_address == address and found.state in LIVING_STATES:
            return found.id
    raise BadInput(
        f"The cluster at {address} is not one of Casa's, so a run cannot outlive this notebook "
        "there. Run it from here with casa_lab.LiveExecutor(client), or choose another cluster."
    )


def _by_name(text: str) -> Cluster:
    clusters = manager.list_clusters()
    named = [found for found in clusters if text in (found.profile, found.title)]
    living = [found for found in named if found.state in LIVING_STATES]
    for found in [*(found for found in clusters if found.id == text), *living, *named]:
        return found
    known = ", ".join(found.id for found in clusters if found.state in LIVING_STATES)
    hint = f"There are: {known}." if known else "None is running: leave it out to start one."
    raise BadInput(f"There is no cluster {text!r}. {hint}")


def _living(cluster: Cluster) -> Cluster:
    if cluster.state not in LIVING_STATES:
        raise Conflict(
            f"The cluster {cluster.id} cannot be used, it is {cluster.state}. "
            "Choose another one, or leave it out to start one."
        )
    return cluster
