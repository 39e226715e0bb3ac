"""Top pairs with one lepton and jets, with systematic variations."""

from __future__ import annotations

from typing import Any

import awkward as ak
import hist
import numpy as np
from coffea import processor
from coffea.analysis_tools import PackedSelection, Weights

JET_ENERGY_SCALES = {"nominal": 1.0, "jesUp": 1.03, "jesDown": 0.97}
"""Variations of the jets themselves: each repeats the selection."""

WEIGHT_VARIATIONS = ("btagUp", "btagDown", "pileupUp", "pileupDown")
"""Variations of the event weight: the selection is the nominal one."""

B_TAGS = {"btagDeepFlavB": 0.2783, "btagDeepB": 0.4168, "btagCSVV2": 0.8484}
"""Medium working points; the first discriminant that the files have is used."""


class TTbarProcessor(processor.ProcessorABC):
    """Lepton + jets selection of top pairs, with jet-energy-scale, b-tag and pile-up variations.

    Events of the muon trigger, which is what the recorded ones are, have exactly
    one isolated electron or muon and at least four jets.
    Region ``4j1b`` (exactly one b-tag) shows the sum of jet pT, region ``4j2b``
    (two or more) the mass of the three jets with the largest combined pT, of
    which at least one is b-tagged: it peaks at the mass of the top quark.

    Parameters
    ----------
    luminosity
        Integrated luminosity, in inverse picobarn, to which simulation is
        normalised where the metadata have ``xsec`` and ``sum_genweight``.
    """

    schema_name = "NanoAODSchema"

    def __init__(self, luminosity: float = 50.0) -> None:
        self.luminosity = luminosity

    def process(self, events: ak.Array) -> dict[str, Any]:
        dataset = events.metadata["dataset"]
        is_data = "genWeight" not in events.fields
        output: dict[str, Any] = {
            "ht": _histogram(
                hist.axis.Regular(45, 100, 1000, name="ht", label="Sum of jet pT [GeV]")
            ),
            "trijet_mass": _histogram(
                hist.axis.Regular(50, 50, 550, name="mass", label="Trijet mass [GeV]")
            ),
        }
        # Recorded events are what they are: only simulation is varied.
        scales = {"nominal": 1.0} if is_data else JET_ENERGY_SCALES
        for variation, scale in scales.items():
            cutflow = self._fill(events, dataset, variation, scale, is_data, output)
            if variation == "nominal":
                output["cutflow"] = {dataset: cutflow}
        return output

    def postprocess(self, accumulator: dict[str, Any]) -> dict[str, Any]:
        return accumulator

    def _fill(
        self,
        events: ak.Array,
        dataset: str,
        variation: str,
        scale: float,
        is_data: bool,
        output: dict[str, Any],
    ) -> dict[str, int]:
        leptons = select_leptons(events)
        jets = select_jets(events, leptons, scale)
        n_tagged = ak.sum(jets.b_tagged, axis=1)

        selection = PackedSelection()
        selection.add("trigger", muon_trigger(events))
        selection.add("one lepton", ak.num(leptons) == 1)
        selection.add("four jets", ak.num(jets) >= 4)
        selection.add("one b-tag", n_tagged == 1)
        selection.add("two b-tags", n_tagged >= 2)
        one_tag = selection.all("trigger", "one lepton", "four jets", "one b-tag")
        two_tags = selection.all("trigger", "one lepton", "four jets", "two b-tags")

        ht = ak.to_numpy(ak.sum(jets.pt, axis=1)[one_tag])
        mass = trijet_mass(jets[two_tags])
        weights = self._weights(events, jets, is_data)
        modifiers = [None]
        if variation == "nominal" and not is_data:
            modifiers += WEIGHT_VARIATIONS
        for modifier in modifiers:
            weight = weights.weight(modifier)
            names = {"dataset": dataset, "variation": modifier or variation}
            output["ht"].fill(**names, ht=ht, weight=weight[one_tag])
            output["trijet_mass"].fill(**names, mass=mass, weight=weight[two_tags])
        return {
            "all": len(events),
            "trigger": int(selection.all("trigger").sum()),
            "one lepton": int(selection.all("trigger", "one lepton").sum()),
            "four jets": int(selection.all("trigger", "one lepton", "four jets").sum()),
            "4j1b": int(one_tag.sum()),
            "4j2b": int(two_tags.sum()),
        }

    def _weights(self, events: ak.Array, jets: ak.Array, is_data: bool) -> Weights:
        weights = Weights(len(events))
        if is_data:
            return weights
        weights.add("generator", ak.to_numpy(events.genWeight).astype(np.float64))
        metadata = events.metadata
        if "xsec" in metadata and "sum_genweight" in metadata:
            factor = metadata["xsec"] * self.luminosity / metadata["sum_genweight"]
            weights.add("normalisation", np.full(len(events), factor))
        weights.add("btag", *b_tag_weights(jets))
        if "Pileup" in events.fields:
            weights.add("pileup", *pileup_weights(ak.to_numpy(events.Pileup.nTrueInt)))
        else:
            one = np.ones(len(events))
            weights.add("pileup", one, one, one)
        return weights


def muon_trigger(events: ak.Array) -> np.ndarray:
    """Return the decision of the muon trigger; true where the files do not have it."""
    if "HLT" in events.fields and "IsoMu24" in events.HLT.fields:
        return ak.to_numpy(events.HLT.IsoMu24)
    return np.ones(len(events), dtype=bool)


def select_leptons(events: ak.Array) -> ak.Array:
    """Isolated electrons and muons within trigger reach, as plain four-vectors."""
    muons = events.Muon[
        (events.Muon.pt > 30)
        & (abs(events.Muon.eta) < 2.1)
        & events.Muon.tightId
        & (events.Muon.pfRelIso04_all < 0.15)
    ]
    electrons = events.Electron[
        (events.Electron.pt > 35)
        & (abs(events.Electron.eta) < 2.1)
        & (events.Electron.cutBased >= 4)
    ]
    return ak.concatenate([_four_vectors(muons), _four_vectors(electrons)], axis=1)


def select_jets(events: ak.Array, leptons: ak.Array, scale: float) -> ak.Array:
    """Good jets away from leptons, with their energy multiplied by ``scale``."""
    jets = events.Jet
    tagger = next((name for name in B_TAGS if name in jets.fields), None)
    if tagger is None:
        raise ValueError(f"The jets have none of the b-tag discriminants {', '.join(B_TAGS)}.")
    features = {"b_tagged": jets[tagger] > B_TAGS[tagger], "id": jets.jetId}
    if "hadronFlavour" in jets.fields:
        features["flavour"] = jets.hadronFlavour
    jets = _four_vectors(jets, scale, **features)
    jets = jets[(jets.pt > 30) & (abs(jets.eta) < 2.4) & (jets.id >= 2)]
    return jets[ak.all(jets.metric_table(leptons) > 0.4, axis=2)]


def trijet_mass(jets: ak.Array) -> np.ndarray:
    """Mass of the three jets, at least one b-tagged, with the largest combined pT."""
    first, second, third = ak.unzip(ak.combinations(jets, 3))
    has_tag = first.b_tagged | second.b_tagged | third.b_tagged
    trijets = (first + second + third)[has_tag]
    hardest = ak.argmax(trijets.pt, axis=1, keepdims=True)
    return ak.to_numpy(ak.flatten(trijets[hardest].mass))


def b_tag_weights(jets: ak.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nominal weight and its variations: 2 % per tagged b jet, 10 % per mistagged one."""
    chosen = jets[jets.b_tagged]
    if "flavour" in chosen.fields:
        uncertainty = ak.where(chosen.flavour == 5, 0.02, 0.10)
    else:
        uncertainty = ak.full_like(chosen.pt, 0.05, dtype=np.float64)
    nominal = np.ones(len(jets))
    up = ak.to_numpy(ak.prod(1 + uncertainty, axis=1))
    down = ak.to_numpy(ak.prod(1 - uncertainty, axis=1))
    return nominal, up, down


def pileup_weights(interactions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights from the simulated pile-up profile to that of the data, and its uncertainty.

    Both profiles are normal distributions; the data's mean is known to 4.6 %.
    """

    def ratio(mean: float, simulated: float = 28.0, spread: float = 0.3) -> np.ndarray:
        def density(centre: float) -> np.ndarray:
            width = spread * centre
            return np.exp(-0.5 * ((interactions - centre) / width) ** 2) / width

        return np.clip(density(mean) / np.maximum(density(simulated), 1e-12), 0.1, 5.0)

    return ratio(32.0), ratio(32.0 * 1.046), ratio(32.0 / 1.046)


def _four_vectors(objects: ak.Array, scale: float = 1.0, **features: ak.Array) -> ak.Array:
    return ak.zip(
        {
            "pt": objects.pt * scale,
            "eta": objects.eta,
            "phi": objects.phi,
            "mass": objects.mass * scale,
            **features,
        },
        with_name="PtEtaPhiMLorentzVector",
        behavior=objects.behavior,
    )


def _histogram(axis: hist.axis.Regular) -> hist.Hist:
    return hist.Hist(
        hist.axis.StrCategory([], name="dataset", label="Dataset", growth=True),
        hist.axis.StrCategory(
            [*JET_ENERGY_SCALES, *WEIGHT_VARIATIONS], name="variation", label="Variation"
        ),
        axis,
        storage="weight",
        label="Events",
    )
