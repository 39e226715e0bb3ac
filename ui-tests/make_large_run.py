"""Writes the folder of a run over very many files, as its driver would have left it.

``python make_large_run.py [FILES]`` prints the id of the run. It was stopped half way; some
of its files are slow, some have failed.
"""

from __future__ import annotations

import random
import sys
import time
from typing import Any

from casa_lab.folders import new_id, runs_dir
from casa_lab.runs.counting.metrics import Effort
from casa_lab.runs.failures.book import count_failures, write_failures
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import (
    DatasetProgress,
    Failure,
    ProcessorReference,
    Progress,
    RunRecord,
    RunSpec,
)
from casa_lab.runs.watching.board import FileShare
from casa_lab.runs.watching.report import Report

EVENTS = 640_000
WORKERS = 200
SHARES = {"TTToSemiLeptonic": 0.5, "WJetsToLNu_HT-600To800": 0.3, "SingleMuon_Run2018D": 0.2}


class Clock:
    """The time of a run that lasted for hours."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def make_run(files: int) -> str:
    """Write the folder and return its id."""
    chance = random.Random(1)
    names = [
        (dataset, f"root://eos.example.org//store/{dataset}/NANOAODSIM/{number:08d}.root", "Events")
        for dataset, share in SHARES.items()
        for number in range(int(share * files))
    ]
    folder = make_folder(names)
    clock = Clock()
    report = Report(folder, 0, clock)
    report.open(names)
    for name in names:
        report.files.plan(name, 4, EVENTS, 0)
    started = [name for name in names if chance.random() < 0.6]
    failures: list[Failure] = []
    for number, name in enumerate(started):
        clock.now += 3.0 * chance.random()
        seconds = chance.gauss(60, 8) * (6 if chance.random() < 0.002 else 1)
        is_bad = chance.random() < 0.003 or 9_000 < number < 9_060
        worker = f"tls://10.0.{number % WORKERS}.7:4{number % 100:04d}"
        share = FileShare(name, EVENTS // 2 if is_bad else EVENTS, seconds)
        effort = Effort(
            name[0], name[1], worker, f"node-{number % WORKERS}", 4, share.events, seconds,
            process_seconds=0.7 * seconds, open_seconds=0.2 * seconds,
            bytes_read=9_000_000_000 // WORKERS, peak_memory_bytes=int(chance.gauss(1.6e9, 1e8)),
        )  # fmt: skip
        busy = min(WORKERS, number // 20)
        report.observe(WORKERS, WORKERS, busy)
        report.add(effort, [share])
        if is_bad:
            failures.append(failure_of(name, worker, effort.host))
    for name in names[-150:]:
        report.files.sent([name])
    report.files.failed(failures)
    write_failures(folder, failures)
    sequence = report.write(finished=True)
    record = RunRecord(
        state="stopped",
        message="Stopped. The result holds what was processed by then.",
        progress=progress_of(names, started, failures, clock.now),
        reports_sequence=sequence,
        updated=time.time(),
        finished=time.time(),
    )
    folder.write_state(record.model_dump(mode="json"))
    return folder.id


def make_folder(names: list[tuple[str, str, str]]) -> RunFolder:
    fileset: dict[str, Any] = {dataset: {"files": {}} for dataset in SHARES}
    for dataset, file, treename in names:
        fileset[dataset]["files"][file] = treename
    spec = RunSpec(
        id=new_id("large"),
        name=f"{len(names):,} files",
        door="command line",
        processor=ProcessorReference(location="analysis.py:Analysis"),
        fileset=fileset,
        schema_name="NanoAODSchema",
        cluster=None,
        chunksize=200_000,
        directory="/",
        python=sys.executable,
        created=time.time(),
        user="somebody",
    )
    folder = RunFolder(runs_dir() / spec.id)
    record = RunRecord(state="queued", message="Waiting to start.", updated=time.time())
    folder.create(spec.model_dump(mode="json"), record.model_dump(mode="json"))
    return folder


def failure_of(name: tuple[str, str, str], worker: str, host: str) -> Failure:
    dataset, file, treename = name
    return Failure(
        dataset=dataset, file=file, treename=treename, entry_start=0, entry_stop=200_000,
        kind="file damaged", cause=f"{file} cannot be read: it is cut off.",
        exception="OSError: cut off", traceback="OSError: cut off", worker=worker, host=host,
    )  # fmt: skip


def progress_of(
    names: list[tuple[str, str, str]],
    started: list[tuple[str, str, str]],
    failures: list[Failure],
    seconds: float,
) -> Progress:
    datasets = {
        dataset: DatasetProgress(
            events_done=EVENTS * sum(name[0] == dataset for name in started),
            events_total=EVENTS * sum(name[0] == dataset for name in names),
            chunks_done=4 * sum(name[0] == dataset for name in started),
            chunks_total=4 * sum(name[0] == dataset for name in names),
            files_total=sum(name[0] == dataset for name in names),
        )
        for dataset in SHARES
    }
    done = EVENTS * len(started)
    progress = Progress(
        datasets=datasets,
        events_done=done,
        events_total=EVENTS * len(names),
        chunks_done=4 * len(started),
        chunks_total=4 * len(names),
        bytes_read=45_000_000 * len(started),
        events_per_second=done / seconds,
        seconds_elapsed=seconds,
    )
    count_failures(progress, failures, [])
    return progress


if __name__ == "__main__":
    print(make_run(int(sys.argv[1]) if len(sys.argv) > 1 else 64_000))
