"""What the bins of a histogram hold, and how bins merge.

Sums add up; means merge as if the bins had been filled as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Sums:
    """Counts or sums of weights, and the squared uncertainties of these."""

    values: FloatArray
    variances: FloatArray
    """NaN where nobody knows: the storage was filled with weights and kept no squares."""

    def select(self, index: Any) -> Sums:
        """Return the bins of an index, of which integers take their dimension away."""
        return Sums(self.values[index], self.variances[index])

    def sum(self, axes: tuple[int, ...]) -> Sums:
        """Merge all bins along some dimensions."""
        return Sums(self.values.sum(axis=axes), self.variances.sum(axis=axes))

    def merge(self, starts: Sequence[int], stop: int) -> Sums:
        """Merge bins along the last dimension: up to the next start, or the stop."""
        return Sums(*(_merge(part, starts, stop) for part in (self.values, self.variances)))

    def transpose(self, order: Sequence[int]) -> Sums:
        """Put the dimensions into another order."""
        return Sums(self.values.transpose(order), self.variances.transpose(order))

    def scale(self, factors: FloatArray) -> Sums:
        """Multiply the contents by factors that are exactly known."""
        return Sums(self.values * factors, self.variances * factors**2)


@dataclass(frozen=True)
class Means:
    """Means of samples."""

    weights: FloatArray
    """Number of samples, or sum of their weights."""
    squares: FloatArray
    """Sum of squared weights."""
    means: FloatArray
    deviations: FloatArray
    """Weighted sum of the squared distances of samples from their mean."""

    @property
    def values(self) -> FloatArray:
        """The means, NaN of nothing."""
        return np.where(self.weights != 0, self.means, np.nan)

    @property
    def variances(self) -> FloatArray:
        """Squared standard errors of the means, NaN of fewer than two samples.

        The variance of the samples, ``deviations / (W - W2 / W)``, over their effective
        number, ``W**2 / W2``, where W is the sum of weights and W2 that of their squares
        (W. G. Cochran, Sampling Techniques, 1977; Kish's effective sample size).
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = self.deviations / (self.weights - self.squares / self.weights)
            error = variance * self.squares / self.weights**2
        return np.where(self.weights**2 > self.squares, error, np.nan)

    def select(self, index: Any) -> Means:
        """Return the bins of an index, of which integers take their dimension away."""
        return Means(*(part[index] for part in self._parts()))

    def sum(self, axes: tuple[int, ...]) -> Means:
        """Merge all bins along some dimensions."""
        weights, squares = self.weights.sum(axis=axes), self.squares.sum(axis=axes)
        with np.errstate(divide="ignore", invalid="ignore"):
            means = self._weighted().sum(axis=axes) / weights
        spread = self._spread(np.expand_dims(means, axes))
        return Means(weights, squares, means, (self.deviations + spread).sum(axis=axes))

    def merge(self, starts: Sequence[int], stop: int) -> Means:
        """Merge bins along the last dimension: up to the next start, or the stop."""
        if not len(starts):
            return Means(*(part[..., :0] for part in self._parts()))
        weights = _merge(self.weights, starts, stop)
        with np.errstate(divide="ignore", invalid="ignore"):
            means = _merge(self._weighted(), starts, stop) / weights
        kept = self.select((..., slice(starts[0], stop)))
        spread = kept._spread(np.repeat(means, np.diff([*starts, stop]), axis=-1))
        deviations = _merge(kept.deviations + spread, np.array(starts) - starts[0], stop)
        return Means(weights, _merge(self.squares, starts, stop), means, deviations)

    def transpose(self, order: Sequence[int]) -> Means:
        """Put the dimensions into another order."""
        return Means(*(part.transpose(order) for part in self._parts()))

    def scale(self, factors: FloatArray) -> Means:
        """Give the samples other weights, which matters once bins merge."""
        weights, squares = self.weights * factors, self.squares * factors**2
        return Means(weights, squares, self.means, self.deviations * factors)

    def _parts(self) -> tuple[FloatArray, ...]:
        return self.weights, self.squares, self.means, self.deviations

    def _weighted(self) -> FloatArray:
        return np.where(self.weights != 0, self.weights * self.means, 0.0)

    def _spread(self, around: FloatArray) -> FloatArray:
        distance = np.where(self.weights != 0, self.means - around, 0.0)
        spread: FloatArray = self.weights * distance**2
        return spread


Contents = Sums | Means


def read_contents(storage: dict[str, Any]) -> Contents:
    """Return the contents of a histogram from the storage of its UHI dictionary.

    Counts have the variance of Poisson's distribution, their own value. A storage of plain
    numbers does too while these are whole; else it was filled with weights whose squares
    nobody kept, and the variance is not known.
    """
    values = np.asarray(storage["values"], dtype=np.float64)
    kind = storage["type"]
    if kind == "weighted":
        return Sums(values, np.asarray(storage["variances"], dtype=np.float64))
    if kind not in ("mean", "weighted_mean"):
        return Sums(values, values if is_whole(values) else np.full_like(values, np.nan))
    weighted = kind == "weighted_mean"
    name = "sum_of_weights" if weighted else "counts"
    weights = np.asarray(storage[name], dtype=np.float64)
    squares = weights
    if weighted:
        squares = np.asarray(storage["sum_of_weights_squared"], dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = weights - squares / weights
    variances = np.asarray(storage["variances"], dtype=np.float64)
    deviations = np.zeros_like(values)
    np.multiply(variances, freedom, out=deviations, where=freedom > 0)
    return Means(weights, squares, values, deviations)


def is_whole(values: FloatArray) -> bool:
    """Tell whether numbers can be counts."""
    return bool(np.all(values >= 0) and np.all(values == np.floor(values)))


def _merge(part: FloatArray, starts: Sequence[int] | NDArray[Any], stop: int) -> FloatArray:
    if not len(starts):
        return part[..., :0]
    kept = part[..., :stop]
    merged: FloatArray = np.add.reduceat(kept, np.asarray(starts, dtype=np.intp), axis=-1)
    return merged
