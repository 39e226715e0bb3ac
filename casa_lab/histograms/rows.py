"""Rows: the numbers of one category or run, bin by bin, with their uncertainties."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .contents import Contents, FloatArray, Sums, is_whole
from .intervals import clopper_pearson, garwood, weighted_efficiency
from .models import Role

_MEASURED = re.compile(
    r"(pseudo|toy|asimov)?[-_ ]?data([-_ 0-9:].*)?|.*[-_ ]data|.*run20\d\d[A-Z].*", re.IGNORECASE
)


@dataclass(frozen=True)
class Row:
    """One row as drawn."""

    name: str
    role: Role
    values: FloatArray
    lower: FloatArray
    """Uncertainty below the value; NaN where nobody knows."""
    upper: FloatArray
    counts: FloatArray | None = None
    """The counts behind the values, where these are counts and nothing else."""
    divisors: FloatArray | float = 1.0
    """What the counts were divided by."""

    def divided(self, divisors: FloatArray | float) -> Row:
        """Return the row over numbers that are exactly known."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return replace(
                self,
                values=self.values / divisors,
                lower=self.lower / divisors,
                upper=self.upper / divisors,
                divisors=self.divisors * divisors,
            )


def is_measured(category: str) -> bool:
    """Tell by its name whether a category holds recorded events and no simulation."""
    return _MEASURED.fullmatch(category) is not None


def sum_row(name: str, role: Role, contents: Contents) -> Row:
    """Return the row of one-dimensional contents.

    Notes
    -----
    Counts get Garwood's interval, also where they are in a storage of weights that all
    were one; weighted sums the square root of their sum of squared weights, means their
    standard error.
    """
    values, variances = contents.values, contents.variances
    if isinstance(contents, Sums) and is_whole(values) and np.array_equal(values, variances):
        return Row(name, role, values, *garwood(values), counts=values)
    # Rounding may leave a negative variance where weights cancel.
    error = np.sqrt(np.maximum(variances, 0.0))
    return Row(name, role, values, error, error)


def efficiency_row(name: str, role: Role, passed: Sums, total: Sums) -> Row:
    """Return the row of the fraction that some contents are of others.

    Notes
    -----
    Counts get the interval of Clopper and Pearson, weighted sums propagated errors.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        values = passed.values / total.values
    if all(
        is_whole(part.values) and np.array_equal(part.values, part.variances)
        for part in (passed, total)
    ):
        return Row(name, role, values, *clopper_pearson(passed.values, total.values))
    failed = total.values - passed.values
    failed_variance = np.maximum(total.variances - passed.variances, 0.0)
    error = weighted_efficiency(passed.values, passed.variances, failed, failed_variance)
    return Row(name, role, values, *error)


def add(parts: Sequence[Sums]) -> Sums:
    """Return the sum of contents that are independent."""
    return Sums(
        np.sum([part.values for part in parts], axis=0),
        np.sum([part.variances for part in parts], axis=0),
    )


def accumulated(contents: Sums, towards: str) -> Sums:
    """Return what lies below the end of each bin, or above its start."""
    if towards == "below":
        return Sums(np.cumsum(contents.values, axis=-1), np.cumsum(contents.variances, axis=-1))
    return Sums(
        np.cumsum(contents.values[..., ::-1], axis=-1)[..., ::-1],
        np.cumsum(contents.variances[..., ::-1], axis=-1)[..., ::-1],
    )
