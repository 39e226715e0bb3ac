"""The panel below a plot: ratios and pulls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .intervals import poisson_ratio, scaled, uncorrelated_ratio
from .models import Role
from .rows import Row


@dataclass(frozen=True)
class Panel:
    """A comparison of rows with one of them."""

    kind: Literal["ratio", "pull"]
    reference: str
    rows: list[Row]


def make_panel(
    rows: Sequence[Row], kind: Literal["ratio", "pull"], reference: str | None
) -> Panel | None:
    """Compare data with the total of the stack, or other rows with a reference.

    Parameters
    ----------
    rows
        What is drawn above.
    kind
        ``ratio``, or ``pull``: the difference in units of its uncertainty.
    reference
        Name of the row to compare with. ``None`` for the stack where data are drawn over
        it, else for the first row.

    Returns
    -------
    Panel or None
        ``None`` when there is nothing to compare.

    Notes
    -----
    Over the stack, the points carry the uncertainty of the data alone, and a band shows
    that of the stack. Rows over a row carry the uncertainty of the ratio: that of the
    ratio of Poisson expectations for counts, else propagated linearly as for independent
    numbers. A pull is ``(a - b) / sqrt(a_err**2 + b_err**2)`` with the errors on the sides
    that face each other.
    """
    by_role: dict[Role, list[Row]] = {}
    for row in rows:
        by_role.setdefault(row.role, []).append(row)
    total = next(iter(by_role.get("band", []) or by_role.get("total", [])), None)
    compared = [row for row in rows if row.role not in ("total", "band")]
    if reference is None and total is not None and "data" in by_role:
        return Panel(kind, "", _over_stack(by_role["data"], total, kind))
    if reference is None:
        compared = [row for row in compared if row.role != "layer"] or compared
    chosen = next((row for row in compared if reference in (None, row.name)), None)
    others = [row for row in compared if row is not chosen]
    if chosen is None or not others:
        return None
    compare = _ratio if kind == "ratio" else _pull
    return Panel(kind, chosen.name, [compare(row, chosen) for row in others])


def _over_stack(data: Sequence[Row], total: Row, kind: Literal["ratio", "pull"]) -> list[Row]:
    if kind == "pull":
        return [_pull(row, total) for row in data]
    with np.errstate(divide="ignore", invalid="ignore"):
        points = [
            Row(
                row.name,
                row.role,
                row.values / total.values,
                *scaled((row.lower, row.upper), total.values),
            )
            for row in data
        ]
        one = np.where(total.values != 0, 1.0, np.nan)
    own = scaled((total.lower, total.upper), total.values)
    return [Row("", "band", one, *own), *points]


def _ratio(row: Row, reference: Row) -> Row:
    role: Role = "points" if row.role == "layer" else row.role
    with np.errstate(divide="ignore", invalid="ignore"):
        values = row.values / reference.values
        if row.counts is None or reference.counts is None:
            errors = uncorrelated_ratio(
                row.values,
                (row.lower, row.upper),
                reference.values,
                (reference.lower, reference.upper),
            )
        else:
            scale = np.asarray(reference.divisors) / row.divisors
            lower, upper = poisson_ratio(row.counts, reference.counts)
            errors = lower * scale, upper * scale
    # Over nothing there is no ratio, infinite or other, to draw.
    undefined = reference.values == 0
    lower, upper = (np.where(undefined, np.nan, error) for error in errors)
    return Row(row.name, role, np.where(undefined, np.nan, values), lower, upper)


def _pull(row: Row, reference: Row) -> Row:
    role: Role = "points" if row.role == "layer" else row.role
    above = row.values > reference.values
    error = np.hypot(
        np.where(above, row.lower, row.upper), np.where(above, reference.upper, reference.lower)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(error > 0, (row.values - reference.values) / error, np.nan)
    unknown = np.full_like(values, np.nan)
    return Row(row.name, role, values, unknown, unknown)
