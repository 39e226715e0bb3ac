"""What a driver writes for those who watch its run, besides its state."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence

from casa_lab.errors import Damaged
from casa_lab.folders import write_json
from casa_lab.runs.counting.metrics import Effort, MetricsMeter, read_metrics
from casa_lab.runs.failures.scope import FileName
from casa_lab.runs.folder import RunFolder

from .board import FileBoard, FileShare
from .filemap import FileMap, read_file_map
from .series import SeriesMeter, read_series

REPORT_SECONDS = 1.0
"""Least time between two reports."""

REPORT_SHARE = 0.01
"""Largest part of the driver's time that reports may take; large ones come less often."""

_log = logging.getLogger(__name__)


class Report:
    """Metrics, series and states of files of one session, added to those of earlier ones.

    Parameters
    ----------
    folder
        The run, owned.
    sequence
        Number of the newest report of earlier sessions.
    clock
        Seconds, monotonic; a test gives its own.

    Attributes
    ----------
    files
        How each file is.
    """

    def __init__(
        self,
        folder: RunFolder,
        sequence: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._sequence = sequence
        self._metrics = MetricsMeter(read_metrics(folder.metrics), clock)
        self._series = SeriesMeter(read_series(folder.series), clock)
        self.files = FileBoard(clock)
        self._is_open = False
        self._due_at = 0.0

    def open(self, files: Sequence[FileName]) -> None:
        """Learn which files there are, before anything is done."""
        self.files.open(files, self._earlier())
        self.files.write_names(self._folder)
        self._is_open = True

    def _earlier(self) -> FileMap:
        """Return what earlier sessions wrote of the files; nothing where that was damaged."""
        try:
            return read_file_map(self._folder)
        except Damaged as error:
            _log.warning("%s", error)
            return FileMap.empty()

    def observe(self, workers: int, threads: int, tasks: int, working: bool = True) -> None:
        """Learn how large the cluster is now; called again and again.

        Parameters
        ----------
        workers, threads
            Their numbers.
        tasks
            How many tasks are out.
        working
            False while a run is paused and nothing is out.
        """
        busy = min(tasks, threads)
        self._metrics.observe(threads, busy, working)
        self._series.observe(workers, threads, busy, working)

    def add(self, effort: Effort, files: Iterable[FileShare]) -> None:
        """Count a batch that has arrived, and what it did of each file."""
        self._metrics.add(effort)
        self._series.add(effort)
        for share in files:
            self.files.worked(share, effort.worker, effort.host)

    def write_if_due(self) -> int:
        """Write a report when some time has passed; return the number of the newest."""
        began = time.monotonic()
        if began >= self._due_at:
            self.write()
            now = time.monotonic()
            self._due_at = max(began + REPORT_SECONDS, now + (now - began) / REPORT_SHARE)
        return self._sequence

    def write(self, finished: bool = False) -> int:
        """Write a report and return its number.

        Parameters
        ----------
        finished
            Whether the result is complete.
        """
        metrics = self._metrics.snapshot(finished)
        write_json(self._folder.metrics, metrics.model_dump(mode="json"))
        write_json(self._folder.series, self._series.snapshot().model_dump(mode="json"))
        self._sequence += 1
        # A session that ends before it knows its files leaves what is written of them.
        if self._is_open:
            self.files.write(self._folder, self._sequence)
        return self._sequence
