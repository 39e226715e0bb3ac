"""How each file of a run is: what its driver keeps, to be written for those who watch."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from casa_lab.runs.failures.grouping import common_cause, group_id
from casa_lab.runs.failures.scope import FileName
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import Failure

from .filemap import (
    DONE,
    FAILED,
    RUNNING,
    SLOW,
    About,
    Arrays,
    FileMap,
    empty_arrays,
    write_arrays,
    write_names,
)
from .models import FileFailure

SLOW_FACTOR = 3.0
"""A file is slow when it takes so many times as long as is usual in its dataset."""

SLOW_SECONDS = 2.0
"""No file is slow that took less than this."""

SLOW_OUT_SECONDS = 10.0
"""Nor is one whose task has been out for less than this."""

MOST_CAUSES = 500
"""So many causes of failures are told apart; all others are told as the last of them."""

TASKS_REMEMBERED = 200
"""How long tasks are out is learned from so many of the newest."""


class FileShare(NamedTuple):
    """What a task did of one file."""

    name: FileName
    events: int
    """How many were counted."""
    seconds: float
    """How long it took, failures included."""


class FileBoard:
    """What is known of each file while a session works on a run.

    Parameters
    ----------
    clock
        Seconds, monotonic; a test gives its own.

    Notes
    -----
    All methods cost a microsecond or so a file: they are called for each task.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._names: tuple[FileName, ...] = ()
        self._numbers: dict[FileName, int] = {}
        self._arrays = empty_arrays(0)
        self._tasks: npt.NDArray[np.int32] = np.zeros(0, np.int32)
        self._sent: npt.NDArray[np.float64] = np.zeros(0)
        self._out_seconds: deque[float] = deque(maxlen=TASKS_REMEMBERED)
        self._workers: dict[tuple[str, str], int] = {}
        self._groups: dict[str, int] = {}
        self._causes: list[FileFailure] = []
        self._datasets: npt.NDArray[np.int32] = np.zeros(0, np.int32)

    def open(self, names: Sequence[FileName], earlier: FileMap) -> None:
        """Learn which files there are.

        Parameters
        ----------
        names
            Their names, in the order in which they are written.
        earlier
            What an earlier session wrote: how long files took, and where.
        """
        self._names = tuple(names)
        self._numbers = {name: number for number, name in enumerate(names)}
        self._arrays = empty_arrays(len(names))
        self._tasks = np.zeros(len(names), np.int32)
        self._sent = np.zeros(len(names))
        datasets = dict.fromkeys(dataset for dataset, _, _ in names)
        numbers = {dataset: number for number, dataset in enumerate(datasets)}
        self._datasets = np.array([numbers[dataset] for dataset, _, _ in names], np.int32)
        self._workers = {worker: number for number, worker in enumerate(earlier.about.workers)}
        for before, name in enumerate(earlier.names):
            number = self._numbers.get(name)
            if number is not None:
                for field in ("seconds", "worker"):
                    self._arrays[field][number] = earlier.arrays[field][before]

    def plan(self, name: FileName, chunks: int, events: int, done: int) -> None:
        """Learn how large a file is, and how many of its events are done already."""
        number = self._numbers[name]
        self._arrays["chunks_total"][number] = chunks
        self._arrays["events_total"][number] = events
        self._arrays["events_done"][number] = done

    def sent(self, names: Iterable[FileName]) -> None:
        """Note that a task with these files is out."""
        now = self._clock()
        for name in names:
            number = self._numbers[name]
            self._tasks[number] += 1
            self._sent[number] = now

    def returned(self, names: Sequence[FileName]) -> None:
        """Note that a task with these files has ended, whichever way."""
        for name in names:
            number = self._numbers[name]
            self._tasks[number] = max(0, self._tasks[number] - 1)  # a duplicate may come late
        self._out_seconds.append(self._clock() - self._sent[self._numbers[names[0]]])

    def recall(self) -> None:
        """Note that no task is out any more."""
        self._tasks[:] = 0

    def worked(self, share: FileShare, worker: str, host: str) -> None:
        """Count what a task did of a file."""
        number = self._numbers[share.name]
        self._arrays["events_done"][number] += share.events
        self._arrays["seconds"][number] += share.seconds
        self._arrays["worker"][number] = self._workers.setdefault(
            (worker, host), len(self._workers)
        )

    def failed(self, failures: Iterable[Failure]) -> None:
        """Count chunks that failed."""
        for failure in failures:
            number = self._numbers.get((failure.dataset, failure.file, failure.treename))
            if number is not None:
                self._arrays["chunks_failed"][number] += 1
                self._arrays["cause"][number] = self._cause_of(failure)

    def write_names(self, folder: RunFolder) -> None:
        """Write which files there are, once a session."""
        write_names(folder, self._names)

    def write(self, folder: RunFolder, sequence: int) -> None:
        """Write how the files are now."""
        self._arrays["state"][:] = self._states()
        write_arrays(
            folder,
            self._arrays,
            About(sequence, tuple(self._workers), tuple(self._causes)),
        )

    def _cause_of(self, failure: Failure) -> int:
        group = group_id(failure)
        if group not in self._groups:
            if len(self._causes) == MOST_CAUSES:
                return MOST_CAUSES - 1
            self._groups[group] = len(self._causes)
            cause = common_cause(failure)
            self._causes.append(FileFailure(group=group, kind=failure.kind, cause=cause))
        return self._groups[group]

    def _states(self) -> npt.NDArray[np.uint8]:
        """Return the state of each file; of two that apply, what is worse."""
        files = self._arrays
        states = np.zeros(len(self._names), np.uint8)
        is_known = files["chunks_total"] > 0
        is_done = is_known & (files["events_done"] >= files["events_total"])
        is_out = self._tasks > 0
        states[is_done] = DONE
        states[is_out] = RUNNING
        states[self._is_slow(files, is_done)] = SLOW
        states[is_out & (self._clock() - self._sent > self._patience())] = SLOW
        states[files["chunks_failed"] > 0] = FAILED
        return states

    def _is_slow(self, files: Arrays, is_done: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Tell which files took much longer than is usual in their dataset.

        Usual is the median time of a file, or for larger ones the median time
        per event, whichever is longer: opening a small file takes its time, too.
        """
        took = files["seconds"]
        usual = np.full(len(took), np.inf)
        for dataset in range(self._datasets.max(initial=-1) + 1):
            mine = self._datasets == dataset
            sample = mine & is_done & (took > 0)
            if sample.any():
                per_event = _median(took[sample] / np.maximum(1, files["events_total"][sample]))
                usual[mine] = np.maximum(
                    _median(took[sample]), per_event * files["events_done"][mine]
                )
        return took > np.maximum(SLOW_SECONDS, SLOW_FACTOR * usual)

    def _patience(self) -> float:
        """Return for how long a task may be out before its files are slow."""
        usual = float(np.median(self._out_seconds)) if self._out_seconds else np.inf
        return max(SLOW_OUT_SECONDS, SLOW_FACTOR * usual)


def _median(values: npt.NDArray[Any]) -> float:
    """Return the middle value, the lower one of two: of two files, one may be slow."""
    return float(np.percentile(values, 50, method="lower"))
