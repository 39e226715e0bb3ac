"""The ADL benchmark queries against a loop over events, count by count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import adl
import adl_by_hand
import awkward as ak
import numpy as np
import pytest
from coffea.nanoevents import NanoAODSchema, NanoEventsFactory

EVENTS = 400


def _files(sample: dict[str, Any], real_nanoaod: dict[str, Any]) -> list[str]:
    # RNTuple is read by Coffea only: its columns have other names underneath.
    real = [dataset for name, dataset in real_nanoaod.items() if name != "RNTuple"]
    return [next(iter(dataset["files"])) for dataset in [*sample.values(), *real]]


@pytest.fixture(scope="module")
def events(sample: dict[str, Any], real_nanoaod: dict[str, Any]) -> list[tuple[Any, list[Any]]]:
    """The first events of several files, as Coffea's arrays and as plain Python."""
    found = []
    for path in _files(sample, real_nanoaod):
        arrays = NanoEventsFactory.from_root(
            {path: "Events"},
            schemaclass=NanoAODSchema,
            entry_stop=EVENTS,
            metadata={"dataset": Path(path).stem},
        ).events()
        found.append((arrays, list(adl_by_hand.read_events(path, EVENTS))))
    return found


@pytest.mark.filterwarnings("ignore:Missing cross-reference")
@pytest.mark.parametrize("number", range(1, 9))
def test_counts_are_those_of_a_plain_loop(number: int, events: list[tuple[Any, Any]]) -> None:
    query = getattr(adl, f"ADLQuery{number}")()
    by_hand = adl_by_hand.QUERIES[number - 1]
    filled = 0
    for arrays, rows in events:
        output = query.process(arrays)
        assert output.pop("events") == {arrays.metadata["dataset"]: len(rows)}
        expected: dict[str, list[float]] = {}
        for row in rows:
            for name, values in by_hand(row).items():
                expected.setdefault(name, []).extend(values)
        assert output.keys() == expected.keys()
        for name, values in expected.items():
            histogram = output[name].project(output[name].axes[1].name)
            reference = histogram.copy().reset()
            reference.fill(values)
            np.testing.assert_array_equal(histogram.values(flow=True), reference.values(flow=True))
            filled += len(values)
    assert filled > 20


def test_jets_without_any_b_tag_are_refused(events: list[tuple[Any, Any]]) -> None:
    arrays, _ = events[0]
    arrays = ak.with_field(arrays, arrays.Jet[["pt", "eta", "phi", "mass"]], "Jet")
    with pytest.raises(ValueError, match="none of the b-tag discriminants"):
        adl.ADLQuery6().query(arrays)


def test_the_definitions_are_in_the_docstrings() -> None:
    assert "https://github.com/iris-hep/adl-benchmarks-index" in adl.__doc__
    phrases = {
        1: "missing transverse momentum of all events",
        2: "all jets",
        3: "|eta| < 1",
        4: "at least two jets of pT > 40 GeV",
        5: "between 60 and 120 GeV",
        6: "closest to 172.5 GeV",
        7: "not within 0.4 in Delta R of any light lepton with pT > 10 GeV",
        8: "outside the pair",
    }
    for number, phrase in phrases.items():
        assert phrase in " ".join(getattr(adl, f"ADLQuery{number}").__doc__.split())
