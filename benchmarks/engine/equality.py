"""Telling whether all contenders computed the same."""

from __future__ import annotations

from typing import Any

import hist
import numpy as np

TOLERANCE = 1e-9
"""Of weighted sums, relative: they are added in different orders. Counts must be exact."""


def assert_equal(actual: Any, expected: Any, path: str = "result") -> None:
    if isinstance(expected, dict):
        assert set(actual) == set(expected), f"{path} has other keys"
        for key, value in expected.items():
            assert_equal(actual[key], value, f"{path}/{key}")
    elif isinstance(expected, hist.Hist):
        assert actual.axes == expected.axes, f"{path} has other axes"
        for part in ("values", "variances"):
            found, wanted = (getattr(one, part)(flow=True) for one in (actual, expected))
            np.testing.assert_allclose(found, wanted, TOLERANCE, TOLERANCE, err_msg=path)
    else:
        assert actual == expected, f"{path} is {actual} and not {expected}"
