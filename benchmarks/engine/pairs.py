"""Total times of all contenders, measured in turns on the same files."""

from __future__ import annotations

import gc
import io
import os
import shutil
from collections.abc import Collection
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from .contenders import (
    Machinery,
    Run,
    again_contenders,
    coffea_settings,
    contenders,
    long_contenders,
)
from .data import Fileset
from .equality import assert_equal
from .names import BEST, COFFEA, FLOOR_UPROOT
from .stopwatch import Stopwatch

Times = dict[str, dict[str, float]]
"""Seconds ``wall`` and ``cpu`` by contender."""


def run_pairs(
    machines: Machinery, fileset: Fileset, pairs: int, wanted: Collection[str]
) -> dict[str, Any]:
    """Return the times of each wanted contender in each round.

    The order is turned around from round to round, so that what else the
    machine does hits all alike; what counts is ratios within a round. A round
    for warming up is not counted.
    """
    runs = contenders(machines)
    reference = runs[COFFEA](fileset)
    scan: Times = {}
    if not wanted or BEST in wanted:
        settings = coffea_settings(machines)
        timed(next(reversed(settings.values())), fileset, reference)  # its processes warm up, too
        scan = {name: timed(run, fileset, reference) for name, run in settings.items()}
        say("scan", scan)
        runs[BEST] = settings[min(scan, key=lambda name: scan[name]["wall"])]
    runs = only(wanted, runs)
    measure_round(0, runs, fileset, reference)
    rounds = [measure_round(one + 1, runs, fileset, reference) for one in range(pairs)]
    return {"scan": scan, "rounds": rounds}


def run_long(
    machines: Machinery, few: Fileset, many: Fileset, pairs: int, wanted: Collection[str]
) -> dict[str, Any]:
    """Return the times of runs that last: what is fixed in a run hardly counts in them.

    Parameters
    ----------
    few
        Some files, for the round that warms up.
    many
        More files.
    """
    runs = long_contenders(machines)
    reference = runs[FLOOR_UPROOT]
    runs = only(wanted, runs)
    measure_round(0, runs, few, reference(few))
    output = reference(many)
    rounds = [measure_round(one + 1, runs, many, output) for one in range(pairs)]
    return {"scan": {}, "rounds": rounds}


def run_again(
    machines: Machinery, fileset: Fileset, pairs: int, wanted: Collection[str]
) -> dict[str, Any]:
    """Return the times of runs over files that the same contender has gone over before."""
    runs = again_contenders(machines)
    reference = runs[COFFEA](fileset)
    runs = only(wanted, runs)
    measure_round(0, runs, fileset, reference)
    rounds = [measure_round(one + 1, runs, fileset, reference) for one in range(pairs)]
    return {"scan": {}, "rounds": rounds}


def only(wanted: Collection[str], runs: dict[str, Run]) -> dict[str, Run]:
    """Return those that are wanted; all where nobody says."""
    return {name: run for name, run in runs.items() if not wanted or name in wanted}


def measure_round(number: int, runs: dict[str, Run], fileset: Fileset, reference: Any) -> Times:
    """Return the times of one round; number 0 warms up."""
    order = list(runs) if number % 2 else list(runs)[::-1]
    times = {name: timed(runs[name], fileset, reference) for name in order}
    say(f"round {number}" if number else "warm-up", times)
    return times


def timed(run: Run, fileset: Fileset, reference: Any) -> dict[str, float]:
    """Return the times from the call to the merged result, which must be the right one."""
    gc.collect()
    watch = Stopwatch()
    with redirect_stdout(io.StringIO()):  # Coffea shows some progress bars in any case
        output = run(fileset)
    times = watch.read()
    assert_equal(output, reference)
    forget_runs()
    return times


def forget_runs() -> None:
    """Remove what runs of Casa leave: their folders, and what they know of files."""
    data = Path(os.environ["CASA_DATA_DIR"])
    shutil.rmtree(data / "runs", ignore_errors=True)
    for path in data.glob("files.sqlite3*"):
        path.unlink()


def say(what: str, times: Times) -> None:
    parts = (f"{name} {one['wall']:.2f} s ({one['cpu']:.2f} CPU)" for name, one in times.items())
    print(f"{what}:", ", ".join(parts), flush=True)
