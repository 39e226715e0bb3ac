"""Sending the work of one phase of a run to Dask workers."""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Hashable
from types import TracebackType
from typing import Any

from coffea.processor.executor import FileMeta
from dask.utils import format_bytes
from distributed import Client, Future, KilledWorker, Scheduler

from casa_lab.reading.columns import Chunk, chunks_with_kept_columns
from casa_lab.reading.places import Replicas
from casa_lab.reading.work import RunWork
from casa_lab.runs.counting.plan import Batch
from casa_lab.runs.errors import RunError
from casa_lab.runs.failures.causes import Cause
from casa_lab.runs.replicas import only_of
from casa_lab.runs.usercode.own_modules import NOTHING, OwnModules

from .dispatch import ANSWER_SECONDS, Finished, TaskLost
from .gate import EnvironmentGate
from .packing import pack
from .worker import (
    ProcessorLoadError,
    RunPlugin,
    StrangeWorker,
    look_at_files,
    run_batch,
)

LOOK_PRIORITY = 10
"""Looking at a file takes milliseconds, and then there is more to choose from."""

KILLED_ROUNDS = 2
"""How often a look at files that killed its workers is sent: Dask blames all tasks that a dead
worker held.
"""

_PLUGIN, _OF = "casa-", " of "
"""What names of plugins begin with, and what stands before the client that they belong to."""

_log = logging.getLogger(__name__)


class RunTasks:
    """A phase's function on all workers, for the time of a ``with`` block.

    Parameters
    ----------
    client
        Connected to the cluster.
    name
        What the tasks are called on the Dask dashboard.
    work
        What the workers do with each item.
    retries
        How often work that was lost is handed out again.
    modules
        Top-level modules that the user's code needs on workers.
    own
        The user's own modules.
    replicas
        Where else files can be read.
    """

    def __init__(
        self,
        client: Client,
        name: str,
        work: RunWork,
        retries: int,
        modules: frozenset[str] = frozenset(),
        own: OwnModules = NOTHING,
        replicas: Replicas | None = None,
    ) -> None:
        self._replicas = replicas or {}
        self._client = client
        self._prefix = f"{name}-{secrets.token_hex(8)}"
        self._plugin = f"{_PLUGIN}{self._prefix}{_OF}{client.id}"
        self._function = pack(work)
        self._own = own
        self._keeps_columns = work.chunks is not None and work.chunks.options.column_bytes > 0
        self._homes: dict[Chunk, str] = {}
        self._gate = EnvironmentGate(client, modules)
        self.retries = retries
        self._numbers = itertools.count()
        self._lost: Counter[Hashable] = Counter()
        self._killed: Counter[Hashable] = Counter()

    def __enter__(self) -> RunTasks:
        self._gate.check()
        self._clear_away_abandoned()
        plugin = RunPlugin(self._plugin, self._function, self._own, self._gate.requirement)
        try:
            self._client.register_plugin(plugin)
        except Exception:
            self._gate.check()  # a worker that came after the first look may be to blame
            raise
        if self._keeps_columns:
            self._homes = self._find_homes()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._client.status != "running":
            return
        try:
            self._client.nthreads(callback_timeout=ANSWER_SECONDS)  # else that would wait for ever
            self._client.unregister_worker_plugin(self._plugin)
        except Exception:  # noqa: BLE001 - the result must not be lost over tidying up
            _log.warning("The workers keep the plugin %s.", self._plugin, exc_info=True)

    def _clear_away_abandoned(self) -> None:
        """Free workers of what drivers left there that were killed."""
        try:
            for name in self._client.run_on_scheduler(_abandoned_plugins):
                self._client.unregister_worker_plugin(name)
        except Exception:  # noqa: BLE001 - another run was faster, or the next one does it
            _log.info("What earlier drivers left is still on the workers.", exc_info=True)

    def _find_homes(self) -> dict[Chunk, str]:
        """Return which worker has columns of which chunk, as far as workers answer soon."""
        try:
            kept = self._client.run(
                chunks_with_kept_columns, on_error="return", callback_timeout=ANSWER_SECONDS
            )
        except asyncio.TimeoutError:
            _log.warning("Workers do not say which columns they keep: chunks go to any of them.")
            return {}
        return {
            chunk: worker
            for worker, chunks in kept.items()
            if isinstance(chunks, set)  # and no error
            for chunk in chunks
        }

    def process(self, batch: Batch) -> Future[Any]:
        """Send a batch of chunks, to the worker that has their columns if there is one."""
        homes = {
            self._homes.get((item.fileuuid, item.entrystart, item.entrystop))
            for item in batch.items
        }
        home = homes.pop() if len(homes) == 1 else None
        replicas = only_of((item.filename for item in batch.items), self._replicas)
        return self._submit(run_batch, batch.items, batch.shape, replicas, workers=home)

    def look_at(self, metas: tuple[FileMeta, ...]) -> Future[Any]:
        """Send files to be looked at."""
        replicas = only_of((meta.filename for meta in metas), self._replicas)
        return self._submit(look_at_files, metas, replicas, priority=LOOK_PRIORITY)

    def may_retry(self, finished: Finished[Any], work: Hashable) -> bool:
        """Tell whether work that Dask reports as failed is to be handed out again.

        Raises
        ------
        RunError
            When no worker will ever succeed.
        """
        # A worker without Casa cannot even read the task, which Dask reports in its own way.
        strange = isinstance(finished.error, (StrangeWorker, ImportError, RuntimeError))
        if strange and self._gate.send_strangers_away():
            return True
        if isinstance(finished.error, ProcessorLoadError):
            raise RunError(
                f"The workers cannot load the processor: {finished.error}. Install where they "
                "run what it imports, or put that code into a file beside the processor's."
            )
        if isinstance(finished.error, KilledWorker):
            self._killed[work] += 1
            return self._killed[work] < KILLED_ROUNDS
        self._lost[work] += 1
        return self._lost[work] <= self.retries

    def explain(self, error: BaseException | None) -> Cause:
        """Say why work was given up that Dask could not bring to an end."""
        return explain_loss(error, self._memory_at_the_end(error))

    def _memory_at_the_end(self, error: BaseException | None) -> int | None:
        """Return the memory for which the last worker was ended; ``None`` if it was not for that.

        Its nanny measures it, and says so where everybody may hear it.
        """
        if not isinstance(error, KilledWorker):
            return None
        try:
            events = self._client.get_events("worker-restart-memory")
        except Exception:  # noqa: BLE001 - the cause is known without it
            _log.warning("What Dask's nannies say cannot be read.", exc_info=True)
            return None
        address = error.last_worker.address
        return next(
            (said["rss"] for _, said in reversed(events) if said["worker"] == address), None
        )

    def _submit(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        priority: int = 0,
        workers: str | None = None,
    ) -> Future[Any]:
        key = f"{self._prefix}-{next(self._numbers)}"
        return self._client.submit(
            function,
            self._plugin,
            *arguments,
            key=key,
            priority=priority,
            workers=workers,
            allow_other_workers=workers is not None,
            pure=False,
        )


def _abandoned_plugins(dask_scheduler: Scheduler) -> list[str]:
    """Return the plugins of runs whose driver is gone."""
    return [
        name
        for name in dask_scheduler.worker_plugins
        if name.startswith(_PLUGIN) and name.rpartition(_OF)[2] not in dask_scheduler.clients
    ]


def explain_loss(error: BaseException | None, memory: int | None = None) -> Cause:
    """Say why work was given up that Dask could not bring to an end.

    Parameters
    ----------
    error
        What Dask says of it.
    memory
        Bytes in use for which the last worker was ended; ``None`` if it was not for that.
    """
    exception = f"{type(error).__name__}: {error}"
    if isinstance(error, KilledWorker):
        sentence = (
            f"The worker died each of the {error.allowed_failures + 1} times that this was tried "
            f"alone, {_memory_of(error, memory)}. Use workers with more memory, "
            "or find out which of these events is out of the ordinary."
        )
        last = error.last_worker
        return Cause(
            kind="worker lost",
            sentence=sentence,
            exception=exception,
            traceback="",
            retry=False,
            worker=last.address,
            host=last.host,
            peak_memory=memory,
        )
    if isinstance(error, TaskLost):
        sentence = "The cluster lost this again and again. Its log tells why; then run it again."
        return Cause("worker lost", sentence, exception, "", retry=False)
    return Cause("other", f"Dask could not run it: {exception}", exception, "", retry=False)


def _memory_of(error: KilledWorker, memory: int | None) -> str:
    """Return what is known of the memory of the last worker that died."""
    worker = error.last_worker
    limit = getattr(worker, "memory_limit", 0)
    if memory:
        return (
            f"out of memory: it was ended with {format_bytes(memory)} in use, of "
            f"{format_bytes(limit)} that it may have"
        )
    if not limit:
        return "most likely out of memory"
    used = getattr(worker, "metrics", {}).get("memory")
    last_seen = f", {format_bytes(used)} when it was last seen" if used else ""
    return f"most likely out of memory (it had {format_bytes(limit)}{last_seen})"
