"""The one task that watches Casa's folders and tells what changes in them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from typing import Any

from casa_lab.clusters.models import Cluster
from casa_lab.runs.models import Run

from .announcer import Announcer
from .scanner import Change, FolderScanner
from .schemas import CLUSTER, DATASETS, RUN

RunListener = Callable[[Change[Run]], None]

DATASETS_REST = 20.0
"""A look at the datasets is followed by a rest of so many times what it took."""

logger = logging.getLogger(__name__)


class Watcher:
    """Looks at the folders of truth and turns what changed into events.

    Parameters
    ----------
    runs, clusters
        Find what changed in the folders.
    datasets
        Returns a value, never ``None``, that changes when the datasets may have
        changed; looks at files.
    emit
        Called on the event loop with the id of a schema and an event's data.
    interval
        Seconds between looks while a run or a cluster is active.
    idle_interval
        Seconds between looks otherwise, and at least between looks at the datasets.
    """

    def __init__(
        self,
        runs: FolderScanner[Run],
        clusters: FolderScanner[Cluster],
        datasets: Callable[[], Hashable],
        emit: Callable[[str, dict[str, Any]], None],
        interval: float = 0.25,
        idle_interval: float = 1.0,
    ) -> None:
        self._runs = runs
        self._clusters = clusters
        self._datasets = datasets
        self._emit = emit
        self._interval = interval
        self._idle_interval = idle_interval
        self._run_news = Announcer[Run]("run", lambda data: emit(RUN, data))
        self._cluster_news = Announcer[Cluster]("cluster", lambda data: emit(CLUSTER, data))
        self._known_datasets: Hashable = None
        self._listeners: set[RunListener] = set()
        self._look_now = (asyncio.Event(), asyncio.Event())
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start watching on the running event loop."""
        self._tasks = [
            asyncio.create_task(self._watch_folders(), name="casa-watch-folders"),
            asyncio.create_task(self._watch_datasets(), name="casa-watch-datasets"),
        ]

    async def stop(self) -> None:
        """Stop watching."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    def wake(self) -> None:
        """Look now: somebody just changed something."""
        for event in self._look_now:
            event.set()

    def expect_run(self, run: str) -> None:
        """Look at a run now and in the next seconds, though it has ended: it goes on."""
        self._runs.expect(run)
        self.wake()

    def listen(self, listener: RunListener) -> Callable[[], None]:
        """Call ``listener`` on the event loop whenever a run changes, at full pace.

        Returns
        -------
        callable
            Ends the subscription.
        """
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    async def _watch_folders(self) -> None:
        """Tell what becomes of runs and clusters."""
        look_now, _ = self._look_now
        await self._attempt(lambda: asyncio.to_thread(self._prime))
        while True:
            look_now.clear()
            await self._attempt(self._look_at_folders)
            active = self._runs.active or self._clusters.active
            await _wait(look_now, self._interval if active else self._idle_interval)

    async def _watch_datasets(self) -> None:
        """Tell when the datasets change; apart, for it may have many folders to go through."""
        _, look_now = self._look_now
        while True:
            look_now.clear()
            started = time.monotonic()
            await self._attempt(self._look_at_datasets)
            took = time.monotonic() - started
            await _wait(look_now, max(self._idle_interval, took * DATASETS_REST))

    async def _attempt(self, look: Callable[[], Awaitable[None]]) -> None:
        try:
            await look()
        except Exception:
            # E.g. a file system that is away for a moment: news stop, not the server.
            logger.exception("Casa cannot look for changes; it will try again.")

    def _prime(self) -> None:
        self._runs.prime()
        self._clusters.prime()

    async def _look_at_folders(self) -> None:
        runs = await asyncio.to_thread(self._runs.scan)
        self._run_news.announce(runs)
        for listener in list(self._listeners):
            for change in runs:
                listener(change)
        self._cluster_news.announce(await asyncio.to_thread(self._clusters.scan))

    async def _look_at_datasets(self) -> None:
        datasets = await asyncio.to_thread(self._datasets)
        if self._known_datasets not in (None, datasets):
            self._emit(DATASETS, {"changed": True})
        self._known_datasets = datasets


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
