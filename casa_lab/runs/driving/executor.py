"""A Coffea executor that shows what happens while it happens.

``processor.Runner(executor=casa_lab.LiveExecutor(client), ...)`` runs any
processor on a Dask cluster with live histograms, exactly-once counting and a
failure list in place of an exception for the first bad file.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import rich.progress
from coffea.processor import accumulate
from coffea.processor.executor import DaskExecutor, ExecutorBase, FileMeta, WorkItem
from coffea.util import rich_bar
from distributed import Client, default_client

from casa_lab.errors import CasaError
from casa_lab.folders.location import known_files
from casa_lab.reading.chunks import ChunkWork, unpacked
from casa_lab.reading.files import ReadingOptions
from casa_lab.reading.look import FileLook
from casa_lab.reading.places import Replicas
from casa_lab.reading.work import RunWork
from casa_lab.runs.errors import RunError, RunStopped, disk_errors_explained
from casa_lab.runs.models import Failure
from casa_lab.runs.replicas import replicas_of
from casa_lab.runs.showing.cells import in_kernel, show_run
from casa_lab.runs.tasks.sending import RunTasks
from casa_lab.runs.usercode.imports import used_modules
from casa_lab.runs.usercode.own_modules import NOTHING
from casa_lab.runs.usercode.shipping import carry_local

from .closures import (
    chunking_of_caller,
    chunksize_of_caller,
    fileset_of_caller,
    postprocessed,
    reads_root_files,
    recognise,
    skips_bad_files,
    wants_errors,
)
from .interrupts import first_interrupt
from .known import KnownFiles
from .live import accumulator_of
from .metadata import Placeholders, look_at_all
from .notebook import open_notebook_run
from .processing import ChunkProcessing
from .session import RunSession


class CurrentRun:
    """What the copies that Runner makes of an executor share.

    Parameters
    ----------
    session
        The run's folder, where a driver owns one; in a notebook a new one is
        made for each call.
    """

    def __init__(self, session: RunSession | None = None) -> None:
        self.session = session
        self.placeholders = Placeholders(KnownFiles(known_files()))
        self.look: FileLook | None = None
        self.failures: Sequence[Failure] = ()
        self.error: RunError | None = None
        """What the last call has to say of its failures, caused by the first one's exception."""
        self.modules: frozenset[str] = frozenset()
        """What the processor needs on workers, as far as that is known."""
        self.own = NOTHING
        """The user's modules that travel with it."""
        self.replicas: Replicas = {}
        """Where else files can be read."""
        self.shown = False
        """Whether a cell shows the run."""


class LiveExecutor(ExecutorBase):  # type: ignore[misc]  # has no type information
    """Execute a Coffea processor on Dask, live.

    Parameters
    ----------
    client : distributed.Client, optional
        The cluster to run on; the default client when not given.
    fail_fast : bool, optional
        Stop at the first failure (default: list failures and go on).
    retries : int, optional
        How often chunks that the cluster lost are handed out again (default: 3).
    name : str, optional
        Name of the run in the sidebar (default: that of the processor).
    status : bool, optional
        Show the run live in the cell, in terminals as a progress bar (default: True).
    reading : ReadingOptions, optional
        How workers read files, and how long opening one may take.
    unit, desc, compression, function_name
        Set by Coffea's Runner.
    current : CurrentRun, optional
        Set by Casa's driver and by Runner's copies.

    Attributes
    ----------
    failures : sequence of Failure
        The chunks that the last call left out of its result.

    Notes
    -----
    Failed chunks do not raise: they are left out of the result, listed in
    ``failures``, in the run's folder and in the sidebar, and a warning says how
    many there are; Runner's ``skipbadfiles`` makes no difference, except that
    with ``use_result_type`` it decides which exceptions Runner returns as an
    ``Err``, whose ``value`` is the result of all other chunks. Chunks are merged
    in a fixed order, so that repeated runs agree to the bit.

    A dataset of the fileset may name ``replicas`` beside its ``files``: a mapping of
    files to lists of other places. What cannot be read at its first place is read
    there, if it is the same file.

    Ctrl-C (*Interrupt the kernel*) stops the run in order: its folder then holds
    a partial result, and ``KeyboardInterrupt`` is raised.
    """

    def __init__(
        self,
        client: Client | None = None,
        *,
        fail_fast: bool = False,
        retries: int = 3,
        name: str | None = None,
        status: bool = True,
        reading: ReadingOptions | None = None,
        unit: str = "items",
        desc: str = "Processing",
        compression: int | None = 1,
        function_name: str | None = None,
        current: CurrentRun | None = None,
    ) -> None:
        super().__init__(status, unit, desc, compression, function_name)
        self.client = client
        self.fail_fast = fail_fast
        self.retries = retries
        self.name = name
        self.reading = reading or ReadingOptions()
        self.current = current or CurrentRun()

    @property
    def failures(self) -> Sequence[Failure]:
        """The chunks that the last call left out of its result."""
        return self.current.failures

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "client": None, "current": None}

    def __call__(
        self, items: Iterable[Any], function: Callable[[Any], Any], accumulator: Any
    ) -> tuple[Any, Any]:
        """Apply ``function`` to all items and accumulate what it returns.

        Returns
        -------
        tuple
            The accumulator and 0, the form that Runner expects; in place of 0
            an error if chunks failed and Runner is to return an ``Err``.

        Raises
        ------
        RunError
            When nothing succeeded, the workers cannot load the processor, the
            cluster was lost, or ``fail_fast`` met a failure.
        """
        client = self._client()
        work = recognise(function)
        if work is None:
            result: tuple[Any, Any] = DaskExecutor(
                client=client, status=self.status, retries=self.retries
            )(list(items), function, accumulator)
            return result
        work = replace(work, options=self.reading)
        if (fileset := fileset_of_caller()) is not None:
            # Nothing in a Parquet file tells whether another one is the same.
            self.current.replicas = replicas_of(fileset) if reads_root_files(work) else {}
        if isinstance(work, FileLook):
            found = self._look_at(client, work, items)
            if skips_bad_files(function):
                found = self.current.placeholders.without_unreadable(found)
            return found, 0
        skipped = self.current.placeholders.take_skipped()
        merged = self._process(client, work, [*items, *skipped])
        error = self.current.error if wants_errors(function) else None
        return accumulate([merged], accumulator), error or 0

    def _bar(self, shown: bool = False) -> rich.progress.Progress:
        """Return a progress bar, which is not seen where the cell shows the run itself."""
        bar: rich.progress.Progress = rich_bar()
        bar.disable = shown or not self.status
        return bar

    def _client(self) -> Client:
        try:
            client = self.client or default_client()
        except ValueError:
            raise RunError(
                "There is no Dask client. Give one: casa_lab.LiveExecutor(client), with "
                "client = casa_lab.connect() for a cluster from the sidebar."
            ) from None
        if client.asynchronous:
            raise RunError(
                "LiveExecutor needs a synchronous Dask client: Client(..., asynchronous=False)."
            )
        return client

    def _look_at(self, client: Client, work: FileLook, metas: Iterable[FileMeta]) -> Any:
        current = self.current
        current.placeholders.forget()
        chunking = chunking_of_caller(self._is_that_of)
        if chunking is not None:
            current.look = work
            return current.placeholders.postpone(metas, chunking)
        look = RunWork(look=work)
        with (
            RunTasks(
                client,
                "look-at-files",
                look,
                self.retries,
                current.modules,
                current.own,
                current.replicas,
            ) as tasks,
            self._bar() as bar,
        ):
            task = bar.add_task("Looking at files", total=None, unit="file")

            def progress(done: int, of: int) -> None:
                bar.update(task, completed=done, total=of)
                if current.session is not None:
                    current.session.mention(f"Looking at files: {done} of {of}.")

            return look_at_all(
                client, tasks, metas, current.placeholders, current.session, progress
            )

    def _is_that_of(self, executor: Any) -> bool:
        return isinstance(executor, LiveExecutor) and executor.current is self.current

    def _process(self, client: Client, work: ChunkWork, items: list[WorkItem]) -> Any:
        if self.current.session is not None:
            return self._process_in(self.current.session, client, work, items)
        processor = unpacked(work.processor)
        self.current.own = carry_local(processor, work.schema)
        if self.current.own.sources:
            work = work.packed_again()
        self.current.modules = used_modules(processor, self.current.own.sources)
        session = open_notebook_run(
            self.name,
            processor,
            work.schema.__name__,
            items,
            chunksize_of_caller(),
        )
        session.postprocess = partial(postprocessed, processor)
        self.current.shown = self.status and in_kernel()
        if self.current.shown:
            show_run(session.folder.id)
        interrupts: list[None] = []

        def interrupt() -> None:
            interrupts.append(None)
            session.stop_requested = True

        try:
            with first_interrupt(interrupt):
                merged = self._drive(session, client, work, items)
        finally:
            session.close()
            self.current.placeholders.forget()
            if interrupts:
                raise KeyboardInterrupt(f"Stopped. What was counted is in {session.folder.path}.")
        return merged

    def _drive(
        self, session: RunSession, client: Client, work: ChunkWork, items: list[WorkItem]
    ) -> Any:
        """Take a run of which this process is the driver to its end."""
        try:
            with disk_errors_explained(session.folder.path):
                session.enter("preparing", "Sending the processor to the workers.")
                merged = self._process_in(session, client, work, items)
            state, message = session.ending()
            session.finish(state, message, session.postprocess(accumulator_of(merged)))
        except (RunStopped, KeyboardInterrupt) as stopped:
            session.finish("stopped", str(stopped) or "Interrupted in the notebook.")
            raise
        except CasaError as error:
            session.finish("failed", str(error))
            raise
        except BaseException as error:
            session.finish("failed", f"{type(error).__name__}: {error}")
            raise
        if session.stop_requested:
            done = session.progress
            warnings.warn(
                f"The run was stopped: the result holds {done.events_done:,} of "
                f"{done.events_total or 0:,} events.",
                stacklevel=2,
            )
        return merged

    def _process_in(
        self, session: RunSession, client: Client, work: ChunkWork, items: list[WorkItem]
    ) -> Any:
        current = self.current
        name = self.function_name or "process"
        with (
            RunTasks(
                client,
                name,
                RunWork(work, current.look),
                self.retries,
                current.modules,
                current.own,
                current.replicas,
            ) as tasks,
            self._bar(current.shown) as bar,
        ):
            task = bar.add_task(self.desc, total=None, unit="event")
            session.watch = lambda progress: bar.update(
                task, completed=progress.events_done, total=progress.events_total
            )
            processing = ChunkProcessing(
                session, client, tasks, current.placeholders, self.fail_fast
            )
            current.failures = processing.failures
            merged = processing.run(items)
            merged["processed"] = processing.processed
        current.error = None
        if self.failures:
            sentence = (
                f"{len(self.failures)} of {session.progress.chunks_total or 'the'} chunks failed "
                f"and are not in the result. The first: {self.failures[0].cause}"
            )
            warnings.warn(sentence, stacklevel=2)
            current.error = RunError(sentence)
            current.error.__cause__ = processing.error
        return merged
