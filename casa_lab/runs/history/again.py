"""The same run again: its code, files and settings as they were, wherever it is now."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casa_lab.clusters import manager as clusters
from casa_lab.errors import CasaError, Conflict, NotFound
from casa_lab.runs import manager
from casa_lab.runs.folder import RunFolder, open_run
from casa_lab.runs.models import (
    AUTOMATIC_CHUNKSIZE,
    Door,
    NewRun,
    Origin,
    Processor,
    ProcessorReference,
    Run,
    RunSpec,
)
from casa_lab.runs.processors.finding import read_processor
from casa_lab.runs.usercode.keeping import as_launched
from casa_lab.runs.usercode.pickles import PickledCode, is_code_kept, is_pickled, read_pickled

from .details import files_of, metadata_of
from .labels import read_labels
from .models import PastDataset, RunRequest


def rerun(
    run: str, door: Door, fileset: dict[str, Any] | None = None, *, goes_on: bool = False
) -> Run:
    """Launch a run with all that another one was launched with; returns at once.

    Parameters
    ----------
    run
        Id of the other run, which may have come from another machine.
    door
        Where the request came from.
    fileset
        Datasets in Coffea's format; those of the other run when not given.
    goes_on
        Take over what the other run counted, and process only the rest, of all chunks.

    Raises
    ------
    BadInput
        When Coffea cannot process files with such names.
    Conflict
        When its code was not kept, since a notebook had it, or it cannot be continued.

    Notes
    -----
    The code is that which was launched: where it lay, as long as it is
    unchanged there, else the copy in the run's folder. The cluster is the same
    one if it lives, else one of its profile.
    """
    folder = open_run(run)
    new, code = asked_for(folder), code_of(folder)
    if fileset is None:
        fileset = folder.spec().fileset
    new = new.model_copy(update={"datasets": list(fileset)})
    if goes_on:
        new = new.model_copy(update={"continues": folder.id, "maxchunks": None})
    manager.check(new, fileset, code)
    # The cluster comes last: none is started for a run that cannot be.
    cluster = manager.living_cluster(folder.record().cluster)
    return manager.launch(new, fileset, cluster, door, directory_of(folder), code)


def request_of(run: str, catalog: Mapping[str, Any]) -> RunRequest:
    """Return what a run was launched with, to be changed and launched.

    Parameters
    ----------
    run
        Its id.
    catalog
        The datasets there are by now, as a fileset.

    Raises
    ------
    Conflict
        When its code was not kept, since a notebook had it.
    """
    folder = open_run(run)
    spec, progress = folder.spec(), folder.record().progress.datasets
    new = asked_for(folder)
    pickled = is_pickled(spec, folder.processor)
    return RunRequest(
        run=folder.id,
        new=new,
        processor=_pickled(spec) if pickled else _read(new.processor),
        is_current=new.processor == spec.processor and not pickled,
        datasets=[
            PastDataset(
                dataset=name,
                files=len(files_of(dataset)),
                events=progress[name].events_total if name in progress else None,
                is_current=_same(dataset, catalog.get(name)),
            )
            for name, dataset in spec.fileset.items()
        ],
    )


def fileset_of(origin: Origin) -> dict[str, Any]:
    """Return the datasets that a new run takes from an earlier one.

    Raises
    ------
    NotFound
        When there is no such run, or it had no such dataset.
    """
    fileset = open_run(origin.run).spec().fileset
    for name in origin.datasets:
        if name not in fileset:
            raise NotFound(f"The run {origin.run} had no dataset '{name}'.")
    return {name: fileset[name] for name in origin.datasets}


def code_of(folder: RunFolder) -> PickledCode | None:
    """Return what a notebook left of a processor that lies in no file."""
    spec = folder.spec()
    if is_pickled(spec, folder.processor):
        return read_pickled(spec, folder.processor)
    return None


def directory_of(folder: RunFolder) -> Path | None:
    """Return the folder that a run worked in, if it is still there."""
    directory = Path(folder.spec().directory)
    return directory if directory.is_dir() else None


def asked_for(folder: RunFolder) -> NewRun:
    """Return what has to be asked for to have a run again.

    Raises
    ------
    Conflict
        When its code was not kept, since a notebook had it.
    """
    spec, labels = folder.spec(), read_labels(folder)
    if not is_code_kept(spec, folder.processor):
        raise Conflict("The run was driven by a notebook. Run its cell again.")
    names = list(spec.fileset)
    cluster, profile = _place(folder)
    pickled = is_pickled(spec, folder.processor)
    return NewRun(
        processor=spec.processor if pickled else as_launched(spec.processor, folder.processor),
        datasets=names,
        origin=Origin(run=folder.id, datasets=names),
        cluster=cluster,
        profile=profile,
        schema_name=spec.schema_name,
        chunksize=None if spec.chunksize == AUTOMATIC_CHUNKSIZE else spec.chunksize,
        maxchunks=spec.maxchunks,
        column_bytes=spec.column_bytes,
        fail_fast=spec.fail_fast,
        name=labels.name,
        tags=labels.tags,
        note=labels.note,
    )


def _pickled(spec: RunSpec) -> Processor:
    """Describe a processor that is ready: nothing about it can be chosen any more."""
    file, _, name = spec.processor.location.rpartition(":")
    return Processor(location=spec.processor.location, name=name, file=file, summary="")


def _read(reference: ProcessorReference) -> Processor | None:
    try:
        return read_processor(reference.location)
    except CasaError:  # it says so when it is launched
        return None


def _same(dataset: Any, other: Any) -> bool:
    return other is not None and (
        (files_of(dataset), metadata_of(dataset)) == (files_of(other), metadata_of(other))
    )


def _place(folder: RunFolder) -> tuple[str | None, str]:
    """Return the cluster that a run had if it lives, and its profile as far as that is known."""
    wanted = folder.record().cluster
    for found in clusters.list_clusters():
        if found.id == wanted:
            alive = found.state in ("starting", "running")
            return (found.id if alive else None), found.profile
    return None, "local"
