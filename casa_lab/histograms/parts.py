"""Parts: a histogram reduced to what a view draws along its axis, nothing merged yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from casa_lab.errors import BadInput

from .contents import Contents, FloatArray, Means, Sums
from .descriptors import describe_axes, other_label
from .maps import average
from .models import Axis, View
from .projection import bin_of, edges_of, position_of, project
from .rows import add, is_measured
from .variations import find_variations

Factors = tuple[str, FloatArray]
"""Name of an axis, and what the contents of its bins are to be multiplied with."""


@dataclass(frozen=True)
class Parts:
    """What is drawn of a histogram, with the flow bins of the axis that it is drawn along."""

    x: Axis
    edges: FloatArray
    names: list[str]
    contents: list[Contents]
    """One for each name; the flow bins of the axis included."""
    wholes: list[Sums] | None = None
    """What the contents are a fraction of, where fractions are drawn."""
    varied: list[tuple[Sums | None, Sums | None]] = field(default_factory=list)
    """Sums of what is simulated in the up and the down variation of each source."""


def axis_named(uhi: dict[str, Any], name: str) -> Axis:
    """Return the descriptor of an axis."""
    axes = describe_axes(uhi)
    return axes[position_of([axis.name for axis in axes], name)]


def make_parts(uhi: dict[str, Any], view: View, factors: Factors | None = None) -> Parts:
    """Reduce a histogram to the rows that a view draws.

    Raises
    ------
    NotFound
        When the histogram has no such axis or, as yet, no such category.
    BadInput
        When the view contradicts itself, or asks of means what only sums can give.
    """
    _check(uhi, view)
    kept = [view.x] if view.stack is None else [view.stack, view.x]
    x = axis_named(uhi, view.x)
    contents: Contents
    if view.profile:
        assert view.y is not None  # as was checked
        contents = average(
            project(uhi, [*kept, view.y], view.select, factors),
            axis_named(uhi, view.y),
            edges_of(uhi, view.y),
        )
    else:
        contents = project(uhi, kept, view.select, factors)
    names, rows = _named_rows(uhi, view.stack, contents)
    wholes = None
    if view.fraction is not None:
        rest = {name: kept for name, kept in view.select.items() if name != view.fraction}
        whole = project(uhi, kept, rest, factors)
        # A category that was filled shows, even where none of its entries was selected.
        names, whole_rows = _named_rows(uhi, view.stack, whole)
        wholes = [part for part in whole_rows if isinstance(part, Sums)]
        if view.stack is not None:
            rows = [contents.select(row) for row in range(len(names))]
    parts = Parts(x, edges_of(uhi, view.x), names, rows, wholes, _varied(uhi, view, factors))
    return _with_data_added(parts)


def _check(uhi: dict[str, Any], view: View) -> None:
    axes = {axis.name: axis for axis in describe_axes(uhi)}
    drawn = [view.x] + [name for name in (view.y, view.stack) if name is not None]
    for name in drawn:
        if drawn.count(name) > 1:
            raise BadInput(f"Axis '{name}' cannot be drawn along twice, or drawn and stacked by.")
        if name in view.select:
            raise BadInput(
                f"Axis '{name}' is drawn in this view; take it out of the selection or the view."
            )
    if view.stack in axes and axes[view.stack].categories is None:
        raise BadInput(f"Axis '{view.stack}' has no categories to stack by.")
    for wanted in (view.fraction, view.variations):
        if wanted is not None and wanted not in view.select:
            raise BadInput(f"Select a category of axis '{wanted}' first.")
    if view.profile and view.y is None:
        raise BadInput("Say which axis the profile averages.")
    if view.profile and view.y in axes and axes[view.y].discrete:
        raise BadInput(f"Axis '{view.y}' has categories, of which there is no mean.")
    means = uhi["storage"]["type"] in ("mean", "weighted_mean")
    if means and view.profile:
        raise BadInput("The histogram holds means already, which a profile cannot average.")
    if means or view.profile:
        _check_means(view)
    if view.fraction is not None and (view.cumulative or view.per != "bin" or view.variations):
        raise BadInput("Fractions are drawn bin by bin, without band; choose contents per bin.")


def _check_means(view: View) -> None:
    if view.cumulative is not None:
        raise BadInput("Means do not add up: there is nothing cumulative to draw of them.")
    if view.per != "bin":
        raise BadInput("Means have no density: draw them as they are.")
    if view.fraction is not None or view.variations is not None:
        raise BadInput("Of means there is neither a fraction nor a band of variations to draw.")


def _named_rows(
    uhi: dict[str, Any], stack: str | None, contents: Contents
) -> tuple[list[str], list[Contents]]:
    """Split contents by category; fills of no category are a row if there are any."""
    if stack is None:
        return [""], [contents]
    names = list(axis_named(uhi, stack).categories or [])
    rows = [contents.select(row) for row in range(len(contents.values))]
    if len(rows) > len(names):
        if _is_empty(rows[-1]):
            rows.pop()
        else:
            names.append(other_label(names))
    return names, rows


def _is_empty(contents: Contents) -> bool:
    filled = contents.weights if isinstance(contents, Means) else contents.values
    return not (filled.any() or np.nan_to_num(contents.variances).any())


def _with_data_added(parts: Parts) -> Parts:
    """Draw the datasets that were recorded as one: they are periods of data taking."""
    measured = [row for row, name in enumerate(parts.names) if is_measured(name)]
    sums = [part for part in parts.contents if isinstance(part, Sums)]
    if len(measured) < 2 or len(sums) < len(parts.contents):
        return parts

    def added(of: Sequence[Sums]) -> list[Sums]:
        rest = [part for row, part in enumerate(of) if row not in measured]
        return [*rest, add([of[row] for row in measured])]

    names = [name for row, name in enumerate(parts.names) if row not in measured]
    wholes = None if parts.wholes is None else added(parts.wholes)
    contents: list[Contents] = [*added(sums)]
    return Parts(parts.x, parts.edges, [*names, "Data"], contents, wholes, parts.varied)


def _varied(
    uhi: dict[str, Any], view: View, factors: Factors | None
) -> list[tuple[Sums | None, Sums | None]]:
    if view.variations is None:
        return []
    axis = axis_named(uhi, view.variations)
    known = find_variations(axis.categories or [])
    if known is None:
        raise BadInput(
            f"The categories of axis '{axis.name}' are no variations: there must be a nominal "
            "one, and others that end in Up or Down."
        )
    select = {name: kept for name, kept in view.select.items() if name != axis.name}
    stack = [] if view.stack is None else [view.stack]
    contents = project(uhi, [axis.name, *stack, view.x], select, factors)
    if view.stack is not None:
        names, _ = _named_rows(uhi, view.stack, contents.select(0))
        simulated = [row for row, name in enumerate(names) if not is_measured(name)]
        contents = contents.select((slice(None), simulated)).sum((1,))

    def part(name: str | None) -> Sums | None:
        chosen = None if name is None else contents.select(bin_of(axis, name))
        return chosen if isinstance(chosen, Sums) else None

    return [(part(up), part(down)) for up, down in known.pairs.values()]
