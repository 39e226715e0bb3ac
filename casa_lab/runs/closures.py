"""Recognising what Coffea's Runner asks an executor to do.

Runner calls an executor twice: to look at files, and to process chunks. Both
times the function is a ``partial`` of ``Runner.automatic_retries`` around a
``partial`` of the real one. Casa retries and reports failures by itself, so it
takes the inner function out. Whatever is not recognised (another version of
Coffea, a user who calls the executor directly) runs on Coffea's DaskExecutor.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import cloudpickle
import lz4.frame
from coffea.processor import ProcessorABC
from coffea.processor.executor import Runner

from .measures import KEY, Measures

_SCHEMA = 2
_USE_DATAFRAMES = 3
_SAVEMETRICS = 4
"""Positions among the arguments of ``Runner._work_function``."""


@dataclass(frozen=True)
class Closure:
    """What Runner asks for.

    Attributes
    ----------
    phase
        Look at files, or process chunks.
    work
        The function to call with each item, without Coffea's retries.
    schema_name
        Name of the schema, when chunks are processed.
    packed_processor
        The processor, which Runner has packed unless it was told not to.
    """

    phase: Literal["metadata", "chunks"]
    work: Callable[[Any], Any]
    schema_name: str = ""
    packed_processor: Any = None

    def processor(self) -> Any:
        """Return the processor, or a copy of it."""
        return _unpacked(self.packed_processor)

    def packed_again(self) -> Closure:
        """Return a closure with the processor packed once more.

        Runner packs it before an executor can say which modules are to be
        carried along.
        """
        if not isinstance(self.work, Metered) or not isinstance(self.packed_processor, bytes):
            return self
        packed = lz4.frame.compress(cloudpickle.dumps(self.processor()), compression_level=1)
        work = self.work.with_processor(packed)
        return replace(self, work=work, packed_processor=packed)


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


def _unpacked(processor: Any) -> Any:
    if isinstance(processor, bytes):
        return cloudpickle.loads(lz4.frame.decompress(processor))
    return processor


def recognise(function: Callable[[Any], Any]) -> Closure | None:
    """Return what a function given to an executor is for, or ``None`` if that is unknown."""
    if not isinstance(function, partial) or function.func is not Runner.automatic_retries:
        return None
    work = function.args[2]
    if work is Runner.metadata_fetcher_parquet:
        return Closure("metadata", work)
    if not isinstance(work, partial):
        return None
    if work.func is Runner.metadata_fetcher_root:
        return Closure("metadata", work)
    if work.func is Runner._work_function and not work.args[_USE_DATAFRAMES]:
        schema, processor = work.args[_SCHEMA], work.keywords["processor_instance"]
        return Closure("chunks", _with_metrics(work), schema.__name__, processor)
    return None


def _with_metrics(work: partial[Any]) -> Callable[[Any], Any]:
    arguments = list(work.args)
    wanted = bool(arguments[_SAVEMETRICS])
    arguments[_SAVEMETRICS] = True
    return Metered(partial(work.func, *arguments, **work.keywords), wanted)


@dataclass(frozen=True)
class Metered:
    """Coffea's chunk function with metrics on, so that it is known what a chunk took.

    Attributes
    ----------
    work
        The chunk function.
    keep_metrics
        Whether the user asked for metrics: else they are taken out again.
    """

    work: partial[Any]
    keep_metrics: bool

    def check(self) -> None:
        """Raise what keeps the processor from being unpacked here.

        Coffea unpacks it for each chunk, where it would look like a failure of
        the chunk.
        """
        _unpacked(self.work.keywords["processor_instance"])

    def with_processor(self, packed: bytes) -> Metered:
        """Return the same function for another processor."""
        keywords = {**self.work.keywords, "processor_instance": packed}
        return replace(self, work=partial(self.work.func, *self.work.args, **keywords))

    def __call__(self, item: Any) -> Any:
        """Process one chunk."""
        started = time.perf_counter()
        output = self.work(item)
        seconds = time.perf_counter() - started
        if isinstance(output, dict):
            metrics = output.get("metrics", {})
            processing = metrics.get("processtime", 0.0)
            output[KEY] = Measures(
                bytes_read=metrics.get("bytesread", 0),
                process_seconds=processing,
                open_seconds=max(0.0, seconds - processing),
                # Coffea names the part of a column, too: "Muon_pt-data".
                columns={name.rpartition("-")[0] for name in metrics.get("columns", ())},
            )
            if not self.keep_metrics:
                output.pop("metrics", None)
        return output
