"""Trying a processor on one chunk of each dataset, to see what the whole run will need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from coffea.nanoevents import NanoAODSchema
from coffea.processor import Runner, accumulate
from coffea.processor.executor import FileMeta, WorkItem
from distributed import Client

from casa_lab.errors import BadInput, CasaError
from casa_lab.reading.chunks import ChunkWork, unpacked
from casa_lab.reading.work import RunWork
from casa_lab.runs.counting.plan import Batch, is_placeholder
from casa_lab.runs.driving.executor import CurrentRun, LiveExecutor
from casa_lab.runs.driving.metadata import as_failure
from casa_lab.runs.errors import RunError
from casa_lab.runs.failures.tracebacks import UserCode, trim
from casa_lab.runs.models import Failure
from casa_lab.runs.names import check_names
from casa_lab.runs.replicas import replicas_of
from casa_lab.runs.tasks.dispatch import Dispatcher
from casa_lab.runs.tasks.packing import unpack
from casa_lab.runs.tasks.sending import RunTasks
from casa_lab.runs.tasks.worker import BatchOutcome
from casa_lab.runs.usercode.imports import used_modules
from casa_lab.runs.usercode.loading import describe_exception
from casa_lab.runs.usercode.shipping import carry_local

from .forecast import Forecast, Sample, Workers, make_forecast

FILES_LOOKED_AT = 3
"""Files of each dataset that are opened: their mean number of events stands for all."""

TRIAL_EVENTS = 1_000
"""Events that are processed first: errors show at once, and imports cost no measured time."""


def dry_run(
    processor: Any,
    fileset: Mapping[str, Any],
    client: Client | None = None,
    *,
    schema: Any = NanoAODSchema,
    chunksize: int = 100_000,
    treename: str | None = None,
    maxchunks: int | None = None,
    **options: Any,
) -> Forecast:
    """Process one chunk of each dataset, and predict the whole run.

    Parameters
    ----------
    processor
        A Coffea processor, or a function of the events.
    fileset
        The fileset of the run, as ``coffea.processor.Runner`` takes it.
    client
        The cluster to try it on; the default client when not given.
    schema
        The schema of the files.
    chunksize
        Most events in a chunk.
    treename
        Tree of files for which the fileset names none.
    maxchunks
        Most chunks of a dataset in the run that is forecast.
    **options
        Further arguments of ``coffea.processor.Runner``, such as ``format``.

    Returns
    -------
    Forecast
        Columns really read, bytes, memory and time for each event, and from
        these the time of the whole run on more and fewer workers, a good chunk
        size, and warnings. A processor that fails is listed in ``failures``.

    Raises
    ------
    BadInput
        When there are no files, or Coffea cannot process such as have these names.
    RunError
        When there are no workers, or they have another environment.

    Examples
    --------
    >>> casa_lab.dry_run(MyProcessor(), fileset, client)  # doctest: +SKIP
    """
    check_names(fileset)
    current = _DryRun()
    current.replicas = replicas_of(fileset)
    executor = SamplingExecutor(client, name="dry run", status=False, current=current)
    workers = _workers_of(executor.connected_client())
    runner = Runner(
        executor, schema=schema, chunksize=chunksize, **{"metadata_cache": {}, **options}
    )
    files: defaultdict[str, list[FileMeta]] = defaultdict(list)
    for meta in Runner._normalize_fileset(fileset, treename):
        files[meta.dataset].append(meta)
    if not files:
        raise BadInput("The fileset names no files: there is nothing to try.")
    chunks = list(runner.preprocess(_some_files(files)))
    for item in chunks:
        if is_placeholder(item):
            cause, worker = current.placeholders.cause(item)
            failure = as_failure(item, cause, worker, whole_file=True)
            current.failures_of[item.dataset].append(failure)
    problem = _process(runner, [item for item in chunks if len(item)], processor)
    samples = {name: _sample(len(found), name, chunks, current) for name, found in files.items()}
    forecast = make_forecast(samples, workers, chunksize, maxchunks)
    if problem:
        forecast.warnings.insert(0, problem)
    return forecast


class _DryRun(CurrentRun):
    """What the copies that Runner makes of a sampling executor share."""

    def __init__(self) -> None:
        super().__init__()
        self.failures_of: defaultdict[str, list[Failure]] = defaultdict(list)
        self.trials: dict[str, BatchOutcome] = {}
        self.outcomes: dict[str, BatchOutcome] = {}


class _NothingSucceeded(Exception):
    """There is no output for Runner to go on with."""


class SamplingExecutor(LiveExecutor):
    """Processes one chunk of each dataset, and keeps what it took; makes no run."""

    current: _DryRun

    def connected_client(self) -> Client:
        """Return the client, or say in a sentence that there is none."""
        return self._client()

    def _process(self, client: Client, work: ChunkWork, items: list[WorkItem]) -> Any:
        current = self.current
        processor = unpacked(work.processor)
        own = current.own = carry_local(processor, work.schema)
        if own.sources:
            work = work.packed_again()
        modules = current.modules = used_modules(processor, own.sources)
        # A traceback is for the user: of her own code, where it leads there.
        code = UserCode(package=str(type(processor).__module__).partition(".")[0])
        chosen = _choose(items)
        with RunTasks(
            client, "dry-run", RunWork(work), self.retries, modules, own, current.replicas
        ) as tasks:
            trying = _Trying(client, tasks, code, current)
            current.trials = trying.process(first for first, _ in chosen.values())
            current.outcomes = trying.process(chosen[name][1] for name in current.trials)
        payloads = [outcome.payload for outcome in current.outcomes.values()]
        if not payloads:
            raise _NothingSucceeded
        return accumulate([unpack(payload) for payload in payloads if payload is not None])


@dataclass
class _Trying:
    """Sends single chunks to workers and takes in what became of them."""

    client: Client
    tasks: RunTasks
    code: UserCode
    current: _DryRun
    _waiting: list[Batch] = field(default_factory=list)

    def process(self, items: Iterable[WorkItem]) -> dict[str, BatchOutcome]:
        """Process chunks, and return the outcomes of those that succeeded, by dataset."""
        self._waiting = [Batch(None, (item,), (1,)) for item in items]
        succeeded: dict[str, BatchOutcome] = {}
        dispatcher: Dispatcher[Batch] = Dispatcher(self.client, self.tasks.process)
        try:
            while self._waiting or dispatcher.in_flight:
                while self._waiting and dispatcher.has_room():
                    dispatcher.send(self._waiting.pop(0))
                for finished in dispatcher.take():
                    batch = finished.work
                    if isinstance(finished.value, BatchOutcome):
                        self._take_in(batch, finished.value, succeeded)
                    elif self.tasks.may_retry(finished, batch):
                        self._waiting.append(batch)
                    else:
                        self._fail(as_failure(batch.items[0], self.tasks.explain(finished.error)))
        finally:
            dispatcher.cancel()
        return succeeded

    def _take_in(
        self, batch: Batch, outcome: BatchOutcome, succeeded: dict[str, BatchOutcome]
    ) -> None:
        (item,), (chunk,) = batch.items, outcome.chunks
        if chunk.cause is None:
            succeeded[batch.dataset] = outcome
        else:
            self._fail(as_failure(item, chunk.cause, outcome.worker, chunk.attempts))

    def _fail(self, failure: Failure) -> None:
        if failure.traceback:
            trimmed = trim(failure.traceback, self.code)
            failure = failure.model_copy(update={"traceback": trimmed})
        self.current.failures_of[failure.dataset].append(failure)


def _workers_of(client: Client) -> Workers:
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    if not workers:
        raise RunError("The cluster has no workers yet. Scale it up, and try again.")
    return Workers(
        count=len(workers),
        threads=sum(worker["nthreads"] for worker in workers),
        memory_limit=min((worker["memory_limit"] or 0 for worker in workers), default=0) or None,
    )


def _some_files(files: Mapping[str, Sequence[FileMeta]]) -> dict[str, Any]:
    """Return a fileset of the first, the last and a middle file of each dataset."""
    some: dict[str, Any] = {}
    for name, metas in files.items():
        last = len(metas) - 1
        step = max(1, FILES_LOOKED_AT - 1)
        positions = sorted({round(last * number / step) for number in range(FILES_LOOKED_AT)})
        chosen = [metas[position] for position in positions]
        some[name] = {"files": {meta.filename: meta.treename for meta in chosen}}
        if chosen[0].metadata is not None:
            some[name]["metadata"] = dict(chosen[0].metadata)
        if chosen[0].preload is not None:
            some[name]["preload"] = sorted(chosen[0].preload)
    return some


def _choose(items: Iterable[WorkItem]) -> dict[str, tuple[WorkItem, WorkItem]]:
    """Return for each dataset a few events to try, and a chunk to measure.

    The chunk is of another file where there is one: opening it then takes as
    long as opening any file in the middle of a run.
    """
    by_dataset: defaultdict[str, list[WorkItem]] = defaultdict(list)
    for item in items:
        by_dataset[item.dataset].append(item)
    chosen = {}
    for name, found in by_dataset.items():
        first = found[0]
        stop = min(first.entrystop, first.entrystart + TRIAL_EVENTS)
        others = [item for item in found if item.filename != first.filename]
        chosen[name] = (replace(first, entrystop=stop), max(others or found, key=len))
    return chosen


def _process(runner: Runner, items: list[WorkItem], processor: Any) -> str | None:
    """Process the chosen chunks; return what is wrong with ``postprocess()``, if anything."""
    if not items:
        return None
    try:
        runner.run(items, processor)
    except CasaError:
        raise
    except _NothingSucceeded:
        return None
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        return f"postprocess() raised {describe_exception(error)} on one chunk of each dataset."
    return None


def _sample(files: int, name: str, chunks: Iterable[WorkItem], current: _DryRun) -> Sample:
    entries: defaultdict[str, int] = defaultdict(int)
    failed = {failure.file for failure in current.failures_of[name] if failure.entry_start is None}
    for item in chunks:
        if item.dataset == name and item.filename not in failed:
            entries[item.filename] += len(item)
    sample = Sample(files=files, entries=list(entries.values()), failures=current.failures_of[name])
    outcome = current.outcomes.get(name)
    if outcome is None:
        return sample
    alike = [trial for trial in current.trials.values() if trial.worker == outcome.worker]
    idle = min(trial.peak_memory_bytes for trial in alike or current.trials.values())
    (chunk,) = outcome.chunks
    return replace(
        sample,
        chunk_events=chunk.stop - chunk.start,
        process_seconds=outcome.measures.process_seconds,
        seconds=outcome.seconds,
        bytes_read=outcome.measures.bytes_read,
        columns=outcome.measures.columns,
        peak_memory_bytes=outcome.peak_memory_bytes,
        idle_memory_bytes=idle,
    )
