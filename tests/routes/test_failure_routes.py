"""The routes of failures: list them, try them again, accept them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from casa_lab.events.schemas import RUN as RUN_EVENT
from casa_lab.runs.failures.book import read_selection, write_failures
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import Failure

RUN = "/casa/runs/20260101-000000-mass-0001"

TRACEBACK = """\
Traceback (most recent call last):
  File "/opt/lib/python3.11/site-packages/coffea/processor/executor.py", line 1, in _work
    out = processor_instance.process(events)
  File "/home/me/mass.py", line 9, in process
    return events[99]
IndexError: too far
"""


def failed(file: str, start: int, **fields: Any) -> Failure:
    values = {
        "dataset": "dy",
        "file": file,
        "treename": "Events",
        "entry_start": start,
        "entry_stop": start + 100,
        "kind": "processor error",
        "cause": "The processor raised IndexError: too far.",
        "exception": "IndexError: too far",
        "traceback": TRACEBACK,
    }
    return Failure.model_validate({**values, **fields})


def missing(file: str) -> Failure:
    return failed(
        file, 0, entry_start=None, entry_stop=None, kind="file missing", cause=f"No {file}."
    )


PROGRESS = {
    "chunks_done": 7,
    "chunks_failed": 3,
    "chunks_total": 10,
    "events_done": 700,
    "events_total": 900,
    "datasets": {"dy": {"chunks_done": 7, "chunks_failed": 3, "chunks_total": 10}},
}

PutFailed = Callable[..., RunFolder]


@pytest.fixture
def put_failed(put_run: Any) -> PutFailed:
    """Make the folder of a run with two failures of the processor and a missing file."""

    def put(state: str = "done", **record: Any) -> RunFolder:
        folder: RunFolder = put_run(state, progress=PROGRESS, **record)
        write_failures(folder, [failed("a.root", 0), missing("b.root"), failed("a.root", 100)])
        return folder

    return put


async def groups_of(ask: Any) -> dict[str, str]:
    listed = (await ask("GET", f"{RUN}/failures")).body
    return {group["kind"]: group["id"] for group in listed["groups"]}


async def test_failures_are_listed_by_cause(ask, put_failed) -> None:
    put_failed()
    listed = (await ask("GET", f"{RUN}/failures")).body
    assert (listed["total"], listed["accepted"]) == (3, [])
    processor, file = listed["groups"]
    assert (processor["kind"], processor["chunks"], processor["events"]) == (
        "processor error",
        2,
        200,
    )
    assert (file["chunks"], file["unread_files"], file["files"]) == (1, 1, ["b.root"])
    example = processor["example"]
    assert example["failure"]["traceback"] == TRACEBACK
    assert "coffea" not in example["trimmed"]
    assert 'File "/home/me/mass.py", line 9, in process' in example["trimmed"]
    assert "NanoEventsFactory.from_root(" in example["code"]


async def test_a_run_without_failures(ask, put_run) -> None:
    put_run("done")
    assert (await ask("GET", f"{RUN}/failures")).body == {
        "groups": [],
        "total": 0,
        "accepted": [],
    }


async def test_chosen_failures_are_tried_again(ask, put_failed, started, listen) -> None:
    events = await listen()
    folder = put_failed()
    assert (await events.next(RUN_EVENT))["run"]["state"] == "done"
    groups = await groups_of(ask)
    reply = await ask("POST", f"{RUN}/retry", {"groups": [groups["processor error"]]})
    assert (reply.status, reply.body["state"]) == (202, "queued")
    assert reply.body["message"] == "Trying 2 failed chunks again."
    assert started == ["casa_lab.clusters.host", "casa_lab.runs.driving.driver"]
    selection = read_selection(folder)
    assert selection == {
        ("dy", "a.root", "Events", (0, 100)),
        ("dy", "a.root", "Events", (100, 200)),
    }
    assert (await events.next(RUN_EVENT))["run"]["state"] == "queued"


async def test_a_resume_is_about_everything_again(ask, put_failed, started) -> None:
    folder = put_failed()
    folder.selection.write_text(json.dumps([["dy", "a.root", "Events", [0, 100]]]))
    assert (await ask("POST", f"{RUN}/resume")).status == 202
    assert read_selection(folder) is None


async def test_what_is_accepted_counts_no_more(ask, put_failed, listen) -> None:
    events = await listen()
    folder = put_failed(result_chunks=7)
    await events.next(RUN_EVENT)
    groups = await groups_of(ask)
    reply = await ask("POST", f"{RUN}/accept", {"groups": [groups["file missing"]], "chunks": 1})
    assert (reply.status, reply.body["state"], reply.body["resumable"]) == (200, "done", True)
    assert reply.body["message"] == (
        "Done, without 2 chunks that failed. "
        "Left out, as was accepted: 1 file that could not be read."
    )
    assert (await events.next(RUN_EVENT))["run"]["progress"]["chunks_failed"] == 2
    reply = await ask("POST", f"{RUN}/accept", {})
    assert (reply.body["message"], reply.body["resumable"]) == (
        "Done. Left out, as was accepted: 200 events of 1 file and 1 file that could not be read.",
        False,
    )
    assert reply.body["progress"]["left_out"] == {
        "chunks": 3,
        "events": 200,
        "files": 2,
        "unread_files": 1,
    }
    assert reply.body["progress"]["datasets"]["dy"]["chunks_failed"] == 0
    listed = (await ask("GET", f"{RUN}/failures")).body
    assert listed["groups"] == []
    assert [group["chunks"] for group in listed["accepted"]] == [2, 1]
    assert len(folder.left_out.read_text().splitlines()) == 3
    assert not folder.failures.exists()


async def test_what_was_accepted_can_be_tried_after_all(ask, put_failed, started) -> None:
    folder = put_failed()
    await ask("POST", f"{RUN}/accept", {})
    reply = await ask("POST", f"{RUN}/retry", {"accepted": True})
    assert reply.status == 202
    assert reply.body["progress"]["chunks_failed"] == 3
    assert reply.body["progress"]["left_out"]["chunks"] == 0
    assert len(folder.failures.read_text().splitlines()) == 3
    assert not folder.left_out.exists()


@pytest.mark.parametrize(
    ("state", "result_chunks", "after"),
    [("stopped", 7, "done"), ("failed", 7, "done"), ("failed", 5, "failed")],
)
async def test_a_run_that_ended_early_is_done_once_nothing_is_missing(
    ask, put_failed, state, result_chunks, after
) -> None:
    put_failed(state, result_chunks=result_chunks)
    assert (await ask("POST", f"{RUN}/accept", {})).body["state"] == after


@pytest.mark.parametrize(
    "more",
    [{"chunks_total": 11}, {"events_total": 1000}, {"chunks_total": None, "events_total": None}],
)
async def test_a_stopped_run_of_which_more_is_missing_stays_so(ask, put_failed, more) -> None:
    folder = put_failed("stopped", result_chunks=7)
    record = folder.record()
    record.progress = record.progress.model_copy(update=more)
    folder.write_state(record.model_dump(mode="json"))
    reply = await ask("POST", f"{RUN}/accept", {})
    assert (reply.body["state"], reply.body["resumable"]) == ("stopped", True)


@pytest.mark.parametrize("action", ["retry", "accept"])
async def test_groups_that_make_no_sense(ask, put_failed, started, action) -> None:
    put_failed()
    reply = await ask("POST", f"{RUN}/{action}", {"groups": ["none"]})
    assert (reply.status, "no group 'none'" in reply.message) == (404, True)
    for body in ({"groups": []}, {"groups": "all"}, {"group": ["x"]}):
        assert (await ask("POST", f"{RUN}/{action}", body)).status == 400
    assert started == []


@pytest.mark.parametrize("action", ["retry", "accept"])
async def test_what_the_state_does_not_allow(ask, put_failed, put_run, owners, action) -> None:
    put_run("done", progress={"chunks_done": 1})
    reply = await ask("POST", f"{RUN}/{action}", {})
    assert (reply.status, reply.message) == (409, "The run has no failures.")
    folder = put_failed("running")
    reply = await ask("POST", f"{RUN}/{action}", {})
    assert (reply.status, "Resume it" in reply.message) == (409, True)
    owners(folder)
    reply = await ask("POST", f"{RUN}/{action}", {})
    assert (reply.status, "once it has ended" in reply.message) == (409, True)


async def test_nothing_else_is_accepted_than_what_the_user_was_told(ask, put_failed) -> None:
    folder = put_failed()
    reply = await ask("POST", f"{RUN}/accept", {"chunks": 2})
    assert (reply.status, reply.message) == (
        409,
        "There are 3 such failures now, not 2. Look at the list again.",
    )
    assert not folder.left_out.exists()


async def test_a_run_of_nothing_cannot_be_accepted(ask, put_failed) -> None:
    folder = put_failed("failed")
    record = folder.record()
    record.progress.chunks_done = 0
    folder.write_state(record.model_dump(mode="json"))
    reply = await ask("POST", f"{RUN}/accept", {})
    assert (reply.status, "Nothing of this run was processed" in reply.message) == (409, True)
