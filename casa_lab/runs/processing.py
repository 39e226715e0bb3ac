"""Processing the chunks of a run: dispatch, count, merge, show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coffea.processor.executor import WorkItem
from distributed import Client, KilledWorker

from .dispatch import Dispatcher, Finished
from .errors import RunError, RunStopped
from .metadata import UnreadableFiles, as_failure
from .models import Failure
from .plan import Batch, Plan, Queue, make_plan
from .session import RunSession
from .tasks import RunTasks, explain_loss
from .worker import BatchOutcome


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
            When the run cannot go on, or nothing succeeded.
        RunStopped
            When it was stopped before anything was counted.
        """
        session = self._session
        self._queue = Queue(self._missing(make_plan(items)))
        session.enter("running", "Processing.")
        try:
            self._work()
        finally:
            self._dispatcher.cancel()
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
        readable = []
        for batch in missing:
            failure = self._unreadable.failure(batch.items[0])
            if failure is None:
                readable.append(batch)
            else:
                self._give_up(batch, [failure])
        return readable

    def _work(self) -> None:
        session = self._session
        while self._queue or self._dispatcher.in_flight:
            session.poll_requests()
            if session.stop_requested or (self._fail_fast and self._failed):
                return
            self._follow_pause()
            if not session.pause_requested:
                while self._queue and self._dispatcher.has_room():
                    self._dispatcher.send(self._queue.take())
            for finished in self._dispatcher.take():
                self._take_in(finished)
            session.meter.workers = self._dispatcher.workers
            session.tick()

    def _follow_pause(self) -> None:
        session = self._session
        if session.pause_requested and session.state == "running":
            session.enter("paused", "Paused. Chunks that were in flight are still counted.")
        elif not session.pause_requested and session.state == "paused":
            session.enter("running", "Processing.")

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
            session.live.add(output)
            events = sum(stop - start for start, stop in good)
            session.meter.done(batch.key.dataset, events, len(good))
        session.ledger.merge(batch, output)
        session.meter.read(outcome.bytes_read)
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
        cause = explain_loss(finished.error, self._tasks.retries + 1)
        self._give_up(batch, [as_failure(item, cause) for item in batch.items])

    def _give_up(self, batch: Batch, failures: list[Failure]) -> None:
        self._session.ledger.merge(batch, None)
        self._list(batch, failures)

    def _list(self, batch: Batch, failures: list[Failure]) -> None:
        if failures:
            self._failed.extend(failures)
            self._session.meter.failed(batch.key.dataset, len(failures))
            self._session.fail_chunks(failures)
