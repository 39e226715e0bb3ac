"""Telling changes at a bearable pace."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic

from pydantic import BaseModel

from .scanner import Change, NounType

ANNOUNCE_SECONDS = 0.5
"""Shortest time between two announcements of one run or cluster in one state."""


@dataclass
class _Told:
    """What was announced last about one run or cluster."""

    facts: dict[str, Any]
    at: float


class Announcer(Generic[NounType]):
    """Announces what really changed, each run or cluster a few times a second at most.

    Parameters
    ----------
    noun
        ``run`` or ``cluster``: under which name an event carries it.
    emit
        Called with the data of each event.
    clock
        Seconds, monotonic.

    Notes
    -----
    A new state and a deletion are told at once. Progress within a state waits
    for its turn, and only the newest is told.
    """

    def __init__(
        self,
        noun: str,
        emit: Callable[[dict[str, Any]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._noun = noun
        self._emit = emit
        self._clock = clock
        self._told: dict[str, _Told] = {}
        self._waiting: dict[str, dict[str, Any]] = {}

    def announce(self, changes: Iterable[Change[NounType]]) -> None:
        """Take in new changes, and tell all that are due."""
        for change in changes:
            if change.value is None:
                self._told.pop(change.id, None)
                self._waiting.pop(change.id, None)
                self._emit({"deleted": change.id})
            else:
                self._waiting[change.id] = _facts(change.value)
        now = self._clock()
        for id_, facts in list(self._waiting.items()):
            told = self._told.get(id_)
            if told is not None and _same(facts, told.facts):
                del self._waiting[id_]
            elif (
                told is None
                or facts["state"] != told.facts["state"]
                or now - told.at >= ANNOUNCE_SECONDS
            ):
                del self._waiting[id_]
                self._told[id_] = _Told(facts, now)
                self._emit({self._noun: facts})


def _facts(value: object) -> dict[str, Any]:
    assert isinstance(value, BaseModel)
    return value.model_dump(mode="json")


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Compare but for the time of writing, which is no news by itself."""
    return {**one, "updated": 0} == {**other, "updated": 0}
