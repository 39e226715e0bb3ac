"""The eight benchmark queries of HEP analysis languages.

The queries are those of the IRIS-HEP *ADL benchmarks* (Analysis Description
Languages), https://github.com/iris-hep/adl-benchmarks-index: each docstring
quotes the definition. Every event counts once, whatever its weight, so that
answers can be compared with other systems. "Light leptons" are electrons and
muons.
"""

from __future__ import annotations

from typing import Any

import awkward as ak
import hist
import numpy as np
from coffea import processor

Z_MASS = 91.2
TOP_MASS = 172.5
B_TAGS = ("btagDeepFlavB", "btagDeepB", "btagCSVV2")
"""B-tag discriminants, newest first; the first that the files have is used."""


class _Query(processor.ProcessorABC):
    """Counts events and fills the histograms that a query asks for."""

    schema_name = "NanoAODSchema"

    def query(self, events: ak.Array) -> dict[str, tuple[hist.axis.Regular, ak.Array]]:
        """Return, by histogram, its axis and the values to fill."""
        raise NotImplementedError

    def process(self, events: ak.Array) -> dict[str, Any]:
        dataset = events.metadata["dataset"]
        output: dict[str, Any] = {"events": {dataset: len(events)}}
        for name, (axis, values) in self.query(events).items():
            output[name] = hist.Hist(
                hist.axis.StrCategory([], name="dataset", label="Dataset", growth=True), axis
            )
            output[name].fill(dataset, ak.to_numpy(values))
        return output


class ADLQuery1(_Query):
    """Plot the missing transverse momentum of all events."""

    def query(self, events: ak.Array) -> dict[str, tuple[hist.axis.Regular, ak.Array]]:
        return {"met": (_met_axis(), events.MET.pt)}


class ADLQuery2(_Query):
    """Plot the pT of all jets."""

    def query(self, events: ak.Array) -> dict[str, tuple[hist.axis.Regular, ak.Array]]:
        return {"jet_pt": (_jet_axis(), ak.flatten(events.Jet.pt))}


class ADLQuery3(_Query):
    """Plot the pT of jets with |eta| < 1."""

    def query(self, events: ak.Array) -> dict[str, tuple[hist.axis.Regular, ak.Array]]:
        central = abs(events.Jet.eta) < 1
        return {"jet_pt": (_jet_axis(), ak.flatten(events.Jet.pt[central]))}


class ADLQuery4(_Query):
    """Plot the missing transverse momentum of events with at least two jets of pT > 40 GeV."""

    def query(self, events: ak.Array) -> dict[str, tuple[hist.axis.Regular, ak.Array]]:
        chosen = ak.sum(events.Jet.pt > 40, axis=1) >= 2
        return {"met": (_met_axis(), events.MET.pt[chosen])}


class ADLQuery5(_Query):
    """Plot the missing transverse momentum of events that have an opposite-sign
    muon pair with an invariant mass between 60 and 120 GeV.
    """

    def query(self, events: ak.Array) -> dict[str, tuple[hist.axis.Regular, ak.Array]]:
        first, second = ak.unzip(ak.combinations(_momenta(events.Muon, charge=True), 2))
        mass = (first + second).mass
        pair = (first.charge != second.charge) & (mass > 60) & (mass < 120)
        return {"met": (_met_axis(), events.MET.pt[ak.any(pair, axis=1)])}


class ADLQuery6(_Query):
    """For events with at least three jets, plot the pT of the trijet four-momentum that
    has the invariant mass closest to 172.5 GeV, and the largest b-tag discriminant in it.
    """

    def query(self, events: ak.Array) -> dict[str, tuple[hist.axis.Regular, ak.Array]]:
        tagger = next((name for name in B_TAGS if name in events.Jet.fields), None)
        if tagger is None:
            raise ValueError(f"The jets have none of the b-tag discriminants {', '.join(B_TAGS)}.")
        jets = _momenta(events.Jet)
        jets["b_tag"] = events.Jet[tagger]
        first, second, third = ak.unzip(ak.combinations(jets[ak.num(jets) >= 3], 3))
        trijet = first + second + third
        closest = ak.argmin(abs(trijet.mass - TOP_MASS), axis=1, keepdims=True)
        b_tag = np.maximum(np.maximum(first.b_tag, second.b_tag), third.b_tag)
        return {
            "trijet_pt": (
                hist.axis.Regular(100, 0, 500, name="pt", label="Trijet pT [GeV]"),
                ak.flatten(trijet.pt[closest]),
            ),
            "max_b_tag": (
                hist.axis.Regular(100, 0, 1, name="b_tag", label="Largest b-tag in the trijet"),
                ak.flatten(b_tag[closest]),
            ),
        }


class ADLQuery7(_Query):
    """Plot the scalar sum in each event of the pT of jets with pT > 30 GeV that are
    not within 0.4 in Delta R of any light lepton with pT > 10 GeV.
    """

    def query(self, events: ak.Array) -> dict[str, tuple[hist.axis.Regular, ak.Array]]:
        leptons = ak.concatenate([_momenta(events.Electron), _momenta(events.Muon)], axis=1)
        leptons = leptons[leptons.pt > 10]
        jets = _momenta(events.Jet)
        jets = jets[jets.pt > 30]
        isolated = ak.all(jets.metric_table(leptons) > 0.4, axis=2)
        return {
            "ht": (
                hist.axis.Regular(100, 0, 1000, name="ht", label="Sum of jet pT [GeV]"),
                ak.sum(jets.pt[isolated], axis=1),
            )
        }


class ADLQuery8(_Query):
    """For events with at least three light leptons and a same-flavour opposite-sign pair,
    take the pair with the mass closest to 91.2 GeV and plot the transverse mass of the missing
    momentum and the hardest lepton outside the pair.
    """

    def query(self, events: ak.Array) -> dict[str, tuple[hist.axis.Regular, ak.Array]]:
        electrons = _momenta(events.Electron, charge=True)
        muons = _momenta(events.Muon, charge=True)
        electrons["flavour"] = ak.zeros_like(electrons.charge)
        muons["flavour"] = ak.ones_like(muons.charge)
        leptons = ak.concatenate([electrons, muons], axis=1)
        leptons["position"] = ak.local_index(leptons)
        enough = ak.num(leptons) >= 3
        leptons, met = leptons[enough], events.MET[enough]

        first, second = ak.unzip(ak.combinations(leptons, 2))
        paired = (first.flavour == second.flavour) & (first.charge != second.charge)
        found = ak.any(paired, axis=1)
        leptons, met = leptons[found], met[found]
        first, second = first[paired][found], second[paired][found]

        best = ak.argmin(abs((first + second).mass - Z_MASS), axis=1, keepdims=True)
        taken = ak.flatten(first.position[best]), ak.flatten(second.position[best])
        others = leptons[(leptons.position != taken[0]) & (leptons.position != taken[1])]
        hardest = ak.firsts(others[ak.argmax(others.pt, axis=1, keepdims=True)])
        transverse_mass = np.sqrt(
            2 * hardest.pt * met.pt * (1 - np.cos(hardest.phi - ak.values_astype(met.phi, float)))
        )
        return {
            "transverse_mass": (
                hist.axis.Regular(100, 0, 200, name="mt", label="Transverse mass [GeV]"),
                transverse_mass,
            )
        }


def _momenta(objects: ak.Array, charge: bool = False) -> ak.Array:
    """Return only the four-momenta (and charges), in double precision.

    Combinations of full NanoAOD objects would drag a hundred columns along,
    and masses of hard, collinear pairs need more digits than the files have.
    """
    fields = {
        name: ak.values_astype(objects[name], np.float64) for name in ("pt", "eta", "phi", "mass")
    }
    if charge:
        fields["charge"] = objects.charge
    return ak.zip(fields, with_name="PtEtaPhiMLorentzVector", behavior=objects.behavior)


def _met_axis() -> hist.axis.Regular:
    return hist.axis.Regular(100, 0, 200, name="met", label="Missing transverse momentum [GeV]")


def _jet_axis() -> hist.axis.Regular:
    return hist.axis.Regular(100, 0, 200, name="pt", label="Jet pT [GeV]")
