"""Writes tables: CSV, and YAML as HEPData takes it."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from casa_lab.histograms.contents import FloatArray, Means, read_contents
from casa_lab.histograms.descriptors import describe_axes, other_label
from casa_lab.histograms.models import Axis, Histogram
from casa_lab.histograms.projection import edges_of
from casa_lab.histograms.rows import Row

from .numbers import Numbers, Shown

Bin = tuple[Any, Any]
"""Ends of a bin, or its category and nothing."""

_UNIT = re.compile(r"\s*[\[(]([^\])]+)[\])]\s*\$?$")


def view_csv(numbers: Numbers) -> str:
    """Return what is drawn as CSV: one line for each row and bin.

    Parameters
    ----------
    numbers
        What is drawn.
    """
    header = numbers.header
    axes = [_bins(header.x, numbers.edges)]
    names = _columns(header.x)
    if numbers.y_edges is not None:
        assert header.y is not None
        axes.append(_bins(header.y, numbers.y_edges))
        names += _columns(header.y)
    lines = []
    for row in numbers.rows:
        parts = zip(row.values.flat, row.lower.flat, row.upper.flat, strict=True)
        for bins, numbers_of_bin in zip(itertools.product(*axes), parts, strict=True):
            lines.append([row.name, row.role, *_cells(bins), *numbers_of_bin])
    return _csv(["series", "drawn as", *names, "value", "error below", "error above"], lines)


def whole_csv(uhi: dict[str, Any]) -> str:
    """Return a whole histogram as CSV: one line for each bin, flow bins included.

    Parameters
    ----------
    uhi
        The histogram.
    """
    described = describe_axes(uhi)
    axes = [_all_bins(axis, edges_of(uhi, axis.name)) for axis in described]
    contents = read_contents(uhi["storage"])
    columns = [contents.values, contents.variances]
    names = ["value", "variance"]
    if isinstance(contents, Means):
        columns.append(contents.weights)
        names = ["mean", "variance of the mean", "sum of weights"]
    flat = zip(*(column.flat for column in columns), strict=True)
    lines = (
        [*_cells(bins), *values]
        for bins, values in zip(itertools.product(*axes), flat, strict=True)
    )
    return _csv([*(name for axis in described for name in _columns(axis)), *names], lines)


def hepdata(shown: Shown) -> dict[str, Any]:
    """Return what is drawn as a table of HEPData.

    Parameters
    ----------
    shown
        What is drawn.

    Returns
    -------
    dict
        As https://hepdata-submission.readthedocs.io describes data files.
    """
    numbers, header = shown.numbers, shown.numbers.header
    axes = [_bins(header.x, numbers.edges)]
    described = [header.x]
    if numbers.y_edges is not None:
        assert header.y is not None
        axes.append(_bins(header.y, numbers.y_edges))
        described.append(header.y)
    bins = list(itertools.product(*axes))
    return {
        "independent_variables": [
            {
                "header": _header(axis.label),
                "values": [_hepdata_bin(bin_of[number]) for bin_of in bins],
            }
            for number, axis in enumerate(described)
        ],
        "dependent_variables": [
            {
                "header": {"name": row.name or _total_name(row, shown.histogram)},
                "qualifiers": [
                    {"name": name, "value": category}
                    for name, category in (header.view.select or {}).items()
                ],
                "values": [
                    _hepdata_value(*parts)
                    for parts in zip(row.values.flat, row.lower.flat, row.upper.flat, strict=True)
                ],
            }
            for row in numbers.rows
            # Without layers of their own names, the total says the same twice.
            if not (row.role == "layer" and not row.name and numbers.having("total"))
        ],
    }


def submission(tables: Sequence[tuple[str, str, Histogram]]) -> list[dict[str, Any]]:
    """Return the documents of HEPData's ``submission.yaml``.

    Parameters
    ----------
    tables
        Of each table: name, file and histogram.
    """
    return [
        {
            "name": name,
            "description": histogram.label if histogram.label != histogram.path else name,
            "keywords": [],
            "data_file": file,
        }
        for name, file, histogram in tables
    ]


def write_yaml(*documents: Any) -> str:
    """Return documents as YAML, each after the other."""
    import yaml

    text: str = yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=100)
    return text


def _columns(axis: Axis) -> list[str]:
    return [axis.name] if axis.discrete else [f"{axis.name} low", f"{axis.name} high"]


def _bins(axis: Axis, edges: FloatArray) -> list[Bin]:
    if axis.categories is not None:
        return [(category, None) for category in axis.categories]
    return list(itertools.pairwise(edges.tolist()))


def _all_bins(axis: Axis, edges: FloatArray) -> list[Bin]:
    if axis.categories is not None:
        rest = [other_label(axis.categories)] if axis.overflow else []
        return [(category, None) for category in [*axis.categories, *rest]]
    every = edges.tolist()
    if axis.underflow:
        every.insert(0, -np.inf)
    if axis.overflow:
        every.append(np.inf)
    return list(itertools.pairwise(every))


def _cells(bins: Iterable[Bin]) -> Iterator[Any]:
    for low, high in bins:
        yield low
        if high is not None:
            yield high


def _csv(names: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([_harmless(name) for name in names])
    writer.writerows([_harmless(cell) for cell in line] for line in lines)
    return stream.getvalue()


def _harmless(cell: Any) -> Any:
    """Keep spreadsheets from taking a name for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell


def _header(label: str) -> dict[str, str]:
    unit = _UNIT.search(label)
    if unit is None:
        return {"name": label}
    return {"name": label[: unit.start()], "units": unit.group(1)}


def _hepdata_bin(ends: Bin) -> dict[str, Any]:
    low, high = ends
    if high is None:
        return {"value": low}
    if low == -np.inf:
        return {"value": f"< {high:g}"}
    if high == np.inf:
        return {"value": f">= {low:g}"}
    return {"low": low, "high": high}


def _hepdata_value(value: float, lower: float, upper: float) -> dict[str, Any]:
    if not np.isfinite(value):
        return {"value": "-"}
    entry: dict[str, Any] = {"value": float(value)}
    if np.isfinite(lower) and np.isfinite(upper):
        entry["errors"] = [
            {"symerror": float(lower), "label": "stat"}
            if lower == upper
            else {"asymerror": {"minus": -float(lower), "plus": float(upper)}, "label": "stat"}
        ]
    return entry


def _total_name(row: Row, histogram: Histogram) -> str:
    if row.role == "band":
        return "Total, with systematic variations"
    return "Total" if histogram.label == histogram.path else histogram.label
