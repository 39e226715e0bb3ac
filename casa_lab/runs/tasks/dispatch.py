"""Keeping a window of tasks in flight on a Dask cluster and taking in what they return.

Only the window is ever known to the scheduler: its memory does not grow with
the run, and stopping is a matter of not sending more.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from dask.typing import Key
from distributed import Client, Future
from distributed.client import ClosedClientError

from casa_lab.runs.errors import RunError

Work = TypeVar("Work")

TASKS_PER_THREAD = 2
"""Tasks in flight for each worker thread: one runs while one waits there."""

LEAST_WINDOW = 4
"""Tasks in flight while no worker is up yet."""

WORKERS_SECONDS = 1.0
"""How often the number of workers is looked up."""

WAIT_SECONDS = 0.1
"""How long to wait for results before the caller gets a turn."""

ANSWER_SECONDS = 2.0
"""How long the scheduler may take to answer before it counts as silent."""

RECONNECT_SECONDS = 5.0
"""How long the connection to the scheduler may be away before the cluster counts as lost."""

# Up to Python 3.10, asyncio has a TimeoutError of its own.
_GONE = (OSError, TimeoutError, asyncio.TimeoutError, CancelledError, ClosedClientError)
"""What a client raises when the scheduler has gone away."""


@contextmanager
def _scheduler_may_be_gone() -> Iterator[None]:
    """Leave it to :meth:`Dispatcher.take` to find out whether the scheduler is gone for good."""
    try:
        yield
    except _GONE:
        pass
    except ValueError as error:
        # Tornado's, when the other side goes away while TLS begins on a connection.
        if "IOStream" not in str(error):
            raise


class ClusterLost(RunError):
    """The scheduler is gone, and with it all that was in flight."""


class TaskLost(Exception):
    """Dask does not know a task any more, though its cluster lives."""


@dataclass(frozen=True)
class Finished(Generic[Work]):
    """A task that has ended: with a value, or with the error that Dask reports."""

    work: Work
    value: Any = None
    error: BaseException | None = None


_Fetch = tuple[list[Future[Any]], "concurrent.futures.Future[dict[Key, Any]]"]
"""Tasks that have ended, and the values of those that have one, once they are here."""


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
        self._connected = time.monotonic()
        self._silent = False
        self._fetch: _Fetch | None = None

    @property
    def in_flight(self) -> int:
        """Number of tasks sent and not yet taken in."""
        return len(self._flying)

    @property
    def workers(self) -> int:
        """Number of workers, at most a second old."""
        self._look_at_workers()
        return self._workers

    @property
    def threads(self) -> int:
        """Number of their threads, at most a second old."""
        self._look_at_workers()
        return self._threads

    @property
    def lack(self) -> str | None:
        """What has to be waited for, in a sentence; ``None`` when all is there."""
        if self._silent:  # it lives, but is stopped or far too busy
            return "Waiting for the scheduler, which does not answer."
        return None if self.workers else "Waiting for workers."

    def has_room(self) -> bool:
        """Tell whether the window has room for a task."""
        if self._client.status != "running":
            return False
        self._look_at_workers()
        return not self._silent and len(self._flying) < max(
            LEAST_WINDOW, TASKS_PER_THREAD * self._threads
        )

    def send(self, work: Work) -> None:
        """Send a piece of work.

        Raises
        ------
        ClusterLost
            When there is no connection to the scheduler.
        """
        try:
            future = self._submit(work)
        except ClosedClientError:
            raise self._lost() from None
        self._flying[future.key] = (future, work)
        # Called in a thread of Dask's: it may do no more than this.
        future.add_done_callback(lambda done: self._landed.put(done.key))

    def take(self, seconds: float = WAIT_SECONDS) -> Iterator[Finished[Work]]:
        """Yield the tasks that have ended, after a short wait if there are none.

        Parameters
        ----------
        seconds
            How long to wait, at most :data:`WAIT_SECONDS`.

        Raises
        ------
        ClusterLost
            When the scheduler does not answer any more.
        """
        seconds = min(seconds, WAIT_SECONDS)
        if self._fetch is None:
            self._fetch = self._begin_fetch([future for future, _ in self._wait(seconds)])
        landed, results = self._fetch
        values: dict[Key, Any] = {}
        try:
            values = results.result(seconds)
        except concurrent.futures.TimeoutError:
            # It comes later: lost results are computed anew, or the scheduler is silent.
            self._check_connection()
            return
        except CancelledError:
            pass
        self._fetch = None
        for future in landed:
            _, work = self._flying.pop(future.key)
            if future.key in values:
                yield Finished(work, value=values[future.key])
            elif future.status == "error":
                yield Finished(work, error=future.exception())
            else:
                yield Finished(work, error=TaskLost(f"the task was {future.status}"))

    def cancel(self) -> None:
        """Give up what is in flight."""
        if self._fetch is not None:
            self._fetch[1].cancel()
            self._fetch = None
        if self._flying and self._client.status == "running":
            with _scheduler_may_be_gone():
                self._client.cancel([future for future, _ in self._flying.values()], force=True)
        self._flying.clear()

    def _begin_fetch(self, landed: list[Future[Any]]) -> _Fetch:
        """Ask for the values of tasks that have ended."""
        finished = [future for future in landed if future.status == "finished"]
        if finished:
            loop: Any = self._client.loop
            results = asyncio.run_coroutine_threadsafe(self._gather(finished), loop.asyncio_loop)
            return landed, results
        nothing: concurrent.futures.Future[dict[Key, Any]] = concurrent.futures.Future()
        nothing.set_result({})
        return landed, nothing

    async def _gather(self, futures: list[Future[Any]]) -> dict[Key, Any]:
        """Return the values of finished tasks, without those that were lost meanwhile."""
        values = await self._ask_for(futures)
        if len(values) == len(futures):
            return dict(zip((future.key for future in futures), values, strict=True))
        # Dask leaves out the lost ones and does not say which they are.
        return {future.key: value for future in futures for value in await self._ask_for([future])}

    async def _ask_for(self, futures: list[Future[Any]]) -> list[Any]:
        values: list[Any] = []
        with _scheduler_may_be_gone():
            values += await self._client.gather(futures, errors="skip", asynchronous=True)
        return values

    def _wait(self, seconds: float) -> list[tuple[Future[Any], Work]]:
        landed: list[tuple[Future[Any], Work]] = []
        deadline = time.monotonic() + seconds
        while True:
            try:
                left = 0.0 if landed else max(0.0, deadline - time.monotonic())
                key = self._landed.get(timeout=left) if left else self._landed.get_nowait()
            except queue.Empty:
                break
            if key in self._flying:
                landed.append(self._flying[key])
        self._check_connection()
        return landed

    def _check_connection(self) -> None:
        """Give the client some time to connect again; it cannot once it is closed."""
        now = time.monotonic()
        if self._client.status == "running":
            self._connected = now
        elif self._client.status != "connecting" or now - self._connected > RECONNECT_SECONDS:
            raise self._lost()

    def _lost(self) -> ClusterLost:
        return ClusterLost(
            "The connection to the cluster was lost: it was stopped, or its host is gone. "
            "What was counted is safe."
        )

    def _look_at_workers(self) -> None:
        now = time.monotonic()
        if now - self._looked < WORKERS_SECONDS or self._client.status != "running":
            return
        with _scheduler_may_be_gone():
            try:
                threads = self._client.nthreads(callback_timeout=ANSWER_SECONDS)
            except asyncio.TimeoutError:
                self._silent = True
                raise
            finally:
                self._looked = time.monotonic()
            self._silent = False
            self._workers = len(threads)
            self._threads = sum(threads.values())
