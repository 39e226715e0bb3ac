"""Generated particles of many events, as one flat table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .kinematics import Flags, FourVectors, Integers, decay

ELECTRON, MUON, TAU = 11, 13, 15
GLUON = 21
LEPTONIC_W_SHARE = 3 * 0.1086
TAU_TO_LEPTON_SHARE = 0.352


@dataclass(frozen=True)
class Particles:
    """Particles with the event each belongs to and its PDG id.

    A tau that is still in the table after :func:`decay_taus` is a hadronic one
    and carries its visible momentum.
    """

    event: Integers
    pdg: Integers
    p4: FourVectors

    @classmethod
    def concatenate(cls, parts: Sequence[Particles]) -> Particles:
        """Join tables end to end."""
        return cls(
            np.concatenate([part.event for part in parts]),
            np.concatenate([part.pdg for part in parts]),
            FourVectors.concatenate([part.p4 for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.event)

    def __getitem__(self, choice: Flags | Integers) -> Particles:
        return Particles(self.event[choice], self.pdg[choice], self.p4[choice])

    def is_kind(self, *kinds: int) -> Flags:
        """Tell which particles are of one of these PDG ids, up to sign."""
        return np.isin(np.abs(self.pdg), kinds)


def decay_z(rng: np.random.Generator, z: FourVectors, event: Integers) -> Particles:
    """Decay Z bosons (or virtual photons) to a pair of charged leptons of random flavour."""
    flavour = rng.choice([ELECTRON, MUON, TAU], len(z))
    massless = np.zeros(len(z))
    minus, plus = decay(z, massless, massless, rng)
    return Particles.concatenate(
        [Particles(event, flavour, minus), Particles(event, -flavour, plus)]
    )


def decay_w(
    rng: np.random.Generator,
    w: FourVectors,
    charge: Integers,
    event: Integers,
    leptonic_share: float = 1.0,
) -> Particles:
    """Decay W bosons to a lepton and its neutrino, or to a quark pair."""
    massless = np.zeros(len(w))
    first, second = decay(w, massless, massless, rng)
    leptonic = rng.uniform(size=len(w)) < leptonic_share
    lepton = rng.choice([ELECTRON, MUON, TAU], len(w))
    up = rng.choice([2, 4], len(w))
    # W+ -> l+ nu (negative PDG id of l+) or up-type quark and down-type antiquark.
    first_pdg = np.where(leptonic, -charge * lepton, charge * up)
    second_pdg = np.where(leptonic, charge * (lepton + 1), -charge * (up - 1))
    return Particles.concatenate(
        [Particles(event, first_pdg, first), Particles(event, second_pdg, second)]
    )


def decay_taus(rng: np.random.Generator, particles: Particles) -> Particles:
    """Replace taus by what is seen of them, collinear with the tau, and their neutrinos."""
    tau = particles.is_kind(TAU)
    taus, others = particles[tau], particles[~tau]
    leptonic = rng.uniform(size=len(taus)) < TAU_TO_LEPTON_SHARE
    visible_fraction = np.where(
        leptonic, rng.beta(1.4, 2.6, len(taus)), rng.beta(3.0, 2.0, len(taus))
    )
    sign = np.sign(taus.pdg)
    lepton = rng.choice([ELECTRON, MUON], len(taus))
    visible = Particles(
        taus.event,
        np.where(leptonic, sign * lepton, taus.pdg),
        taus.p4.scaled(visible_fraction),
    )
    neutrinos = Particles(taus.event, sign * (TAU + 1), taus.p4.scaled(1 - visible_fraction))
    return Particles.concatenate([others, visible, neutrinos])
