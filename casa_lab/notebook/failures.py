"""The failures of a run, to look at in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from casa_lab.runs.models import FailureGroup, FailureList
from casa_lab.runs.showing.tables import Table
from casa_lab.wording import count

_LISTED = 20
"""How many causes are shown."""


class Failures(Sequence[FailureGroup]):
    """What failed in a run: one group for each cause, the largest first.

    Parameters
    ----------
    found
        The failures.

    Attributes
    ----------
    chunks
        How many chunks failed.
    accepted
        Those that were accepted as missing, likewise grouped.
    """

    def __init__(self, found: FailureList) -> None:
        self._groups = found.groups
        self.chunks = found.total
        self.accepted = found.accepted

    def __len__(self) -> int:
        return len(self._groups)

    @overload
    def __getitem__(self, index: int) -> FailureGroup: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[FailureGroup]: ...

    def __getitem__(self, index: int | slice) -> FailureGroup | Sequence[FailureGroup]:
        return self._groups[index]

    def __repr__(self) -> str:
        if not self._groups:
            return "No failures."
        return f"{self._title()}\n{self._table().as_text()}"

    def _repr_html_(self) -> str:
        return self._table().as_html(self._title())

    def _title(self) -> str:
        if not self._groups:
            return "No failures."
        causes = count(len(self._groups), "cause")
        return f"{count(self.chunks, 'chunk')} failed, for {causes}."

    def _table(self) -> Table:
        rows = [
            (f"{group.chunks:,}", f"{group.events:,}", ", ".join(group.datasets), group.cause)
            for group in self._groups[:_LISTED]
        ]
        return Table(
            ("Chunks", "Events", "Datasets", "Cause"),
            rows,
            numbers=("Chunks", "Events"),
            more=len(self._groups) - len(rows),
        )
