"""How much work goes into a task: the scheduler's price of one must stay small beside it."""

from __future__ import annotations

from collections.abc import Mapping

LEAST_TASK_SECONDS = 0.2
"""How long a task should take at least: what it has done is seen when all of it is."""

MOST_TASK_SECONDS = 10.0
"""And at most, on clusters of any size."""

SCHEDULER_SECONDS = 0.003
"""What a task costs the scheduler: 2 to 4 ms were measured."""

SHARE = 0.1
"""Which part of one processor driver and scheduler may need for all tasks together."""

NEWS = 0.5
"""How much a new measurement counts beside those before it."""


class Pace:
    """How fast the datasets of a run are processed, and from that the size of tasks.

    Notes
    -----
    Nothing is known at first: tasks of one chunk then give the first histogram
    soon. Towards the end tasks get shorter, so that no worker is the last for
    long. In between they take as long as it needs for driver and scheduler to
    keep up with all threads, and no longer, so that histograms fill steadily.
    """

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._cost = 0.0

    def learn(self, dataset: str, weight: int, seconds: float) -> None:
        """Take in how long a task took."""
        found = seconds / max(weight, 1)
        known = self._seconds.get(dataset, found)
        self._seconds[dataset] = known + NEWS * (found - known)

    def learn_cost(self, seconds: float) -> None:
        """Take in how long the driver was busy with what a task returned."""
        self._cost += NEWS * (seconds - self._cost)

    def task_seconds(self, threads: int) -> float:
        """Return how long tasks should take on so many threads."""
        needed = threads * (self._cost + SCHEDULER_SECONDS) / SHARE
        return min(max(needed, LEAST_TASK_SECONDS), MOST_TASK_SECONDS)

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
        seconds = min(self.task_seconds(threads), waiting / (2 * max(threads, 1)))
        return int(seconds / max(self._seconds[dataset], 1e-9))
