"""Files that lie at several places, as filesets say it and as a run's log tells it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from casa_lab.reading.places import Replicas

_log = logging.getLogger(__name__)


def replicas_of(fileset: Any) -> dict[str, tuple[str, ...]]:
    """Return the replicas that a fileset names: ``replicas`` beside the ``files`` of a dataset.

    Coffea's Runner takes such a fileset, and leaves them alone.
    """
    found: dict[str, tuple[str, ...]] = {}
    for dataset in fileset.values() if isinstance(fileset, Mapping) else ():
        named = dataset.get("replicas") if isinstance(dataset, Mapping) else None
        for file, places in (named or {}).items():
            found[file] = tuple(dict.fromkeys((*found.get(file, ()), *places)))
    return found


def only_of(files: Iterable[str], replicas: Replicas) -> Replicas:
    """Return the replicas of some files: a task takes along those that it may need."""
    return {file: replicas[file] for file in files if file in replicas} if replicas else {}


class ReplicaLog:
    """Says in the run's log which files were not read at their first place, once for each."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def note(self, file: str, place: str) -> None:
        """Take in where a file was read; an empty place is one where it was not."""
        if place not in ("", file) and file not in self._told:
            self._told.add(file)
            _log.warning("%s cannot be read now: its replica %s is read instead.", file, place)
