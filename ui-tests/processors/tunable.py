"""A processor with arguments of all kinds, for the dialog that asks for them."""

from __future__ import annotations

from typing import Literal

import awkward as ak
import hist
from coffea import processor

WORKING_POINTS = (0.0532, 0.304)


class Tunable(processor.ProcessorABC):
    """Momentum of muons, as the arguments say.

    Parameters
    ----------
    year
        When the data were taken; decides on corrections.
    particle
        What is plotted.
    threshold
        Least transverse momentum, in GeV.
    bins
        Edges of the histogram, in GeV.
    isolated
        Whether isolation is asked for.
    working_points
        Of the b tagger.
    label
        Title of the axis.
    systematics
        Which variations are computed, and by how much.
    """

    schema_name = "NanoAODSchema"

    def __init__(
        self,
        year: Literal["2016", "2017", "2018"],
        particle: str = "Muon",
        threshold: float = 20.0,
        bins: list[float] = [0, 25, 50, 100, 200],  # noqa: B006 - as people write it
        isolated: bool = True,
        working_points: tuple[float, ...] = WORKING_POINTS,
        label: str | None = None,
        systematics: dict[str, float] = {"jes": 0.02},  # noqa: B006 - as people write it
    ) -> None:
        self.particle, self.threshold, self.bins = particle, threshold, bins
        self.label = label or f"{particle} pT, {year} [GeV]"
        self.isolated = isolated

    def process(self, events):
        leptons = events[self.particle]
        leptons = leptons[leptons.pt > self.threshold]
        if self.isolated:
            leptons = leptons[leptons.pfRelIso04_all < 0.25]
        pt = hist.Hist.new.Var(self.bins, name="pt", label=self.label).Weight()
        return {"pt": pt.fill(pt=ak.to_numpy(ak.flatten(leptons.pt)))}

    def postprocess(self, accumulator):
        return accumulator
