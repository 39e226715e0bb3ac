"""How soon a chunk shows in the histograms that people watch."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from coffea.nanoevents import NanoAODSchema
from coffea.processor import Runner

from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.driving.live import LiveHistograms, accumulator_of

from .contenders import CHUNKSIZE, Machinery
from .data import Fileset
from .pairs import forget_runs
from .processors import DimuonProcessor


class ClockedProcessor(DimuonProcessor):
    """Notes when each chunk began and was done, by the clock that all processes share."""

    def process(self, events: Any) -> dict[str, Any]:
        began = time.time()
        output = super().process(events)
        return {**output, "clock": [(began, time.time())]}


@dataclass
class Watcher:
    """Sees all snapshots come out."""

    unseen: list[tuple[float, float]] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    snapshots: list[float] = field(default_factory=list)

    def added(self, output: Any) -> None:
        self.unseen += accumulator_of(output)["clock"]

    def published(self) -> None:
        now = time.time()
        self.snapshots.append(now)
        self.begun += [began for began, _ in self.unseen]
        self.delays += [now - done for _, done in self.unseen]
        self.unseen.clear()


def run_latency(machines: Machinery, fileset: Fileset, repeats: int) -> dict[str, Any]:
    """Return medians of several runs; the workers are warm."""
    _watched(machines, fileset)
    found = [_watched(machines, fileset) for _ in range(repeats)]
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def _watched(machines: Machinery, fileset: Fileset) -> dict[str, float]:
    watcher = Watcher()
    add, publish = LiveHistograms.add, LiveHistograms.publish

    def watched_add(live: LiveHistograms, output: Any) -> None:
        add(live, output)
        watcher.added(output)

    def watched_publish(live: LiveHistograms, *arguments: Any) -> bool:
        published = publish(live, *arguments)
        if published:
            watcher.published()
        return published

    runner = Runner(
        LiveExecutor(machines.casa, status=False),
        schema=NanoAODSchema,
        chunksize=CHUNKSIZE,
        metadata_cache={},
    )
    called = time.time()
    with patch.multiple(LiveHistograms, add=watched_add, publish=watched_publish):
        runner(fileset, ClockedProcessor())
    ended = time.time()
    forget_runs()
    if watcher.unseen:  # the last ones show with the result
        watcher.published()
    first = min(watcher.begun)
    return {
        "first chunk began": first - called,
        "first histogram": watcher.snapshots[0] - first,
        "chunk done to snapshot, median": statistics.median(watcher.delays),
        "chunk done to snapshot, p95": statistics.quantiles(watcher.delays, n=20)[-1],
        "snapshots": len(watcher.snapshots),
        "total": ended - called,
    }
