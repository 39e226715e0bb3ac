"""Lets a run begin only where scheduler and workers have the driver's environment.

A worker with another version of a package may give other numbers, silently, or
fail in ways that point nowhere near the cause. So versions are compared before
the first chunk, and again by each worker that joins later.
"""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence

from distributed import Client, Scheduler

from casa_lab.runs.environment import (
    PACKAGES,
    PROBE,
    UNKNOWN,
    Difference,
    Requirement,
    compare,
    probe_variables,
)
from casa_lab.runs.errors import RunError

MOST_SENT_AWAY = 8
"""Workers of another environment that may join and be sent away before the run gives up."""

PATIENCE_SECONDS = 20.0
"""How long all workers together may take to answer before somebody looks which one does not."""

SILENT_SECONDS = 15.0
"""A worker of which the scheduler has heard nothing for so long stands still: even in very large
clusters it would have been told more often that it lives.
"""

NAMED_WORKERS = 3
"""Workers that a sentence names; of the others it gives the number."""

_FIX = (
    "Start the cluster from the environment of this run, or install the same versions where its "
    "workers run."
)

_FIX_OWN = (
    "belongs to no installed package. Python files that lie beside the processor travel to the "
    "workers by themselves: put it there, or install it where the workers run."
)

_log = logging.getLogger(__name__)


class EnvironmentGate:
    """Compares the environments of a cluster with this process's.

    Parameters
    ----------
    client
        Connected to the cluster.
    modules
        Top-level modules that the user's code needs on workers.

    Attributes
    ----------
    requirement
        What is expected of the cluster.
    """

    def __init__(self, client: Client, modules: frozenset[str] = frozenset()) -> None:
        self._client = client
        self.requirement = Requirement.of_this_process(modules)
        self._sent_away = 0

    def check(self) -> None:
        """Compare the scheduler and all workers.

        Warns of differences that do not matter.

        Raises
        ------
        RunError
            When one matters.
        """
        scheduler = self._client.run_on_scheduler(eval, PROBE, probe_variables(PACKAGES))
        core = {name: self.requirement.versions.get(name) for name in ("python", *PACKAGES)}
        expected = {name: version for name, version in core.items() if version is not None}
        self._judge(compare(expected, scheduler), "the scheduler")
        for differences, addresses in self._by_difference(self._ask_workers()).items():
            self._judge(differences, _name(addresses))

    def send_strangers_away(self) -> bool:
        """Retire workers that joined with another environment; tell whether there were any.

        Raises
        ------
        RunError
            When no other worker is left, or more and more of them come.
        """
        found = self._ask_workers()
        strangers = {
            differences: addresses
            for differences, addresses in self._by_difference(found).items()
            if any(difference.matters for difference in differences)
        }
        for differences, addresses in strangers.items():
            sentence = _sentence(differences, _name(addresses))
            self._sent_away += len(addresses)
            if len(addresses) == len(found) or self._sent_away > MOST_SENT_AWAY:
                raise RunError(f"{sentence} {_fix(differences)}")
            _log.warning("%s Others do their work.", sentence)
            self._client.retire_workers(workers=addresses, close_workers=True)
        return bool(strangers)

    def _judge(self, differences: Sequence[Difference], place: str) -> None:
        if any(difference.matters for difference in differences):
            raise RunError(f"{_sentence(differences, place)} {_fix(differences)}")
        if differences:
            warnings.warn(_sentence(differences, place), stacklevel=3)

    def _ask_workers(self) -> dict[str, dict[str, str]]:
        variables = probe_variables(self.requirement.packages)
        while True:
            try:
                answers = self._client.run(
                    eval, PROBE, variables, on_error="return", callback_timeout=PATIENCE_SECONDS
                )
            except asyncio.TimeoutError:
                self._leave_out_silent_workers()
                continue
            return {
                address: answer for address, answer in answers.items() if isinstance(answer, dict)
            }

    def _leave_out_silent_workers(self) -> None:
        """Retire workers that stand still: whatever all workers are asked would wait for them.

        Raises
        ------
        RunError
            When all of them do.
        """
        silence: dict[str, float] = self._client.run_on_scheduler(_seconds_of_silence)
        silent = [address for address, seconds in silence.items() if seconds > SILENT_SECONDS]
        if not silent:
            _log.info("The workers take long to answer.")
            return
        sentence = f"There is no answer from {_name(silent)}: stopped, or the machine hangs."
        if len(silent) == len(silence):
            raise RunError(f"{sentence} Restart the cluster.")
        warnings.warn(f"{sentence} Others do the work.", stacklevel=4)
        self._client.retire_workers(workers=silent, close_workers=True)

    def _by_difference(
        self, found: Mapping[str, Mapping[str, str]]
    ) -> defaultdict[tuple[Difference, ...], list[str]]:
        """Group workers by how they differ: most of a thousand are alike."""
        places: defaultdict[tuple[Difference, ...], list[str]] = defaultdict(list)
        for address, versions in found.items():
            places[tuple(compare(self.requirement.versions, versions))].append(address)
        return places


def _seconds_of_silence(dask_scheduler: Scheduler) -> dict[str, float]:
    """Return for how long the scheduler has not heard of each worker."""
    now = time.time()
    return {address: now - state.last_seen for address, state in dask_scheduler.workers.items()}


def _sentence(differences: Sequence[Difference], place: str) -> str:
    # Those that matter first: they are why anybody reads this.
    ordered = sorted(differences, key=lambda difference: not difference.matters)
    what = ", ".join(map(str, ordered))
    return f"The environment of {place} is not that of this run: {what}."


def _fix(differences: Sequence[Difference]) -> str:
    # What has no version is in no package: a file of the user's own, most likely.
    own = [each.package for each in differences if each.found is None and each.expected == UNKNOWN]
    return f"The module {own[0]} {_FIX_OWN}" if own else _FIX


def _name(addresses: Sequence[str]) -> str:
    named = ", ".join(addresses[:NAMED_WORKERS])
    more = len(addresses) - NAMED_WORKERS
    several = "s" if len(addresses) > 1 else ""
    return f"worker{several} {named}{f' and {more} more' if more > 0 else ''}"
