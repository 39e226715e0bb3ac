"""Flat ntuples without a naming scheme that Coffea knows: plain branches, with BaseSchema."""

from __future__ import annotations

from typing import Any

import awkward as ak
import hist
import numpy as np
import vector
from coffea import processor

vector.register_awkward()


class HZZProcessor(processor.ProcessorABC):
    """Dimuon mass and jet multiplicity from branches such as ``Muon_Px``, weighted.

    The ntuples are those of the HEP tutorials, with jagged branches and an
    ``EventWeight``.
    """

    schema_name = "BaseSchema"

    def process(self, events: ak.Array) -> dict[str, Any]:
        dataset = events.metadata["dataset"]
        muons = ak.zip(
            {
                "px": events.Muon_Px,
                "py": events.Muon_Py,
                "pz": events.Muon_Pz,
                "E": events.Muon_E,
                "charge": events.Muon_Charge,
            },
            with_name="Momentum4D",
        )
        weight = ak.to_numpy(events.EventWeight).astype(np.float64)
        first, second = ak.unzip(ak.combinations(muons, 2))
        opposite = first.charge != second.charge
        mass = (first + second).mass[opposite]

        dimuon_mass = _histogram(120, 120, "mass", "Dimuon mass [GeV]")
        dimuon_mass.fill(
            dataset,
            ak.to_numpy(ak.flatten(mass)),
            # Each pair counts with the weight of its event.
            weight=ak.to_numpy(ak.flatten(ak.broadcast_arrays(weight, mass)[0])),
        )
        jets = _histogram(10, 10, "jets", "Number of jets")
        jets.fill(dataset, ak.to_numpy(events.NJet), weight=weight)
        return {"dimuon_mass": dimuon_mass, "jets": jets, "events": {dataset: len(events)}}


class ZmumuProcessor(processor.ProcessorABC):
    """Z mass from one pair of leptons a row, stored as ``px1 ... E2``."""

    schema_name = "BaseSchema"

    def process(self, events: ak.Array) -> dict[str, Any]:
        dataset = events.metadata["dataset"]
        energy, px, py, pz = (
            ak.to_numpy(events[f"{name}1"]) + ak.to_numpy(events[f"{name}2"])
            for name in ("E", "px", "py", "pz")
        )
        squared = energy**2 - px**2 - py**2 - pz**2
        mass = _histogram(120, 120, "mass", "Dilepton mass [GeV]")
        mass.fill(dataset, np.sqrt(np.maximum(squared, 0)), weight=np.ones(len(events)))
        return {"mass": mass, "events": {dataset: len(events)}}


def _histogram(bins: int, maximum: float, name: str, label: str) -> hist.Hist:
    return hist.Hist(
        hist.axis.StrCategory([], name="dataset", label="Dataset", growth=True),
        hist.axis.Regular(bins, 0, maximum, name=name, label=label),
        storage="weight",
    )
