"""Runs of which a notebook's kernel is the driver."""

from __future__ import annotations

import getpass
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from coffea.processor.executor import WorkItem

from casa_lab.folders import new_id, runs_dir

from .closures import Closure
from .environment import package_versions
from .folder import RunFolder
from .models import ProcessorReference, RunSpec
from .records import first_record
from .session import RunSession


def open_notebook_run(
    name: str, processor: str, closure: Closure, items: Sequence[WorkItem]
) -> RunSession:
    """Make the folder of a run that this process drives, and own it.

    Parameters
    ----------
    name
        Name of the run, for people.
    processor
        Name of the processor's class.
    closure
        What Runner asked for.
    items
        All chunks of the run.
    """
    fileset: dict[str, dict[str, dict[str, object]]] = {}
    for item in items:
        entry = fileset.setdefault(
            item.dataset, {"files": {}, "metadata": dict(item.usermeta or {})}
        )
        entry["files"][item.filename] = item.treename
    spec = RunSpec(
        id=new_id(name),
        name=name,
        door="notebook",
        processor=ProcessorReference(location=f"notebook:{processor}"),
        fileset=fileset,
        schema_name=closure.schema_name,
        cluster=None,
        chunksize=max(1, max(len(item) for item in items)),
        directory=str(Path.cwd()),
        python=sys.executable,
        created=time.time(),
        user=getpass.getuser(),
        versions=package_versions(),
    )
    folder = RunFolder(runs_dir() / spec.id)
    folder.create(
        spec.model_dump(mode="json", fallback=str), first_record(None).model_dump(mode="json")
    )
    return RunSession(folder)
