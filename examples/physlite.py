"""ATLAS data in the PHYSLITE format: electrons, muons and jets."""

from __future__ import annotations

from typing import Any

import awkward as ak
import hist
from coffea import processor

GEV = 1_000.0
"""ATLAS counts in MeV."""


class PhysliteProcessor(processor.ProcessorABC):
    """Transverse momenta of electrons, muons and jets, and the mass of jet pairs, in PHYSLITE."""

    schema_name = "PHYSLITESchema"

    def process(self, events: ak.Array) -> dict[str, Any]:
        dataset = events.metadata["dataset"]
        output: dict[str, Any] = {"events": {dataset: len(events)}}
        for name, objects in (
            ("electron", events.Electrons),
            ("muon", events.Muons),
            ("jet", events.Jets),
        ):
            pt = _histogram(100, 200, "pt", f"{name.capitalize()} pT [GeV]")
            pt.fill(dataset, ak.to_numpy(ak.flatten(objects.pt)) / GEV)
            output[f"{name}_pt"] = pt

        jets = events.Jets[events.Jets.pt > 20 * GEV]
        jets = jets[ak.num(jets) >= 2]
        mass = _histogram(100, 1000, "mass", "Mass of the two leading jets [GeV]")
        mass.fill(dataset, ak.to_numpy((jets[:, 0] + jets[:, 1]).mass) / GEV)
        output["dijet_mass"] = mass
        return output


def _histogram(bins: int, maximum: float, name: str, label: str) -> hist.Hist:
    return hist.Hist(
        hist.axis.StrCategory([], name="dataset", label="Dataset", growth=True),
        hist.axis.Regular(bins, 0, maximum, name=name, label=label),
    )
