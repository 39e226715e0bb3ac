"""The ADL benchmark queries once more, in plain Python: one event at a time, nothing clever."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import uproot

Event = dict[str, Any]
Particle = dict[str, Any]

FIELDS = {
    "Muon": ("pt", "eta", "phi", "mass", "charge"),
    "Electron": ("pt", "eta", "phi", "mass", "charge"),
    "Jet": ("pt", "eta", "phi", "mass", "btagDeepFlavB"),
}


def read_events(path: str, limit: int) -> Iterator[Event]:
    """Yield the first events of a file as dictionaries of plain numbers."""
    branches = [f"{name}_{field}" for name, fields in FIELDS.items() for field in fields]
    with uproot.open(path) as file:
        columns = file["Events"].arrays([*branches, "MET_pt", "MET_phi"], entry_stop=limit)
    for row in columns.to_list():
        event = {"met": row["MET_pt"], "met_phi": row["MET_phi"]}
        for name, fields in FIELDS.items():
            values = zip(*(row[f"{name}_{field}"] for field in fields), strict=True)
            event[name] = [dict(zip(fields, value, strict=True), kind=name) for value in values]
        yield event


def add(*particles: Particle) -> tuple[float, float, float, float]:
    px = sum(p["pt"] * math.cos(p["phi"]) for p in particles)
    py = sum(p["pt"] * math.sin(p["phi"]) for p in particles)
    pz = sum(p["pt"] * math.sinh(p["eta"]) for p in particles)
    e = sum(math.hypot(p["pt"] * math.cosh(p["eta"]), p["mass"]) for p in particles)
    return px, py, pz, e


def mass(*particles: Particle) -> float:
    px, py, pz, e = add(*particles)
    return math.sqrt(max(e * e - px * px - py * py - pz * pz, 0.0))


def delta_r(one: Particle, two: Particle) -> float:
    delta_phi = math.remainder(one["phi"] - two["phi"], 2 * math.pi)
    return math.hypot(one["eta"] - two["eta"], delta_phi)


def query1(event: Event) -> dict[str, list[float]]:
    return {"met": [event["met"]]}


def query2(event: Event) -> dict[str, list[float]]:
    return {"jet_pt": [jet["pt"] for jet in event["Jet"]]}


def query3(event: Event) -> dict[str, list[float]]:
    return {"jet_pt": [jet["pt"] for jet in event["Jet"] if -1 < jet["eta"] < 1]}


def query4(event: Event) -> dict[str, list[float]]:
    hard = [jet for jet in event["Jet"] if jet["pt"] > 40]
    return {"met": [event["met"]] if len(hard) >= 2 else []}


def query5(event: Event) -> dict[str, list[float]]:
    for one, two in combinations(event["Muon"], 2):
        if one["charge"] != two["charge"] and 60 < mass(one, two) < 120:
            return {"met": [event["met"]]}
    return {"met": []}


def query6(event: Event) -> dict[str, list[float]]:
    best = min(
        combinations(event["Jet"], 3), key=lambda jets: abs(mass(*jets) - 172.5), default=None
    )
    if best is None:
        return {"trijet_pt": [], "max_b_tag": []}
    px, py, _, _ = add(*best)
    return {
        "trijet_pt": [math.hypot(px, py)],
        "max_b_tag": [max(jet["btagDeepFlavB"] for jet in best)],
    }


def query7(event: Event) -> dict[str, list[float]]:
    leptons = [lepton for lepton in event["Electron"] + event["Muon"] if lepton["pt"] > 10]
    total = 0.0
    for jet in event["Jet"]:
        if jet["pt"] > 30 and all(delta_r(jet, lepton) > 0.4 for lepton in leptons):
            total += jet["pt"]
    return {"ht": [total]}


def query8(event: Event) -> dict[str, list[float]]:
    leptons = event["Electron"] + event["Muon"]
    pairs = [
        pair
        for pair in combinations(leptons, 2)
        if pair[0]["kind"] == pair[1]["kind"] and pair[0]["charge"] != pair[1]["charge"]
    ]
    if len(leptons) < 3 or not pairs:
        return {"transverse_mass": []}
    best = min(pairs, key=lambda pair: abs(mass(*pair) - 91.2))
    others = [lepton for lepton in leptons if all(lepton is not taken for taken in best)]
    hardest = max(others, key=lambda lepton: lepton["pt"])
    angle = hardest["phi"] - event["met_phi"]
    value = math.sqrt(2 * hardest["pt"] * event["met"] * (1 - math.cos(angle)))
    return {"transverse_mass": [value]}


QUERIES: list[Callable[[Event], dict[str, list[float]]]] = [
    query1,
    query2,
    query3,
    query4,
    query5,
    query6,
    query7,
    query8,
]
