"""Launching runs, finding them again, and asking things of them.

Everything here reads folders and starts drivers; nothing is remembered, so any
number of servers, kernels and terminals may do it at once.
"""

from __future__ import annotations

import fcntl
import getpass
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic_core import PydanticSerializationError

from casa_lab.clusters import manager as clusters
from casa_lab.errors import BadInput, Conflict, NotFound, Unavailable
from casa_lab.folders import (
    forget_requests,
    new_id,
    newest_request,
    run_index,
    runs_dir,
    send_request,
)
from casa_lab.processes import start_detached

from .continuation import continued, take_over
from .counting.metrics import RunMetrics, read_metrics
from .environment import git_describe, git_diff, package_versions
from .folder import RunFolder, open_run
from .history.index import RunIndex
from .history.labels import write_labels
from .history.models import NewLabels, RunList, RunQuery
from .models import (
    AUTOMATIC_CHUNKSIZE,
    Door,
    NewRun,
    Processor,
    Run,
    RunLog,
    RunSpec,
)
from .names import check_names
from .overview import overview
from .processors.finding import check_processor
from .records import first_record
from .states import ENDED, has_work_left
from .usercode.keeping import home_of, keep_source
from .usercode.pickles import PickledCode

LOG_BYTES = 200_000
"""How much of the end of a log is shown."""

DEFAULT_SCHEMA = "NanoAODSchema"
"""What Coffea's Runner uses, too."""


def check(new: NewRun, fileset: dict[str, Any], code: PickledCode | None = None) -> None:
    """Make sure that a run can be launched, before a cluster is started for it.

    Raises what :func:`launch` does, for the same requests.
    """
    check_names(fileset)
    if code is None:
        check_processor(new.processor)
    if new.continues is not None:
        older = open_run(new.continues)
        continued(new, fileset, older, get(older.id).state, code)


def launch(
    new: NewRun,
    fileset: dict[str, Any],
    cluster: str,
    door: Door,
    directory: Path | None = None,
    code: PickledCode | None = None,
) -> Run:
    """Launch a run; returns at once, while its driver starts.

    Parameters
    ----------
    new
        What is wanted; a processor's file as an absolute path.
    fileset
        The chosen datasets, in Coffea's format.
    cluster
        Id of a cluster that runs or starts.
    door
        Where the request came from.
    directory
        Working directory of the driver; that of the processor's file when not given.
    code
        A processor that lies in no file, since it was made in a notebook.

    Raises
    ------
    BadInput
        When the processor's file does not hold what was named, or it takes other arguments,
        or when Coffea cannot process files with such names.
    NotFound
        When there is no run that it is to continue.
    Conflict
        When it cannot continue that run.
    """
    check_names(fileset)
    declared = None if code is not None else check_processor(new.processor)
    if new.continues is None:
        return _launch(new, declared, fileset, cluster, door, directory, code)
    older = open_run(new.continues)
    with exclusively(older):  # nobody may resume it while its ledger is copied
        new = continued(new, fileset, older, get(older.id).state, code)
        return _launch(new, declared, fileset, cluster, door, directory, code, older)


def _launch(
    new: NewRun,
    declared: Processor | None,
    fileset: dict[str, Any],
    cluster: str,
    door: Door,
    directory: Path | None,
    code: PickledCode | None,
    older: RunFolder | None = None,
) -> Run:
    source = directory or home_of(new.processor)
    python = sys.executable if code is None else code.python
    name = new.name or new.processor.location.rpartition(":")[2]
    spec = RunSpec(
        id=new_id(name),
        name=name,
        door=door,
        processor=new.processor,
        fileset=fileset,
        schema_name=new.schema_name or (declared and declared.schema_name) or DEFAULT_SCHEMA,
        cluster=cluster,
        chunksize=new.chunksize or AUTOMATIC_CHUNKSIZE,
        maxchunks=new.maxchunks,
        column_bytes=new.column_bytes,
        fail_fast=new.fail_fast,
        directory=str(source),
        python=python,
        created=time.time(),
        user=getpass.getuser(),
        versions=package_versions(python),
        git=git_describe(source),
        tags=list(dict.fromkeys(new.tags)),
        note=new.note,
        continues=older and older.id,
    )
    folder = RunFolder(runs_dir() / spec.id)
    state = first_record(cluster).model_dump(mode="json")
    with folder.begun(_as_json(spec), state, "The run"):
        if code is not None:
            code.keep(folder.processor)
        else:
            keep_source(spec.processor, folder.processor)
        if older is not None:
            take_over(older, folder)
        if spec.git is not None and (diff := git_diff(source)):
            folder.diff.write_text(diff, encoding="utf-8")
        _start_driver(folder, spec, cluster)
    return get(spec.id)


def list_runs() -> list[Run]:
    """Return all runs, newest first."""
    return _index().all()


def run_ids() -> list[str]:
    """Return the ids of all runs, newest first."""
    return _index().ids()


def find_runs(query: RunQuery) -> RunList:
    """Return the runs that are asked for, newest first, a page of them at a time."""
    return _index().find(query)


def get(run: str) -> Run:
    """Return one run."""
    return overview(open_run(run))


def stop(run: str) -> Run:
    """Ask a run to stop with what it has; does nothing to one that has ended."""
    return _ask(run, "stop")


def pause(run: str) -> Run:
    """Ask a run to send out no more chunks for now."""
    found = get(run)
    if found.state not in ("running", "paused"):
        raise Conflict(f"The run is {found.state}: only a running one can be paused.")
    return _ask(run, "pause")


def resume(run: str) -> Run:
    """Go on with a paused run, or process what is missing of one that has ended.

    Raises
    ------
    Conflict
        When there is nothing to resume, or it cannot be done from here.
    """
    folder = open_run(run)
    with exclusively(folder):  # two who resume at the same time must not start two drivers
        found = get(run)
        # The driver may not have heard yet that it is to pause.
        pausing = found.state == "running" and newest_request(folder.path) == "pause"
        if found.state == "paused" or pausing:
            return _ask(run, "resume")
        if not found.resumable:
            raise Conflict(_why_not_resumable(found))
        folder.selection.unlink(missing_ok=True)
        return restart(folder, "Waiting to resume.")


def restart(folder: RunFolder, message: str) -> Run:
    """Start another driver for a run that has ended, while nobody else can.

    Parameters
    ----------
    folder
        The run, held with :func:`exclusively`.
    message
        What is said of it until the driver is up.
    """
    before = folder.record()
    cluster = living_cluster(before.cluster)
    asked = {"state": "queued", "message": message, "updated": time.time()}
    record = before.model_copy(update={**asked, "cluster": cluster, "finished": None})
    forget_requests(folder.path)
    folder.write_state(record.model_dump(mode="json"))
    try:
        _start_driver(folder, folder.spec(), cluster)
    except OSError as error:
        folder.write_state(before.model_dump(mode="json"))
        raise Unavailable(f"The process of the run cannot be started: {error}.") from error
    return get(folder.id)


def label(run: str, labels: NewLabels) -> Run:
    """Change what a run is called, its tags, its note, or whether it is archived."""
    folder = open_run(run)
    with exclusively(folder):
        write_labels(folder, labels)
    return get(run)


def delete(run: str) -> None:
    """Delete a run that has ended, with its folder.

    Raises
    ------
    Conflict
        When it has not ended.
    """
    folder = open_run(run)
    with exclusively(folder):  # whoever resumes it at the same time finds it gone, or goes on
        found = get(run)
        if found.state not in ENDED:
            raise Conflict(f"The run is {found.state}. Stop it first.")
        hidden = folder.hide()
    # Not before the lock is closed: where files are on a server, an open one cannot go.
    shutil.rmtree(hidden)


def metrics(run: str) -> RunMetrics:
    """Return how well a run used its cluster; all zero before its first chunk."""
    return read_metrics(open_run(run).metrics)


def log(run: str) -> RunLog:
    """Return the end of a run's log."""
    try:
        with open_run(run).log.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - LOG_BYTES))
            text = stream.read().decode(errors="replace")
    except FileNotFoundError:
        return RunLog(text="", truncated=False)
    if size > LOG_BYTES:
        text = text.partition("\n")[2]
    return RunLog(text=text, truncated=size > LOG_BYTES)


def _index() -> RunIndex:
    return RunIndex(run_index(), runs_dir(), get)


def _as_json(spec: RunSpec) -> dict[str, Any]:
    try:
        return spec.model_dump(mode="json")
    except PydanticSerializationError as error:
        raise BadInput(
            "The fileset and the processor's arguments of a launched run must be plain numbers, "
            f"texts, lists and dictionaries: {error}"
        ) from error


@contextmanager
def exclusively(folder: RunFolder) -> Iterator[None]:
    """Keep other threads and processes out of a block of code.

    Raises
    ------
    NotFound
        When the run was deleted meanwhile.
    """
    try:
        stream = (folder.path / "launch.lock").open("ab")
    except FileNotFoundError:
        raise NotFound(f"There is no run {folder.id!r} any more: it was deleted.") from None
    with stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        open_run(folder.id)  # it may have gone while this waited
        yield


def _start_driver(folder: RunFolder, spec: RunSpec, cluster: str) -> None:
    # A run that came from another machine goes on with what there is here.
    python = spec.python if shutil.which(spec.python) else sys.executable
    command = [python, "-m", "casa_lab.runs.driving.driver", str(folder.path), "--cluster", cluster]
    start_detached(command, folder.log)


def _ask(run: str, action: str) -> Run:
    found = get(run)
    if found.state not in ENDED:
        send_request(open_run(run).path, action)
    return found


def _why_not_resumable(run: Run) -> str:
    if not has_work_left(run.state, run.progress.chunks_failed):
        return f"The run is {run.state}: there is nothing to resume."
    return "The run was driven by a notebook. Run its cell again."


def living_cluster(cluster: str | None) -> str:
    """Return the cluster that a run had if it lives, else one of the same profile."""
    profile = "local"
    for found in clusters.list_clusters():
        if found.id == cluster:
            if found.state in ("starting", "running"):
                return found.id
            profile = found.profile
    return clusters.ensure(profile).id
