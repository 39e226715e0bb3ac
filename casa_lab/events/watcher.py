"""The one task that watches Casa's folders and tells what changes in them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from casa_lab.clusters.models import Cluster
from casa_lab.runs.models import Run

from .announcer import Announcer
from .scanner import Change, FolderScanner
from .schemas import CLUSTER, DATASETS, RUN

RunListener = Callable[[Change[Run]], None]

logger = logging.getLogger(__name__)


class Watcher:
    """Looks at the folders of truth and turns what changed into events.

    Parameters
    ----------
    runs, clusters
        Find what changed in the folders.
    datasets
        Returns a value that changes when the datasets do; may read files.
    emit
        Called on the event loop with the id of a schema and an event's data.
    interval
        Seconds between looks while a run or a cluster is active.
    idle_interval
        Seconds between looks otherwise, and between looks at the datasets.
    """

    def __init__(
        self,
        runs: FolderScanner[Run],
        clusters: FolderScanner[Cluster],
        datasets: Callable[[], object],
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
        self._known_datasets: object = None
        self._datasets_due = 0.0
        self._primed = False
        self._listeners: set[RunListener] = set()
        self._awake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start watching on the running event loop."""
        self._task = asyncio.create_task(self._watch(), name="casa-watcher")

    async def stop(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def wake(self) -> None:
        """Look now: somebody just changed something."""
        self._datasets_due = 0.0
        self._awake.set()

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

    async def _watch(self) -> None:
        while True:
            self._awake.clear()
            try:
                await self._look()
            except Exception:
                # E.g. a file system that is away for a moment: news stop, not the server.
                logger.exception("Casa cannot look for changes; it will try again.")
            active = self._runs.active or self._clusters.active
            pause = self._interval if active else self._idle_interval
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._awake.wait(), pause)

    def _prime(self) -> None:
        self._runs.prime()
        self._clusters.prime()
        self._known_datasets = self._datasets()
        self._primed = True

    async def _look(self) -> None:
        if not self._primed:
            await asyncio.to_thread(self._prime)
        runs = await asyncio.to_thread(self._runs.scan)
        self._run_news.announce(runs)
        for listener in list(self._listeners):
            for change in runs:
                listener(change)
        self._cluster_news.announce(await asyncio.to_thread(self._clusters.scan))
        now = asyncio.get_running_loop().time()
        if now >= self._datasets_due:
            self._datasets_due = now + self._idle_interval
            datasets = await asyncio.to_thread(self._datasets)
            if datasets != self._known_datasets:
                self._known_datasets = datasets
                self._emit(DATASETS, {"changed": True})
