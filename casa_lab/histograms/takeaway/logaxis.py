"""The logarithmic horizontal axis of pictures: what it shows, and the numbers along it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from .labels import quoted
from .models import Choice
from .numbers import Numbers


def logarithmic_ends(numbers: Numbers, choice: Choice) -> tuple[float, float] | None:
    """Return what a logarithmic axis shows, as in the browser; None where it is not one."""
    axis, edges = numbers.header.x, numbers.edges
    is_wanted = axis.transform == "log" if choice.log_x is None else choice.log_x
    if not is_wanted or axis.discrete or len(edges) < 2:
        return None
    low, high = choice.range or (float(numbers.positions[0]), float(numbers.positions[-1]))
    if low > 0:
        return low, high
    starts = edges[:-1][np.isfinite(edges[:-1]) & np.isfinite(edges[1:]) & (edges[:-1] > 0)]
    # An underflow bin has no place below the first bin that begins above 0.
    if len(starts) == 0 or high <= 0 or (choice.range is None and np.isinf(edges[0])):
        return None
    first = float(starts[0])
    return first if first < high else high / 10, high


def logarithmic_ticks(low: float, high: float) -> Iterator[str]:
    """Write numbers that are read at a glance, as the browser does: 60, not 6 x 10^1."""
    written = logarithmic_numbers(low, high)
    if written:
        yield f"ax.set_xticks([{', '.join(f'{number:.10g}' for number in written)}],"
        yield f"    [{', '.join(quoted(_plain(number)) for number in written)}])"
    yield 'ax.xaxis.set_minor_formatter("")'


def _plain(number: float) -> str:
    if 1e-3 <= number < 1e4:
        return f"{number:.10g}"
    digits, exponent = f"{number:.9e}".split("e")
    factor = "" if float(digits) == 1 else rf"{float(digits):g} \times "
    return f"${factor}10^{{{int(exponent)}}}$"


def logarithmic_numbers(low: float, high: float) -> list[float]:
    """Return the numbers to write on a logarithmic axis; none if powers of ten will do.

    Those are written where there are two of them or more, else 1, 2 and 5 times a
    power, else any digit, else numbers at even distances.
    """
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in ((1,), (1, 2, 5), range(1, 10)):
        found = [
            number
            for exponent in exponents
            for digit in digits
            if low <= (number := float(f"{digit}e{exponent}")) <= high
        ]
        if len(found) >= 2:
            return [] if digits == (1,) else found
    unit = 10.0 ** math.floor(math.log10(high - low))
    step = next(step for part in (0.2, 0.5, 1, 2) if (high - low) / (step := part * unit) <= 8)
    return [step * number for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
