"""Recognising what Coffea's Runner asks an executor to do.

Runner calls an executor twice: to look at files, and to process chunks. Both
times the function is a ``partial`` of ``Runner.automatic_retries`` around a
``partial`` of the real one. Casa retries and reports failures by itself, so it
takes the inner function out. Whatever is not recognised (another version of
Coffea, a user who calls the executor directly) runs on Coffea's DaskExecutor.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

from coffea.processor import ProcessorABC
from coffea.processor.executor import Runner

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
