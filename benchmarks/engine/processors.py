"""The analysis that is timed: dimuons, jets and missing energy, with systematic variations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import awkward as ak
import hist
import numpy as np
from coffea.processor import ProcessorABC

from .data import DATASETS

CHANNELS = ("0 jets", "1 jet", "2 jets")

VARIATIONS = {
    "nominal": 1.0,
    "pileup up": 1.02,
    "pileup down": 0.98,
    "muon id up": 1.005,
    "muon id down": 0.995,
    "scale up": 1.1,
    "scale down": 0.9,
    "luminosity up": 1.016,
    "luminosity down": 0.984,
}
"""What the nominal weight is multiplied by."""

AXES = {
    "dimuon_mass": (0, 300),
    "dimuon_pt": (0, 500),
    "leading_pt": (0, 500),
    "trailing_pt": (0, 300),
    "leading_eta": (-2.5, 2.5),
    "trailing_eta": (-2.5, 2.5),
    "leading_isolation": (0, 0.15),
    "jet_pt": (0, 800),
    "ht": (0, 1500),
    "met": (0, 300),
}

BINS = 110


class DimuonProcessor(ProcessorABC):
    """Reads 22 branches and returns 10 histograms, 3.6 MB in all."""

    def process(self, events: Any) -> dict[str, Any]:
        dataset, seen = events.metadata["dataset"], len(events)
        good = (events.Muon.pt > 15) & events.Muon.tightId & (events.Muon.pfRelIso04_all < 0.15)
        muons = events.Muon[good]
        jets = events.Jet[(events.Jet.pt > 30) & (events.Jet.jetId >= 2)]
        jets = jets[ak.all(jets.metric_table(muons) > 0.4, axis=2)]
        jets = jets[jets.btagDeepFlavB < 0.95]
        veto = ak.any(events.Electron.pt > 40, axis=1)
        passed = events.HLT.IsoMu24 & (events.PV.npvsGood > 0) & ~veto & (ak.num(muons) == 2)
        opposite = ak.sum(muons.charge, axis=1) == 0
        muons, jets, events = (part[passed & opposite] for part in (muons, jets, events))
        values = {name: np.asarray(column) for name, column in self._columns(muons, jets, events)}
        channel = np.minimum(ak.to_numpy(ak.num(jets)), len(CHANNELS) - 1)
        names = np.asarray(CHANNELS)[channel]
        weight = ak.to_numpy(events.genWeight).astype(float)
        output: dict[str, Any] = {"events": {dataset: seen}, "selected": {dataset: len(events)}}
        for name, limits in AXES.items():
            output[name] = histogram(name, *limits)
            for variation, factor in VARIATIONS.items():
                output[name].fill(dataset, names, variation, values[name], weight=weight * factor)
        return output

    def _columns(self, muons: Any, jets: Any, events: Any) -> Iterator[tuple[str, Any]]:
        order = ak.argsort(muons.pt, axis=1, ascending=False)
        first, second = muons[order][:, 0], muons[order][:, 1]
        pair = first + second
        yield "dimuon_mass", pair.mass
        yield "dimuon_pt", pair.pt
        yield "leading_pt", first.pt
        yield "trailing_pt", second.pt
        yield "leading_eta", first.eta
        yield "trailing_eta", second.eta
        yield "leading_isolation", first.pfRelIso04_all
        leading = jets[ak.argmax(jets.pt, axis=1, keepdims=True)]
        far = (abs(leading.eta) < 2.4) & (abs(leading.delta_phi(events.MET)) > 0.5)
        yield "jet_pt", ak.fill_none(ak.firsts(leading.pt[far]), 0)
        yield "ht", ak.sum(jets.pt, axis=1) + ak.sum(jets.mass, axis=1)
        yield "met", events.MET.pt

    def postprocess(self, accumulator: Any) -> None:
        """Leave the accumulator as it is."""


def histogram(name: str, low: float, high: float, bins: int = BINS) -> hist.Hist:
    return hist.Hist(
        hist.axis.StrCategory(DATASETS, name="dataset"),
        hist.axis.StrCategory(CHANNELS, name="channel"),
        hist.axis.StrCategory(list(VARIATIONS), name="systematic"),
        hist.axis.Regular(bins, low, high, name=name),
        storage=hist.storage.Weight(),
    )
