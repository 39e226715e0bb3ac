"""Relativistic kinematics on whole arrays of particles at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FourVectors:
    """Energies and momenta of many particles, in GeV."""

    px: Floats
    py: Floats
    pz: Floats
    e: Floats

    @classmethod
    def from_pt_rapidity(
        cls, pt: Floats, rapidity: Floats, phi: Floats, mass: Floats
    ) -> FourVectors:
        """Make four-vectors from transverse momentum, rapidity, azimuth and mass."""
        mt = np.sqrt(mass**2 + pt**2)
        return cls(
            pt * np.cos(phi), pt * np.sin(phi), mt * np.sinh(rapidity), mt * np.cosh(rapidity)
        )

    @classmethod
    def from_pt_eta(cls, pt: Floats, eta: Floats, phi: Floats, mass: Floats) -> FourVectors:
        """Make four-vectors from transverse momentum, pseudorapidity, azimuth and mass."""
        px, py, pz = pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)
        return cls(px, py, pz, np.sqrt(px**2 + py**2 + pz**2 + mass**2))

    @classmethod
    def concatenate(cls, parts: Sequence[FourVectors]) -> FourVectors:
        """Join arrays of four-vectors end to end."""
        return cls(
            np.concatenate([part.px for part in parts]),
            np.concatenate([part.py for part in parts]),
            np.concatenate([part.pz for part in parts]),
            np.concatenate([part.e for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.e)

    def __add__(self, other: FourVectors) -> FourVectors:
        return FourVectors(
            self.px + other.px, self.py + other.py, self.pz + other.pz, self.e + other.e
        )

    def __getitem__(self, choice: Flags | Integers) -> FourVectors:
        return FourVectors(self.px[choice], self.py[choice], self.pz[choice], self.e[choice])

    def scaled(self, factor: Floats) -> FourVectors:
        """Multiply every component, as for massless decay products in a narrow cone."""
        return FourVectors(self.px * factor, self.py * factor, self.pz * factor, self.e * factor)

    @property
    def pt(self) -> Floats:
        """Transverse momentum."""
        return np.hypot(self.px, self.py)

    @property
    def eta(self) -> Floats:
        """Pseudorapidity."""
        # A particle exactly along the beam would have an infinite one.
        return np.arcsinh(self.pz / np.maximum(self.pt, 1e-9))

    @property
    def phi(self) -> Floats:
        """Azimuth, in (-pi, pi]."""
        return np.arctan2(self.py, self.px)

    @property
    def mass(self) -> Floats:
        """Invariant mass."""
        squared = self.e**2 - self.px**2 - self.py**2 - self.pz**2
        return np.sqrt(np.maximum(squared, 0.0))

    def boosted_from_rest_of(self, frame: FourVectors) -> FourVectors:
        """Return these vectors, given in the rest frame of ``frame``, as seen in the laboratory."""
        mass = frame.mass
        dot = self.px * frame.px + self.py * frame.py + self.pz * frame.pz
        energy = (frame.e * self.e + dot) / mass
        along = (self.e + energy) / (frame.e + mass)
        return FourVectors(
            self.px + along * frame.px,
            self.py + along * frame.py,
            self.pz + along * frame.pz,
            energy,
        )


def decay(
    parent: FourVectors, mass1: Floats, mass2: Floats, rng: np.random.Generator
) -> tuple[FourVectors, FourVectors]:
    """Decay every parent isotropically into two particles of the given masses."""
    mass = parent.mass
    energy1 = (mass**2 + mass1**2 - mass2**2) / (2 * mass)
    momentum = np.sqrt(np.maximum(energy1**2 - mass1**2, 0.0))
    cosine = rng.uniform(-1.0, 1.0, len(parent))
    sine = np.sqrt(1 - cosine**2)
    phi = rng.uniform(-np.pi, np.pi, len(parent))
    px, py, pz = momentum * sine * np.cos(phi), momentum * sine * np.sin(phi), momentum * cosine
    one = FourVectors(px, py, pz, energy1)
    two = FourVectors(-px, -py, -pz, mass - energy1)
    return one.boosted_from_rest_of(parent), two.boosted_from_rest_of(parent)


def breit_wigner(
    rng: np.random.Generator, count: int, pole: float, width: float, low: float, high: float
) -> Floats:
    """Draw masses of a resonance between two limits."""
    start, stop = np.arctan((low - pole) / (width / 2)), np.arctan((high - pole) / (width / 2))
    return pole + (width / 2) * np.tan(rng.uniform(start, stop, count))


def power_law(
    rng: np.random.Generator, count: int, exponent: float, low: float, high: float
) -> Floats:
    """Draw from a density that falls as ``x**-exponent`` between two limits."""
    start, stop = low ** (1 - exponent), high ** (1 - exponent)
    return rng.uniform(stop, start, count) ** (1 / (1 - exponent))


def recoil_pt(
    rng: np.random.Generator, count: int, scale: float, power: float, minimum: float = 0.0
) -> Floats:
    """Draw transverse momenta with a peak near ``scale / 2`` and a falling tail.

    The density is ``pt / (pt**2 + scale**2)**power`` above ``minimum``.
    """
    highest = recoil_fraction_above(minimum, scale, power)
    # The upper end of the tail is cut far beyond what a sample of any size reaches.
    survival = rng.uniform(1e-9, 1.0, count) * highest
    return scale * np.sqrt(survival ** (-1 / (power - 1)) - 1)


def recoil_fraction_above(minimum: float, scale: float, power: float) -> float:
    """Return the part of the :func:`recoil_pt` density that lies above ``minimum``."""
    return float((1 + (minimum / scale) ** 2) ** (1 - power))
