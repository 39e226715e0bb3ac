"""Compare finished runs with plain Coffea: ``python compare_with_coffea.py RUN...``.

Both the saved accumulator and the snapshot that the browser draws must equal
what ``Runner(IterativeExecutor)`` gives: counts exactly, weighted sums within
1e-12.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from coffea import nanoevents, processor
from coffea.util import load
from comparison import assert_same_accumulator
from hist import Hist

from casa_lab.histograms.snapshot import collect, read_catalog, read_histogram
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import ProcessorReference
from casa_lab.runs.usercode.loading import load_processor


def main() -> None:
    """Compare all runs named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", metavar="RUN")
    parser.add_argument("--processor", help="where that of a run from a notebook is")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for run in options.runs:
        count = compare(run, options.processor)
        print(f"{run} is the same: {count} histograms")


def compare(run: str, location: str | None) -> int:
    """Fail unless a run equals plain Coffea; return how many histograms it has."""
    folder = open_run(run)
    spec = folder.spec()
    reference = ProcessorReference(location=location) if location else spec.processor
    runner = processor.Runner(
        executor=processor.IterativeExecutor(status=False),
        schema=getattr(nanoevents, spec.schema_name),
        chunksize=spec.chunksize,
    )
    expected = runner(spec.fileset, load_processor(reference))
    assert_same_accumulator(load(str(folder.result)), expected)
    drawn = {
        histogram.path: Hist(read_histogram(folder.histograms, histogram.path))
        for histogram in read_catalog(folder.histograms).histograms
    }
    assert_same_accumulator(drawn, collect(expected))
    return len(drawn)


if __name__ == "__main__":
    main()
