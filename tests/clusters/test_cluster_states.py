from __future__ import annotations

from typing import get_args

import pytest

from casa_lab.clusters.models import FINAL_STATES, ClusterRecord, ClusterState, Worker
from casa_lab.clusters.states import (
    ENDED_STATES,
    LIVING_STATES,
    TRANSITIONS,
    check_transition,
    describe,
)

STATES = get_args(ClusterState)


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(STATES)
    reached = {"starting"}.union(*TRANSITIONS.values())
    assert reached == set(STATES)


def test_ended_states_are_never_left_and_all_others_can_end() -> None:
    assert {state for state in STATES if not TRANSITIONS[state]} == ENDED_STATES
    assert FINAL_STATES < ENDED_STATES
    for state in set(STATES) - ENDED_STATES:
        assert {"failed", "lost"} <= TRANSITIONS[state]
    assert {"starting", "running"} == LIVING_STATES


@pytest.mark.parametrize("old", STATES)
@pytest.mark.parametrize("new", STATES)
def test_only_the_transitions_of_the_table_are_legal(old: ClusterState, new: ClusterState) -> None:
    if new in TRANSITIONS[old]:
        check_transition(old, new)
    else:
        with pytest.raises(ValueError, match=f"cannot go from {old} to {new}"):
            check_transition(old, new)


@pytest.mark.parametrize(
    ("up", "desired", "sentence"),
    [
        (0, 4, "Starting 4 workers."),
        (2, 4, "Starting 2 workers: 2 of 4 are up."),
        (3, 4, "Starting 1 worker: 3 of 4 are up."),
        (1, 1, "1 worker is up."),
        (4, 4, "4 workers are up."),
        (4, 1, "Removing 3 workers of 4."),
        (0, 0, "No workers. Scale up to compute."),
    ],
)
def test_the_progress_is_told_in_a_sentence(up: int, desired: int, sentence: str) -> None:
    record = ClusterRecord(
        state="running",
        message="",
        desired_workers=desired,
        workers=[_worker(number) for number in range(up)],
        scheduler_address="tls://127.0.0.1:1",
        updated=0,
    )
    assert describe(record) == sentence
    assert describe(record.model_copy(update={"scheduler_address": None})) == (
        "Starting the scheduler."
    )


def _worker(number: int) -> Worker:
    return Worker(
        name=str(number),
        address=f"tls://127.0.0.1:{number}",
        threads=1,
        memory_bytes=0,
        memory_limit_bytes=0,
        cpu_percent=0,
    )
