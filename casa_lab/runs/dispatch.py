"""Keeping a window of tasks in flight on a Dask cluster and taking in what they return.

Only the window is ever known to the scheduler: its memory does not grow with
the run, and stopping is a matter of not sending more.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from dask.typing import Key
from distributed import Client, Future

Work = TypeVar("Work")

TASKS_PER_THREAD = 2
"""Tasks in flight for each worker thread: one runs while one waits there."""

LEAST_WINDOW = 4
"""Tasks in flight while no worker is up yet."""

WORKERS_SECONDS = 1.0
"""How often the number of workers is looked up."""

WAIT_SECONDS = 0.1
"""How long to wait for results before the caller gets a turn."""


class ClusterLost(Exception):
    """The scheduler is gone, and with it all that was in flight."""


@dataclass(frozen=True)
class Finished(Generic[Work]):
    """A task that has ended: with a value, or with the error that Dask reports."""

    work: Work
    value: Any = None
    error: BaseException | None = None


class Dispatcher(Generic[Work]):
    """A window of tasks in flight.

    Parameters
    ----------
    client
        Connected to the cluster.
    submit
        Sends one piece of work and returns its future.
    """

    def __init__(self, client: Client, submit: Callable[[Work], Future[Any]]) -> None:
        self._client = client
        self._submit = submit
        self._flying: dict[Key, tuple[Future[Any], Work]] = {}
        self._landed: queue.SimpleQueue[Key] = queue.SimpleQueue()
        self._threads = 0
        self._workers = 0
        self._looked = float("-inf")

    @property
    def in_flight(self) -> int:
        """Number of tasks sent and not yet taken in."""
        return len(self._flying)

    @property
    def workers(self) -> int:
        """Number of workers, at most a second old."""
        self._look_at_workers()
        return self._workers

    def has_room(self) -> bool:
        """Tell whether the window has room for a task."""
        self._look_at_workers()
        return len(self._flying) < max(LEAST_WINDOW, TASKS_PER_THREAD * self._threads)

    def send(self, work: Work) -> None:
        """Send a piece of work."""
        future = self._submit(work)
        self._flying[future.key] = (future, work)
        future.add_done_callback(lambda done: self._landed.put(done.key))

    def take(self) -> Iterator[Finished[Work]]:
        """Yield the tasks that have ended, after a short wait if there are none.

        Raises
        ------
        ClusterLost
            When the scheduler does not answer any more.
        """
        landed = [future for future, _ in self._wait()]
        finished = [future for future in landed if future.status == "finished"]
        values = self._client.gather(finished, errors="skip") if finished else []
        if len(values) == len(finished):
            results = dict(zip((future.key for future in finished), values, strict=True))
        else:  # some were lost between their end and the gathering
            results = {}
        for future in landed:
            _, work = self._flying.pop(future.key)
            if future.key in results:
                yield Finished(work, value=results[future.key])
            elif future.status == "error":
                yield Finished(work, error=future.exception())
            else:
                yield Finished(work, error=ClusterLost(f"The task was {future.status}."))

    def cancel(self) -> list[Work]:
        """Give up what is in flight and return it."""
        given_up = [work for _, work in self._flying.values()]
        if self._flying and self._client.status == "running":
            self._client.cancel([future for future, _ in self._flying.values()], force=True)
        self._flying.clear()
        return given_up

    def _wait(self) -> list[tuple[Future[Any], Work]]:
        landed: list[tuple[Future[Any], Work]] = []
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                left = 0.0 if landed else max(0.0, deadline - time.monotonic())
                key = self._landed.get(timeout=left) if left else self._landed.get_nowait()
            except queue.Empty:
                break
            if key in self._flying:
                landed.append(self._flying[key])
        if not landed and self._client.status not in ("running", "newly-created"):
            raise ClusterLost(
                "The connection to the cluster was lost. What is counted is safe: start a "
                "cluster and resume the run."
            )
        return landed

    def _look_at_workers(self) -> None:
        now = time.monotonic()
        if now - self._looked < WORKERS_SECONDS or self._client.status != "running":
            return
        self._looked = now
        threads = self._client.nthreads()
        self._workers = len(threads)
        self._threads = sum(threads.values())
