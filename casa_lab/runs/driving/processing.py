"""Processing the chunks of a run: dispatch, count, merge, show."""

from __future__ import annotations

import math
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

from coffea.processor.executor import FileMeta, WorkItem
from distributed import Client, Future, KilledWorker

from casa_lab.runs.counting.efforts import effort_of, shares_of
from casa_lab.runs.counting.plan import (
    Batch,
    FileKey,
    FileWork,
    Plan,
    Queue,
    file_key,
    is_placeholder,
    make_plan,
    weight,
)
from casa_lab.runs.errors import OutputsDiffer, RunError, RunStopped
from casa_lab.runs.failures.causes import Cause
from casa_lab.runs.models import Failure
from casa_lab.runs.replicas import ReplicaLog
from casa_lab.runs.tasks.dispatch import Dispatcher, Finished
from casa_lab.runs.tasks.pace import Pace
from casa_lab.runs.tasks.sending import RunTasks
from casa_lab.runs.tasks.suspects import Suspects
from casa_lab.runs.tasks.worker import BatchOutcome, FileOutcome, MetadataOutcome

from .metadata import Looks, Placeholders, as_failure, interleaved
from .session import RunSession

_PROCESSING = "Processing."

Task = Batch | tuple[FileMeta, ...]
"""What goes to a worker: chunks to process, or files to look at."""


class ChunkProcessing:
    """The chunk phase of one run.

    Parameters
    ----------
    session
        The run's folder, owned.
    client
        Connected to the cluster.
    tasks
        Sends batches, and files to be looked at.
    placeholders
        Files that the metadata phase could not read, or left for later.
    fail_fast
        Whether the first failure ends the run.
    """

    def __init__(
        self,
        session: RunSession,
        client: Client,
        tasks: RunTasks,
        placeholders: Placeholders,
        fail_fast: bool,
    ) -> None:
        self._session = session
        self._tasks = tasks
        self._placeholders = placeholders
        self._fail_fast = fail_fast
        self._dispatcher: Dispatcher[Task] = Dispatcher(client, self._send)
        self._queue = Queue()
        self._pace = Pace()
        self._looks = Looks()
        self._looking = 0
        self._unknown: dict[FileKey, tuple[int, WorkItem]] = {}
        self._suspects = Suspects()
        self._chunks: list[WorkItem] = []
        self._failed: list[Failure] = []
        self._first: Cause | None = None
        self._replicas = ReplicaLog()

    @property
    def processed(self) -> set[WorkItem]:
        """The chunks in the result, as Runner wants to have them."""
        return {item for item in self._chunks if self._session.ledger.is_counted(item)}

    @property
    def failures(self) -> Sequence[Failure]:
        """The chunks that did not make it."""
        return self._failed

    @property
    def error(self) -> BaseException | None:
        """The exception behind the first failure, where it could travel."""
        return self._first.error() if self._first is not None else None

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
        self._open(make_plan(items))
        session.enter("running", _PROCESSING)
        try:
            self._work()
        finally:
            self._dispatcher.cancel()
            session.report.files.recall()
        if self._fail_fast and self._failed:
            raise RunError(f"Stopped at the first failure: {self._failed[0].cause}") from self.error
        message = "Stopping." if session.stop_requested else "Merging the result."
        session.enter("finishing", message)
        total = session.ledger.total()
        if total is not None:
            return total
        if self._failed:
            raise RunError(
                f"Nothing succeeded. The first failure: {self._failed[0].cause}"
            ) from self.error
        raise RunStopped("The run was stopped before anything was processed.")

    def _open(self, plan: Plan) -> None:
        """Learn what there is to do, as far as that is known."""
        session = self._session
        for key in plan.repeated:
            warnings.warn(
                f"{key.dataset} names {key.filename} more than once. It counts once.", stacklevel=3
            )
        session.ledger.open_files(plan.files)
        session.report.open(plan.files)
        session.meter.expect(Counter(key.dataset for key in plan.files))
        session.begin_chunks()
        later = []
        for position, chunks in enumerate(plan.chunks):
            meta = self._placeholders.postponed(chunks[0])
            if meta is not None:
                self._unknown[plan.files[position]] = (position, chunks[0])
                later.append(meta)
            elif is_placeholder(chunks[0]):
                self._give_up_file(position, chunks[0], *self._placeholders.cause(chunks[0]))
            else:
                self._open_file(position, chunks)
        self._looks = Looks(interleaved(later))

    def _open_file(self, position: int, chunks: list[WorkItem]) -> None:
        """Take in the chunks of a file and queue what is left to do of them."""
        session = self._session
        fresh, besides = [], []
        missing = session.ledger.open_chunks(position, chunks)
        session.meter.plan(chunks)
        self._chunks += chunks
        done = 0
        for number, (item, parts) in enumerate(zip(chunks, missing, strict=True)):
            admitted = [part for left in parts for part in session.book.scope.admit(left)]
            events = sum(map(len, parts))
            counted = int(parts != [item])
            session.meter.done(item.dataset, len(item) - events, counted)
            done += len(item) - events
            session.meter.split(item.dataset, max(0, counted + len(admitted) - 1))
            session.meter.skip(events - sum(map(len, admitted)))
            if admitted == [item] and not session.ledger.has_place(position, number):
                fresh.append(number)
            else:
                session.ledger.leave_out(position, number)
                besides += admitted
        name = file_key(chunks[0])
        session.report.files.plan(name, len(chunks), sum(map(len, chunks)), done)
        self._queue.add(FileWork(position, chunks, fresh, besides))

    def _give_up_file(self, position: int, item: WorkItem, cause: Cause, worker: str) -> None:
        """List a file that cannot be read; what it gave before stays counted."""
        session = self._session
        earlier = session.ledger.counted.get(file_key(item), set())
        session.ledger.open_chunks(position, [item])
        session.meter.plan([item])
        session.meter.keep(item.dataset, sum(stop - at for at, stop in earlier), len(earlier))
        session.ledger.leave_out(position, 0)
        if session.book.scope.admits_file(item):
            failure = as_failure(item, cause, worker, whole_file=True)
            self._list(item.dataset, [failure], cause)

    def _work(self) -> None:
        session = self._session
        self._observe()
        while self._looks or self._queue or self._suspects or self._dispatcher.in_flight:
            session.poll_requests()
            if session.stop_requested or (self._fail_fast and self._failed):
                return
            self._follow_pause()
            if not session.pause_requested:
                self._fill_window()
            working = session.state == "running" or self._dispatcher.in_flight > 0
            for finished in self._dispatcher.take(session.seconds_to_news):
                self._take_in(finished)
            self._observe(working)
            if session.state == "running":
                session.mention(self._dispatcher.lack or _PROCESSING)
            else:
                session.tick()

    def _observe(self, working: bool = True) -> None:
        dispatcher = self._dispatcher
        self._session.meter.employ(dispatcher.workers)
        self._session.report.observe(
            dispatcher.workers, dispatcher.threads, dispatcher.in_flight, working
        )

    def _fill_window(self) -> None:
        while self._dispatcher.has_room():
            if self._isolates():
                return
            if self._looks and self._looking < self._most_looks():
                self._looking += 1
                self._dispatcher.send(self._looks.take())
            elif self._queue:
                batch = self._queue.take(self._limit)
                if self._fits(batch):
                    self._dispatcher.send(batch)
            else:
                return

    def _isolates(self) -> bool:
        """Send a suspect by itself, when it is time for that; tell whether all others wait."""
        if self._suspects.is_one_out:
            return True
        others = bool(self._queue or self._looks)
        if not self._suspects or (others and not self._suspects.are_many):
            return False
        if not self._dispatcher.in_flight:
            batch = self._suspects.take()
            if self._fits(batch):
                self._dispatcher.send(batch)
            else:
                self._suspects.came_back(batch)
        return True

    def _fits(self, batch: Batch) -> bool:
        """Tell whether no chunk of a batch is as large as one that killed; else cut it up."""
        parts = self._suspects.parts_to_fit(batch)
        if parts:
            self._cut_up(batch, parts)
        for part in parts:
            self._queue.put_back(part)
        return not parts

    def _most_looks(self) -> float:
        """Return how many tasks may look at files.

        While chunks wait, that is a part of the workers: neither the histograms
        nor the end of the run are to wait for it. But one task of full size goes
        out beforehand, which is all there is to do for most filesets.
        """
        if self._queue and self._looks.has_grown:
            return max(1, self._dispatcher.threads // 4)
        return math.inf

    def _limit(self, dataset: str) -> int:
        return self._pace.limit(dataset, self._queue.left(), self._dispatcher.threads)

    def _send(self, task: Task) -> Future[Any]:
        if not isinstance(task, Batch):
            return self._tasks.look_at(task)
        future = self._tasks.process(task)
        self._session.report.files.sent(task.files)
        return future

    def _follow_pause(self) -> None:
        session = self._session
        if session.pause_requested and session.state == "running":
            session.enter("paused", "Paused. Chunks that were in flight are still counted.")
        elif not session.pause_requested and session.state == "paused":
            session.enter("running", _PROCESSING)

    def _take_in(self, finished: Finished[Task]) -> None:
        task = finished.work
        if isinstance(task, Batch):
            self._session.report.files.returned(task.files)
            alone = self._suspects.came_back(task)
            if isinstance(finished.value, BatchOutcome):
                began = time.thread_time()
                self._count(task, finished.value)
                self._pace.learn_cost(time.thread_time() - began)
            elif isinstance(finished.error, KilledWorker):
                self._suspect(task, finished.error, alone)
            elif self._tasks.may_retry(finished, task):
                self._queue.put_back(task)
            else:
                self._give_up(task, finished.error)
            return
        self._looking -= 1
        if isinstance(finished.value, MetadataOutcome):
            self._looks.learn(finished.value)
            self._placeholders.remember(finished.value.readable)
            for file in finished.value.files:
                self._know(file, finished.value.worker)
        elif self._tasks.may_retry(finished, task):
            self._looks.put_back(task)
        else:
            cause = self._tasks.explain(finished.error)
            for meta in task:
                self._know(FileOutcome(meta, cause), "")

    def _know(self, file: FileOutcome, worker: str) -> None:
        """Take in a file that was looked at."""
        meta = file.meta
        self._replicas.note(meta.filename, file.place)
        position, item = self._unknown.pop(FileKey(meta.dataset, meta.filename, meta.treename))
        if file.cause is None:
            self._open_file(position, self._placeholders.learn(meta, item))
        else:
            self._give_up_file(position, item, file.cause, worker)

    def _count(self, batch: Batch, outcome: BatchOutcome) -> None:
        session = self._session
        results = list(zip(batch.items, outcome.chunks, strict=True))
        good = [item for item, chunk in results if chunk.cause is None]
        output = None
        if outcome.payload is not None:
            output = session.ledger.accept(batch, good, outcome.payload)
            if output is None:
                return  # counted already: a late duplicate
            self._show(output)
            session.meter.done(batch.dataset, sum(map(len, good)), len(good))
        self._pace.learn(batch.dataset, weight(batch.items), outcome.seconds)
        session.report.add(effort_of(batch, outcome), shares_of(batch, outcome))
        self._merge(batch, output)
        session.meter.read(outcome.measures.bytes_read)
        failed = [(item, chunk, chunk.cause) for item, chunk in results if chunk.cause is not None]
        for item, chunk in results:
            self._replicas.note(item.filename, chunk.place)
        for item, _, cause in failed:
            if cause.kind == "file changed":
                self._placeholders.forget_file(item)
        failures = [
            as_failure(item, cause, outcome.worker, chunk.attempts) for item, chunk, cause in failed
        ]
        self._list(batch.dataset, failures, failed[0][2] if failed else None)

    def _suspect(self, batch: Batch, error: KilledWorker, alone: bool) -> None:
        """Deal with a batch whose workers died: out of memory, most likely."""
        if not alone:
            self._suspects.add(batch)
            return
        parts = self._suspects.convict(batch)
        if parts:
            self._cut_up(batch, parts)
        else:
            self._give_up(batch, error)

    def _cut_up(self, batch: Batch, parts: list[Batch]) -> None:
        """Note that a batch goes out in parts; those of a chunk are merged besides."""
        if len(batch.items) == 1:
            self._merge(batch, None)
            self._session.meter.split(batch.dataset, len(parts) - 1)

    def _give_up(self, batch: Batch, error: BaseException | None) -> None:
        cause = self._tasks.explain(error)
        self._merge(batch, None)
        self._list(batch.dataset, [as_failure(item, cause) for item in batch.items], cause)

    def _show(self, output: Any) -> None:
        try:
            self._session.live.add(output)
        except OutputsDiffer:
            raise
        except Exception as error:
            raise OutputsDiffer(error) from error

    def _merge(self, batch: Batch, output: Any | None) -> None:
        try:
            self._session.ledger.merge(batch, output)
        except Exception as error:
            raise OutputsDiffer(error) from error

    def _list(self, dataset: str, failures: list[Failure], first: Cause | None) -> None:
        if failures:
            self._first = self._first or first
            self._failed.extend(failures)
            events = sum(
                (failure.entry_stop or 0) - (failure.entry_start or 0) for failure in failures
            )
            self._session.meter.failed(dataset, events, len(failures))
            self._session.fail_chunks(failures)
