"""The pace of the news."""

from __future__ import annotations

from typing import Any

import pytest

from casa_lab.events.announcer import ANNOUNCE_SECONDS, Announcer
from casa_lab.events.scanner import Change
from casa_lab.runs import manager


class Clock:
    """A clock that is put forward by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def announcer(clock: Clock, told: list[dict[str, Any]]) -> Announcer:
    return Announcer("run", told.append, clock)


@pytest.fixture
def change(put_run):
    def change(state: str, events: int = 0) -> Change:
        folder = put_run(state, progress={"events_done": events})
        if state == "running":  # the folder has no owner
            value = manager.get(folder.id).model_copy(
                update={"state": "running", "message": "It runs."}
            )
            return Change(folder.id, value)
        return Change(folder.id, manager.get(folder.id))

    return change


def progress(told: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(data["run"]["state"], data["run"]["progress"]["events_done"]) for data in told]


def test_progress_is_told_twice_a_second_and_only_the_newest(
    announcer, change, clock, told
) -> None:
    for events in range(1, 11):
        announcer.announce([change("running", events)])
        clock.now += ANNOUNCE_SECONDS / 4
    assert progress(told) == [("running", 1), ("running", 5), ("running", 9)]
    clock.now += ANNOUNCE_SECONDS
    announcer.announce([])
    assert progress(told)[3:] == [("running", 10)]


def test_a_new_state_is_told_at_once(announcer, change, told) -> None:
    announcer.announce([change("running", 1)])
    announcer.announce([change("running", 2)])
    announcer.announce([change("done", 3)])
    assert progress(told) == [("running", 1), ("done", 3)]


def test_a_deletion_is_told_at_once_and_ends_the_rest(announcer, change, clock, told) -> None:
    first = change("running", 1)
    announcer.announce([first])
    announcer.announce([change("running", 2)])
    announcer.announce([Change(first.id, None)])
    clock.now += 2 * ANNOUNCE_SECONDS
    announcer.announce([])
    assert told[1:] == [{"deleted": first.id}]


def test_a_heartbeat_is_no_news(announcer, change, clock, told) -> None:
    announcer.announce([change("running", 1)])
    clock.now += 2 * ANNOUNCE_SECONDS
    announcer.announce([change("running", 1)])
    clock.now += 2 * ANNOUNCE_SECONDS
    announcer.announce([])
    assert len(told) == 1
