"""Failures put together by cause, so that a thousand of them are a few sentences."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable

from casa_lab.runs.models import Failure, FailureExample, FailureGroup, FailurePlace, LeftOut

MOST_NAMES = 20
"""How many files, hosts and places of a group are listed."""

_NUMBER = re.compile(r"0x[0-9a-f]+|\d+(?:\.\d+)?")

Explain = Callable[[Failure], FailureExample]


class FailureTally:
    """Counts failures by cause; of each cause, one failure is kept whole."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], _Group] = {}
        self.total = 0

    def add(self, failure: Failure) -> None:
        """Count a failure."""
        self.total += 1
        key = (failure.kind, common_cause(failure))
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(failure)
        group.add(failure)

    def groups(self, explain: Explain) -> list[FailureGroup]:
        """Return the failures by cause, the largest group first.

        Parameters
        ----------
        explain
            Makes the example of a group out of its first failure.
        """
        groups = [group.shown(explain) for group in self._groups.values()]
        return sorted(groups, key=lambda group: -group.chunks)


def group_id(failure: Failure) -> str:
    """Return the id of the group that a failure belongs to."""
    text = f"{failure.kind}\n{common_cause(failure)}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def sum_left_out(failures: Iterable[Failure]) -> LeftOut:
    """Return how much the failures that were accepted as missing come to."""
    summed = LeftOut()
    files: set[tuple[str, str]] = set()
    for failure in failures:
        files.add((failure.dataset, failure.file))
        summed.chunks += 1
        summed.events += failure.events
        summed.unread_files += failure.entry_start is None
    summed.files = len(files)
    return summed


def common_cause(failure: Failure) -> str:
    """Return the cause without what tells equal causes apart: the file's names, and numbers."""
    cause = failure.cause
    # The longest first, as one may be a part of another.
    for name in sorted((failure.file, *failure.replicas), key=len, reverse=True):
        cause = cause.replace(name, "…") if name else cause
    return _NUMBER.sub("…", cause)


class _Group:
    """The failures of one cause."""

    def __init__(self, first: Failure) -> None:
        self._first = first
        self._cause = first.cause
        self._chunks = self._events = self._unread = self._attempts = 0
        self._peak: int | None = None
        self._datasets: dict[str, None] = {}
        self._hosts: dict[str, None] = {}
        self._files: dict[str, None] = {}
        self._places: dict[tuple[str, str, str], FailurePlace] = {}

    def add(self, failure: Failure) -> None:
        self._chunks += 1
        self._events += failure.events
        self._unread += failure.entry_start is None
        self._attempts = max(self._attempts, failure.attempts)
        if failure.peak_memory_bytes is not None:
            self._peak = max(self._peak or 0, failure.peak_memory_bytes)
        if failure.cause != self._first.cause:
            self._cause = common_cause(failure)
        self._datasets[failure.dataset] = None
        self._files[failure.file] = None
        if failure.host:
            self._hosts[failure.host] = None
        self._add_place(failure)

    def shown(self, explain: Explain) -> FailureGroup:
        places = sorted(self._places.values(), key=lambda place: -place.chunks)
        return FailureGroup(
            id=group_id(self._first),
            kind=self._first.kind,
            cause=self._cause,
            chunks=self._chunks,
            events=self._events,
            unread_files=self._unread,
            datasets=list(self._datasets),
            files=list(self._files)[:MOST_NAMES],
            files_total=len(self._files),
            hosts=list(self._hosts)[:MOST_NAMES],
            places=[place.model_copy() for place in places[:MOST_NAMES]],
            places_total=len(places),
            attempts=self._attempts,
            peak_memory_bytes=self._peak,
            example=explain(self._first),
        )

    def _add_place(self, failure: Failure) -> None:
        key = (failure.dataset, failure.file, failure.host)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = FailurePlace(
                dataset=failure.dataset,
                file=failure.file,
                host=failure.host,
                chunks=0,
                events=0,
                entry_start=failure.entry_start,
                entry_stop=failure.entry_stop,
            )
        place.chunks += 1
        place.events += failure.events
        if failure.entry_start is None or place.entry_start is None:
            place.entry_start = place.entry_stop = None
        else:
            place.entry_start = min(place.entry_start, failure.entry_start)
            place.entry_stop = max(place.entry_stop or 0, failure.entry_stop or 0)
