"""Views: what the browser draws of a histogram, summed and selected down to it.

The rules are those of ``hist``: an axis that a view names neither as ``x`` nor
as ``stack`` nor in ``select`` is summed over *with its flow bins*, like
``h.project`` does; the flow bins of ``x`` are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from casa_lab.errors import BadInput, NotFound

from .contents import Contents, FloatArray, read_contents
from .descriptors import describe_axes, other_label
from .models import Axis, View


@dataclass(frozen=True)
class ViewData:
    """A view filled with numbers."""

    x: Axis
    stack: list[str]
    """The stack's categories, ``[""]`` without a stack. Ends with ``"other"``
    when the axis has an overflow bin that is not empty."""
    edges: FloatArray
    """Bins + 1 edges; 0, 1, 2, ... for axes of categories."""
    values: FloatArray
    """Shape (categories of the stack, bins of x with flow)."""
    variances: FloatArray
    """Squared uncertainties, of the shape of ``values``."""


def make_view(uhi: dict[str, Any], view: View) -> ViewData:
    """Project, select and sum a histogram down to what a view asks for.

    Parameters
    ----------
    uhi
        The histogram as UHI dictionary with numpy arrays.
    view
        What to draw along, to stack by and to select.

    Returns
    -------
    ViewData
        Variances are those of weighted storages, and the values themselves
        for counts; NaN where a storage without variances holds no counts. For
        mean storages the values are the means and the variances their squared
        errors; both are NaN where there is nothing to average.

    Raises
    ------
    NotFound
        When the histogram has no such axis or, as yet, no such category.
    BadInput
        When the view contradicts itself.
    """
    axes = describe_axes(uhi)
    names = [axis.name for axis in axes]
    x = position_of(names, view.x)
    stack = None if view.stack is None else position_of(names, view.stack)
    if stack is not None and axes[stack].categories is None:
        raise BadInput(f"Axis '{view.stack}' has no categories to stack by.")
    if stack == x:
        raise BadInput(f"Axis '{view.x}' cannot be drawn along and stacked by at once.")

    for name in view.select:
        if position_of(names, name) in (x, stack):
            raise BadInput(
                f"Axis '{name}' is drawn in this view; take it out of the selection or the view."
            )
    kept = [x] if stack is None else [stack, x]
    values, variances = project(uhi, [names[position] for position in kept], view.select)
    if stack is None:
        values, variances = values[np.newaxis], variances[np.newaxis]
    labels = [""]
    if stack is not None:
        labels = list(axes[stack].categories or [])
        if len(values) > len(labels):
            # Means of nothing are NaN.
            if np.nan_to_num(values[-1]).any() or np.nan_to_num(variances[-1]).any():
                labels.append(other_label(labels))
            else:
                values, variances = values[:-1], variances[:-1]
    return ViewData(
        x=axes[x],
        stack=labels,
        edges=edges_of(uhi, axes[x].name),
        values=values,
        variances=variances,
    )


def project(
    uhi: dict[str, Any], kept: Sequence[str], select: Mapping[str, str]
) -> tuple[FloatArray, FloatArray]:
    """Return values and variances along some axes, the others selected or summed over.

    Parameters
    ----------
    uhi
        The histogram.
    kept
        Names of the axes to keep with their flow bins, in the order wanted.
    select
        Category to keep, by name of axis.
    """
    contents = project_contents(uhi, kept, select)
    return contents.values, contents.variances


def project_contents(
    uhi: dict[str, Any],
    kept: Sequence[str],
    select: Mapping[str, str],
    factors: tuple[str, FloatArray] | None = None,
) -> Contents:
    """Return the contents along some axes, the others selected or summed over.

    Parameters
    ----------
    uhi
        The histogram.
    kept
        Names of the axes to keep with their flow bins, in the order wanted.
    select
        Category to keep, by name of axis.
    factors
        Name of an axis, and what to multiply the contents of its bins with, flow
        bins included, before anything is summed.
    """
    axes = describe_axes(uhi)
    names = [axis.name for axis in axes]
    contents = read_contents(uhi["storage"])
    if factors is not None:
        shape = [1] * len(axes)
        shape[position_of(names, factors[0])] = -1
        contents = contents.scale(factors[1].reshape(shape))
    selection: list[Any] = [slice(None)] * len(axes)
    for name, category in select.items():
        position = position_of(names, name)
        selection[position] = bin_of(axes[position], category)
    left = [position for position in range(len(axes)) if isinstance(selection[position], slice)]
    positions = [position_of(names, name) for name in kept]
    summed = tuple(left.index(position) for position in left if position not in positions)
    order = [sorted(positions).index(position) for position in positions]
    return contents.select(tuple(selection)).sum(summed).transpose(order)


def edges_of(uhi: dict[str, Any], name: str) -> FloatArray:
    """Return the edges of an axis; 0, 1, 2, ... for axes of categories."""
    axes = describe_axes(uhi)
    position = position_of([axis.name for axis in axes], name)
    axis = uhi["axes"][position]
    if axes[position].discrete:
        return np.arange(axes[position].bins + 1, dtype=np.float64)
    if axis["type"] == "variable":
        return np.asarray(axis["edges"], dtype=np.float64)
    return np.linspace(axis["lower"], axis["upper"], axis["bins"] + 1)


def position_of(names: Sequence[str], name: str) -> int:
    """Return where an axis is among all."""
    try:
        return names.index(name)
    except ValueError:
        raise NotFound(
            f"The histogram has no axis '{name}'; its axes are {', '.join(names) or 'none'}."
        ) from None


def bin_of(axis: Axis, category: str) -> int:
    """Return the bin of a category, which may be that of all others."""
    if axis.categories is None:
        raise BadInput(f"Axis '{axis.name}' has no categories to select from.")
    if category in axis.categories:
        return axis.categories.index(category)
    if axis.overflow and category == other_label(axis.categories):
        return axis.bins
    close = get_close_matches(category, axis.categories, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    raise NotFound(f"Axis '{axis.name}' has no category '{category}' (yet).{hint}")
