"""The physics processes of the sample: random events at the level of partons and leptons."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .kinematics import (
    FourVectors,
    Integers,
    breit_wigner,
    decay,
    power_law,
    recoil_fraction_above,
    recoil_pt,
)
from .particles import GLUON, LEPTONIC_W_SHARE, Particles, decay_taus, decay_w, decay_z

Process = Callable[[np.random.Generator, int], Particles]
"""Makes the particles of a number of events, numbered from 0."""

Z_MASS, Z_WIDTH = 91.1876, 2.4952
W_MASS, W_WIDTH = 80.379, 2.085
TOP_MASS, TOP_WIDTH = 172.5, 1.42
B_MASS = 4.8

BOSON_PT_SCALE, BOSON_PT_POWER = 10.0, 2.2
WJETS_MINIMUM_PT = 40.0
WJETS_FILTER_EFFICIENCY = recoil_fraction_above(WJETS_MINIMUM_PT, BOSON_PT_SCALE, BOSON_PT_POWER)
"""Part of W production that the generator filter pT(W) > 40 GeV keeps."""

PHOTON_SHARE = 0.07
"""Part of Drell-Yan production in the continuum below and above the Z peak."""


def drell_yan(rng: np.random.Generator, count: int) -> Particles:
    """Z/gamma* -> l+ l- with a mass above 40 GeV, recoiling against jets."""
    peak = breit_wigner(rng, count, Z_MASS, Z_WIDTH, 40.0, 500.0)
    continuum = power_law(rng, count, 3.0, 40.0, 1000.0)
    mass = np.where(rng.uniform(size=count) < PHOTON_SHARE, continuum, peak)
    z = _produce(rng, mass, recoil_pt(rng, count, BOSON_PT_SCALE, BOSON_PT_POWER), spread=1.6)
    event = np.arange(count)
    return _finish(rng, count, [decay_z(rng, z, event), _recoil(rng, z)], extra_jets=0.45)


def w_jets(rng: np.random.Generator, count: int) -> Particles:
    """W -> l nu with pT(W) > 40 GeV, recoiling against jets; more W+ than W-, as from protons."""
    mass = breit_wigner(rng, count, W_MASS, W_WIDTH, 30.0, 300.0)
    pt = recoil_pt(rng, count, BOSON_PT_SCALE, BOSON_PT_POWER, WJETS_MINIMUM_PT)
    w = _produce(rng, mass, pt, spread=1.7)
    charge = np.where(rng.uniform(size=count) < 0.57, 1, -1)
    event = np.arange(count)
    return _finish(rng, count, [decay_w(rng, w, charge, event), _recoil(rng, w)], extra_jets=0.45)


def top_pairs(rng: np.random.Generator, count: int) -> Particles:
    """Top pairs, each top decaying to a b quark and a W boson that decays to anything."""
    top_mass = breit_wigner(rng, count, TOP_MASS, TOP_WIDTH, 150.0, 195.0)
    antitop_mass = breit_wigner(rng, count, TOP_MASS, TOP_WIDTH, 150.0, 195.0)
    pair_mass = (top_mass + antitop_mass) * (1 + rng.gamma(1.6, 0.17, count))
    pair = _produce(rng, pair_mass, recoil_pt(rng, count, 30.0, 2.4), spread=0.95)
    parts = [_recoil(rng, pair)]
    event = np.arange(count)
    for quark, sign in zip(decay(pair, top_mass, antitop_mass, rng), (1, -1), strict=True):
        w_mass = breit_wigner(rng, count, W_MASS, W_WIDTH, 50.0, 120.0)
        w, b = decay(quark, w_mass, np.full(count, B_MASS), rng)
        parts.append(Particles(event, np.full(count, 5 * sign), b))
        parts.append(decay_w(rng, w, np.full(count, sign), event, LEPTONIC_W_SHARE))
    return _finish(rng, count, parts, extra_jets=0.7)


DIBOSON_CROSS_SECTIONS = {"WW": 12.18, "WZ": 5.06, "ZZ": 1.33}
"""Cross sections of WW -> 2l2nu, WZ -> 3lnu and ZZ -> 4l in picobarn."""


def dibosons(rng: np.random.Generator, count: int) -> Particles:
    """WW, WZ and ZZ pairs in proportion to their cross sections, all bosons to leptons."""
    shares = np.array(list(DIBOSON_CROSS_SECTIONS.values()))
    kind = rng.choice(len(shares), count, p=shares / shares.sum())
    first_is_z, second_is_z = kind == 2, kind >= 1
    masses = []
    for is_z in (first_is_z, second_is_z):
        z_mass = breit_wigner(rng, count, Z_MASS, Z_WIDTH, 40.0, 150.0)
        w_mass = breit_wigner(rng, count, W_MASS, W_WIDTH, 40.0, 150.0)
        masses.append(np.where(is_z, z_mass, w_mass))
    pair_mass = (masses[0] + masses[1]) * (1 + rng.gamma(1.3, 0.25, count))
    pair = _produce(rng, pair_mass, recoil_pt(rng, count, 18.0, 2.3), spread=1.3)
    parts = [_recoil(rng, pair)]
    event = np.arange(count)
    charge = np.where(rng.uniform(size=count) < 0.5, 1, -1)
    bosons = decay(pair, masses[0], masses[1], rng)
    for boson, is_z, sign in zip(bosons, (first_is_z, second_is_z), (charge, -charge), strict=True):
        parts.append(decay_z(rng, boson[is_z], event[is_z]))
        parts.append(decay_w(rng, boson[~is_z], sign[~is_z], event[~is_z]))
    return _finish(rng, count, parts, extra_jets=0.45)


def _produce(
    rng: np.random.Generator, mass: np.ndarray, pt: np.ndarray, spread: float
) -> FourVectors:
    """Give systems of the given mass and pT a random azimuth and a central rapidity."""
    rapidity = np.clip(rng.normal(0.0, spread, len(mass)), -3.5, 3.5)
    return FourVectors.from_pt_rapidity(pt, rapidity, rng.uniform(-np.pi, np.pi, len(mass)), mass)


def _recoil(rng: np.random.Generator, system: FourVectors) -> Particles:
    """Balance the transverse momentum of each system with up to three radiated partons."""
    count = len(system)
    event = np.arange(count)
    left = system.pt
    parts = []
    for _ in range(3):
        share = rng.beta(4.0, 1.3, count)
        phi = system.phi + np.pi + rng.normal(0.0, 0.25, count)
        eta = rng.normal(0.0, 1.7, count)
        p4 = FourVectors.from_pt_eta(left * share, eta, phi, np.zeros(count))
        parts.append(Particles(event, _parton_flavours(rng, count), p4))
        left = left * (1 - share)
    partons = Particles.concatenate(parts)
    return partons[partons.p4.pt > 8.0]


def _radiation(rng: np.random.Generator, count: int, mean: float) -> Particles:
    """Add further jets with a falling spectrum, in no relation to the system.

    Their number is geometric: each further jet costs the same factor, as is
    seen in the production of bosons with jets.
    """
    number = rng.geometric(1 / (1 + mean), count) - 1
    event: Integers = np.repeat(np.arange(count), number)
    total = len(event)
    p4 = FourVectors.from_pt_eta(
        power_law(rng, total, 2.8, 18.0, 800.0),
        rng.normal(0.0, 1.9, total),
        rng.uniform(-np.pi, np.pi, total),
        np.zeros(total),
    )
    return Particles(event, _parton_flavours(rng, total), p4)


def _parton_flavours(rng: np.random.Generator, count: int) -> Integers:
    return rng.choice([GLUON, 1, 4, 5], count, p=[0.55, 0.34, 0.07, 0.04])


def _finish(
    rng: np.random.Generator, count: int, parts: list[Particles], extra_jets: float
) -> Particles:
    particles = Particles.concatenate([*parts, _radiation(rng, count, extra_jets)])
    return decay_taus(rng, particles)
