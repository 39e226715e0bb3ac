"""How much work goes into a task: the scheduler's price of one must stay small beside it."""

from __future__ import annotations

from collections.abc import Mapping

TASK_SECONDS = 1.0
"""How long a task should take. The scheduler needs 2 to 4 ms of its processor for each; and what
a task has done is seen when all of it is.
"""

NEWS = 0.5
"""How much a new measurement counts beside those before it."""


class Pace:
    """How fast the datasets of a run are processed, and from that the size of tasks.

    Notes
    -----
    Nothing is known at first: tasks of one chunk then give the first histogram
    soon. Towards the end tasks get shorter, so that no worker is the last for
    long.
    """

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def learn(self, dataset: str, weight: int, seconds: float) -> None:
        """Take in how long a task took."""
        found = seconds / max(weight, 1)
        known = self._seconds.get(dataset, found)
        self._seconds[dataset] = known + NEWS * (found - known)

    def limit(self, dataset: str, left: Mapping[str, int], threads: int) -> int:
        """Return the weight of a task.

        Parameters
        ----------
        dataset
            What it is taken from.
        left
            Weight of all that waits, by dataset.
        threads
            How many tasks run at a time.
        """
        if dataset not in self._seconds:
            return 0
        waiting = sum(self._seconds.get(name, 0.0) * weight for name, weight in left.items())
        seconds = min(TASK_SECONDS, waiting / (2 * max(threads, 1)))
        return int(seconds / max(self._seconds[dataset], 1e-9))
