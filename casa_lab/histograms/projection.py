"""Projections: histograms selected and summed down to the axes that are drawn.

The rules are those of ``hist``: an axis that is neither kept nor selected from
is summed over *with its flow bins*, like ``h.project`` does; the flow bins of
axes that are kept are kept, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from casa_lab.errors import BadInput, NotFound, suggestion

from .contents import Contents, FloatArray, read_contents
from .descriptors import describe_axes, other_label
from .models import Axis


def project(
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
    hint = suggestion(category, axis.categories)
    raise NotFound(f"Axis '{axis.name}' has no category '{category}' (yet). {hint}".rstrip())
