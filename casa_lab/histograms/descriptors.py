"""Describes UHI histograms in the terms of the wire models.

Works on what ``uhi.io`` reads and writes, so that whoever reads a snapshot
needs neither boost-histogram nor hist.
"""

from __future__ import annotations

from typing import Any

from .models import Axis, AxisKind, Histogram
from .variations import find_variations


def other_label(categories: list[str]) -> str:
    """Return what the overflow bin of a category axis is called: fills of no category."""
    return "other" if "other" not in categories else "other (overflow)"


def describe_histogram(path: str, uhi: dict[str, Any]) -> Histogram:
    """Return the descriptor of a histogram.

    Parameters
    ----------
    path
        Keys that lead to it in the accumulator, joined by ``/``.
    uhi
        The histogram as UHI dictionary; its contents are not looked at.
    """
    metadata = uhi.get("metadata", {})
    axes = describe_axes(uhi)
    return Histogram(
        path=path,
        label=_text(metadata, "label") or _text(metadata, "name") or path,
        axes=axes,
        storage=uhi["storage"]["type"],
        problem=None if axes else "This histogram has no axis to draw along.",
    )


def describe_axes(uhi: dict[str, Any]) -> list[Axis]:
    """Return the descriptors of a histogram's axes, each with a name of its own.

    An axis without a name goes by its label, one without either (or whose name
    another axis has already) by its position: ``axis0``.
    """
    axes: list[Axis] = []
    for position, axis in enumerate(uhi["axes"]):
        metadata = axis.get("metadata", {})
        # Boost-histogram's own axes have a free "metadata" that people use as label.
        label = _text(metadata, "label") or _text(metadata, "metadata")
        name = _text(metadata, "name") or label
        if not name or any(name == other.name for other in axes):
            name = f"axis{position}"
        axes.append(_describe_axis(axis, name, label or name))
    return axes


def _describe_axis(axis: dict[str, Any], name: str, label: str) -> Axis:
    kind = _kind(axis)
    categories: list[str] | None = None
    underflow = axis.get("underflow", False)
    overflow = axis.get("overflow", False)
    if kind == "boolean":
        categories = ["False", "True"]
    elif kind in ("category_int", "category_str"):
        categories = [str(category) for category in axis["categories"]]
        overflow = axis["flow"]
    if categories is not None:
        bins = len(categories)
    elif kind == "variable":
        bins = len(axis["edges"]) - 1
    else:
        bins = axis["bins"]
    variations = None if categories is None else find_variations(categories)
    note = axis.get("writer_info", {}).get("boost-histogram", {})
    return Axis(
        name=name,
        label=label,
        kind=kind,
        bins=bins,
        categories=categories,
        underflow=underflow,
        overflow=overflow,
        discrete=categories is not None,
        circular=axis.get("circular", False),
        transform=note.get("transform"),
        nominal=None if variations is None else variations.nominal,
    )


def _kind(axis: dict[str, Any]) -> AxisKind:
    # UHI has no integer axis of its own: it is a regular one with a note.
    if axis.get("writer_info", {}).get("boost-histogram", {}).get("orig_type") == "Integer":
        return "integer"
    kind: AxisKind = axis["type"]
    return kind


def _text(metadata: dict[str, Any], key: str) -> str:
    value = metadata.get(key)
    return value if isinstance(value, str) else ""
