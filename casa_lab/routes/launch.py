"""Launching a run for the sidebar: from names in a request to a driver process."""

from __future__ import annotations

from typing import Any

from casa_lab.clusters import manager as clusters
from casa_lab.errors import BadInput, Conflict
from casa_lab.forecasts import manager as forecasts
from casa_lab.forecasts.forecast import DryRun
from casa_lab.histograms.models import HistogramCatalog
from casa_lab.runs import manager as runs
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import NewRun, Processor, ProcessorReference, Run
from casa_lab.runs.processors import find_processors

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
    return runs.launch(*_checked(companion, new), door="sidebar")


def launch_dry_run(companion: Companion, new: NewRun) -> DryRun:
    """Do the same for a dry run."""
    return forecasts.launch(*_checked(companion, new))


def _checked(companion: Companion, new: NewRun) -> tuple[NewRun, dict[str, Any], str]:
    """Return a request with the processor's place, its fileset and its cluster."""
    processor = _inside(companion.folders, new.processor)
    new = new.model_copy(update={"processor": processor})
    fileset = companion.catalog.fileset(new.datasets)
    runs.check(new, fileset)
    # The cluster comes last: nothing is started for a request with a mistake in it.
    return new, fileset, _cluster(companion, new)


def find_all_processors(folders: AllowedFolders) -> list[Processor]:
    """Return the processors in all folders that may be read, the server's root first."""
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


def _inside(folders: AllowedFolders, processor: ProcessorReference) -> ProcessorReference:
    """Return a reference whose file, if it is one, is absolute and allowed."""
    file, _, name = processor.location.rpartition(":")
    if not file.endswith(".py"):
        return processor
    path = folders.resolve(file)
    if not path.is_file():
        raise BadInput(f"{file!r} is not a file. Choose the Python file of the processor.")
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
