"""ROOT files in the shape of NanoAOD, written once and kept for the next time.

What the processor reads is random; the other branches are flags that are never set
and collections that are empty in all events, so that files stay small while opening
one costs what it costs for real ones.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from itertools import islice, product
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import uproot

BRANCHES = {"narrow": 169, "wide": 1499}
DATASETS = ("DYJetsToLL", "TTTo2L2Nu", "WZ", "SingleMuon")
CLUSTER_EVENTS = 50_000
"""Events in a basket."""

MULTIPLICITY = {"Muon": 1.6, "Electron": 0.6, "Jet": 4.5}
"""Mean number of objects in an event, of collections that the processor reads."""

UNREAD = ("FatJet", "FsrPhoton", "GenJet", "LowPtElectron", "Photon", "SV", "SubJet", "Tau")
"""Collections without objects."""

REFERENCES = {
    "Electron": ("jetIdx", "photonIdx"),
    "FatJet": ("subJetIdx1", "subJetIdx2"),
    "FsrPhoton": ("muonIdx",),
    "Jet": ("electronIdx1", "electronIdx2", "muonIdx1", "muonIdx2"),
    "LowPtElectron": ("electronIdx", "photonIdx"),
    "Muon": ("fsrPhotonIdx", "jetIdx"),
    "Photon": ("electronIdx", "jetIdx"),
    "Tau": ("jetIdx",),
}
"""Fields that refer to objects of other collections; NanoAODSchema misses them else."""

Fileset = dict[str, dict[str, Any]]


def make_fileset(folder: Path, shape: str, files: int, events: int) -> Fileset:
    """Return a fileset whose files go to the datasets in turn; make those that are missing."""
    metadata = {"events_per_file": events}
    fileset: Fileset = {name: {"files": {}, "metadata": metadata} for name in DATASETS}
    folder = folder / f"{shape}-{events}"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        dataset = DATASETS[number % len(DATASETS)]
        first = folder / f"{dataset}-0.root"
        path = folder / f"{dataset}-{number // len(DATASETS)}.root"
        if path == first:
            write_once(path, lambda part, d=dataset: write_file(part, d, BRANCHES[shape], events))
        else:
            write_once(path, lambda part, first=first: copy_file(part, first))
        fileset[dataset]["files"][str(path)] = "Events"
    return {name: dataset for name, dataset in fileset.items() if dataset["files"]}


def write_once(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file that does not exist, under another name until it is complete."""
    if path.exists():
        return
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_file(path: Path, dataset: str, branches: int, events: int) -> None:
    random = np.random.default_rng(list(dataset.encode()))
    with uproot.recreate(path, compression=uproot.ZSTD(1)) as file:
        tree = None
        for start in range(0, events, CLUSTER_EVENTS):
            count = min(CLUSTER_EVENTS, events - start)
            cluster = make_cluster(random, branches, start, count)
            if tree is None:
                types = {name: _type_of(array) for name, array in cluster.items()}
                tree = file.mktree("Events", types)
            tree.extend(cluster)


def copy_file(path: Path, source: Path) -> None:
    """Copy a file, with a UUID of its own, by which caches tell files apart."""
    shutil.copyfile(source, path)
    with uproot.open(source) as file:
        old = file.file.uuid.bytes
    with path.open("r+b") as stream:
        stream.seek(stream.read(128).index(old))
        stream.write(uuid.uuid4().bytes)


def make_cluster(
    random: np.random.Generator, branches: int, start: int, count: int
) -> dict[str, Any]:
    """Return ``count`` events from number ``start`` on, as uproot writes them."""
    counts = {name: random.poisson(mean, count) for name, mean in MULTIPLICITY.items()}
    flat = _event_columns(random, start, count)
    collections = _object_columns(random, counts)
    counts.update(dict.fromkeys(UNREAD, np.zeros(count, int)))
    collections.update({name: {} for name in UNREAD})
    for name, references in REFERENCES.items():
        nowhere = np.full(counts[name].sum(), -1, np.int32)
        collections[name].update(dict.fromkeys(references, nowhere))
    room = branches - len(flat) - sum(1 + len(fields) for fields in collections.values())
    for name, field in islice(_further_fields(), room // 2):
        collections[name][field] = np.zeros(0, np.float32)
    for name in islice(_further_triggers(), room - room // 2):
        flat[name] = np.zeros(count, dtype=bool)
    records = {
        name: ak.zip(
            {field: ak.unflatten(values, counts[name]) for field, values in fields.items()}
        )
        for name, fields in collections.items()
    }
    return {**flat, **records}


def _event_columns(random: np.random.Generator, start: int, count: int) -> dict[str, Any]:
    return {
        "run": np.full(count, 1, np.uint32),
        "luminosityBlock": np.full(count, 1 + start // 1000, np.uint32),
        "event": np.arange(start, start + count, dtype=np.uint64),
        "genWeight": random.normal(1, 0.2, count).astype(np.float32),
        "MET_pt": _rounded(random.exponential(40, count)),
        "MET_phi": _rounded(random.uniform(-np.pi, np.pi, count)),
        **dict.fromkeys(("PV_x", "PV_y", "PV_z"), np.zeros(count, np.float32)),
        "PV_npvs": random.poisson(35, count).astype(np.int32),
        "PV_npvsGood": random.poisson(30, count).astype(np.int32),
        "HLT_IsoMu24": random.random(count) < 0.9,
    }


def _object_columns(
    random: np.random.Generator, counts: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    muons, electrons, jets = (int(counts[name].sum()) for name in ("Muon", "Electron", "Jet"))
    return {
        "Muon": {
            **_kinematics(random, muons, 30),
            "charge": random.choice(np.array([-1, 1], np.int32), muons),
            "tightId": random.random(muons) < 0.9,
            "pfRelIso04_all": _rounded(random.exponential(0.07, muons)),
        },
        "Electron": {
            **_kinematics(random, electrons, 25),
            "charge": random.choice(np.array([-1, 1], np.int32), electrons),
        },
        "Jet": {
            **_kinematics(random, jets, 35),
            "jetId": random.choice(np.array([2, 6], np.int32), jets),
            "btagDeepFlavB": _rounded(random.random(jets)),
        },
    }


def _kinematics(random: np.random.Generator, number: int, scale: float) -> dict[str, Any]:
    return {
        "pt": _rounded(5 + random.exponential(scale, number)),
        "eta": _rounded(random.uniform(-2.5, 2.5, number)),
        "phi": _rounded(random.uniform(-np.pi, np.pi, number)),
        "mass": _rounded(random.exponential(5, number)),
    }


def _rounded(values: Any) -> Any:
    """Keep 10 bits of the mantissa, as NanoAOD does."""
    return (values.astype(np.float32).view(np.uint32) & np.uint32(0xFFFFE000)).view(np.float32)


def _further_fields() -> Iterator[tuple[str, str]]:
    """Name fields of collections, without end in practice."""
    quantities = ("dxy", "dz", "ip3d", "sip3d", "miniIso", "mvaScore", "dEscale", "rawFactor")
    variants = [f"{kind}{number}" for number in range(20) for kind in ("Up", "Down", "Raw")]
    for variant, quantity, collection in product(variants, quantities, UNREAD):
        yield collection, f"{quantity}{variant}"


def _further_triggers() -> Iterator[str]:
    legs = ("Mu", "Ele", "DoubleEle", "DoubleMu", "Photon", "PFJet", "AK8PFJet", "PFHT", "PFMET")
    paths = ("", "_eta2p1", "_WPTight_Gsf", "_TrkIsoVVL", "_NoFilters", "_CaloIdVT", "_L1Seeded")
    for threshold, leg, path in product(range(10, 510, 10), legs, paths):
        yield f"HLT_{leg}{threshold}{path}"


def _type_of(array: Any) -> Any:
    return array.type.content if isinstance(array, ak.Array) else array.dtype
