"""Launching a run for the sidebar: from names in a request to a driver process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from casa_lab.clusters import manager as clusters
from casa_lab.errors import BadInput, Conflict
from casa_lab.forecasts import manager as forecasts
from casa_lab.forecasts.forecast import DryRun
from casa_lab.histograms.models import HistogramCatalog
from casa_lab.runs import manager as runs
from casa_lab.runs.folder import RunFolder, open_run
from casa_lab.runs.history.again import code_of, directory_of, fileset_of, request_of
from casa_lab.runs.history.models import RunRequest
from casa_lab.runs.models import NewRun, Processor, ProcessorQuery, ProcessorReference, Run
from casa_lab.runs.processors.finding import find_processors, processors_in
from casa_lab.runs.processors.ipynb import SUFFIX
from casa_lab.runs.processors.modules import processors_of_module
from casa_lab.runs.usercode.keeping import keeper_of
from casa_lab.runs.usercode.pickles import PickledCode, is_from_notebook, is_pickled

from .companion import Companion
from .paths import AllowedFolders


def launch(companion: Companion, new: NewRun) -> Run:
    """Check everything that a run needs, then start its driver.

    Parameters
    ----------
    companion
        Knows the datasets, the allowed folders and the site's profiles.
    new
        What the user asked for.

    Raises
    ------
    BadInput
        When the processor cannot be had.
    NotFound
        When there is no such dataset, cluster or profile.
    Conflict
        When the cluster has ended.
    """
    keeper = _keeper(new)
    if keeper is None and is_from_notebook(new):
        raise BadInput(
            "A processor that was made in a notebook is had from a run that keeps it. Name that "
            "run as the 'origin', or launch from the notebook: casa_lab.launch."
        )
    code = code_of(keeper) if keeper else None
    # It lies in no folder that would say where to work.
    directory = directory_of(keeper) if keeper else None
    return runs.launch(*_checked(companion, new, code), "sidebar", directory, code)


def read_request(companion: Companion, run: str) -> RunRequest:
    """Return what a run was launched with, held against what there is by now."""
    names = [dataset.name for dataset in companion.catalog.list().datasets]
    return request_of(run, companion.catalog.fileset(names))


def launch_dry_run(companion: Companion, new: NewRun) -> DryRun:
    """Do the same for a dry run.

    Raises
    ------
    Conflict
        When the processor lies in no file.
    """
    if is_from_notebook(new):
        raise Conflict("This processor was made in a notebook. Try it there: casa_lab.dry_run.")
    return forecasts.launch(*_checked(companion, new))


def _checked(
    companion: Companion, new: NewRun, code: PickledCode | None = None
) -> tuple[NewRun, dict[str, Any], str]:
    """Return a request with the processor's place, its fileset and its cluster."""
    processor = _inside(companion.folders, new.processor)
    new = new.model_copy(update={"processor": processor})
    earlier = fileset_of(new.origin) if new.origin else {}
    listed = companion.catalog.fileset([name for name in new.datasets if name not in earlier])
    fileset = {name: earlier.get(name) or listed[name] for name in new.datasets}
    runs.check(new, fileset, code)
    # The cluster comes last: nothing is started for a request with a mistake in it.
    return new, fileset, _cluster(companion, new)


def list_processors(folders: AllowedFolders, query: ProcessorQuery) -> list[Processor]:
    """Return the processors that are asked for.

    Parameters
    ----------
    folders
        Those that may be read.
    query
        Which file or module is meant. With neither, all files in all folders are
        looked at, those of the server's root first.

    Raises
    ------
    BadInput
        When the file or module cannot be had, or both are asked for.
    NotFound
        When there is no such file.
    """
    if query.file is not None and query.module is not None:
        raise BadInput("Ask for the processors of a file or of a module, not of both.")
    if query.module is not None:
        return processors_of_module(query.module, folders.root)
    if query.file is not None:
        return processors_in(folders.resolve(query.file))
    found = {
        processor.location: processor for folder in folders for processor in find_processors(folder)
    }
    return list(found.values())


def read_run_catalog(run: str) -> HistogramCatalog:
    """Return the histograms in a run's newest snapshot, none before the first."""
    # Reading one needs numpy, which the companion loads once somebody looks.
    from casa_lab.histograms.snapshot import read_catalog

    path = open_run(run).histograms
    if not path.exists():
        return HistogramCatalog(sequence=0, histograms=[])
    return read_catalog(path)


def _keeper(new: NewRun) -> RunFolder | None:
    """Return the run that keeps a processor which a notebook made, for this variation of it."""
    run = new.origin.run if new.origin else new.continues
    if run is None or not is_from_notebook(new):
        return None
    folder = open_run(run)
    return folder if is_pickled(folder.spec(), folder.processor) else None


def _inside(folders: AllowedFolders, processor: ProcessorReference) -> ProcessorReference:
    """Return a reference whose file, if it is one, is absolute and allowed."""
    file, _, name = processor.location.rpartition(":")
    if not file.endswith((".py", SUFFIX)):
        return processor
    path = Path(file)
    if keeper_of(path) is None:
        path = folders.resolve(file)
    if not path.is_file():
        raise BadInput(f"{file!r} is not a file. Choose the file of the processor.")
    return processor.model_copy(update={"location": f"{path}:{name}"})


def _cluster(companion: Companion, new: NewRun) -> str:
    if new.cluster is None:
        return clusters.ensure(new.profile, companion.profiles).id
    cluster = clusters.get(new.cluster)
    if cluster.state not in ("starting", "running"):
        raise Conflict(
            f"The cluster {cluster.id} cannot be used, it is {cluster.state}. "
            "Choose another one, or start a new one."
        )
    return cluster.id
