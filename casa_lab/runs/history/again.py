"""The same run again: its code, files and settings as they were, wherever it is now."""

from __future__ import annotations

from pathlib import Path

from casa_lab.errors import Conflict
from casa_lab.runs import manager
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import Door, NewRun, Run
from casa_lab.runs.pickles import is_code_kept, is_pickled, read_pickled
from casa_lab.runs.shipping import as_launched

from .labels import read_labels


def rerun(run: str, door: Door) -> Run:
    """Launch a run with all that another one was launched with; returns at once.

    Parameters
    ----------
    run
        Id of the other run, which may have come from another machine.
    door
        Where the request came from.

    Raises
    ------
    Conflict
        When its code was not kept, since a notebook had it.

    Notes
    -----
    The code is that which was launched: where it lay, as long as it is
    unchanged there, else the copy in the run's folder. The cluster is the same
    one if it lives, else one of its profile.
    """
    folder = open_run(run)
    spec, labels = folder.spec(), read_labels(folder)
    if not is_code_kept(spec, folder.processor):
        raise Conflict("The run was driven by a notebook. Run its cell again.")
    pickled = is_pickled(spec, folder.processor)
    directory = Path(spec.directory)
    new = NewRun(
        processor=spec.processor if pickled else as_launched(spec.processor, folder.processor),
        datasets=list(spec.fileset),
        schema_name=spec.schema_name,
        chunksize=spec.chunksize,
        fail_fast=spec.fail_fast,
        name=labels.name,
        tags=labels.tags,
        note=labels.note,
    )
    return manager.launch(
        new,
        spec.fileset,
        manager.living_cluster(folder.record().cluster),
        door,
        directory if directory.is_dir() else None,
        spec.maxchunks,
        read_pickled(spec, folder.processor) if pickled else None,
    )
