"""Whatever Coffea can add up, LiveExecutor adds up, saves and returns, histogram or not."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import awkward as ak
import hist
import numpy as np
import pytest
from coffea import processor
from coffea.nanoevents import BaseSchema
from coffea.processor import AccumulatorABC
from coffea.util import load
from comparison import assert_same_accumulator

from casa_lab.histograms.snapshot import read_index
from casa_lab.runs.folder import open_run

from .conftest import EVENTS, FILES, Process, newest_run, run_plainly


class Extremes(AccumulatorABC):
    """An accumulator of the user's own: the least and the largest value seen."""

    def __init__(self, least: float = np.inf, largest: float = -np.inf) -> None:
        self.value = [least, largest]

    def identity(self) -> Extremes:
        return Extremes()

    def add(self, other: Extremes) -> None:
        self.value[0] = min(self.value[0], other.value[0])
        self.value[1] = max(self.value[1], other.value[1])


def nested(events: ak.Array) -> dict[str, Any]:
    dataset = events.metadata["dataset"]
    return {dataset: {"cutflow": {"all": len(events), "low": int(ak.sum(events.x < 0.5))}}}


def with_histogram(events: ak.Array) -> dict[str, Any]:
    histogram = hist.Hist.new.Reg(10, 0, 1, name="x").Double().fill(ak.to_numpy(events.x))
    return {"deep": {"er": {"x": histogram}}, "events": len(events), "files": {str(events.x[0])}}


def defaults(events: ak.Array) -> dict[str, Any]:
    sums: defaultdict[str, float] = defaultdict(float)
    sums[events.metadata["dataset"]] += float(ak.sum(events.w))
    return {"sums": sums, "lists": [int(events.metadata["entrystart"])]}


def columns(events: ak.Array) -> dict[str, Any]:
    return {
        "numpy": processor.column_accumulator(ak.to_numpy(events.x)),
        "awkward": processor.column_accumulator(ak.Array(ak.unflatten(events.x, 4))),
    }


def arrays(events: ak.Array) -> dict[str, Any]:
    counts = np.histogram(ak.to_numpy(events.x), bins=8, range=(0, 1))[0]
    return {"counts": counts, "nested": {"weights": np.asarray([ak.sum(events.w), 1.0])}}


def old_style(events: ak.Array) -> dict[str, Any]:
    dataset = events.metadata["dataset"]
    counts = processor.defaultdict_accumulator(int)
    counts[dataset] += len(events)
    return processor.dict_accumulator(
        {
            "counts": counts,
            "value": processor.value_accumulator(float, float(ak.sum(events.x))),
            "set": processor.set_accumulator({dataset}),
        }
    )


def own(events: ak.Array) -> dict[str, Any]:
    return {"x": Extremes(float(ak.min(events.x)), float(ak.max(events.x)))}


def one_number(events: ak.Array) -> int:
    return len(events)


@pytest.mark.parametrize(
    "process",
    [nested, with_histogram, defaults, columns, arrays, old_style, own, one_number],
)
def test_accumulators_are_those_of_plain_coffea(
    run_live: Process, fileset: dict[str, Any], process: Any
) -> None:
    output = run_live(fileset, process)
    expected = run_plainly(fileset, process)
    assert type(output) is type(expected)
    assert_same_accumulator(in_order(output), in_order(expected))
    run = newest_run()
    assert (run.state, run.progress.events_done) == ("done", FILES * EVENTS)
    saved = load(open_run(run.id).result)
    assert_same_accumulator(in_order(saved), in_order(expected))


def in_order(accumulator: Any) -> Any:
    """Sort what is appended: plain Coffea goes by dataset, too, but promises no order."""
    if isinstance(accumulator, dict):
        return {key: in_order(value) for key, value in accumulator.items()}
    if isinstance(accumulator, list):
        return sorted(accumulator)
    if isinstance(accumulator, processor.column_accumulator):
        return np.sort(ak.to_numpy(ak.flatten(accumulator.value, axis=None)))
    return accumulator


def test_what_cannot_be_shown_live_is_counted_beside_what_can(
    run_live: Process, fileset: dict[str, Any]
) -> None:
    class Mixed(processor.ProcessorABC):
        def process(self, events: ak.Array) -> dict[str, Any]:
            return {**with_histogram(events), "extremes": own(events)["x"], **columns(events)}

        def postprocess(self, accumulator: dict[str, Any]) -> None:
            accumulator["n"] = len(accumulator["numpy"].value)

    output = run_live(fileset, Mixed(), schema=BaseSchema)
    assert output["n"] == output["events"] == output["deep"]["er"]["x"].sum(flow=True)
    assert output["extremes"].value[0] == min(output["numpy"].value)
    index = read_index(open_run(newest_run().id).histograms)
    assert [histogram.path for histogram in index.histograms] == ["deep/er/x"]
