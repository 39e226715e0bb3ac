"""Recognising what Coffea's Runner asks an executor to do.

Runner calls an executor twice: to look at files, and to process chunks. Both
times the function is a ``partial`` of ``Runner.automatic_retries`` around a
``partial`` of the real one. Casa retries and reports failures by itself, so it
takes the inner function out. Whatever is not recognised (another version of
Coffea, a user who calls the executor directly) runs on Coffea's DaskExecutor.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

from coffea.processor import ProcessorABC
from coffea.processor.executor import DEFAULT_METADATA_CACHE, FileMeta, Runner, WorkItem

from casa_lab.reading.chunks import ChunkWork
from casa_lab.reading.look import FileLook

_FORMAT = 0
_TIMEOUT = 1
_SCHEMA = 2
_USE_DATAFRAMES = 3
_SAVEMETRICS = 4
"""Positions among the arguments of ``Runner._work_function``."""


def postprocessed(processor: Any, accumulator: Any) -> Any:
    """Return what Runner makes of a merged accumulator; that itself is left as it is.

    Runner does it after the executor has returned and can save nothing any more.
    """
    method = getattr(processor, "postprocess", None)
    if not callable(method) or getattr(method, "__func__", None) is ProcessorABC.postprocess:
        return accumulator
    accumulator = copy.deepcopy(accumulator)
    output = method(accumulator)
    return accumulator if output is None else output


def recognise(function: Callable[[Any], Any]) -> ChunkWork | FileLook | None:
    """Return what a function given to an executor is for, or ``None`` if that is unknown."""
    if not isinstance(function, partial) or function.func is not Runner.automatic_retries:
        return None
    work = function.args[2]
    if work is Runner.metadata_fetcher_parquet:
        return FileLook(work)
    if not isinstance(work, partial):
        return None
    if work.func is Runner.metadata_fetcher_root:
        return FileLook(work)
    if work.func is Runner._work_function and not work.args[_USE_DATAFRAMES]:
        return _chunk_work(work)
    return None


def reads_root_files(work: ChunkWork | FileLook) -> bool:
    """Tell whether work is about ROOT files, whose UUIDs tell them apart."""
    if isinstance(work, FileLook):
        return work.coffea is not Runner.metadata_fetcher_parquet
    return work.format == "root"


def skips_bad_files(function: Callable[[Any], Any]) -> bool:
    """Tell whether Runner goes on without a file that it gets no metadata for."""
    skipbadfiles = isinstance(function, partial) and function.args[1]
    return bool(skipbadfiles) and not wants_errors(function)


def wants_errors(function: Callable[[Any], Any]) -> bool:
    """Tell whether Runner is to hand an error back: it was given ``use_result_type=True``."""
    return isinstance(function, partial) and bool(function.keywords.get("use_result_type"))


def _chunk_work(work: partial[Any]) -> ChunkWork:
    arguments = list(work.args)
    wanted = bool(arguments[_SAVEMETRICS])
    arguments[_SAVEMETRICS] = True
    keywords = work.keywords
    return ChunkWork(
        coffea=partial(work.func, *arguments, **keywords),
        keep_metrics=wanted,
        processor=keywords["processor_instance"],
        format=arguments[_FORMAT],
        timeout=arguments[_TIMEOUT],
        schema=arguments[_SCHEMA],
        uproot_options=keywords["uproot_options"],
        iteritems_options=keywords["iteritems_options"],
        has_checkpointer=keywords["checkpointer"] is not None,
        cache_function=keywords["cache_function"],
    )


@dataclass(frozen=True)
class Chunking:
    """How Runner makes chunks of a file.

    Attributes
    ----------
    chunksize
        Events that a chunk should have.
    align_clusters
        Whether chunks end where clusters do.
    """

    chunksize: int
    align_clusters: bool

    def chunks(self, meta: FileMeta) -> list[WorkItem]:
        """Return the chunks of a file that was looked at."""
        return list(meta.chunks(self.chunksize, self.align_clusters))


def chunking_of_caller(executor: Callable[[Any], bool]) -> Chunking | None:
    """Return how the Runner that is calling makes chunks, if it is going to process them next.

    Nothing tells an executor why it is asked to look at files. When Runner is
    about to process them with the same executor, they may be looked at while
    the first chunks are processed; when a user wants the chunks themselves
    (``Runner.preprocess``), or the number of chunks matters, they may not.

    Parameters
    ----------
    executor
        Tells whether Runner's executor is the one that asks.
    """
    runner = _caller()
    if runner is None or not _lets_files_wait(runner) or not executor(runner.executor):
        return None
    return Chunking(runner.chunksize, runner.align_clusters)


def chunksize_of_caller() -> int | None:
    """Return how many events the Runner that is calling wants in a chunk, if one is."""
    runner = _caller()
    return None if runner is None else int(runner.chunksize)


def fileset_of_caller() -> Mapping[str, Any] | None:
    """Return the fileset that the Runner that is calling was given, if that is a mapping."""
    frame = _frame_of_caller()
    fileset = None if frame is None else frame.f_locals["fileset"]
    return fileset if isinstance(fileset, Mapping) else None


def _caller() -> Runner | None:
    """Return the Runner that is about to process, or processes, a fileset."""
    frame = _frame_of_caller()
    return None if frame is None else frame.f_locals["self"]


def _frame_of_caller() -> FrameType | None:
    frame = inspect.currentframe()
    while frame is not None and frame.f_code is not Runner._run_impl.__code__:
        frame = frame.f_back
    return frame


def _lets_files_wait(runner: Runner) -> bool:
    """Tell whether nothing in Runner needs to know all files before the first chunk."""
    # Placeholders are completed where the cache has them: it must not make copies.
    keeps = isinstance(runner.metadata_cache, dict | type(DEFAULT_METADATA_CACHE))
    return keeps and runner.maxchunks is None and not runner.savemetrics
