"""Who takes part: plain Coffea, Casa, and bare processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

from coffea.nanoevents import NanoAODSchema
from coffea.processor import DaskExecutor, FuturesExecutor, Runner
from distributed import Client, LocalCluster
from loky import ProcessPoolExecutor

from casa_lab.reading.files import ReadingOptions
from casa_lab.runs.driving import session
from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.driving.live import LiveHistograms
from casa_lab.runs.models import AUTOMATIC_CHUNKSIZE

from .data import Fileset
from .floor import BareProcesses, with_casa, with_uproot
from .names import (
    AGAIN,
    CASA,
    CASA_2_HZ,
    CASA_OWN,
    COFFEA,
    FLOOR_CASA,
    FLOOR_OWN,
    FLOOR_UPROOT,
    KEPT,
    NOT_LIVE,
)
from .processors import DimuonProcessor

CHUNKSIZE = 100_000
"""Coffea's default."""

COLUMN_BYTES = 4_000_000_000
"""More than all columns that are read."""

TWO_HZ = 0.5
"""Seconds between snapshots of a live view at 2 Hz."""

Run = Callable[[Fileset], Any]
"""Goes over a fileset and returns the merged accumulator."""


@dataclass
class Machinery:
    """As many processes for each contender, all started beforehand.

    Attributes
    ----------
    casa, coffea
        Connected to a cluster each. Plain Coffea has workers where Casa has never been:
        what a run of Casa's allocated stays theirs, so that Dask's setting to give all
        freed memory back at once, which costs Coffea a third of a narrow run, no longer
        holds for what others do there.
    pool
        For Coffea's futures.
    bare
        For the floors.
    """

    casa: Client
    coffea: Client
    pool: ProcessPoolExecutor
    bare: BareProcesses


@contextmanager
def machinery(workers: int) -> Iterator[Machinery]:
    with ExitStack() as stack:
        casa, coffea = (stack.enter_context(_cluster(workers)) for _ in range(2))
        pool = stack.enter_context(ProcessPoolExecutor(max_workers=workers))
        bare = stack.enter_context(BareProcesses(workers))
        yield Machinery(casa, coffea, pool, bare)


@contextmanager
def _cluster(workers: int) -> Iterator[Client]:
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(workers)
        yield client


def contenders(machines: Machinery) -> dict[str, Run]:
    """Return all but Coffea at its best, which a scan has to find."""
    return {
        COFFEA: partial(_coffea, _dask(machines)),
        CASA: partial(_coffea, _casa(machines)),
        CASA_OWN: partial(_coffea, _casa(machines), chunksize=AUTOMATIC_CHUNKSIZE),
        NOT_LIVE: partial(_not_live, machines, CHUNKSIZE),
        FLOOR_UPROOT: partial(machines.bare.run, with_uproot, CHUNKSIZE),
        FLOOR_CASA: partial(machines.bare.run, with_casa, CHUNKSIZE),
        FLOOR_OWN: partial(machines.bare.run, with_casa, AUTOMATIC_CHUNKSIZE),
    }


def long_contenders(machines: Machinery) -> dict[str, Run]:
    """Return who goes over many files: Casa and the floors, all with the chunks that Casa makes."""
    casa = partial(_coffea, _casa(machines), chunksize=AUTOMATIC_CHUNKSIZE)
    return {
        CASA: casa,
        CASA_2_HZ: partial(_at_two_hz, casa),
        NOT_LIVE: partial(_at_two_hz, partial(_not_live, machines, AUTOMATIC_CHUNKSIZE)),
        FLOOR_UPROOT: partial(machines.bare.run, with_uproot, AUTOMATIC_CHUNKSIZE),
        FLOOR_CASA: partial(machines.bare.run, with_casa, AUTOMATIC_CHUNKSIZE),
    }


def again_contenders(machines: Machinery) -> dict[str, Run]:
    """Return who goes over files that were looked at before; each remembers its own look."""
    keeping = _casa(machines, reading=ReadingOptions(column_bytes=COLUMN_BYTES))
    casa = {AGAIN: _casa(machines), KEPT: keeping}
    return {
        COFFEA: partial(_coffea, _dask(machines), cache={}),
        **{
            name: partial(_coffea, executor, chunksize=AUTOMATIC_CHUNKSIZE, cache={})
            for name, executor in casa.items()
        },
    }


def coffea_settings(machines: Machinery) -> dict[str, Run]:
    """Return plain Coffea in all settings in which it may be fast."""
    return {
        f"{name}, {chunksize // 1000}k, {compression=}": partial(
            _coffea, make(machines, compression=compression), chunksize=chunksize
        )
        for name, make in (("Dask", _dask), ("Futures", _futures))
        for chunksize in (CHUNKSIZE, 2 * CHUNKSIZE)
        for compression in (1, None)
    }


def _casa(machines: Machinery, **options: Any) -> Callable[[], Any]:
    return partial(LiveExecutor, machines.casa, status=False, **options)


def _dask(machines: Machinery, **options: Any) -> Callable[[], Any]:
    return partial(DaskExecutor, client=machines.coffea, status=False, **options)


def _futures(machines: Machinery, **options: Any) -> Callable[[], Any]:
    return partial(FuturesExecutor, pool=machines.pool, status=False, **options)


def _coffea(
    executor: Callable[[], Any],
    fileset: Fileset,
    chunksize: int = CHUNKSIZE,
    cache: dict[Any, Any] | None = None,
) -> Any:
    """Run with Coffea's Runner, which looks at the files unless a cache knows them."""
    known = {} if cache is None else cache
    runner = Runner(executor(), schema=NanoAODSchema, chunksize=chunksize, metadata_cache=known)
    return runner(fileset, DimuonProcessor())


def _at_two_hz(run: Run, fileset: Fileset) -> Any:
    """Run with at most two snapshots of the histograms and of the progress a second."""
    with patch.object(session, "SNAPSHOT_SECONDS", TWO_HZ):
        return run(fileset)


def _not_live(machines: Machinery, chunksize: int, fileset: Fileset) -> Any:
    """Run without histograms that are added up and written for people to watch."""
    with patch.multiple(LiveHistograms, add=_nothing, publish=_nothing):
        return _coffea(_casa(machines), fileset, chunksize)


def _nothing(*_: Any) -> bool:
    return False
