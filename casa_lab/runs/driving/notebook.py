"""Runs of which a notebook's kernel is the driver."""

from __future__ import annotations

import getpass
import re
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from coffea.processor.executor import WorkItem

from casa_lab.folders import new_id, runs_dir
from casa_lab.runs.environment import package_versions
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import ProcessorReference, RunSpec
from casa_lab.runs.records import first_record
from casa_lab.runs.usercode.pickles import NOTEBOOK

from .session import RunSession


def open_notebook_run(
    name: str | None,
    processor: Any,
    schema_name: str,
    items: Sequence[WorkItem],
    chunksize: int | None,
) -> RunSession:
    """Make the folder of a run that this process drives, and own it.

    Parameters
    ----------
    name
        Name of the run, for people; that of the processor when ``None``.
    processor
        The processor.
    schema_name
        Name of the schema that Runner was given.
    items
        All chunks of the run.
    chunksize
        Events that Runner wants in a chunk; that of the largest when ``None``.
    """
    called = name_of(processor)
    name = name or called
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
        processor=ProcessorReference(location=f"{NOTEBOOK}:{called}"),
        fileset=plain(fileset),
        schema_name=schema_name,
        cluster=None,
        chunksize=chunksize or max(1, max(map(len, items))),
        directory=str(Path.cwd()),
        python=sys.executable,
        created=time.time(),
        user=getpass.getuser(),
        versions=package_versions(),
    )
    folder = RunFolder(runs_dir() / spec.id)
    folder.create(spec.model_dump(mode="json"), first_record(None).model_dump(mode="json"))
    return RunSession(folder)


def name_of(processor: Any) -> str:
    """Return what people call a processor: the name of its function or class."""
    while isinstance(processor, partial):
        processor = processor.func
    name = str(getattr(processor, "__name__", type(processor).__name__))
    # "<lambda>", and letters that the name of a processor cannot begin with.
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else "processor"


def plain(value: Any) -> Any:
    """Return metadata as JSON can hold it: what it cannot becomes text, for people to read."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)
