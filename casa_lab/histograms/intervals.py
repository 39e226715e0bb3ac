"""Uncertainties of counts, efficiencies and ratios, as the field quotes them.

All are central intervals that hold 68.27% of the probability, as one standard
deviation of a normal distribution does, given as distances below and above the value.
"""

from __future__ import annotations

import numpy as np

from .contents import FloatArray

TAIL = 0.15865525393145707
"""Probability below minus one standard deviation of a normal distribution."""

Interval = tuple[FloatArray, FloatArray]
"""Distances from the value down to the lower and up to the upper end."""


def garwood(counts: FloatArray) -> Interval:
    """Return the interval of the expectation behind counts.

    Notes
    -----
    F. Garwood, Biometrika 28 (1936) 437: ``chi2.ppf(t, 2 n) / 2`` and
    ``chi2.ppf(1 - t, 2 (n + 1)) / 2`` with t the probability of one tail; the lower end
    is 0 for n = 0. The quantiles of chi squared are those of the gamma distribution here.
    """
    from scipy.special import gammaincinv

    lower = np.where(counts > 0, gammaincinv(np.maximum(counts, 1e-9), TAIL), 0.0)
    upper = gammaincinv(counts + 1, 1 - TAIL)
    return counts - lower, upper - counts


def clopper_pearson(passed: FloatArray, total: FloatArray) -> Interval:
    """Return the interval of the efficiency behind ``passed`` of ``total`` counts.

    Notes
    -----
    C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404: ``beta.ppf(t, k, n - k + 1)``
    and ``beta.ppf(1 - t, k + 1, n - k)`` with t the probability of one tail; the ends are
    0 for k = 0 and 1 for k = n. NaN where n = 0.
    """
    from scipy.special import betaincinv

    failed = total - passed
    with np.errstate(divide="ignore", invalid="ignore"):
        value = passed / total
    lower = np.where(passed > 0, betaincinv(np.maximum(passed, 1e-9), failed + 1, TAIL), 0.0)
    upper = np.where(failed > 0, betaincinv(passed + 1, np.maximum(failed, 1e-9), 1 - TAIL), 1.0)
    return value - lower, upper - value


def weighted_efficiency(
    passed: FloatArray, passed_variance: FloatArray, failed: FloatArray, failed_variance: FloatArray
) -> Interval:
    """Return the uncertainty of an efficiency of weighted events.

    Notes
    -----
    Linear propagation from what passed and what failed, which are independent:
    ``sqrt(f**2 var(p) + p**2 var(f)) / (p + f)**2``, as ROOT's ``TH1::Divide`` with
    option B for weighted histograms.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(failed**2 * passed_variance + passed**2 * failed_variance)
        error = error / (passed + failed) ** 2
    return error, error


def poisson_ratio(above: FloatArray, below: FloatArray) -> Interval:
    """Return the interval of the ratio of the expectations behind independent counts.

    Notes
    -----
    Given their sum, ``above`` is binomially distributed with p = r / (1 + r): Clopper and
    Pearson's interval of p gives that of r (R. D. Cousins, NIM A 417 (1998) 391). This is
    what hist calls ``poisson-ratio``. The upper end is infinite where ``below`` is 0.
    """
    total = above + below
    down, up = clopper_pearson(above, total)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, value = above / total, above / below
        low, high = share - down, share + up
        # The interval of p reaches 1 where the denominator has no counts.
        return value - low / (1 - low), np.where(below > 0, high / (1 - high), np.inf) - value


def scaled(error: Interval, divisor: FloatArray) -> Interval:
    """Return an uncertainty in units of numbers that are taken as exactly known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return error[0] / np.abs(divisor), error[1] / np.abs(divisor)


def uncorrelated_ratio(
    above: FloatArray, above_error: Interval, below: FloatArray, below_error: Interval
) -> Interval:
    """Return the uncertainty of the ratio of independent numbers.

    Notes
    -----
    Linear propagation, ``sqrt(a_err**2 / b**2 + a**2 b_err**2 / b**4)``: the ratio is low
    where the numerator is low or the denominator high.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.hypot(above_error[0] / below, above * below_error[1] / below**2)
        high = np.hypot(above_error[1] / below, above * below_error[0] / below**2)
    return low, high
