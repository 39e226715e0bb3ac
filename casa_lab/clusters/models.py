"""What a cluster is, on disk and on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

ClusterState = Literal["starting", "running", "stopping", "stopped", "failed", "lost"]

FINAL_STATES: frozenset[ClusterState] = frozenset({"stopped", "failed"})
"""States that a cluster never leaves."""


class Profile(BaseModel):
    """A named way to start a cluster: a backend and its options."""

    name: str
    title: str = Field(description="Name for people, e.g. Local.")
    backend: str = Field(description="Which backend knows how, e.g. local.")
    description: str = ""
    options: dict[str, Any] = Field(default_factory=dict)


class ProfileList(BaseModel):
    """The profiles on offer, the default one first."""

    profiles: list[Profile]


class NewCluster(BaseModel):
    """Ask for a cluster."""

    model_config = ConfigDict(extra="forbid")

    profile: str = "local"
    workers: int | None = Field(
        None, ge=0, le=10_000, description="Workers to start; the profile's number when null."
    )


class ScaleCluster(BaseModel):
    """Ask for a number of workers."""

    model_config = ConfigDict(extra="forbid")

    workers: int = Field(ge=0, le=10_000)


class ClusterSpec(BaseModel):
    """``spec.json``: what was asked."""

    id: str
    profile: str
    title: str
    backend: str
    options: dict[str, Any]
    workers: int
    python: str = Field(description="Interpreter that the host and its workers run.")
    created: float = Field(description="Seconds since the epoch.")


class Worker(BaseModel):
    """One worker as the scheduler sees it."""

    name: str
    address: str
    threads: int
    memory_bytes: int
    memory_limit_bytes: int
    cpu_percent: float


class ClusterRecord(BaseModel):
    """``state.json``: how the cluster is, as its host last wrote it."""

    state: ClusterState
    message: str = Field(description="One sentence on what is going on or went wrong.")
    desired_workers: int
    workers: list[Worker] = Field(default_factory=list)
    scheduler_address: str | None = None
    dashboard_url: str | None = Field(
        None, description="Where the dashboard listens, seen from the Jupyter server's host."
    )
    updated: float


class Cluster(ClusterRecord):
    """A cluster as the API shows it: the record, with what the spec says."""

    id: str
    profile: str
    title: str
    backend: str
    created: float
    code: str = Field(description="Python that connects a Dask client to this cluster.")


class ClusterList(BaseModel):
    """All clusters that Casa knows, newest first."""

    clusters: list[Cluster]
