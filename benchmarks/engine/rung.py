"""One rung of the ladder, in a process of its own so that its memory tells what it needed.

``python -m benchmarks.engine.rung SCHEDULER_FILE ...`` prints what was measured as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import hist
import numpy as np
from coffea.nanoevents import BaseSchema
from coffea.processor import DaskExecutor, ProcessorABC, Runner
from distributed import Client

from casa_lab.runs.counting import plan
from casa_lab.runs.driving.executor import LiveExecutor

BYTES_PER_BIN = 16


class TrivialProcessor(ProcessorABC):
    """Counts events, and returns a histogram of a given size.

    Parameters
    ----------
    megabytes
        Size of the histogram.
    marker
        Written with the time when the first chunk begins.
    """

    def __init__(self, megabytes: float, marker: Path | None = None) -> None:
        self.bins = max(1, int(megabytes * 1e6) // BYTES_PER_BIN)
        self.marker = marker

    def process(self, events: Any) -> dict[str, Any]:
        if self.marker is not None and not self.marker.exists():
            part = self.marker.with_suffix(f".{os.getpid()}")
            part.write_text(str(time.time()))
            part.replace(self.marker)
        filled = hist.Hist(hist.axis.Integer(0, self.bins, name="x"), storage=hist.storage.Weight())
        filled.fill(np.arange(0, self.bins, 10), weight=0.5)  # a tenth: real ones are sparse
        return {"events": len(events), "histogram": filled}

    def postprocess(self, accumulator: Any) -> None:
        """Leave the accumulator as it is."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("scheduler", type=Path)
    parser.add_argument("fileset", type=Path)
    parser.add_argument("--megabytes", type=float, default=0.01)
    parser.add_argument("--plain", action="store_true", help="Coffea's DaskExecutor")
    parser.add_argument("--chunksize", type=int, default=1)
    parser.add_argument("--batch", type=int, help="most chunks in a task")
    parser.add_argument("--cold", action="store_true", help="do not let the cluster warm up")
    parser.add_argument("--marker", type=Path)
    options = parser.parse_args()
    fileset = json.loads(options.fileset.read_text())
    with Client(scheduler_file=str(options.scheduler)) as client:
        client.wait_for_workers(1)
        executor = DaskExecutor if options.plain else LiveExecutor
        runner = Runner(
            executor(client=client, status=False),
            schema=BaseSchema,
            chunksize=options.chunksize,
            metadata_cache={},
        )
        if options.batch:
            plan.BATCH_CHUNKS = options.batch
        if not options.cold:
            first = dict(islice(fileset["data"]["files"].items(), 1))
            # Another processor: Dask may not take results from its memory.
            replace(runner, maxchunks=1)({"data": {"files": first}}, TrivialProcessor(0.02))
        processor = TrivialProcessor(options.megabytes, options.marker)
        tell(called=time.time())
        wall, cpu = time.perf_counter(), time.process_time()
        output = runner(fileset, processor)
        tell(
            wall=time.perf_counter() - wall,
            driver_cpu=time.process_time() - cpu,
            driver_rss=peak_rss(),
            chunks=output["events"] // options.chunksize,
        )


def tell(**measured: float) -> None:
    print(json.dumps(measured), flush=True)


def peak_rss() -> int:
    """Return the peak of this process's resident memory, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main()
