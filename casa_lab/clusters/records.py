"""Keeping the record of a cluster: journal and ``state.json``."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from casa_lab.folders import Folder, Journal
from casa_lab.folders.files import DISK_ERRORS

from .models import FINAL_STATES, ClusterRecord, ClusterState, Worker
from .states import LIVING_STATES, check_transition, describe

WRITE_INTERVAL_SECONDS = 0.5
"""State changes are written at once, everything else at most this often."""

_MEMORY_NOISE_BYTES = 16 * 2**20
_CPU_NOISE_PERCENT = 10.0

_log = logging.getLogger(__name__)


def first_record(workers: int) -> ClusterRecord:
    """Return the record of a cluster that was just asked for."""
    return ClusterRecord(
        state="starting",
        message="Starting the host process.",
        desired_workers=workers,
        updated=time.time(),
    )


class Recorder:
    """Writes what happens to a cluster into its folder; its host has one.

    Parameters
    ----------
    folder
        The cluster's folder, owned by this process.
    record
        The record to go on from.
    clock
        Tells the time that the write interval is measured with.
    """

    def __init__(
        self, folder: Folder, record: ClusterRecord, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._journal = Journal(folder.journal)
        self._clock = clock
        self._record = record
        self._written = record
        self._written_at = float("-inf")
        self._is_mute = False

    @property
    def record(self) -> ClusterRecord:
        """The cluster as it is now; ``state.json`` follows within half a second."""
        return self._record

    def begin(self) -> None:
        """Note that the host is at work."""
        self._update()
        self._journal_state()
        self._write()

    def change(self, state: ClusterState, message: str | None = None) -> None:
        """Enter another state, which must be a legal one to follow.

        Parameters
        ----------
        state
            The new state.
        message
            What happened, in a sentence; how far the cluster is when ``None``.
        """
        check_transition(self._record.state, state)
        self._update(state=state, **_consequences(state))
        self._record = _described(self._record, message)
        self._journal_state()
        self._write()

    def serve(self, scheduler_address: str, dashboard_url: str | None) -> None:
        """Note where the scheduler and its dashboard listen."""
        addresses = {"scheduler_address": scheduler_address, "dashboard_url": dashboard_url}
        self._journal.append("scheduler", **addresses)
        self._update(**addresses)

    def desire(self, workers: int) -> None:
        """Note that another number of workers is wanted."""
        if workers != self._record.desired_workers:
            self._journal.append("scale", workers=workers)
            self._update(desired_workers=workers)

    def observe(self, workers: Iterable[Worker]) -> None:
        """Note the workers that the scheduler has."""
        before = {worker.address for worker in self._record.workers}
        present = sorted(workers, key=_order)
        arrived = [worker for worker in present if worker.address not in before]
        left = before - {worker.address for worker in present}
        if arrived or left:
            facts = {"arrived": [worker.model_dump() for worker in arrived], "left": sorted(left)}
            self._unless_full(lambda: self._journal.append("workers", **facts))
        self._update(workers=present)

    def flush(self) -> None:
        """Write ``state.json`` where something worth telling changed and it is time to."""
        due = self._clock() - self._written_at >= WRITE_INTERVAL_SECONDS
        if due and _differ(self._written, self._record):
            self._unless_full(self._write)

    def _unless_full(self, write: Callable[[], object]) -> None:
        """Write, but go on when the disk is full: the cluster's work must not end over that."""
        try:
            write()
        except OSError as error:
            if error.errno not in DISK_ERRORS:
                raise
            if not self._is_mute:
                _log.warning("What happens to the cluster cannot be written: %s.", error)
            self._is_mute = True
        else:
            self._is_mute = False

    def _journal_state(self) -> None:
        self._journal.append("state", state=self._record.state, message=self._record.message)

    def _update(self, **changes: Any) -> None:
        # In one step: whoever reads the record never finds yesterday's sentence beside
        # today's workers.
        record = self._record.model_copy(update=changes)
        self._record = _described(record) if record.state in LIVING_STATES else record

    def _write(self) -> None:
        self._update(updated=time.time())
        self._folder.write_state(self._record.model_dump())
        self._written = self._record
        self._written_at = self._clock()


def replay(entries: Iterable[Mapping[str, Any]], record: ClusterRecord) -> ClusterRecord:
    """Rebuild a record from the journal.

    Parameters
    ----------
    entries
        The journal's entries in order.
    record
        The record that the cluster began with.

    Returns
    -------
    ClusterRecord
        As the host had it after its last entry; the load of the workers is the
        one they arrived with.
    """
    workers: dict[str, Worker] = {}
    facts: dict[str, Any] = {}
    for entry in entries:
        facts["updated"] = entry["time"]
        if entry["event"] == "state":
            facts |= {"state": entry["state"], "message": entry["message"]}
            facts |= _consequences(entry["state"])
        elif entry["event"] == "scheduler":
            facts |= {name: entry[name] for name in ("scheduler_address", "dashboard_url")}
        elif entry["event"] == "scale":
            facts["desired_workers"] = entry["workers"]
        elif entry["event"] == "workers":
            arrived = map(Worker.model_validate, entry["arrived"])
            workers |= {worker.address: worker for worker in arrived}
            for address in entry["left"]:
                workers.pop(address, None)
    rebuilt = record.model_copy(update=facts | {"workers": sorted(workers.values(), key=_order)})
    return _described(rebuilt) if rebuilt.state in LIVING_STATES else rebuilt


def _described(record: ClusterRecord, message: str | None = None) -> ClusterRecord:
    """Return a record with a message, which says how far the cluster is when there is none."""
    return record.model_copy(update={"message": message or describe(record)})


def _consequences(state: ClusterState) -> dict[str, Any]:
    """Return what else changes when a state is entered: nothing listens after the end."""
    if state in FINAL_STATES:
        return {"scheduler_address": None, "dashboard_url": None}
    return {}


def _order(worker: Worker) -> tuple[int, str, str]:
    """Sort workers named 0 to 12 as numbers, and any others by name."""
    return len(worker.name), worker.name, worker.address


def _differ(old: ClusterRecord, new: ClusterRecord) -> bool:
    """Tell whether two records differ by more than the usual flicker of the load."""
    ignored = {"workers", "updated"}
    if old.model_dump(exclude=ignored) != new.model_dump(exclude=ignored):
        return True
    if [worker.address for worker in old.workers] != [worker.address for worker in new.workers]:
        return True
    return any(
        abs(after.memory_bytes - before.memory_bytes) > _MEMORY_NOISE_BYTES
        or abs(after.cpu_percent - before.cpu_percent) > _CPU_NOISE_PERCENT
        for before, after in zip(old.workers, new.workers, strict=True)
    )
