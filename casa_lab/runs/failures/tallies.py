"""Failures counted as they are written: a long list is not read again for each look at it."""

from __future__ import annotations

import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import Failure, FailureList

from .grouping import Explain, FailureTally
from .scope import ChunkName, FileName, name_of

MOST_RUNS = 8
"""How many runs are remembered: those that somebody looks at."""


class Tallies:
    """The failures of the runs that somebody looks at, by cause.

    A list only ever grows, or is replaced by another file; so what was read of
    it is kept, and reading goes on from there.
    """

    def __init__(self) -> None:
        self._lists: OrderedDict[Path, _Lists] = OrderedDict()
        self._lock = threading.Lock()

    def list_failures(self, folder: RunFolder, explain: Explain) -> FailureList:
        """Return the failures of a run by cause, and those that were accepted as missing.

        Parameters
        ----------
        folder
            The run.
        explain
            Makes the example of a group out of its first failure.
        """
        with self._lock:
            lists = self._read(folder)
            return FailureList(
                groups=lists.failures.tally.groups(explain),
                total=lists.failures.tally.total,
                accepted=lists.left_out.tally.groups(explain),
            )

    def left_out_files(self, folder: RunFolder) -> set[FileName]:
        """Return the files of which all failures were accepted as missing."""
        with self._lock:
            lists = self._read(folder)
            accepted, failed = (
                {name[:3] for name in each.names} for each in (lists.left_out, lists.failures)
            )
            return accepted - failed

    def _read(self, folder: RunFolder) -> _Lists:
        lists = self._lists.pop(folder.path, None) or _Lists(folder)
        self._lists[folder.path] = lists
        if len(self._lists) > MOST_RUNS:
            self._lists.popitem(last=False)
        lists.read()
        return lists


class _Lists:
    """The two lists of one run."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self.left_out = _List(folder.left_out)
        self.failures = _List(folder.failures)

    def read(self) -> None:
        """Count what is new, or all of a list that was replaced."""
        is_same = self.left_out.is_same()
        if not is_same:
            self.left_out = _List(self._folder.left_out)
        self.left_out.read()
        if not is_same or not self.failures.is_same():
            # One that is in both lists was accepted, see read_failures().
            self.failures = _List(self._folder.failures, self.left_out.names)
        self.failures.read()


class _List:
    """What was read of one file so far.

    It stays open, so that no other file can have its number and be taken for it.
    """

    def __init__(self, path: Path, without: Collection[ChunkName] = ()) -> None:
        self._path = path
        self._without = without
        self.tally = FailureTally()
        self.names: set[ChunkName] = set()
        self._stream: BinaryIO | None = None
        with suppress(FileNotFoundError):
            self._stream = path.open("rb")
            weakref.finalize(self, self._stream.close)

    def is_same(self) -> bool:
        """Tell whether the file is still the one that was opened."""
        try:
            now = self._path.stat()
        except FileNotFoundError:
            return self._stream is None
        return self._stream is not None and os.path.samestat(os.fstat(self._stream.fileno()), now)

    def read(self) -> None:
        """Count what was written since; a line that is still being written can wait."""
        while self._stream is not None and (line := self._stream.readline()):
            if not line.endswith(b"\n"):
                self._stream.seek(-len(line), os.SEEK_CUR)
                return
            try:
                failure = Failure.model_validate_json(line)
            except ValueError:  # torn by a crash
                continue
            if (name := name_of(failure)) not in self._without:
                self.names.add(name)
                self.tally.add(failure)
