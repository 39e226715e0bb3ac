"""Events as NanoAOD columns: from generated particles to the branches of a tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import awkward as ak
import numpy as np

from .detector import (
    Objects,
    missing_momentum,
    reconstruct_electrons,
    reconstruct_jets,
    reconstruct_muons,
    trigger_decisions,
)
from .kinematics import Flags
from .particles import Particles

Columns = dict[str, Any]
"""Arrays by branch name; a jagged record array stands for a collection and its counter."""

MEAN_PILEUP_SIMULATION, MEAN_PILEUP_DATA = 28.0, 32.0

EMPTY_COLLECTIONS = {
    "FatJet": ("mass", "subJetIdx1", "subJetIdx2"),
    "FsrPhoton": ("muonIdx",),
    "LowPtElectron": ("mass", "charge", "electronIdx", "photonIdx"),
    "Photon": ("electronIdx", "jetIdx"),
    "SubJet": ("mass",),
    "Tau": ("mass", "charge", "jetIdx"),
}
"""Collections without members: NanoAODSchema warns about each cross-reference it cannot find."""

MATCH_DELTA_R = 0.4
HIGHEST_BITS = {"pt": 12, "eta": 12, "phi": 12, "mass": 9, "MET": 12}
"""Bits of the mantissa that are kept, as in NanoAOD: the rest is noise that does not compress."""


@dataclass(frozen=True)
class Conditions:
    """What distinguishes simulated events from recorded ones."""

    is_data: bool
    negative_share: float = 0.0
    weight: float = 1.0


def build_columns(
    rng: np.random.Generator, count: int, particles: Particles, conditions: Conditions
) -> Columns:
    """Reconstruct ``count`` events and lay them out as NanoAOD branches."""
    mean = MEAN_PILEUP_DATA if conditions.is_data else MEAN_PILEUP_SIMULATION
    true_pileup = np.clip(rng.normal(mean, 0.3 * mean, count), 3.0, 80.0)
    vertices = 1 + rng.poisson(0.8 * true_pileup)
    muons = reconstruct_muons(rng, particles)
    electrons = reconstruct_electrons(rng, particles)
    jets, lost, lost_event = reconstruct_jets(rng, particles, vertices)
    met_pt, met_phi, sum_et = missing_momentum(rng, particles, lost, lost_event, vertices)
    columns: Columns = {
        **_linked_collections(count, muons, electrons, jets, conditions.is_data),
        "MET_pt": _shorten(met_pt, HIGHEST_BITS["MET"]),
        "MET_phi": _shorten(met_phi, HIGHEST_BITS["MET"]),
        "MET_sumEt": _shorten(sum_et, 10),
        **_primary_vertex(rng, count),
        "PV_npvs": vertices.astype(np.int32),
        **trigger_decisions(rng, count, muons, electrons),
    }
    for name, fields in EMPTY_COLLECTIONS.items():
        columns[name] = _empty_collection(count, fields)
    if not conditions.is_data:
        negative = rng.uniform(size=count) < conditions.negative_share
        weight = np.where(negative, -conditions.weight, conditions.weight)
        columns["genWeight"] = weight.astype(np.float32)
        columns["Pileup_nTrueInt"] = _shorten(true_pileup, 10)
    return columns


def select(columns: Columns, choice: Flags) -> Columns:
    """Keep the chosen events."""
    return {name: values[choice] for name, values in columns.items()}


def concatenate(parts: list[Columns], order: np.ndarray) -> Columns:
    """Join events of several kinds and put them in the given order."""
    return {name: ak.concatenate([part[name] for part in parts])[order] for name in parts[0]}


def number_events(columns: Columns, count: int, is_data: bool, first: int) -> Columns:
    """Add run, luminosity block and event numbers, unique from ``first`` on."""
    event = np.arange(first, first + count, dtype=np.uint64)
    # Data come from one run per 25,000 events, simulation is all run 1.
    run = 356_000 + event // 25_000 if is_data else np.ones(count)
    return {
        "run": run.astype(np.uint32),
        "luminosityBlock": (1 + event // 200).astype(np.uint32),
        "event": event + 1,
        **columns,
    }


def _linked_collections(
    count: int, muons: Objects, electrons: Objects, jets: Objects, is_data: bool
) -> Columns:
    """Make the collections of muons, electrons and jets, with the indices that link them."""
    if is_data:  # nobody knows the flavour of a recorded jet
        features = {key: jets.features[key] for key in jets.features if key != "hadronFlavour"}
        jets = Objects(jets.event, jets.pt, jets.eta, jets.phi, jets.mass, features)
    columns = {
        "Muon": _collection(count, muons),
        "Electron": _collection(count, electrons),
        "Jet": _collection(count, jets),
    }
    for name, field in (("Muon", "muon"), ("Electron", "electron")):
        near = _near(columns[name], columns["Jet"])
        columns[name]["jetIdx"] = _nth_match(near, 0, np.int16)
        near = _near(columns["Jet"], columns[name])
        columns["Jet"][f"{field}Idx1"] = _nth_match(near, 0, np.int16)
        columns["Jet"][f"{field}Idx2"] = _nth_match(near, 1, np.int16)
    columns["Muon"]["fsrPhotonIdx"] = ak.values_astype(columns["Muon"].jetIdx * 0 - 1, np.int16)
    columns["Electron"]["photonIdx"] = ak.values_astype(
        columns["Electron"].jetIdx * 0 - 1, np.int16
    )
    return columns


def _collection(count: int, objects: Objects) -> ak.Array:
    counts = np.bincount(objects.event, minlength=count)
    fields = {
        "pt": _shorten(objects.pt, HIGHEST_BITS["pt"]),
        "eta": _shorten(objects.eta, HIGHEST_BITS["eta"]),
        "phi": _shorten(objects.phi, HIGHEST_BITS["phi"]),
        "mass": _shorten(objects.mass, HIGHEST_BITS["mass"]),
    }
    for name, values in objects.features.items():
        fields[name] = _shorten(values, 9) if values.dtype.kind == "f" else values
    return ak.zip({name: ak.unflatten(values, counts) for name, values in fields.items()})


def _near(objects: ak.Array, others: ak.Array) -> ak.Array:
    """For each object, which of the other collection lie within a cone around it."""
    pairs = ak.cartesian(
        {"one": objects[["eta", "phi"]], "two": others[["eta", "phi"]]}, nested=True
    )
    delta_phi = (pairs.one.phi - pairs.two.phi + np.pi) % (2 * np.pi) - np.pi
    return (pairs.one.eta - pairs.two.eta) ** 2 + delta_phi**2 < MATCH_DELTA_R**2


def _nth_match(near: ak.Array, number: int, kind: type) -> ak.Array:
    """Position of the match with this number (from 0), or -1: how NanoAOD links collections."""
    positions = ak.local_index(near, axis=2)[near]
    padded = ak.pad_none(positions, number + 1, axis=2, clip=True)[:, :, number]
    return ak.values_astype(ak.fill_none(padded, -1), kind)


def _empty_collection(count: int, fields: tuple[str, ...]) -> ak.Array:
    def nothing(kind: type) -> ak.Array:
        return ak.unflatten(np.empty(0, kind), np.zeros(count, np.int64))

    momentum = {name: nothing(np.float32) for name in ("pt", "eta", "phi")}
    kinds = {"mass": np.float32, "charge": np.int32}
    return ak.zip({**momentum, **{name: nothing(kinds.get(name, np.int16)) for name in fields}})


def _primary_vertex(rng: np.random.Generator, count: int) -> Columns:
    centres_and_spreads = {"PV_x": (0.011, 0.002), "PV_y": (0.042, 0.002), "PV_z": (0.0, 3.6)}
    return {
        name: _shorten(rng.normal(centre, spread, count), 6)
        for name, (centre, spread) in centres_and_spreads.items()
    }


def _shorten(values: np.ndarray, bits: int) -> np.ndarray:
    """Round to float32 with fewer bits of mantissa."""
    integers = np.ascontiguousarray(values, np.float32).view(np.uint32)
    unused = np.uint32(23 - bits)
    half = np.uint32(1) << (unused - np.uint32(1))
    mask = np.uint32((0xFFFFFFFF << int(unused)) & 0xFFFFFFFF)
    return ((integers + half) & mask).view(np.float32)
