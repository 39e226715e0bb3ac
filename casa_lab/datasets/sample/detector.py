"""What a detector makes of generated particles: efficiencies, resolutions, b-tags and fakes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .kinematics import Flags, Floats, FourVectors, Integers, power_law
from .particles import ELECTRON, GLUON, MUON, TAU, Particles

MUON_MASS, ELECTRON_MASS = 0.105658, 0.000511
LIGHTEST_JET_PT = 15.0
PARTONS = (1, 2, 3, 4, 5, GLUON)
NEUTRINOS = (12, 14, 16)


@dataclass(frozen=True)
class Objects:
    """Reconstructed objects of one kind in many events, as a flat table.

    ``features`` holds the branches of the collection apart from the four-vector.
    """

    event: Integers
    pt: Floats
    eta: Floats
    phi: Floats
    mass: Floats
    features: dict[str, np.ndarray]

    def __getitem__(self, choice: Flags | Integers) -> Objects:
        return Objects(
            self.event[choice],
            self.pt[choice],
            self.eta[choice],
            self.phi[choice],
            self.mass[choice],
            {name: values[choice] for name, values in self.features.items()},
        )

    def sorted_by_pt(self) -> Objects:
        """Return the objects ordered by event, hardest first in each."""
        return self[np.lexsort((-self.pt, self.event))]


def join(parts: list[Objects]) -> Objects:
    """Put tables of objects with the same features together and sort them."""

    def column(name: str) -> np.ndarray:
        return np.concatenate([getattr(part, name) for part in parts])

    features = {
        name: np.concatenate([part.features[name] for part in parts]) for name in parts[0].features
    }
    return Objects(
        column("event"), column("pt"), column("eta"), column("phi"), column("mass"), features
    ).sorted_by_pt()


def reconstruct_muons(rng: np.random.Generator, particles: Particles) -> Objects:
    """Muons: prompt and isolated ones, and those inside b and c jets."""
    true = particles[particles.is_kind(MUON)]
    inside = particles[particles.is_kind(4, 5)]
    inside = inside[rng.uniform(size=len(inside)) < np.where(inside.is_kind(5), 0.10, 0.05)]
    share = rng.uniform(0.05, 0.5, len(inside))
    prompt = _muons(rng, true, true.p4.pt, 0.0, rng.exponential(0.025, len(true)), 0.97)
    buried = _muons(rng, inside, inside.p4.pt * share, 0.08, (1 - share) / share * 0.4, 0.80)
    muons = join([prompt, buried])
    efficiency = np.where(np.abs(muons.eta) < 2.4, 0.985, 0.0)
    return muons[(muons.pt > 3.0) & (rng.uniform(size=len(muons.pt)) < efficiency)]


def _muons(
    rng: np.random.Generator,
    source: Particles,
    pt: Floats,
    spread: float,
    isolation: Floats,
    tight_efficiency: float,
) -> Objects:
    count = len(source)
    resolution = 0.009 + 0.006 * np.abs(source.p4.eta) + 5e-5 * pt
    return Objects(
        source.event,
        pt * rng.normal(1.0, resolution),
        source.p4.eta + spread * rng.normal(size=count),
        _wrap(source.p4.phi + spread * rng.normal(size=count)),
        np.full(count, MUON_MASS),
        {
            "charge": -np.sign(source.pdg).astype(np.int32),
            "tightId": rng.uniform(size=count) < tight_efficiency,
            "pfRelIso04_all": isolation,
        },
    )


def reconstruct_electrons(rng: np.random.Generator, particles: Particles) -> Objects:
    """Electrons: prompt and isolated ones, and light jets taken for electrons."""
    true = particles[particles.is_kind(ELECTRON)]
    jets = particles[particles.is_kind(*PARTONS)]
    fakes = jets[rng.uniform(size=len(jets)) < 0.012]
    prompt = _electrons(
        rng, true, true.p4.pt, rng.exponential(0.03, len(true)), [0.04, 0.04, 0.05, 0.12, 0.75]
    )
    fake = _electrons(
        rng,
        fakes,
        fakes.p4.pt * rng.uniform(0.3, 0.9, len(fakes)),
        rng.exponential(0.4, len(fakes)),
        [0.55, 0.25, 0.12, 0.05, 0.03],
    )
    electrons = join([prompt, fake])
    efficiency = np.where(np.abs(electrons.eta) < 2.5, 0.93 - 0.4 * np.exp(-electrons.pt / 6), 0.0)
    return electrons[(electrons.pt > 5.0) & (rng.uniform(size=len(electrons.pt)) < efficiency)]


def _electrons(
    rng: np.random.Generator, source: Particles, pt: Floats, isolation: Floats, ids: list[float]
) -> Objects:
    count = len(source)
    resolution = np.hypot(0.012 + 0.008 * np.abs(source.p4.eta), 0.06 / np.sqrt(np.maximum(pt, 1)))
    return Objects(
        source.event,
        pt * rng.normal(1.0, resolution),
        source.p4.eta,
        source.p4.phi,
        np.full(count, ELECTRON_MASS),
        {
            "charge": -np.sign(source.pdg).astype(np.int32),
            "cutBased": rng.choice(5, count, p=ids).astype(np.int32),
            "pfRelIso03_all": isolation,
        },
    )


def reconstruct_jets(
    rng: np.random.Generator, particles: Particles, pileup: Integers
) -> tuple[Objects, FourVectors, Integers]:
    """Jets of partons, hadronic taus, electrons and pile-up.

    Returns
    -------
    Objects
        The jets above threshold.
    FourVectors
        For each hadronic jet, how far its measurement is off: what the missing
        transverse momentum gains by it.
    Integers
        The event of each of these.
    """
    hadrons = particles[particles.is_kind(*PARTONS, TAU)]
    jets = _jets(rng, hadrons, np.hypot(0.75 / np.sqrt(np.maximum(hadrons.p4.pt, 5.0)), 0.045))
    measured = FourVectors.from_pt_eta(jets.pt, jets.eta, jets.phi, jets.mass)
    true = hadrons.p4
    lost = FourVectors(
        true.px - measured.px, true.py - measured.py, true.pz - measured.pz, true.e - measured.e
    )
    electrons = particles[particles.is_kind(ELECTRON)]
    number = rng.poisson(0.025 * pileup)
    soft_event = np.repeat(np.arange(len(pileup)), number)
    soft = Particles(
        soft_event,
        np.ones(len(soft_event), np.int64),
        FourVectors.from_pt_eta(
            power_law(rng, len(soft_event), 5.5, 14.0, 120.0),
            rng.uniform(-4.7, 4.7, len(soft_event)),
            rng.uniform(-np.pi, np.pi, len(soft_event)),
            np.zeros(len(soft_event)),
        ),
    )
    everything = join(
        [
            jets,
            _jets(rng, electrons, np.full(len(electrons), 0.04)),
            _jets(rng, soft, np.full(len(soft), 0.1)),
        ]
    )
    kept = (everything.pt > LIGHTEST_JET_PT) & (np.abs(everything.eta) < 4.7)
    return everything[kept], lost, hadrons.event


def _jets(rng: np.random.Generator, source: Particles, resolution: Floats) -> Objects:
    count = len(source)
    pt = source.p4.pt * np.maximum(rng.normal(1.0, resolution), 0.1)
    flavour = np.where(source.is_kind(4, 5), np.abs(source.pdg), 0)
    electromagnetic = source.is_kind(ELECTRON)
    b_tag = np.select(
        [flavour == 5, flavour == 4],
        [rng.beta(1.25, 0.5, count), rng.beta(0.7, 2.9, count)],
        rng.beta(0.55, 9.0, count),
    )
    constituents = 1 + rng.poisson(4.0 + 2.2 * np.sqrt(np.maximum(pt, 0.0)))
    clean = rng.uniform(size=count) < 0.985
    return Objects(
        source.event,
        pt,
        source.p4.eta + 0.01 * rng.normal(size=count),
        _wrap(source.p4.phi + 0.01 * rng.normal(size=count)),
        pt * np.clip(rng.lognormal(-2.1, 0.35, count), 0.02, 0.4),
        {
            "btagDeepFlavB": b_tag,
            "hadronFlavour": flavour.astype(np.int32),
            # Bit 1: tight; bit 2: tight with lepton veto, which electrons fail.
            "jetId": np.where(clean, np.where(electromagnetic, 2, 6), 0).astype(np.int32),
            "nConstituents": np.where(electromagnetic, 3, constituents)
            .clip(1, 255)
            .astype(np.uint8),
        },
    )


def missing_momentum(
    rng: np.random.Generator,
    particles: Particles,
    lost: FourVectors,
    lost_event: Integers,
    pileup: Integers,
) -> tuple[Floats, Floats, Floats]:
    """Missing transverse momentum of each event.

    It is what neutrinos carry away, what jets were measured wrong, and noise
    that grows with the activity in the event.

    Returns
    -------
    tuple of arrays
        Its magnitude, its azimuth, and the scalar sum of transverse energy.
    """
    count = len(pileup)
    invisible = particles.is_kind(*NEUTRINOS)
    neutrinos, visible = particles[invisible], particles[~invisible]
    sum_et = np.bincount(visible.event, visible.p4.pt, count) + pileup * rng.normal(
        11.0, 1.0, count
    )
    noise = 0.55 * np.sqrt(np.maximum(sum_et, 20.0))
    px, py = (
        np.bincount(neutrinos.event, getattr(neutrinos.p4, axis), count)
        + np.bincount(lost_event, getattr(lost, axis), count)
        + noise * rng.normal(size=count)
        for axis in ("px", "py")
    )
    return np.hypot(px, py), np.arctan2(py, px), sum_et


def trigger_decisions(
    rng: np.random.Generator, count: int, muons: Objects, electrons: Objects
) -> dict[str, Flags]:
    """Decide the high-level trigger paths, with turn-ons of finite width."""
    isolated = muons.features["pfRelIso04_all"] < 0.25
    single = isolated & (rng.uniform(size=len(muons.pt)) < _turn_on(muons.pt, 24.0, 0.6, 0.91))
    low = rng.uniform(size=len(muons.pt)) < _turn_on(muons.pt, 8.0, 0.4, 0.96)
    high = low & (muons.pt > 17.0)
    identified = electrons.features["cutBased"] >= 3
    electron = identified & (
        rng.uniform(size=len(electrons.pt)) < _turn_on(electrons.pt, 32.0, 1.2, 0.88)
    )

    def number(event: Integers) -> Integers:
        return np.bincount(event, minlength=count)

    return {
        "HLT_IsoMu24": number(muons.event[single]) > 0,
        "HLT_Mu17_TrkIsoVVL_Mu8_TrkIsoVVL_DZ": (number(muons.event[low]) > 1)
        & (number(muons.event[high]) > 0),
        "HLT_Ele32_WPTight_Gsf": number(electrons.event[electron]) > 0,
    }


def _turn_on(pt: Floats, threshold: float, width: float, plateau: float) -> Floats:
    efficiency: Floats = plateau * 0.5 * (1 + np.tanh((pt - threshold) / width))
    return efficiency


def _wrap(phi: Floats) -> Floats:
    wrapped: Floats = (phi + np.pi) % (2 * np.pi) - np.pi
    return wrapped
