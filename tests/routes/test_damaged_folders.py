"""One damaged file: its run may be lost to the reader, others are not, and no route fails."""

from __future__ import annotations

import pytest

from casa_lab.folders import Journal

RUN = "/casa/runs/20260101-000000-mass-0001"

ASKED = (
    ("GET", ""),
    ("GET", "/failures"),
    ("GET", "/metrics"),
    ("GET", "/series"),
    ("GET", "/tiles"),
    ("GET", "/files"),
    ("GET", "/log"),
    ("GET", "/histograms"),
    ("GET", "/details"),
    ("GET", "/request"),
    ("GET", "/transcript"),
    ("POST", "/stop"),
    ("POST", "/retry"),
    ("POST", "/accept"),
    ("POST", "/rerun"),
    ("POST", "/resume"),
)
"""What is asked of a run; what changes it comes last."""

EMPTY_ARCHIVE = b"PK\x05\x06" + bytes(18)


@pytest.mark.parametrize("content", [b"", b"{", b"[null]", b'{"a": {"b": 1}}', EMPTY_ARCHIVE])
@pytest.mark.parametrize(
    "file",
    [
        "spec.json",
        "state.json",
        "owner.json",
        "labels.json",
        "metrics.json",
        "series.json",
        "files.json",
        "files.npz",
        "histograms.zip",
        "identities.json",
        "failures.jsonl",
        "excluded.jsonl",
    ],
)
async def test_no_request_fails(ask, put_run, started, file, content) -> None:
    folder = put_run("stopped")
    other = put_run("stopped", "20260101-000000-other-0002")
    (folder.path / "files.json").write_text("[]")
    (folder.path / file).write_bytes(content)
    for method, below in ASKED:
        body = {} if below in ("/retry", "/accept") else None
        reply = await ask(method, RUN + below, body)
        assert reply.status < 500, (below, reply.message)
    assert (
        await ask("POST", f"{RUN}/histograms/code", {"choice": {"histogram": "x"}})
    ).status < 500
    listed = await ask("GET", "/casa/runs")
    assert other.id in [run["id"] for run in listed.body["runs"]]


@pytest.mark.parametrize("file", ["spec.json", "state.json"])
async def test_which_file_is_damaged_is_told(ask, put_run, file) -> None:
    folder = put_run("done")
    (folder.path / file).write_bytes(b"{")
    reply = await ask("GET", RUN)
    assert reply.status == 409
    assert f"{folder.path / file} is damaged" in reply.message


async def test_the_journal_tells_the_state_where_that_is_damaged(ask, put_run) -> None:
    folder = put_run("running")
    journal = Journal(folder.journal)
    for event in ("queued", "preparing", "running"):
        journal.append(event, message="Processing.")
    (folder.path / "state.json").write_bytes(b"")
    reply = await ask("GET", RUN)
    assert (reply.status, reply.body["state"], reply.body["resumable"]) == (200, "lost", True)
    journal.append("stopped", message="Enough.")
    journal.append("accepted", state="done", message="Done.", left_out={})
    reply = await ask("GET", RUN)
    assert reply.body["state"] == "done"
    assert reply.body["message"].startswith("Done. Its state.json was damaged")


async def test_histograms_that_are_damaged_are_told(ask, put_run) -> None:
    put_run("done").histograms.write_bytes(EMPTY_ARCHIVE)
    reply = await ask("GET", f"{RUN}/histograms")
    assert (reply.status, "histograms.zip is damaged" in reply.message) == (409, True)
