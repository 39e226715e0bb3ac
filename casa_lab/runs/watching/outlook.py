"""How long the rest of a run will take, and how sure that is."""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise
from typing import NamedTuple

SAMPLE_SECONDS = 1.0
"""Least time between two samples."""

MEMORY_SECONDS = 60.0
"""What is older than this has no say in the prediction, if enough has arrived since."""

LEAST_ARRIVALS = 8
"""As many samples that something arrived with are remembered, be they ever so old."""

MOST_SAMPLES = 3_600
"""But no more samples than this."""

MOST_BLOCKS = 12
LEAST_BLOCKS = 4
"""With fewer blocks of time, nothing is said about the error."""


class TimeLeft(NamedTuple):
    """A prediction, with one standard deviation where it is known."""

    seconds: float
    error: float | None


class _Sample(NamedTuple):
    at: float
    worker_seconds: float
    events: int


class Outlook:
    r"""Predicts how long the rest takes from the pace of the last minute.

    Notes
    -----
    The pace is taken per worker, so that the prediction follows at once when
    workers come or go: with :math:`E` events in :math:`W` worker-seconds of the
    last minute, :math:`L` events left and :math:`n` workers now,

    .. math:: t = L \, / \left(\frac{E}{W} \, n\right).

    For its error the minute is cut into :math:`k` blocks of equal length (up to
    twelve). The scatter :math:`s` of their paces around the mean :math:`r`
    stands for all that makes a run uneven: batches that arrive in bursts, slow
    files, a busy network. The mean of the past is known to :math:`s/\sqrt{k}`,
    and that of the future, which is as long as :math:`m` such blocks, will
    scatter by :math:`s/\sqrt{m}`:

    .. math:: \frac{\sigma_t}{t} = \frac{s}{r} \sqrt{\frac{1}{k} + \frac{1}{m}}.

    Where batches take longer than that, the memory reaches back over the last
    few of them. In the beginning no batch was on its way, and now some are: the
    wait for the next one, up to the usual time between two, is not held against
    the pace, and has been served already.

    What the past does not know is not in it: later datasets that cost more per
    event, or workers that will be lost.
    """

    def __init__(self) -> None:
        self._samples: deque[_Sample] = deque()
        self._workers = 0
        self.forget()

    def forget(self) -> None:
        """Forget the past: after a pause, all is different."""
        self._samples.clear()
        self._arrivals = 0
        self._events = 0
        self._arrived = 0.0
        self._began = 0.0

    def observe(self, now: float, events: int, workers: int) -> None:
        """Learn how many events are done, and how many workers there are until the next call."""
        if not self._samples:
            self._samples.append(_Sample(now, 0.0, events))
            self._began = self._arrived = now
            self._events = events
        if events > self._events:
            self._events, self._arrived = events, now
        last = self._samples[-1]
        if now - last.at >= SAMPLE_SECONDS:
            spent = last.worker_seconds + self._workers * (now - last.at)
            self._samples.append(_Sample(now, spent, events))
            self._arrivals += events > last.events
            self._forget_the_old(now)
        self._workers = workers

    def predict(self, now: float, events: int, left: float) -> TimeLeft | None:
        """Return the time that is left; ``None`` while nothing can be said.

        Parameters
        ----------
        now
            The time, by the clock of :meth:`observe`.
        events
            How many are done by now.
        left
            How many are left.
        """
        if not self._samples or not self._workers:
            return None
        first, last = self._samples[0], self._samples[-1]
        # Up to now, not to the last sample: the pace falls while nothing arrives.
        spent = last.worker_seconds + self._workers * (now - last.at) - first.worker_seconds
        waited = self._waited(now)
        spent -= self._workers * waited
        if spent <= 0 or events <= first.events:
            return None
        pace = (events - first.events) / spent
        seconds = max(0.0, max(0.0, left) / (pace * self._workers) - waited)
        uncertainty = self._uncertainty(left)
        return TimeLeft(seconds, None if uncertainty is None else seconds * uncertainty)

    def _forget_the_old(self, now: float) -> None:
        while True:
            oldest, next_oldest = self._samples[0], self._samples[1]
            arrivals = self._arrivals - (next_oldest.events > oldest.events)
            is_old = now - next_oldest.at > MEMORY_SECONDS and arrivals >= LEAST_ARRIVALS
            if not is_old and len(self._samples) <= MOST_SAMPLES:
                return
            self._samples.popleft()
            self._arrivals = arrivals

    def _waited(self, now: float) -> float:
        """Return for how long batches have been on their way without being late."""
        if self._samples[0].at > self._began:
            return 0.0  # some were on their way then, too
        usual = (self._arrived - self._began) / max(1, self._arrivals)
        return min(now - self._arrived, usual)

    def _uncertainty(self, left: float) -> float | None:
        """Return the relative error; ``None`` where the past is too short to tell."""
        samples = list(self._samples)
        size = max(2, math.ceil((len(samples) - 1) / MOST_BLOCKS))
        blocks = [
            (newer.events - older.events, newer.worker_seconds - older.worker_seconds)
            for newer, older in pairwise(samples[::-size])
        ]
        number = len(blocks)
        events = sum(events for events, _ in blocks)
        spent = sum(spent for _, spent in blocks)
        if number < LEAST_BLOCKS or not events or left <= 0:
            return None
        pace, length = events / spent, spent / number
        scatter = math.sqrt(sum((e - pace * s) ** 2 for e, s in blocks) / (number - 1)) / length
        to_come = left / (pace * length)
        return scatter / pace * math.sqrt(1 / number + 1 / to_come)
