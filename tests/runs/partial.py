"""What must hold of a run that ended before it was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from coffea.util import load

from casa_lab.histograms.snapshot import read_histogram, read_index
from casa_lab.runs.counting.ledger import Ledger, Range
from casa_lab.runs.counting.plan import FileKey
from casa_lab.runs.folder import open_run

from .conftest import FILES


def assert_partial(run: str, state: str) -> Any:
    """Check that all that a run says of itself is about the same chunks; return its result."""
    folder = open_run(run)
    record = folder.record()
    assert record.state == state
    output = load(folder.result)
    assert set(output["chunks"].values()) == {1}
    assert len(output["chunks"]) == record.progress.chunks_done
    assert 0 < record.progress.chunks_done < 2 * FILES
    assert sum(output["events"].values()) == record.progress.events_done
    for name, dataset in record.progress.datasets.items():
        assert output["events"].get(name, 0) == dataset.events_done
    assert output["postprocessed"] == 1
    assert set(output["chunks"]) == counted_chunks(run)
    index = read_index(folder.histograms)
    assert index.final
    assert index.sequence == record.histograms_sequence
    assert index.fractions == {
        name: dataset.events_done / dataset.events_total
        for name, dataset in record.progress.datasets.items()
    }
    values = read_histogram(folder.histograms, "x")["storage"]["values"]
    np.testing.assert_allclose(np.sum(values), output["sum_w"])
    return output


def counted_chunks(run: str) -> set[str]:
    """Return the chunks that a run holds for counted; nobody may own it now."""
    ledger = Ledger(open_run(run).groups)
    ledger.close()
    return names_of(ledger.counted)


def names_of(counted: Mapping[FileKey, Iterable[Range]]) -> set[str]:
    """Return what the gated processor calls chunks."""
    return {
        f"{key.dataset}-{key.filename.rpartition('/')[2].removesuffix('.root')}-{start}"
        for key, ranges in counted.items()
        for start, _ in ranges
    }
