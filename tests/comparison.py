"""Telling whether two accumulators are the same: counts exactly, weighted sums to 1e-12."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from typing import Any

import boost_histogram
import hist
import numpy as np

TOLERANCE = 1e-12
"""Relative to the sum itself or, where weights cancel, to its statistical error."""


def assert_same_accumulator(actual: Any, expected: Any, path: str = "output") -> None:
    """Fail with the path to the first difference between two accumulators."""
    if isinstance(expected, boost_histogram.Histogram):
        _assert_same_histogram(actual, expected, path)
    elif isinstance(expected, Mapping):
        assert isinstance(actual, Mapping), f"{path} is a {type(actual).__name__}"
        assert set(actual) == set(expected), f"{path} has other keys"
        for key, value in expected.items():
            assert_same_accumulator(actual[key], value, f"{path}/{key}")
    elif isinstance(expected, bool | int | str | Set | np.integer):
        assert actual == expected, f"{path}: {actual} instead of {expected}"
    elif isinstance(expected, float):
        same = math.isclose(actual, expected, rel_tol=TOLERANCE)
        assert same, f"{path}: {actual!r} instead of {expected!r}"
    elif isinstance(expected, list | tuple):
        assert len(actual) == len(expected), f"{path} has another length"
        for number, (one, other) in enumerate(zip(actual, expected, strict=True)):
            assert_same_accumulator(one, other, f"{path}[{number}]")
    elif hasattr(expected, "value"):  # Coffea's value_accumulator and column_accumulator
        assert_same_accumulator(actual.value, expected.value, path)
    else:
        np.testing.assert_allclose(actual, expected, rtol=TOLERANCE, err_msg=path)


def _assert_same_histogram(actual: Any, expected: Any, path: str) -> None:
    assert isinstance(actual, boost_histogram.Histogram), f"{path} is a {type(actual).__name__}"
    assert actual.storage_type is expected.storage_type, f"{path} has another storage"
    orders = []
    assert len(actual.axes) == len(expected.axes), f"{path} has other axes"
    for one, other in zip(actual.axes, expected.axes, strict=True):
        if isinstance(other, hist.axis.StrCategory | hist.axis.IntCategory):
            # Categories that grow come in the order in which they were first filled.
            assert sorted(one) == sorted(other), f"{path} has other categories in {other.name!r}"
            overflow = [] if other.traits.growth else [len(other)]
            orders.append([one.index(category) for category in other] + overflow)
        else:
            assert one == other, f"{path} has another axis {other.name!r}"
            orders.append(list(range(other.extent)))
    order = np.ix_(*orders)
    values = actual.values(flow=True)[order]
    wanted = expected.values(flow=True)
    if expected.storage_type in (hist.storage.Int64, hist.storage.AtomicInt64) or np.array_equal(
        wanted, np.round(wanted)
    ):
        np.testing.assert_array_equal(values, wanted, err_msg=path)
        return
    variances = expected.variances(flow=True)
    scale = np.abs(wanted) if variances is None else np.maximum(np.abs(wanted), np.sqrt(variances))
    worst = np.abs(values - wanted) - TOLERANCE * scale
    assert np.all(worst <= 0), f"{path} differs by up to {np.max(np.abs(values - wanted))}"
    if variances is not None:
        found = actual.variances(flow=True)[order]
        np.testing.assert_allclose(found, variances, rtol=TOLERANCE, err_msg=path)
