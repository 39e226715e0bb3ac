"""Systematic variations: which categories are each other's up and down, and their band."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .contents import FloatArray

_NOMINAL = re.compile(r"nominal|nom|central|none|base", re.IGNORECASE)

_UP, _DOWN = r"up|high|plus|\+1?sigma", r"down|dn|low|minus|-1?sigma"

_SIDE = re.compile(
    rf"(?P<stem>.*?)[-_. ]*1?(?:(?P<up>{_UP})|(?P<down>{_DOWN}))|"
    rf"(?:(?P<up_first>{_UP})|(?P<down_first>{_DOWN}))[-_. ]+(?P<rest>.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Variations:
    """What the categories of an axis are to each other."""

    nominal: str
    pairs: dict[str, tuple[str | None, str | None]]
    """Up and down variation by source; a source may have one of them only."""


def find_variations(categories: Sequence[str]) -> Variations | None:
    """Tell the variations among categories, or ``None`` where they are something else.

    Examples
    --------
    >>> find_variations(["nominal", "jesUp", "jesDown"]).pairs
    {'jes': ('jesUp', 'jesDown')}
    """
    nominal = next((name for name in categories if _NOMINAL.fullmatch(name)), None)
    if nominal is None:
        return None
    found: dict[str, tuple[str | None, str | None]] = {}
    for name in categories:
        match = _SIDE.fullmatch(name)
        if match is None:
            continue
        source = match["stem"] or match["rest"] or ""
        up, down = found.get(source, (None, None))
        if match["up"] or match["up_first"]:
            found[source] = name, down
        else:
            found[source] = up, name
    return Variations(nominal, found) if found else None


def band(
    nominal: FloatArray, varied: Sequence[tuple[FloatArray | None, FloatArray | None]]
) -> tuple[FloatArray, FloatArray]:
    """Return how far variations reach below and above the nominal values.

    Parameters
    ----------
    nominal
        The nominal values.
    varied
        Values of the up and the down variation of each source.

    Notes
    -----
    In each bin, the larger shift of a source in a direction counts, so that one whose
    variations go the same way widens the band on that side only; sources are independent
    and add in quadrature.
    """
    below, above = np.zeros_like(nominal), np.zeros_like(nominal)
    for pair in varied:
        shifts = [values - nominal for values in pair if values is not None]
        below += np.minimum(0.0, np.minimum.reduce(shifts)) ** 2
        above += np.maximum(0.0, np.maximum.reduce(shifts)) ** 2
    return np.sqrt(below), np.sqrt(above)
