"""The table of states is whole, and holds what people rely on."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.runs.models import RunState
from casa_lab.runs.states import ENDED, TRANSITIONS, check_transition, has_work_left

STATES: tuple[RunState, ...] = get_args(RunState)


def test_every_state_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(STATES)
    assert set().union(*TRANSITIONS.values()) <= set(STATES)


@given(st.sampled_from(STATES), st.sampled_from(STATES))
def test_what_the_table_lacks_is_refused(before: RunState, after: RunState) -> None:
    if after == before or after in TRANSITIONS[before]:
        check_transition(before, after)
    else:
        with pytest.raises(ValueError, match=f"from '{before}' to '{after}'"):
            check_transition(before, after)


@pytest.mark.parametrize("state", sorted(set(STATES) - ENDED))
def test_a_working_run_may_end_badly_at_any_time(state: RunState) -> None:
    assert TRANSITIONS[state] >= {"stopped", "failed", "lost"}


def test_what_leaves_an_end() -> None:
    assert all(TRANSITIONS[state] == {"queued"} for state in ("done", "lost"))
    # What is missing of these may be accepted.
    assert all(TRANSITIONS[state] == {"queued", "done"} for state in ("stopped", "failed"))
    assert {state for state in STATES if has_work_left(state, 1)} == ENDED
    assert {state for state in STATES if has_work_left(state, 0)} == ENDED - {"done"}


def test_every_state_is_reached_from_the_first() -> None:
    reached: set[RunState] = {"queued"}
    for _ in STATES:
        reached |= {after for before in reached for after in TRANSITIONS[before]}
    assert reached == set(STATES)
