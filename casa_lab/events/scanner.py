"""Noticing, by looking at files, that runs and clusters changed.

A look costs one ``stat`` of the directory, one per folder that somebody works
on, and a share of the settled ones in turn: ten thousand finished runs cost no
more than a few hundred, and are still noticed when one is resumed.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Generic, Protocol, TypeVar

from casa_lab.errors import NotFound
from casa_lab.folders import Folder

SETTLED_PER_SCAN = 250
"""How many of the folders that nobody works on are looked at in one scan."""

_FRESH_SECONDS = 2.0
"""A directory this young is listed again: its time stamp may be too coarse to tell."""

EXPECTED_SECONDS = 10.0
"""For how long a settled folder that is expected to change is looked at in every scan."""

logger = logging.getLogger(__name__)


class Noun(Protocol):
    """A run or a cluster as the API shows it."""

    @property
    def state(self) -> str:
        """Where it is in its life."""


NounType = TypeVar("NounType", bound=Noun)


@dataclass(frozen=True)
class Change(Generic[NounType]):
    """What became of one folder."""

    id: str
    value: NounType | None
    """How it is now; ``None`` when it was deleted."""


Stamp = tuple[tuple[int, int, int], tuple[int, int, int] | None]


@dataclass
class _Known:
    """What the last look at a folder showed."""

    stamp: Stamp | None = None
    settled: bool = False
    silent: bool = False


class FolderScanner(Generic[NounType]):
    """Finds what changed below one directory since the last scan.

    Parameters
    ----------
    directory
        Holds one folder per run, or per cluster.
    read
        Returns a run or cluster by id; raises ``NotFound`` when it is gone.
    settled
        The states in which no process works on it, ``lost`` among them.

    Notes
    -----
    All methods but :meth:`expect` read files: call them in a thread, one at a time.
    """

    def __init__(
        self,
        directory: Path,
        read: Callable[[str], NounType],
        settled: frozenset[str],
    ) -> None:
        self._directory = directory
        self._read = read
        self._settled_states = settled
        self._known: dict[str, _Known] = {}
        self._listed: tuple[int, int] | None = None
        self._turn = 0
        self._hints: SimpleQueue[str] = SimpleQueue()
        self._expected: dict[str, float] = {}

    @property
    def active(self) -> int:
        """The number of folders that somebody works on."""
        return sum(known.stamp is not None and not known.settled for known in self._known.values())

    def prime(self) -> None:
        """Take what has settled before as known, so that only news is told."""
        self._list()
        for id_, known in self._known.items():
            folder = Folder(self._directory / id_)
            stamp = _stamp(folder)
            if _recorded_state(folder) in self._settled_states:
                known.stamp, known.settled = stamp, True

    def expect(self, id_: str) -> None:
        """Look at a folder in every scan of the next seconds, though it has settled."""
        self._hints.put(id_)

    def scan(self) -> list[Change[NounType]]:
        """Return what changed, each folder at most once."""
        gone = self._list()
        changes: list[Change[NounType]] = [Change(id_, None) for id_ in gone]
        for id_ in list(self._due()):
            change = self._look(id_)
            if change is not None:
                changes.append(change)
        return changes

    def _list(self) -> list[str]:
        """Bring the known folders up to date and return those that are gone."""
        try:
            status = self._directory.stat()
        except FileNotFoundError:
            gone = list(self._known)
            self._known.clear()
            return gone
        listed = (status.st_ino, status.st_mtime_ns)
        if listed == self._listed and time.time() - status.st_mtime > _FRESH_SECONDS:
            return []
        self._listed = listed
        with os.scandir(self._directory) as entries:
            present = {entry.name for entry in entries if entry.is_dir()}
        gone = [id_ for id_ in self._known if id_ not in present]
        for id_ in gone:
            del self._known[id_]
        for id_ in present - self._known.keys():
            self._known[id_] = _Known()
        return gone

    def _due(self) -> Iterator[str]:
        """Yield the folders to look at now."""
        now = time.monotonic()
        while not self._hints.empty():
            self._expected[self._hints.get()] = now + EXPECTED_SECONDS
        self._expected = {id_: until for id_, until in self._expected.items() if until > now}
        settled = []
        for id_, known in self._known.items():
            if known.settled and id_ not in self._expected:
                settled.append(id_)
            else:
                yield id_
        start = self._turn if self._turn < len(settled) else 0
        self._turn = start + SETTLED_PER_SCAN
        yield from islice(settled, start, self._turn)

    def _look(self, id_: str) -> Change[NounType] | None:
        known = self._known[id_]
        folder = Folder(self._directory / id_)
        stamp = _stamp(folder)
        if stamp is None:
            return None
        try:
            # Without an owner the state may turn to lost by the clock alone, so
            # that such a folder is read again until it has settled.
            silent = not known.settled and folder.is_silent()
            same = (stamp, silent) == (known.stamp, known.silent)
            if same and (known.settled or folder.is_owned()):
                return None
            known.silent = silent
            value = self._read(id_)
        except NotFound:  # being made, or being deleted
            return None
        except Exception:  # one damaged folder must not hide all others
            logger.warning("Cannot read %s", folder.path, exc_info=True)
            known.stamp, known.settled = stamp, True
            return None
        known.stamp, known.settled = stamp, value.state in self._settled_states
        return Change(id_, value)


def _stamp(folder: Folder) -> Stamp | None:
    """Return what differs whenever the state or a label was written; ``None`` without a state."""
    state = _stat(folder.path / "state.json")
    return state and (state, _stat(folder.path / "labels.json"))


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return (status.st_mtime_ns, status.st_ino, status.st_size)


def _recorded_state(folder: Folder) -> str | None:
    try:
        state = folder.read_state()
    except ValueError:
        return None
    return state.get("state") if isinstance(state, dict) else None
