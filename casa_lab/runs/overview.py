"""A run as it is now, from its folder and from what becomes of its driver."""

from __future__ import annotations

import time

from casa_lab.folders.owner import HEARTBEAT_LIMIT_SECONDS

from .folder import RunFolder
from .history.labels import read_labels
from .models import Run, RunRecord
from .states import ENDED, has_work_left
from .usercode.pickles import is_code_kept

LAUNCH_SECONDS = 60.0
"""How long a driver may take to own its folder before the run counts as lost."""

_SILENCE = (
    f"The process that drives this run has given no sign of life for {HEARTBEAT_LIMIT_SECONDS:.0f} "
    "s: it is stopped, or its machine is too busy. The run goes on when it does."
)


def overview(folder: RunFolder) -> Run:
    """Return a run as the API shows it.

    Raises
    ------
    NotFound
        When it was deleted meanwhile.
    Damaged
        When its folder cannot be read.
    """
    spec = folder.spec()
    record = folder.record()
    # A driver writes the final state before it gives the folder up: a state that
    # is not final in a folder that nobody owns, read again, means it was lost.
    if record.state not in ENDED and not folder.is_owned():
        record = folder.record()
        if record.state not in ENDED and not _is_launching(record):
            record = _lost(record)
    elif record.state not in ENDED and folder.is_silent():
        record = record.model_copy(update={"message": _SILENCE})
    labels = read_labels(folder)
    code_kept = is_code_kept(spec, folder.processor)
    return Run(
        **record.model_dump(exclude={"updated"}),
        # Whoever knows the run as it was before it was labelled must see that this is news.
        updated=max(record.updated, labels.changed),
        # Not the id of its spec: the folder may be a copy that somebody made.
        id=folder.id,
        name=labels.name,
        tags=labels.tags,
        note=labels.note,
        archived=labels.archived,
        door=spec.door,
        processor=spec.processor,
        schema_name=spec.schema_name,
        datasets=list(spec.fileset),
        chunksize=spec.chunksize,
        created=spec.created,
        resumable=code_kept and has_work_left(record.state, record.progress.chunks_failed),
        code_kept=code_kept,
    )


def _is_launching(record: RunRecord) -> bool:
    return record.state == "queued" and time.time() - record.updated < LAUNCH_SECONDS


def _lost(record: RunRecord) -> RunRecord:
    message = (
        "The process that drove this run is gone. What it had counted is safe."
        if record.state != "queued"
        else "The driver of this run did not start. The log says why."
    )
    return record.model_copy(update={"state": "lost", "message": message})
