"""Finding out which chunks kill their workers: out of memory, most likely.

Dask blames all tasks that a dead worker held, and gives them up after some deaths.
Here they are suspects, which run alone once nothing else does: what dies alone is
guilty, and is cut in halves until it survives or is too small to be cut.
"""

from __future__ import annotations

import logging
import math
from collections import deque

from casa_lab.runs.counting.plan import Batch

LEAST_EVENTS = 500
"""Events below which a chunk that kills its workers is not cut any further."""

MANY = 8
"""So many suspects are looked into before all others go on."""

_log = logging.getLogger(__name__)


class Suspects:
    """Batches whose workers died."""

    def __init__(self) -> None:
        self._waiting: deque[Batch] = deque()
        self._alone: Batch | None = None
        self._deadly = math.inf

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def is_one_out(self) -> bool:
        """Whether a suspect runs at present, and nothing may be sent beside it."""
        return self._alone is not None

    @property
    def are_many(self) -> bool:
        """Whether the rest of the run is to wait until some of them are cleared up."""
        return len(self._waiting) >= MANY

    def add(self, batch: Batch) -> None:
        """Note a batch whose workers died while they had others, too."""
        self._waiting.append(batch)

    def take(self) -> Batch:
        """Return the next suspect, to be sent while nothing else is under way."""
        self._alone = self._waiting.popleft()
        return self._alone

    def came_back(self, batch: Batch) -> bool:
        """Note that a batch has ended, whichever way; tell whether it ran alone."""
        was_alone = batch is self._alone
        if was_alone:
            self._alone = None
        return was_alone

    def convict(self, batch: Batch) -> list[Batch]:
        """Return the parts of a batch that died alone, which are suspects now; none to give up."""
        parts = smaller(batch)
        if parts and len(batch.items) == 1:
            [item] = batch.items
            self._deadly = min(self._deadly, len(item))
            _log.warning(
                "%s, entries %d to %d, kills its workers: it is tried in halves.",
                item.filename,
                item.entrystart,
                item.entrystop,
            )
        self._waiting.extendleft(reversed(parts))
        return parts

    def parts_to_fit(self, batch: Batch) -> list[Batch]:
        """Return smaller parts of a batch with a chunk as large as one that killed, else none."""
        is_small = max(map(len, batch.items)) < self._deadly
        return [] if is_small else smaller(batch)


def smaller(batch: Batch) -> list[Batch]:
    """Return the parts of a batch, or of its only chunk, unless that has too few events."""
    return batch.split() if len(batch.items) > 1 else batch.cut(LEAST_EVENTS)
