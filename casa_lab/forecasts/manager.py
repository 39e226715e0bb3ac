"""Dry runs that are launched: a process of their own makes the forecast, a folder keeps it."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import suppress
from typing import Any

from pydantic import BaseModel

from casa_lab.errors import NotFound
from casa_lab.folders import Folder, forecasts_dir, is_id, new_id, send_request
from casa_lab.processes import start_detached
from casa_lab.runs.continuation import without_counted
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import AUTOMATIC_CHUNKSIZE, NewRun, ProcessorReference
from casa_lab.runs.names import check_names
from casa_lab.runs.processors.finding import check_processor

from .forecast import DryRun, DryRunRecord

KEPT_SECONDS = 24 * 3600.0
"""How long a forecast is kept: it is about files and a cluster as they were."""

LAUNCH_SECONDS = 60.0
"""How long the process may take to own its folder before it counts as lost."""


CANCEL = "cancel"
"""What the process of a dry run can be asked for."""


class DryRunSpec(BaseModel):
    """``spec.json``: what is to be tried."""

    processor: ProcessorReference
    fileset: dict[str, Any]
    schema_name: str | None
    cluster: str
    chunksize: int
    maxchunks: int | None = None


def launch(new: NewRun, fileset: dict[str, Any], cluster: str) -> DryRun:
    """Launch a dry run; returns at once.

    Parameters
    ----------
    new
        What is to be tried; a processor's file as an absolute path.
    fileset
        The chosen datasets, in Coffea's format.
    cluster
        Id of a cluster that runs or starts.

    Raises
    ------
    BadInput
        When the processor's file does not hold what was named, or it takes other arguments,
        or when Coffea cannot process files with such names.
    NotFound
        When the run that it continues is not there.
    Conflict
        When nothing in these datasets is new to that run.
    """
    check_names(fileset)
    declared = check_processor(new.processor)
    chunksize = new.chunksize
    if new.continues is not None:
        older = open_run(new.continues)
        chunksize = chunksize or older.spec().chunksize
        fileset = without_counted(fileset, older)
    _forget_old()
    folder = Folder(forecasts_dir() / new_id(new.processor.location.rpartition(":")[2]))
    spec = DryRunSpec(
        processor=new.processor,
        fileset=fileset,
        schema_name=new.schema_name or (declared.schema_name if declared else None),
        cluster=cluster,
        chunksize=chunksize or AUTOMATIC_CHUNKSIZE,
        maxchunks=new.maxchunks,
    )
    record = DryRunRecord(state="running", message="Waiting to start.", updated=time.time())
    kept = spec.model_dump(mode="json"), record.model_dump(mode="json")
    with folder.begun(*kept, "The dry run"):
        start_detached(
            [sys.executable, "-m", "casa_lab.forecasts.driver", str(folder.path)], folder.log
        )
    return get(folder.id)


def get(dry_run: str) -> DryRun:
    """Return a dry run.

    Raises
    ------
    NotFound
        When there is none of that id.
    """
    folder = _open(dry_run)
    record = _read(folder)
    if record.state == "running" and not folder.is_owned():
        record = _read(folder)  # the final state is written before the folder is given up
        if record.state == "running" and time.time() - record.updated > LAUNCH_SECONDS:
            record.state = "failed"
            record.message = f"The process of this dry run is gone. Its log says why: {folder.log}"
    return DryRun(id=folder.id, **dict(record))


def cancel(dry_run: str) -> None:
    """Ask a dry run to end; does nothing to one that has.

    Raises
    ------
    NotFound
        When there is none of that id.
    """
    folder = _open(dry_run)
    if _read(folder).state == "running":
        send_request(folder.path, CANCEL)


def _open(dry_run: str) -> Folder:
    folder = Folder(forecasts_dir() / dry_run)
    if not is_id(dry_run) or not folder.exists():
        raise NotFound(f"There is no dry run {dry_run!r}. They are kept for a day.")
    return folder


def _read(folder: Folder) -> DryRunRecord:
    return DryRunRecord.model_validate(folder.read_state())


def _forget_old() -> None:
    for path in forecasts_dir().iterdir():
        with suppress(FileNotFoundError):  # somebody else was faster
            if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
