"""Which bins of an axis are drawn: rebinned, with flow bins or without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casa_lab.errors import BadInput

from .contents import FloatArray
from .descriptors import other_label
from .models import Axis


@dataclass(frozen=True)
class Bins:
    """Bins that are drawn, in terms of those that a histogram has."""

    axis: Axis
    """The axis as drawn: its flow bins are those shown, its bins the others."""
    edges: FloatArray
    """One more than there are bins; infinite at the far end of flow bins."""
    starts: list[int]
    """First bin, flow bins counted, that is merged into each drawn one."""
    stop: int
    """First bin behind the last drawn one."""

    @property
    def widths(self) -> FloatArray:
        """Widths of the bins; those of categories are one."""
        if self.axis.discrete:
            return np.ones(len(self.edges) - 1)
        return np.diff(self.edges)

    def within(self, low: float | None, high: float | None) -> Bins | None:
        """Return one bin that merges those inside a range; ``None`` when there are none.

        Parameters
        ----------
        low
            Where the range begins; ``None`` for as low as is drawn.
        high
            Where it ends; ``None`` for as high as is drawn.
        """
        # Edges that were sent to the browser and back still are the same.
        slack = 1e-9 * np.abs(np.diff(self.edges[np.isfinite(self.edges)])).min(initial=1.0)
        first, last = 0, len(self.starts)
        if low is not None:
            first = int(np.searchsorted(self.edges, low - slack))
        if high is not None:
            last = int(np.searchsorted(self.edges, high + slack, side="right")) - 1
        if first >= last:
            return None
        stop = self.starts[last] if last < len(self.starts) else self.stop
        edges = self.edges[[first, last]]
        return Bins(self.axis, edges, [self.starts[first]], stop)


def drawn_bins(axis: Axis, edges: FloatArray, rebin: int = 1, flow: bool = False) -> Bins:
    """Settle which bins of an axis are drawn.

    Parameters
    ----------
    axis
        The axis as the histogram has it.
    edges
        Its edges, one more than it has bins.
    rebin
        How many bins to merge into one. As in hist, what is left over at the end counts
        as overflow.
    flow
        Whether to draw the flow bins. A bin that ends at infinity counts as one.

    Raises
    ------
    BadInput
        When the bins cannot be merged so.
    """
    _check_rebin(axis, rebin)
    below = int(not axis.discrete and axis.bins > 0 and edges[0] == -np.inf)
    above = int(not axis.discrete and axis.bins > below and edges[-1] == np.inf)
    first = int(axis.underflow) + below
    merged = (axis.bins - below - above) // rebin
    starts = [first + rebin * number for number in range(merged)]
    stop = first + rebin * merged
    drawn = edges[below : below + rebin * merged + 1 : rebin]
    total = int(axis.underflow) + axis.bins + int(axis.overflow)
    underflow, overflow = flow and first > 0, flow and stop < total
    categories = axis.categories
    if merged and underflow:
        starts.insert(0, 0)
        drawn = np.concatenate([[-np.inf], drawn])
    if merged and overflow:
        starts.append(stop)
        stop = total
        if categories is not None:
            categories = [*categories, other_label(categories)]
        drawn = np.append(drawn, float(axis.bins + 1) if axis.discrete else np.inf)
    shown = axis.model_copy(
        update={
            "bins": merged if categories is None else len(categories),
            "categories": categories,
            "underflow": bool(merged) and underflow,
            "overflow": bool(merged) and overflow and not axis.discrete,
            "kind": "variable" if axis.kind == "integer" and rebin > 1 else axis.kind,
        }
    )
    return Bins(shown, drawn, starts, stop)


def _check_rebin(axis: Axis, rebin: int) -> None:
    if rebin == 1:
        return
    if axis.discrete:
        raise BadInput(f"Axis '{axis.name}' has categories, which cannot be merged like bins.")
    if rebin > axis.bins:
        raise BadInput(f"Axis '{axis.name}' has {axis.bins} bins, too few to merge {rebin}.")
    if axis.circular and axis.bins % rebin:
        raise BadInput(
            f"Axis '{axis.name}' is circular: its {axis.bins} bins can be merged by a divisor only."
        )
