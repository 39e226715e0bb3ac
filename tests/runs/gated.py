"""A processor that says which chunk it has in hand, and waits until it may go on.

So a test can kill a worker, a driver or a run at a moment that it knows. Each
call leaves a file, by which calls are counted; each chunk counts itself in the
output, so that one that is counted twice shows.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import awkward as ak
import hist
from coffea import processor

PATIENCE_SECONDS = 120.0
"""How long a chunk waits before it takes the test for dead."""


class Gated(processor.ProcessorABC):
    """Histogram of ``x``, weighted with ``w``, chunk by chunk as the gate permits.

    Parameters
    ----------
    folder
        Where calls are noted and permissions are looked for.
    breaks
        Name of a chunk for which it raises.
    """

    schema_name = "BaseSchema"

    def __init__(self, folder: str, breaks: str = "") -> None:
        self.folder = Path(folder)
        self.breaks = breaks

    def process(self, events: ak.Array) -> dict[str, Any]:
        facts = events.metadata
        name = f"{facts['dataset']}-{Path(facts['filename']).stem}-{facts['entrystart']}"
        self._note(name)
        self._pass()
        if name == self.breaks:
            raise ValueError("no muons here")
        histogram = hist.Hist(
            hist.axis.StrCategory([], name="dataset", growth=True),
            hist.axis.Regular(20, 0, 1, name="x"),
            storage="weight",
        )
        histogram.fill(facts["dataset"], ak.to_numpy(events.x), weight=ak.to_numpy(events.w))
        return {
            "chunks": {name: 1},
            "events": {facts["dataset"]: len(events)},
            "sum_w": float(ak.sum(events.w)),
            "x": histogram,
        }

    def postprocess(self, accumulator: dict[str, Any]) -> dict[str, Any]:
        accumulator["postprocessed"] = accumulator.get("postprocessed", 0) + 1
        return accumulator

    def _note(self, name: str) -> None:
        call = self.folder / "calls" / f"{name}#{os.getpid()}#{time.monotonic_ns()}"
        call.touch()

    def _pass(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (self.folder / "open").exists():
            for permission in (self.folder / "permissions").iterdir():
                try:
                    permission.unlink()
                except FileNotFoundError:
                    continue  # another chunk was faster
                return
            if time.monotonic() > deadline:
                raise TimeoutError("nobody opened the gate")
            time.sleep(0.01)
