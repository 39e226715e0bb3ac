"""Runs for the browser to look at: their driver draws random numbers and processes nothing."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import hist
import numpy as np

from casa_lab.folders import Owner, new_id, runs_dir
from casa_lab.folders.files import replace_file
from casa_lab.histograms.snapshot import write_snapshot
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import DatasetProgress, ProcessorReference, Progress, RunRecord, RunSpec

DATASETS = ("DYJetsToLL", "TTbar", "WJets", "Diboson", "SingleTop")
BINS = 100
EVENTS = 1_000_000_000
EVENTS_PER_STEP = 50_000


def stacked_histograms(count: int) -> dict[str, hist.Hist]:
    """Return weighted histograms with an axis of five datasets."""
    return {
        f"observable_{number:03d}": hist.Hist(
            hist.axis.StrCategory(DATASETS, name="dataset", growth=True),
            hist.axis.Regular(BINS, 0, 500, name="mass", label=r"$m_{\mu\mu}$ [GeV]"),
            storage=hist.storage.Weight(),
        )
        for number in range(count)
    }


def varied_histograms(count: int, systematics: int, bins: int) -> dict[str, hist.Hist]:
    """Return weighted histograms with an axis of up and down variations."""
    names = [
        f"source{number}_{way}" for number in range(systematics // 2) for way in ("up", "down")
    ]
    return {
        f"observable_{number:03d}": hist.Hist(
            hist.axis.StrCategory(["nominal", *names[: systematics - 1]], name="systematic"),
            hist.axis.Regular(bins, 0, 500, name="mass", label=r"$m_{\mu\mu}$ [GeV]"),
            storage=hist.storage.Weight(),
        )
        for number in range(count)
    }


class PlayedRun:
    """A run that this process owns, as its driver would.

    Parameters
    ----------
    name
        What it is called.
    histograms
        What its processor would return.
    """

    def __init__(self, name: str, histograms: dict[str, hist.Hist]) -> None:
        self.histograms = histograms
        self.steps = 0
        self._random = np.random.default_rng(1)
        spec = RunSpec(
            id=new_id(name),
            name=name,
            door="command line",
            processor=ProcessorReference(location="analysis.py:Analysis"),
            fileset={name: {"files": {f"/data/{name}.root": "Events"}} for name in DATASETS},
            schema_name="NanoAODSchema",
            cluster=None,
            chunksize=200_000,
            directory="/",
            python=sys.executable,
            created=time.time(),
            user="somebody",
        )
        self.folder = RunFolder(runs_dir() / spec.id)
        self._record = RunRecord(
            state="running", message="Processing.", progress=self._progress(), updated=time.time()
        )
        self.folder.create(spec.model_dump(mode="json"), self._record.model_dump(mode="json"))
        self._owner = Owner(self.folder.path)

    @property
    def id(self) -> str:
        """The id of the run."""
        return self.folder.id

    def step(self) -> None:
        """Fill every histogram and publish, as a driver does several times a second."""
        self.fill(EVENTS_PER_STEP)
        self._publish(final=False)

    def follow(self, other: PlayedRun) -> None:
        """Publish what another run has published: much cheaper than filling."""
        snapshot = other.folder.histograms.read_bytes()
        replace_file(self.folder.histograms, lambda stream: stream.write(snapshot))
        self.steps = other.steps
        self._write_state()

    def finish(self) -> None:
        """End the run as done."""
        self._record.state = "done"
        self._record.message = "Done."
        self._record.finished = time.time()
        self.steps = EVENTS // EVENTS_PER_STEP // len(DATASETS)
        self._publish(final=True)
        self._owner.release()

    def fill(self, events: int) -> None:
        """Add random entries to every histogram."""
        for number, histogram in enumerate(self.histograms.values()):
            view = histogram.view(flow=True)
            shape = view["value"].shape
            place = np.linspace(0, 1, shape[1])[np.newaxis, :]
            peak = (0.2 + 0.6 * np.arange(shape[0]) / shape[0])[:, np.newaxis]
            mean = np.exp(-3 * place) + 2 * np.exp(-(((place - peak) / 0.05) ** 2))
            mean *= events * (1 + number % 7) / mean.sum()
            counts = self._random.poisson(mean)
            view["value"] += counts
            view["variance"] += counts

    def _publish(self, final: bool) -> None:
        self.steps += 1
        done = min(1.0, self.steps * EVENTS_PER_STEP * len(DATASETS) / EVENTS)
        write_snapshot(
            self.folder.histograms,
            self.histograms,
            self.steps,
            dict.fromkeys(DATASETS, done),
            final,
        )
        self._write_state()

    def _write_state(self) -> None:
        self._record.histograms_sequence = self.steps
        self._record.progress = self._progress()
        self._record.updated = time.time()
        self.folder.write_state(self._record.model_dump(mode="json"))

    def _progress(self) -> Progress:
        done = min(EVENTS, self.steps * EVENTS_PER_STEP * len(DATASETS))
        share, total = done // len(DATASETS), EVENTS // len(DATASETS)
        dataset = DatasetProgress(
            events_done=share,
            events_total=total,
            chunks_done=share // 200_000,
            chunks_total=total // 200_000,
            files_total=1,
        )
        return Progress(
            datasets=dict.fromkeys(DATASETS, dataset),
            events_done=done,
            events_total=EVENTS,
            chunks_done=done // 200_000,
            chunks_total=EVENTS // 200_000,
            events_per_second=4 * EVENTS_PER_STEP * len(DATASETS),
            seconds_elapsed=self.steps / 4,
            workers=8,
        )


@contextmanager
def playing(runs: Sequence[PlayedRun], per_second: float) -> Iterator[None]:
    """Let runs publish at a steady pace: the first fills, the others follow it."""
    ended = threading.Event()

    def play() -> None:
        due = time.monotonic()
        while not ended.wait(max(0.0, due - time.monotonic())):
            due = max(due + 1 / per_second, time.monotonic() - 1)
            first, *others = runs
            first.step()
            for run in others:
                run.follow(first)

    thread = threading.Thread(target=play, name="casa-played-runs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
