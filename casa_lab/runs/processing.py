"""Processing the chunks of a run: dispatch, count, merge, show."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from coffea.processor.executor import WorkItem
from distributed import Client, KilledWorker

from .dispatch import Dispatcher, Finished
from .errors import RunError, RunStopped
from .metadata import UnreadableFiles, as_failure
from .metrics import Effort
from .models import Failure
from .plan import Batch, Plan, Queue, make_plan
from .session import RunSession
from .tasks import RunTasks, explain_loss
from .worker import BatchOutcome

_PROCESSING = "Processing."
_NO_WORKERS = "Waiting for workers."


class ChunkProcessing:
    """The chunk phase of one run.

    Parameters
    ----------
    session
        The run's folder, owned.
    client
        Connected to the cluster.
    tasks
        Sends batches.
    unreadable
        Files that the metadata phase could not read.
    fail_fast
        Whether the first failure ends the run.
    """

    def __init__(
        self,
        session: RunSession,
        client: Client,
        tasks: RunTasks,
        unreadable: UnreadableFiles,
        fail_fast: bool,
    ) -> None:
        self._session = session
        self._tasks = tasks
        self._unreadable = unreadable
        self._fail_fast = fail_fast
        self._dispatcher: Dispatcher[Batch] = Dispatcher(client, tasks.process)
        self._queue = Queue([])
        self._failed: list[Failure] = []

    @property
    def failures(self) -> Sequence[Failure]:
        """The chunks that did not make it."""
        return self._failed

    def run(self, items: Sequence[WorkItem]) -> Any:
        """Process all chunks that are not counted yet.

        Returns
        -------
        object
            The merged output of all counted chunks, those of earlier sessions
            included.

        Raises
        ------
        RunError
            When the run cannot go on, nothing succeeded, or the first failure
            is to end it.
        RunStopped
            When it was stopped before anything was counted.
        """
        session = self._session
        plan = make_plan(items)
        for key in plan.repeated:
            warnings.warn(
                f"{key.dataset} names {key.filename} more than once. It counts once.", stacklevel=2
            )
        self._queue = Queue(self._missing(plan))
        session.enter("running", _PROCESSING)
        try:
            self._work()
        finally:
            self._dispatcher.cancel()
        if self._fail_fast and self._failed:
            raise RunError(f"Stopped at the first failure: {self._failed[0].cause}")
        message = "Stopping." if session.stop_requested else "Merging the result."
        session.enter("finishing", message)
        total = session.ledger.total()
        if total is not None:
            return total
        if self._failed:
            raise RunError(f"Nothing succeeded. The first failure: {self._failed[0].cause}")
        raise RunStopped("The run was stopped before anything was processed.")

    def _missing(self, plan: Plan) -> list[Batch]:
        """Tell the meter what there is, count what is done, and return what is left to do."""
        session = self._session
        session.meter.plan(item for batch in plan for item in batch.items)
        missing = session.ledger.open_plan(plan)
        for batch in plan:
            for item in batch.items:
                if session.ledger.is_counted(item):
                    session.meter.done(item.dataset, len(item), 1)
        session.begin_chunks()
        readable = []
        for batch in missing:
            failure = self._unreadable.failure(batch.items[0])
            if failure is None:
                readable.extend(self._admitted(batch))
                continue
            earlier = session.ledger.counted.get(batch.key, set())
            events = sum(stop - start for start, stop in earlier)
            session.meter.keep(batch.key.dataset, events, len(earlier))
            listed = session.book.scope.admits_file(batch.items[0])
            self._give_up(batch, [failure] if listed else [])
        return readable

    def _admitted(self, batch: Batch) -> list[Batch]:
        """Return the part of a missing batch that this session is to process, if any."""
        scope = self._session.book.scope
        items = tuple(part for item in batch.items for part in scope.admit(item))
        skipped = batch.events - sum(len(item) for item in items)
        self._session.meter.skip(skipped)
        if items:
            return [Batch(batch.file, batch.number, items)]
        self._merge(batch, None)
        return []

    def _work(self) -> None:
        session = self._session
        session.metrics.observe(self._dispatcher.threads)
        while self._queue or self._dispatcher.in_flight:
            session.poll_requests()
            if session.stop_requested or (self._fail_fast and self._failed):
                return
            self._follow_pause()
            if not session.pause_requested:
                while self._queue and self._dispatcher.has_room():
                    self._dispatcher.send(self._queue.take())
            working = session.state == "running" or self._dispatcher.in_flight > 0
            for finished in self._dispatcher.take():
                self._take_in(finished)
            session.metrics.observe(self._dispatcher.threads, working)
            session.meter.workers = self._dispatcher.workers
            if session.state == "running":
                session.mention(_PROCESSING if self._dispatcher.workers else _NO_WORKERS)
            else:
                session.tick()

    def _follow_pause(self) -> None:
        session = self._session
        if session.pause_requested and session.state == "running":
            session.enter("paused", "Paused. Chunks that were in flight are still counted.")
        elif not session.pause_requested and session.state == "paused":
            session.enter("running", _PROCESSING)

    def _take_in(self, finished: Finished[Batch]) -> None:
        if isinstance(finished.value, BatchOutcome):
            self._count(finished.work, finished.value)
        else:
            self._try_again(finished)

    def _count(self, batch: Batch, outcome: BatchOutcome) -> None:
        session = self._session
        good = [(chunk.start, chunk.stop) for chunk in outcome.chunks if chunk.cause is None]
        output = None
        if outcome.payload is not None:
            output = session.ledger.accept(batch, good, outcome.payload)
            if output is None:
                return  # counted already: a late duplicate
            self._show(output)
            events = sum(stop - start for start, stop in good)
            session.meter.done(batch.key.dataset, events, len(good))
        session.metrics.add(_effort(batch, outcome))
        self._merge(batch, output)
        session.meter.read(outcome.measures.bytes_read)
        failures = [
            as_failure(item, chunk.cause, outcome.worker, chunk.attempts)
            for item, chunk in zip(batch.items, outcome.chunks, strict=True)
            if chunk.cause is not None
        ]
        self._list(batch, failures)

    def _try_again(self, finished: Finished[Batch]) -> None:
        batch = finished.work
        if self._tasks.may_retry(finished, batch):
            # One chunk at a time once a worker died: the others need not fail with it.
            again = batch.split() if isinstance(finished.error, KilledWorker) else [batch]
            for part in again:
                self._queue.put_back(part)
            return
        cause = explain_loss(finished.error)
        self._give_up(batch, [as_failure(item, cause) for item in batch.items])

    def _give_up(self, batch: Batch, failures: list[Failure]) -> None:
        self._merge(batch, None)
        self._list(batch, failures)

    def _show(self, output: Any) -> None:
        try:
            self._session.live.add(output)
        except Exception as error:
            raise _unlike(error) from error

    def _merge(self, batch: Batch, output: Any | None) -> None:
        try:
            self._session.ledger.merge(batch, output)
        except Exception as error:
            raise _unlike(error) from error

    def _list(self, batch: Batch, failures: list[Failure]) -> None:
        if failures:
            self._failed.extend(failures)
            events = sum(
                (failure.entry_stop or 0) - (failure.entry_start or 0) for failure in failures
            )
            self._session.meter.failed(batch.key.dataset, events, len(failures))
            self._session.fail_chunks(failures)


def _effort(batch: Batch, outcome: BatchOutcome) -> Effort:
    good = [chunk for chunk in outcome.chunks if chunk.cause is None]
    return Effort(
        dataset=batch.key.dataset,
        file=batch.key.filename,
        worker=outcome.worker,
        host=outcome.host,
        chunks=len(good),
        events=sum(chunk.stop - chunk.start for chunk in good),
        seconds=outcome.seconds,
        process_seconds=outcome.measures.process_seconds,
        open_seconds=outcome.measures.open_seconds,
        bytes_read=outcome.measures.bytes_read,
        peak_memory_bytes=outcome.peak_memory_bytes,
    )


def _unlike(error: Exception) -> RunError:
    """Say that outputs cannot be added: Coffea itself would raise here, too."""
    return RunError(
        "The processor's outputs of two chunks cannot be added: "
        f"{type(error).__name__}: {error}. It must return the same structure for all chunks, with "
        "the same axes in each histogram; give categories growth=True."
    )
