"""How long it takes to list the runs of years: ``python -m benchmarks.history --runs 10000``.

Folders are made by hand, as runs leave them; nothing is processed.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from casa_lab.folders import run_index, runs_dir
from casa_lab.folders.location import ENVIRONMENT_VARIABLE
from casa_lab.runs import manager
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.history.models import NewLabels, RunQuery
from casa_lab.runs.models import DatasetProgress, ProcessorReference, Progress, RunRecord, RunSpec

ROUNDS = 9
TAGS = ("tight", "loose", "2016", "2017", "systematics", "paper")
FILESET = {
    f"dataset_{number}": {"files": {f"/data/{number}/{file}.root": "Events" for file in range(20)}}
    for number in range(8)
}


def make_run(number: int) -> None:
    """Make the folder of a run that ended long ago."""
    created = 1_700_000_000.0 + 3600 * number
    folder = RunFolder(runs_dir() / f"2026-mass-{number:05d}")
    spec = RunSpec(
        id=folder.id,
        name=f"mass {number}",
        door="sidebar",
        processor=ProcessorReference(location="/code/mass.py:Mass", arguments={"pt": number}),
        fileset=FILESET,
        schema_name="NanoAODSchema",
        cluster=None,
        chunksize=200_000,
        directory="/code",
        python="python",
        created=created,
        user="somebody",
        tags=[TAGS[number % len(TAGS)]] if number % 3 else [],
    )
    progress = Progress(datasets={name: DatasetProgress() for name in FILESET})
    record = RunRecord(state="done", message="Done.", updated=created, progress=progress)
    folder.create(spec.model_dump(mode="json"), record.model_dump(mode="json"))
    os.utime(folder.path, (created, created))


def measure(name: str, work: Callable[[], object], rounds: int = ROUNDS) -> None:
    """Print the median time that something takes."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    print(f"{name:<44} {1000 * median(times):>10,.1f} ms")


def main() -> None:
    """Make the runs, and measure."""
    parser = argparse.ArgumentParser(description="Measure how long it takes to list many runs.")
    parser.add_argument("--runs", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.environ[ENVIRONMENT_VARIABLE] = str(Path(place))
        for number in range(options.runs):
            make_run(number)
        newest = f"2026-mass-{options.runs - 1:05d}"
        middle = manager.find_runs(RunQuery()).next
        run_index().unlink()
        measure("without the index: reading every folder", manager.list_runs, 1)
        for name, query in {
            "the newest 100": RunQuery(),
            "the next 100": RunQuery(before=middle),
            "two words": RunQuery(search="mass 77"),
            "a tag": RunQuery(tag="paper"),
            "a state that none has": RunQuery(state="failed"),
            "1,000 at once": RunQuery(limit=1_000),
        }.items():
            measure(name, partial(manager.find_runs, query))
        measure("a label, and the newest 100", lambda: _label(newest))
        measure("all ids, for the command line", manager.run_ids)


def _label(run: str) -> None:
    manager.label(run, NewLabels(note=str(time.time())))
    manager.find_runs(RunQuery())


if __name__ == "__main__":
    main()
