"""The dimuon spectrum: mass and transverse momentum of opposite-sign muon pairs."""

from __future__ import annotations

from typing import Any

import awkward as ak
import hist
import numpy as np
from coffea import processor


class DimuonProcessor(processor.ProcessorABC):
    """Mass and pT of opposite-sign muon pairs, data beside simulation.

    Parameters
    ----------
    luminosity
        Integrated luminosity, in inverse picobarn, to which simulation is
        normalised. It needs ``xsec`` (in picobarn) and ``sum_genweight`` in the
        metadata of a dataset; without them, events count as their ``genWeight``.
    leading_pt, trailing_pt
        Thresholds of the two muons, in GeV.
    """

    schema_name = "NanoAODSchema"

    def __init__(
        self, luminosity: float = 50.0, leading_pt: float = 26.0, trailing_pt: float = 10.0
    ) -> None:
        self.luminosity = luminosity
        self.leading_pt = leading_pt
        self.trailing_pt = trailing_pt

    def process(self, events: ak.Array) -> dict[str, Any]:
        dataset = events.metadata["dataset"]
        weight = event_weight(events, self.luminosity)

        muons = events.Muon[
            (events.Muon.pt > self.trailing_pt)
            & (abs(events.Muon.eta) < 2.4)
            & events.Muon.tightId
            & (events.Muon.pfRelIso04_all < 0.25)
        ]
        # Padding keeps one entry per event, so that all cuts are masks over events.
        pairs = ak.pad_none(muons, 2)[:, :2]
        leading, trailing = pairs[:, 0], pairs[:, 1]
        chosen = fires(events, "IsoMu24") & ak.fill_none(
            (leading.pt > self.leading_pt) & (leading.charge != trailing.charge), False
        )
        dimuon = leading[chosen] + trailing[chosen]

        dataset_axis = hist.axis.StrCategory([], name="dataset", label="Dataset", growth=True)
        mass = hist.Hist(
            dataset_axis,
            hist.axis.Regular(120, 0, 240, name="mass", label="Dimuon mass [GeV]"),
            storage="weight",
            label="Events",
        )
        mass.fill(dataset=dataset, mass=ak.to_numpy(dimuon.mass), weight=weight[chosen])
        pt = hist.Hist(
            dataset_axis,
            hist.axis.Regular(100, 0, 200, name="pt", label="Dimuon pT [GeV]"),
            storage="weight",
            label="Events",
        )
        pt.fill(dataset=dataset, pt=ak.to_numpy(dimuon.pt), weight=weight[chosen])
        return {
            "mass": mass,
            "pt": pt,
            "cutflow": {dataset: {"all": len(events), "dimuon": int(np.sum(chosen))}},
            "sum_weights": {dataset: float(np.sum(weight))},
        }

    def postprocess(self, accumulator: dict[str, Any]) -> dict[str, Any]:
        return accumulator


def event_weight(events: ak.Array, luminosity: float) -> np.ndarray:
    """Return 1 for data, and for simulation the generator weight, normalised where possible."""
    if "genWeight" not in events.fields:
        return np.ones(len(events))
    weight = ak.to_numpy(events.genWeight).astype(np.float64)
    metadata = events.metadata
    if "xsec" in metadata and "sum_genweight" in metadata:
        weight = weight * (metadata["xsec"] * luminosity / metadata["sum_genweight"])
    return weight


def fires(events: ak.Array, path: str) -> np.ndarray:
    """Return the decision of a trigger path; true where the menu of the time did not have it."""
    if "HLT" in events.fields and path in events.HLT.fields:
        return ak.to_numpy(events.HLT[path])
    return np.ones(len(events), dtype=bool)
