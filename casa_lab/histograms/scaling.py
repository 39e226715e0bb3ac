"""Scales datasets to a luminosity, or to all of their events, by their metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from casa_lab.errors import BadInput

from .descriptors import describe_axes
from .models import Axis
from .rows import is_measured

CROSS_SECTION = ("xsec", "cross_section", "crosssection", "xs", "x_sec", "sigma")
"""How metadata name the cross-section, in picobarn."""

SUM_OF_WEIGHTS = (
    "sum_genweight",
    "sumw",
    "sum_of_weights",
    "sumofweights",
    "sum_weights",
    "geneventsumw",
    "sum_w",
)
"""How metadata name the sum of the generator's weights of all events."""

FURTHER_FACTORS = ("kfactor", "k_factor", "filter_efficiency", "filtereff", "genfilteff")
"""What metadata have a cross-section to be multiplied with."""

DATASET_AXES = ("dataset", "datasets", "sample", "samples", "process", "processes")
"""What people call the axis whose categories are datasets."""


@dataclass(frozen=True)
class DatasetFacts:
    """What is known of a dataset in a run."""

    metadata: Mapping[str, Any]
    fraction: float
    """Of its events, which are in the histogram."""
    events: int | None
    """How many it has in all, where they were counted."""


@dataclass(frozen=True)
class Scaling:
    """Factors by dataset."""

    luminosity: float | None
    factors: dict[str, float]
    weighted: bool
    """Whether sums of weights were divided by; else numbers of events."""


def scaling(
    datasets: Mapping[str, DatasetFacts],
    normalise: Literal["processed", "luminosity"],
    luminosity: float | None,
) -> Scaling:
    """Return what to multiply each dataset with.

    Parameters
    ----------
    datasets
        The datasets of a run.
    normalise
        ``processed``: to all of a dataset's events, from those behind the histogram.
        ``luminosity``: to cross-section x luminosity, over the sum of weights of the
        events behind the histogram (over their number where there is no sum).
    luminosity
        In inverse picobarn.

    Raises
    ------
    BadInput
        When metadata lack what is needed.

    Notes
    -----
    The sum of weights of a part of the events is taken to be that part of the sum. What
    was recorded is not scaled to a luminosity: it has one.
    """
    simulated = {name: facts for name, facts in datasets.items() if not _is_data(name, facts)}
    if normalise == "processed":
        factors = {name: _whole(facts) for name, facts in datasets.items()}
        return Scaling(None, factors, weighted=False)
    if luminosity is None:
        raise BadInput("Give the luminosity to scale to, in inverse picobarn.")
    weighted = all(_number(facts, SUM_OF_WEIGHTS) is not None for facts in simulated.values())
    factors = dict.fromkeys(datasets, 1.0)
    for name, facts in simulated.items():
        factors[name] = _to_luminosity(name, facts, luminosity, weighted)
    return Scaling(luminosity, factors, weighted)


def factors_along(
    uhi: dict[str, Any], path: str, factors: Mapping[str, float]
) -> tuple[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Return the axis that factors of datasets apply to, and one for each of its bins.

    Parameters
    ----------
    uhi
        The histogram.
    path
        Its path in the accumulator, which may name a dataset.
    factors
        By dataset.

    Raises
    ------
    BadInput
        When nothing tells which dataset contents are from.
    """
    axes = describe_axes(uhi)
    axis = dataset_axis(axes, list(factors))
    if axis is not None:
        categories = axis.categories or []
        unknown = [name for name in categories if name not in factors]
        if unknown:
            raise BadInput(
                f"Category '{unknown[0]}' of axis '{axis.name}' is no dataset of this run, so "
                "nothing tells how to scale it."
            )
        bins = [factors[name] for name in categories]
        if axis.overflow and _is_filled(uhi, axes.index(axis), axis.bins):
            raise BadInput(
                f"Axis '{axis.name}' has entries of no dataset, so nothing tells how to scale them."
            )
        return axis.name, np.array([*bins, *([1.0] * axis.overflow)])
    named = [part for part in path.split("/") if part in factors] or (
        list(factors) if len(factors) == 1 else []
    )
    if len(named) != 1:
        raise BadInput(
            "The histogram has no axis of datasets, so nothing tells how to scale its parts. "
            "Add a category axis named 'dataset' to it in the processor."
        )
    first = axes[0]
    count = int(first.underflow) + first.bins + int(first.overflow)
    return first.name, np.full(count, factors[named[0]])


def dataset_axis(axes: Sequence[Axis], datasets: Sequence[str]) -> Axis | None:
    """Return the axis whose categories are datasets, by its name or by theirs."""
    categorical = [axis for axis in axes if axis.kind == "category_str"]
    for axis in categorical:
        if axis.name.lower() in DATASET_AXES:
            return axis
    for axis in categorical:
        if axis.categories and set(axis.categories) <= set(datasets):
            return axis
    return None


def _is_filled(uhi: dict[str, Any], position: int, index: int) -> bool:
    """Tell whether a bin of an axis holds anything, wherever along the others."""
    storage = uhi["storage"]
    name = {"mean": "counts", "weighted_mean": "sum_of_weights"}.get(storage["type"], "values")
    return bool(np.take(np.asarray(storage[name]), index, axis=position).any())


def _is_data(name: str, facts: DatasetFacts) -> bool:
    told = facts.metadata.get("is_data")
    if isinstance(told, bool):
        return told
    return facts.metadata.get("kind") == "data" or is_measured(name)


def _whole(facts: DatasetFacts) -> float:
    return 1.0 / facts.fraction if facts.fraction > 0 else 1.0


def _to_luminosity(name: str, facts: DatasetFacts, luminosity: float, weighted: bool) -> float:
    cross_section = _number(facts, CROSS_SECTION)
    if cross_section is None:
        raise BadInput(
            f"The metadata of dataset '{name}' have no cross-section. Add 'xsec', in picobarn."
        )
    for key, value in facts.metadata.items():
        if key.lower() in FURTHER_FACTORS and isinstance(value, int | float):
            cross_section *= value
    whole = _number(facts, SUM_OF_WEIGHTS) if weighted else facts.events
    if not whole:
        raise BadInput(
            f"Neither the sum of weights nor the number of events of dataset '{name}' is known. "
            "Add 'sum_genweight' to its metadata."
        )
    return cross_section * luminosity / (whole * facts.fraction) if facts.fraction > 0 else 1.0


def _number(facts: DatasetFacts, keys: Sequence[str]) -> float | None:
    for key, value in facts.metadata.items():
        if key.lower() in keys and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None
