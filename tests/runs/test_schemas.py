"""Coffea's schemas read Coffea's own sample files through LiveExecutor as without Casa.

The files come with Coffea's source archive. NanoAOD, PHYSLITE and Base are read by the
examples, in ``test_equality.py``.
"""

from __future__ import annotations

from functools import partial, reduce
from pathlib import Path
from typing import Any

import awkward as ak
import pytest
from coffea import nanoevents
from comparison import assert_same_accumulator

from .conftest import Process, newest_run, run_plainly


def sums(events: ak.Array, columns: tuple[str, ...]) -> dict[str, Any]:
    """Sum columns, which may lie behind references between collections."""
    found = {}
    for column in columns:
        values = ak.flatten(reduce(getattr, column.split("."), events), axis=None)
        found[column] = {"n": len(values), "sum": float(ak.sum(values))}
    return {"events": len(events), "columns": found}


@pytest.mark.parametrize(
    ("file", "tree", "schema", "columns"),
    [
        (
            "delphes.root",
            "Delphes",
            nanoevents.DelphesSchema,
            ("CaloJet04.pt", "Event.Weight", "Photon.eta"),
        ),
        (
            "pfnano.root",
            "Events",
            nanoevents.PFNanoAODSchema,
            ("Jet.pt", "Jet.constituents.pf.pt", "FatJet.subjets.pt"),
        ),
        (
            "scouting_nano.root",
            "Events",
            nanoevents.ScoutingNanoAODSchema,
            ("ScoutingJet.pt", "MET.pt"),
        ),
        ("pduneana.root", "pduneana/beamana", nanoevents.PDUNESchema, ("RecoBeam.dQdX",)),
        ("treemaker.root", "PreSelection", nanoevents.TreeMakerSchema, ("HT", "Muons.pt")),
        (
            "test_FCC_Spring2021.root",
            "events",
            nanoevents.FCC.get_schema(version="pre-edm4hep1"),
            ("Jet.energy", "MissingET.energy"),
        ),
        (
            "edm4hep.root",
            "events",
            nanoevents.EDM4HEPSchema.version("00.99.01"),
            ("CalorimeterHitCollection.E",),
        ),
    ],
    ids=lambda value: value.partition(".")[0] if isinstance(value, str) else "",
)
def test_schemas_are_those_of_plain_coffea(
    run_live: Process,
    coffea_samples: Path | None,
    file: str,
    tree: str,
    schema: type,
    columns: tuple[str, ...],
) -> None:
    if coffea_samples is None:
        return  # the fixture warned that there is nothing to compare
    fileset = {"sample": {"files": {str(coffea_samples / file): tree}}}
    process = partial(sums, columns=columns)
    output = run_live(fileset, process, schema=schema, chunksize=10)
    assert all(column["n"] > 0 for column in output["columns"].values())
    assert_same_accumulator(output, run_plainly(fileset, process, schema=schema, chunksize=10))
    assert newest_run().progress.chunks_failed == 0
