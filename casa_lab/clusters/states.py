"""The states of a cluster and the legal ways between them."""

from __future__ import annotations

from collections.abc import Mapping

from .models import FINAL_STATES, ClusterRecord, ClusterState

TRANSITIONS: Mapping[ClusterState, frozenset[ClusterState]] = {
    "starting": frozenset({"running", "stopping", "failed", "lost"}),
    "running": frozenset({"stopping", "failed", "lost"}),
    "stopping": frozenset({"stopped", "failed", "lost"}),
    "stopped": frozenset(),
    "failed": frozenset(),
    "lost": frozenset(),
}
"""From each state, the states that may follow it.

``lost`` is never written: it is what a reader sees when a folder whose state
is not final has no living owner.
"""

LIVING_STATES: frozenset[ClusterState] = frozenset({"starting", "running"})
"""States in which a cluster computes, or soon will, and may be scaled."""

ENDED_STATES: frozenset[ClusterState] = FINAL_STATES | {"lost"}
"""States in which nothing runs any more, so that the cluster may be forgotten."""


def check_transition(old: ClusterState, new: ClusterState) -> None:
    """Raise ``ValueError`` when a cluster may not go from ``old`` to ``new``."""
    if new not in TRANSITIONS[old]:
        raise ValueError(f"A cluster cannot go from {old} to {new}.")


def describe(record: ClusterRecord) -> str:
    """Return the sentence on how far a starting or running cluster is."""
    up, desired = len(record.workers), record.desired_workers
    if record.scheduler_address is None:
        return "Starting the scheduler."
    if up < desired:
        progress = f": {up} of {desired} are up." if up else "."
        return f"Starting {_workers(desired - up)}{progress}"
    if up > desired:
        return f"Removing {_workers(up - desired)} of {up}."
    if not up:
        return "No workers. Scale up to compute."
    return f"{_workers(up)} {'is' if up == 1 else 'are'} up."


def _workers(count: int) -> str:
    return f"{count} worker{'' if count == 1 else 's'}"
