"""The state of a run before anything happened."""

from __future__ import annotations

import time

from .models import RunRecord


def first_record(cluster: str | None) -> RunRecord:
    """Return the state of a run that was just asked for."""
    return RunRecord(
        state="queued", message="Waiting to start.", cluster=cluster, updated=time.time()
    )
