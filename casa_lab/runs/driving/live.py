"""The histograms of a run while it runs, added up in order of arrival."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from casa_lab.histograms.snapshot import collect, write_snapshot
from casa_lab.runs.errors import OutputsDiffer


class LiveHistograms:
    """Partial sums of all histograms in the accumulator, and their snapshots.

    The result itself is merged in a fixed order elsewhere; this view shows
    each batch as soon as it is counted.

    Attributes
    ----------
    sequence
        Number of the newest snapshot.
    has_changed
        Whether anything was added since.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Any] = {}
        self.has_changed = False
        self.sequence = 0

    def add(self, output: Any) -> None:
        """Add the histograms of one batch; ``output`` itself is left as it is.

        Parameters
        ----------
        output
            What Coffea's chunk function returns: the accumulator under ``out``.

        Raises
        ------
        OutputsDiffer
            When a histogram has other axes than before.
        """
        for path, histogram in collect(accumulator_of(output)).items():
            if path not in self._sums:
                self._sums[path] = copy.deepcopy(histogram)
                continue
            try:
                self._sums[path] += histogram
            except Exception as error:
                raise OutputsDiffer(error, path) from error
        self.has_changed = True

    def publish(self, path: Path, fractions: dict[str, float]) -> bool:
        """Write a snapshot if anything was added since the last; tell whether it was."""
        if not self.has_changed:
            return False
        self.has_changed = False
        self.sequence += 1
        write_snapshot(path, self._sums, self.sequence, fractions, final=False)
        return True

    def publish_result(self, path: Path, accumulator: Any, fractions: dict[str, float]) -> None:
        """Write the snapshot of the finished result."""
        self.sequence += 1
        write_snapshot(path, collect(accumulator), self.sequence, fractions, final=True)


def accumulator_of(output: Any) -> Any:
    """Return the processor's accumulator from what Coffea's chunk function returns."""
    return output["out"] if isinstance(output, dict) and "out" in output else output
