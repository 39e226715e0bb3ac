"""The state of a run before anything happened, and what its journal still tells of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from .models import RunRecord
from .states import ENDED, TRANSITIONS


def first_record(cluster: str | None) -> RunRecord:
    """Return the state of a run that was just asked for."""
    return RunRecord(
        state="queued", message="Waiting to start.", cluster=cluster, updated=time.time()
    )


def replay(entries: Iterable[Mapping[str, Any]]) -> RunRecord | None:
    """Return the state of a run of which only the journal can be read; ``None`` without entries.

    How far it was is not in there: a run that is resumed learns it from what is counted.
    """
    last: dict[str, Any] = {}
    for entry in entries:
        # What was accepted later may have changed the state of a run that had ended.
        state = entry.get("state", entry.get("event"))
        if state in TRANSITIONS:
            last = {"state": state, "message": entry.get("message"), "updated": entry.get("time")}
    if not last:
        return None
    lost = "Its state.json was damaged, and with it how far it was."
    return RunRecord(
        state=last["state"],
        message=f"{last['message']} {lost}" if last["message"] else lost,
        updated=last["updated"],
        finished=last["updated"] if last["state"] in ENDED else None,
    )
