"""Compare a finished run with plain Coffea: ``python compare_with_coffea.py RUN``.

Both the saved accumulator and the snapshot that the browser draws must equal
what ``Runner(IterativeExecutor)`` gives: counts exactly, weighted sums within
1e-12.
"""

from __future__ import annotations

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
from casa_lab.runs.loading import load_processor
from casa_lab.runs.models import ProcessorReference


def main(run: str, location: str | None = None) -> None:
    """Compare; ``location`` names the processor of a run from a notebook."""
    warnings.simplefilter("ignore")
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
    print(f"the same: {len(drawn)} histograms")


if __name__ == "__main__":
    main(*sys.argv[1:])
