"""The numbers along logarithmic axes of pictures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.histograms.takeaway.logaxis import logarithmic_numbers, logarithmic_ticks


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1, 1000, []),
        (60, 120, ["ax.set_xticks([60, 70, 80, 90, 100],", '["60", "70", "80", "90", "100"])']),
        (20, 300, ["ax.set_xticks([20, 50, 100, 200],", '["20", "50", "100", "200"])']),
        (1.52, 1.561, ["ax.set_xticks([1.52, 1.53, 1.54, 1.55, 1.56],"]),
        (1.5e5, 6e5, [r'["$2 \\times 10^{5}$", "$5 \\times 10^{5}$"])']),
    ],
)
def test_numbers_are_plain_and_few(low: float, high: float, ticks: list[str]) -> None:
    code = [line.strip() for line in logarithmic_ticks(low, high)]
    assert code[-1] == 'ax.xaxis.set_minor_formatter("")'
    assert code[: len(ticks)] == ticks or ticks[0] in code
    assert bool(code[:-1]) == bool(ticks)


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_there_are_always_two_numbers_and_never_a_crowd(low: float, width: float) -> None:
    high = low * (1 + width)
    numbers = logarithmic_numbers(low, high)
    if not numbers:
        assert math.log10(high / low) >= 1 - 1e-9
        return
    assert 2 <= len(numbers) <= 9
    assert numbers == sorted(numbers)
    assert low * (1 - 1e-9) <= numbers[0]
    assert numbers[-1] <= high * (1 + 1e-9)
