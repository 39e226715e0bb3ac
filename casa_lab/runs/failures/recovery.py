"""What can be done about the failures of a run: look into them, try them again, accept them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TypeVar

from casa_lab.errors import Conflict, NotFound
from casa_lab.folders import Journal, Owner, write_json
from casa_lab.runs import manager
from casa_lab.runs.ending import ending
from casa_lab.runs.folder import RunFolder, open_run
from casa_lab.runs.models import (
    Failure,
    FailureExample,
    FailureList,
    LeftOutChunk,
    Run,
    RunRecord,
)
from casa_lab.runs.states import ENDED, check_transition

from .book import count_failures, read_failures, write_failures, write_left_out
from .grouping import group_id
from .reproduce import reproducing_code
from .scope import FileName, name_of
from .tallies import Tallies
from .tracebacks import trim, user_code_of

_tallies = Tallies()

AnyFailure = TypeVar("AnyFailure", bound=Failure)


def list_failures(run: str) -> FailureList:
    """Return the failures of a run by cause, and those that were accepted as missing."""
    folder = open_run(run)
    spec = folder.spec()
    code = user_code_of(spec, folder.processor)

    def explain(failure: Failure) -> FailureExample:
        return FailureExample(
            failure=failure,
            trimmed=trim(failure.traceback, code),
            code=reproducing_code(failure, spec, folder.processor),
        )

    return _tallies.list_failures(folder, explain)


def left_out_files(folder: RunFolder) -> set[FileName]:
    """Return the files of a run of which all failures were accepted as missing."""
    # Most runs have none, and then their failures need not be read.
    return _tallies.left_out_files(folder) if folder.left_out.exists() else set()


def retry(run: str, groups: Sequence[str] | None = None, accepted: bool = False) -> Run:
    """Try failed chunks again, and nothing else; returns at once.

    Parameters
    ----------
    run
        Id of a run that has ended.
    groups
        Ids of groups of failures; all of them when ``None``.
    accepted
        Choose among those that were accepted as missing, in place of the
        others: they are failures again.

    Raises
    ------
    NotFound
        When there is no such group.
    Conflict
        When there is nothing to retry, or it cannot be done now or from here.
    """
    folder = open_run(run)
    with manager.exclusively(folder):
        found = manager.get(run)
        if not found.code_kept:
            raise Conflict(
                "The run was driven by a notebook, and cannot be continued. Run its cell again."
            )
        _check_ended(found, "tried again")
        failures, left_out = read_failures(folder)
        if accepted:
            chosen = _choose(left_out, groups, "accepted failures")
            names = {name_of(failure) for failure in chosen}
            failures += [Failure(**item.model_dump(exclude={"accepted"})) for item in chosen]
            left_out = [failure for failure in left_out if name_of(failure) not in names]
            _move(folder, failures, left_out)
        else:
            names = {name_of(failure) for failure in _choose(failures, groups, "failures")}
        write_json(folder.selection, sorted(names))
        return manager.restart(folder, f"Trying {len(names):,} failed chunks again.")


def accept(run: str, groups: Sequence[str] | None = None, chunks: int | None = None) -> Run:
    """Accept that failed chunks are missing: without them the run counts as complete.

    They are listed apart, a later resume leaves them alone, and the run says
    how much is left out.

    Parameters
    ----------
    run
        Id of a run that has ended.
    groups
        Ids of groups of failures; all of them when ``None``.
    chunks
        How many chunks the user was told of.

    Raises
    ------
    NotFound
        When there is no such group.
    Conflict
        When there is nothing to accept, when it is not what the user was told
        of, or while the run has not ended.
    """
    folder = open_run(run)
    with manager.exclusively(folder):
        found = manager.get(run)
        _check_ended(found, "accepted as missing")
        if not found.progress.chunks_done:
            raise Conflict(
                "Nothing of this run was processed: without its failures it would be empty."
            )
        failures, left_out = read_failures(folder)
        chosen = _choose(failures, groups, "failures")
        if chunks is not None and chunks != len(chosen):
            raise Conflict(
                f"There are {len(chosen):,} such failures now, not {chunks:,}. Look at the list "
                "again."
            )
        names = {name_of(failure) for failure in chosen}
        failures = [failure for failure in failures if name_of(failure) not in names]
        now = time.time()
        left_out += [LeftOutChunk(**failure.model_dump(), accepted=now) for failure in chosen]
        _move(folder, failures, left_out)
    return manager.get(run)


def _check_ended(run: Run, what: str) -> None:
    if run.state == "lost":
        raise Conflict(
            "The process that drove this run is gone. Resume it: that processes what is missing, "
            "failures included."
        )
    if run.state not in ENDED:
        raise Conflict(f"The run is {run.state}: its failures can be {what} once it has ended.")


def _choose(
    failures: Sequence[AnyFailure], groups: Sequence[str] | None, what: str
) -> list[AnyFailure]:
    if not failures:
        raise Conflict(f"The run has no {what}.")
    if groups is None:
        return list(failures)
    known = {group_id(failure) for failure in failures}
    for group in groups:
        if group not in known:
            raise NotFound(
                f"There is no group {group!r} among the {what} of this run. Look at the list again."
            )
    return [failure for failure in failures if group_id(failure) in groups]


def _move(folder: RunFolder, failures: Sequence[Failure], left_out: Sequence[LeftOutChunk]) -> None:
    """Write both lists, and what they mean for the state of a run that has ended."""
    owner = Owner(folder.path)
    try:
        record = folder.record()
        more = len(left_out) > record.progress.left_out.chunks
        # The list that grows goes first, see read_failures().
        if more:
            write_left_out(folder, left_out)
        write_failures(folder, failures)
        if not more:
            write_left_out(folder, left_out)
        count_failures(record.progress, failures, left_out)
        _conclude(record)
        Journal(folder.journal).append(
            "accepted" if more else "reconsidered",
            state=record.state,
            message=record.message,
            left_out=record.progress.left_out.model_dump(),
        )
        folder.write_state(record.model_dump(mode="json"))
    finally:
        owner.release()


def _conclude(record: RunRecord) -> None:
    """Correct the state and the message, now that there are other failures than before."""
    progress = record.progress
    chunks = progress.chunks_done + progress.left_out.chunks
    events = progress.events_done + progress.left_out.events
    is_whole = (
        progress.chunks_failed == 0
        and progress.chunks_total is not None
        and progress.events_total is not None
        and chunks >= progress.chunks_total
        # Chunks that were cut up count more than once.
        and events >= progress.events_total
        and record.result_chunks == progress.chunks_done
    )
    record.updated = time.time()
    if record.state == "done" or is_whole:
        check_transition(record.state, "done")
        record.state, record.message = ending(
            False, progress.chunks_failed, left_out=progress.left_out
        )
