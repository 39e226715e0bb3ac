"""Failures put together by cause, so that a thousand of them are a few sentences."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence

from .models import Failure, FailureExample, FailureGroup, FailureKind, FailurePlace, LeftOut

MOST_NAMES = 20
"""How many files, hosts and places of a group are listed."""

_NUMBER = re.compile(r"0x[0-9a-f]+|\d+(?:\.\d+)?")

Explain = Callable[[Failure], FailureExample]


def group_failures(failures: Iterable[Failure], explain: Explain) -> list[FailureGroup]:
    """Put failures of one cause together, the largest group first.

    Parameters
    ----------
    failures
        Of one run.
    explain
        Makes the example of a group out of its first failure.
    """
    by_cause: dict[tuple[FailureKind, str], list[Failure]] = {}
    for failure in failures:
        by_cause.setdefault((failure.kind, _common_cause(failure)), []).append(failure)
    groups = [_group(members, explain) for members in by_cause.values()]
    return sorted(groups, key=lambda group: -group.chunks)


def group_id(failure: Failure) -> str:
    """Return the id of the group that a failure belongs to."""
    text = f"{failure.kind}\n{_common_cause(failure)}"
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


def _common_cause(failure: Failure) -> str:
    """Return the cause without what tells equal causes apart: the file's name, and numbers."""
    cause = failure.cause.replace(failure.file, "…") if failure.file else failure.cause
    return _NUMBER.sub("…", cause)


def _group(members: Sequence[Failure], explain: Explain) -> FailureGroup:
    first = members[0]
    files = _distinct(failure.file for failure in members)
    places = _places(members)
    one_cause = len(_distinct(failure.cause for failure in members)) == 1
    peaks = [f.peak_memory_bytes for f in members if f.peak_memory_bytes is not None]
    return FailureGroup(
        id=group_id(first),
        kind=first.kind,
        cause=first.cause if one_cause else _common_cause(first),
        chunks=len(members),
        events=sum(failure.events for failure in members),
        unread_files=sum(failure.entry_start is None for failure in members),
        datasets=_distinct(failure.dataset for failure in members),
        files=files[:MOST_NAMES],
        files_total=len(files),
        hosts=_distinct(failure.host for failure in members if failure.host)[:MOST_NAMES],
        places=places[:MOST_NAMES],
        places_total=len(places),
        attempts=max(failure.attempts for failure in members),
        peak_memory_bytes=max(peaks, default=None),
        example=explain(first),
    )


def _places(members: Sequence[Failure]) -> list[FailurePlace]:
    found: dict[tuple[str, str, str], FailurePlace] = {}
    for failure in members:
        key = (failure.dataset, failure.file, failure.host)
        place = found.get(key)
        if place is None:
            place = found[key] = FailurePlace(
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
    return sorted(found.values(), key=lambda place: -place.chunks)


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
