"""Total times of all contenders, measured in turns on the same files."""

from __future__ import annotations

import gc
import io
import os
import shutil
import time
from collections.abc import Collection
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from .contenders import Machinery, Run, coffea_settings, contenders
from .data import Fileset
from .equality import assert_equal

BEST = "coffea at its best"


def run_pairs(
    machines: Machinery, fileset: Fileset, pairs: int, wanted: Collection[str]
) -> dict[str, Any]:
    """Return the seconds of each wanted contender in each round.

    The order is turned around from round to round, so that what else the
    machine does hits all alike; what counts is ratios within a round. A round
    for warming up is not counted.
    """
    runs = contenders(machines)
    reference = runs["coffea"](fileset)
    scan: dict[str, float] = {}
    if not wanted or BEST in wanted:
        settings = coffea_settings(machines)
        timed(next(reversed(settings.values())), fileset, reference)  # its processes warm up, too
        scan = {name: timed(run, fileset, reference) for name, run in settings.items()}
        say("scan", scan)
        runs[BEST] = settings[min(scan, key=lambda name: scan[name])]
    runs = {name: run for name, run in runs.items() if not wanted or name in wanted}
    rounds = []
    for number in range(pairs + 1):
        order = list(runs) if number % 2 else list(runs)[::-1]
        seconds = {name: timed(runs[name], fileset, reference) for name in order}
        say(f"round {number}" if number else "warm-up", seconds)
        if number:
            rounds.append(seconds)
    return {"scan": scan, "rounds": rounds}


def timed(run: Run, fileset: Fileset, reference: Any) -> float:
    """Return how long it takes from the call to the merged result, which must be the right one."""
    gc.collect()
    began = time.perf_counter()
    with redirect_stdout(io.StringIO()):  # Coffea shows some progress bars in any case
        output = run(fileset)
    seconds = time.perf_counter() - began
    assert_equal(output, reference)
    forget_runs()
    return seconds


def forget_runs() -> None:
    """Remove the folders that runs of Casa leave."""
    shutil.rmtree(Path(os.environ["CASA_DATA_DIR"]) / "runs", ignore_errors=True)


def say(what: str, seconds: dict[str, float]) -> None:
    print(
        f"{what}:",
        ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items()),
        flush=True,
    )
