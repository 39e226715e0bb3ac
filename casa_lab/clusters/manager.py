"""Starting clusters, finding them again, scaling, stopping and forgetting them.

Everything here reads and writes folders and starts host processes; nothing is
remembered, so any number of servers, kernels and terminals may do it at once.
"""

from __future__ import annotations

import fcntl
import logging
import socket
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from casa_lab.errors import BadInput, Conflict, NotFound
from casa_lab.folders import Folder, clusters_dir, is_id, new_id, read_json, send_request
from casa_lab.folders.journal import read_journal
from casa_lab.processes import start_detached

from .models import FINAL_STATES, Cluster, ClusterRecord, ClusterSpec, NewCluster, Profile
from .profiles import find_profile, profiles
from .records import first_record, replay
from .states import ENDED_STATES, LIVING_STATES

__all__ = [
    "confined_to",
    "ensure",
    "forget",
    "get",
    "list_clusters",
    "profiles",
    "scale",
    "start",
    "stop",
    "stop_or_forget",
]

LAUNCH_SECONDS = 30.0
"""How long a host process may take to own its folder before it counts as lost."""

logger = logging.getLogger(__name__)


def start(new: NewCluster, extra: Iterable[Profile | Mapping[str, Any]] = ()) -> Cluster:
    """Start a cluster; returns at once, while its host process brings it up.

    Parameters
    ----------
    new
        What is wanted.
    extra
        The site's profiles, on offer besides the built-in ones.
    """
    profile = find_profile(new.profile, extra)
    workers = profile.options["workers"] if new.workers is None else new.workers
    folder = Folder(clusters_dir() / new_id(profile.name))
    spec = ClusterSpec(
        id=folder.id,
        profile=profile.name,
        title=profile.title,
        backend=profile.backend,
        options=profile.options,
        workers=workers,
        python=sys.executable,
        created=time.time(),
    )
    record = first_record(workers)
    with folder.begun(spec.model_dump(), record.model_dump(), "The cluster"):
        start_detached([spec.python, "-m", "casa_lab.clusters.host", str(folder.path)], folder.log)
    return _show(spec, record)


def ensure(profile: str = "local", extra: Iterable[Profile | Mapping[str, Any]] = ()) -> Cluster:
    """Return the newest living cluster of a profile, starting one where there is none.

    Parameters
    ----------
    profile
        Name of the profile.
    extra
        The site's profiles, on offer besides the built-in ones.
    """
    # Two who ask at the same time must get the same cluster.
    with _exclusively():
        for cluster in list_clusters():
            if (
                cluster.profile == profile
                and cluster.state in LIVING_STATES
                and confined_to(cluster) is None
            ):
                return cluster
        return start(NewCluster(profile=profile), extra)


def list_clusters() -> list[Cluster]:
    """Return all clusters that have a folder, newest first."""
    clusters = []
    for path in clusters_dir().iterdir():
        if path.name.startswith("."):
            continue
        try:
            clusters.append(_read(Folder(path)))
        except NotFound:
            continue
        except (OSError, ValueError) as error:
            logger.warning("%s is not a readable cluster folder: %s", path, error)
    return sorted(clusters, key=lambda cluster: (cluster.created, cluster.id), reverse=True)


def get(cluster_id: str) -> Cluster:
    """Return one cluster."""
    return _read(_folder(cluster_id))


def scale(cluster_id: str, workers: int) -> Cluster:
    """Ask for another number of workers; returns at once.

    Raises
    ------
    BadInput
        When the number makes no sense.
    Conflict
        When the cluster is stopping or has ended.
    """
    if not 0 <= workers <= 10_000:
        raise BadInput(f"A cluster can have 0 to 10000 workers, not {workers}.")
    cluster = get(cluster_id)
    if cluster.state not in LIVING_STATES:
        raise Conflict(
            f"The cluster {cluster.id} cannot be scaled, it is {cluster.state}. Start a new one."
        )
    send_request(_folder(cluster_id).path, "scale", workers=workers)
    return cluster.model_copy(update={"desired_workers": workers})


def stop(cluster_id: str) -> Cluster:
    """Ask a living cluster to stop; returns at once, and does nothing when it has ended."""
    cluster = get(cluster_id)
    if cluster.state not in LIVING_STATES:
        return cluster
    send_request(_folder(cluster_id).path, "stop")
    return cluster.model_copy(update={"state": "stopping", "message": "Asked to stop."})


def forget(cluster_id: str) -> Cluster:
    """Delete the folder of a cluster that has ended or is lost.

    Returns
    -------
    Cluster
        As it was.

    Raises
    ------
    Conflict
        When the cluster is alive.
    """
    cluster = get(cluster_id)
    if cluster.state not in ENDED_STATES:
        raise Conflict(f"The cluster {cluster.id} is {cluster.state}. Stop it first.")
    _folder(cluster_id).delete()
    return cluster


def stop_or_forget(cluster_id: str) -> Cluster:
    """Stop a living cluster, or forget one that has ended or is lost."""
    cluster = get(cluster_id)
    return forget(cluster_id) if cluster.state in ENDED_STATES else stop(cluster_id)


def confined_to(cluster: Cluster) -> str | None:
    """Return the host that a cluster can only be used on, when that is not this one.

    The data directory may be shared between hosts, the loopback interface that
    a local cluster listens on is not.
    """
    address = cluster.scheduler_address
    if address is not None and "://127." not in address:
        return None
    owner = read_json(_folder(cluster.id).path / "owner.json") or {}
    host: str | None = owner.get("host")
    return host if host != socket.gethostname() else None


def _folder(cluster_id: str) -> Folder:
    if not is_id(cluster_id):
        raise NotFound(f"There is no cluster {cluster_id!r}.")
    return Folder(clusters_dir() / cluster_id)


def _read(folder: Folder) -> Cluster:
    spec_data = folder.read_spec() if folder.path.is_dir() else None
    if spec_data is None:
        raise NotFound(f"There is no cluster {folder.id!r}. It may have been forgotten.")
    spec = ClusterSpec.model_validate(spec_data)
    record = _read_record(folder, spec)
    # The order matters: a host writes its final state before it gives the folder
    # up, so a state that is not final, read while nobody owned the folder, is lost.
    if record.state not in FINAL_STATES and not folder.is_owned():
        record = _read_record(folder, spec)
        if record.state not in FINAL_STATES and not _is_launching(folder, spec):
            record = _lost(folder, record)
    return _show(spec, record)


def _read_record(folder: Folder, spec: ClusterSpec) -> ClusterRecord:
    try:
        return ClusterRecord.model_validate(folder.read_state())
    except ValueError:  # torn by something other than Casa; the journal has it all
        return replay(read_journal(folder.journal), first_record(spec.workers))


def _is_launching(folder: Folder, spec: ClusterSpec) -> bool:
    """Tell whether the host process still has time to take the folder."""
    if (folder.path / "owner.json").exists():
        return folder.is_owned()
    return time.time() - spec.created < LAUNCH_SECONDS


def _lost(folder: Folder, record: ClusterRecord) -> ClusterRecord:
    if (folder.path / "owner.json").exists():
        message = "The process that ran this cluster is gone, and its workers with it. Forget it."
    else:
        message = f"The host process of this cluster did not start; its log is {folder.log}."
    gone: dict[str, Any] = {"workers": [], "scheduler_address": None, "dashboard_url": None}
    return record.model_copy(update={"state": "lost", "message": message, **gone})


def _show(spec: ClusterSpec, record: ClusterRecord) -> Cluster:
    return Cluster(
        **record.model_dump(),
        id=spec.id,
        profile=spec.profile,
        title=spec.title,
        backend=spec.backend,
        created=spec.created,
        code=f'import casa_lab\n\nclient = casa_lab.connect("{spec.id}")\nclient',
    )


@contextmanager
def _exclusively() -> Iterator[None]:
    """Keep other threads and processes out of a block of code."""
    path: Path = clusters_dir() / ".ensure.lock"
    with path.open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
