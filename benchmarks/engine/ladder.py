"""What the engine itself costs, as the work grows: chunks that do nothing, and many files.

Scheduler, workers and driver are processes of their own, so that the CPU time and
the memory of each can be told apart.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
import uproot

CHUNKS = (1, 10, 100, 1_000, 10_000, 100_000)
MEGABYTES = (1, 5, 20)
CHUNKS_OF_LARGE = 500
BATCHES = (1, 10, 100)
"""Most chunks in a task."""

PLAIN_UP_TO = 1_000
"""Chunks up to which plain Coffea is measured, too: it takes its time."""

EVENTS_PER_FILE = 1_000
FILES = 64_000
LINKS = 1_000
"""Links to a file; file systems limit them."""

FIRST_CHUNK_SECONDS = 120.0
"""How long to wait for the first of very many files."""


def run_ladder(workers: int, most_chunks: int) -> dict[str, Any]:
    rungs = [number for number in CHUNKS if number <= most_chunks]
    return {
        "casa": [_say(run_rung(workers, number)) for number in rungs],
        "coffea": [
            _say(run_rung(workers, number, plain=True)) for number in rungs if number <= PLAIN_UP_TO
        ],
        "accumulators": [_say(run_rung(workers, CHUNKS_OF_LARGE, size)) for size in MEGABYTES],
        "batches": [_say(run_rung(workers, 1_000, batch=size)) for size in BATCHES],
        "first chunk": _say(run_first_chunk(workers)),
    }


def run_rung(
    workers: int, chunks: int, megabytes: float = 0.01, *, plain: bool = False, batch: int = 0
) -> dict[str, Any]:
    """Return what driver and scheduler need for a number of chunks of one event each."""
    with TemporaryDirectory(prefix="casa-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        scheduler = stack.enter_context(cluster(folder, workers))
        events = min(chunks, EVENTS_PER_FILE)
        fileset = write_fileset(folder, chunks // events, events)
        arguments = ["--megabytes", str(megabytes), "--batch", str(batch)]
        arguments += ["--plain"] if plain else []
        process = stack.enter_context(driver(folder, fileset, *arguments))
        assert process.stdout is not None
        process.stdout.readline()  # it begins now
        with Watch(scheduler) as watch:
            said = process.stdout.read()
        if process.wait():
            raise RuntimeError("The driver failed; see above.")
    return {
        "batch": batch,
        "megabytes": megabytes,
        **json.loads(said),
        "scheduler_cpu": watch.cpu,
        "scheduler_rss": watch.peak_rss,
    }


def run_first_chunk(workers: int, files: int = FILES) -> dict[str, Any]:
    """Return how soon the first chunk begins when there are very many files."""
    with TemporaryDirectory(prefix="casa-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        stack.enter_context(cluster(folder, workers))
        fileset = write_fileset(folder, files, EVENTS_PER_FILE)
        marker = folder / "first-chunk"
        arguments = ("--marker", str(marker), "--chunksize", str(EVENTS_PER_FILE), "--cold")
        process = stack.enter_context(driver(folder, fileset, *arguments))
        assert process.stdout is not None
        called = json.loads(process.stdout.readline())["called"]
        while not marker.exists() and time.time() - called < FIRST_CHUNK_SECONDS:
            time.sleep(0.01)
        began = float(marker.read_text()) if marker.exists() else None
        process.kill()
    return {"files": files, "seconds": None if began is None else began - called}


class Watch:
    """Follows the CPU time and the memory of a process while a ``with`` block runs."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._follow)
        self.peak_rss = 0
        self.cpu = 0.0

    def __enter__(self) -> Watch:
        self._before = self._cpu()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _follow(self) -> None:
        while True:
            last = self._done.wait(0.2)
            self.peak_rss = max(self.peak_rss, self._process.memory_info().rss)
            self.cpu = self._cpu() - self._before
            if last:
                return

    def _cpu(self) -> float:
        times = self._process.cpu_times()
        return times.user + times.system


def write_fileset(folder: Path, files: int, events: int) -> Path:
    """Write a fileset of very small files; most are links to others."""
    names = []
    for number in range(files):
        path = folder / f"{number}.root"
        if number % LINKS == 0:
            source = path
            with uproot.recreate(path) as file:
                file["Events"] = {"x": np.zeros(events, np.float32)}
        else:
            path.hardlink_to(source)
        names.append(str(path))
    fileset = folder / "fileset.json"
    fileset.write_text(json.dumps({"data": {"files": dict.fromkeys(names, "Events")}}))
    return fileset


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[psutil.Process]:
    """Start a scheduler and workers; yield the scheduler."""
    file = folder / "scheduler.json"
    common = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file))
    size = ("--nworkers", str(workers), "--nthreads", "1", "--local-directory", str(folder))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with (
        python(folder, "distributed.cli.dask_scheduler", *common, "--port", "0", **quiet) as first,
        python(folder, "distributed.cli.dask_worker", *common, *size, **quiet),
    ):
        yield psutil.Process(first.pid)


@contextmanager
def driver(folder: Path, fileset: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = ("benchmarks.engine.rung", str(folder / "scheduler.json"), str(fileset))
    with python(folder, *command, *arguments, stdout=subprocess.PIPE) as process:
        yield process


@contextmanager
def python(folder: Path, *command: str, **streams: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a module, at the longest until the end of the ``with`` block."""
    environment = {**os.environ, "CASA_DATA_DIR": str(folder / "casa"), "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(
        [sys.executable, "-m", *command], env=environment, text=True, **streams
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _say(found: dict[str, Any]) -> dict[str, Any]:
    print(found, flush=True)
    return found
