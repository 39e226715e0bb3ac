"""Runs are found, labelled and compared through routes, and leave and enter as files."""

from __future__ import annotations

import io
import shutil
import zipfile

import pytest

from casa_lab.events import scanner
from casa_lab.events.schemas import RUN as RUN_EVENT
from casa_lab.folders import runs_dir

RUN = "20260101-000000-mass-0001"


@pytest.fixture
def export(jp_fetch):
    """Fetch a run as a file."""

    async def fetch(run: str, **options):
        return await jp_fetch("casa", "runs", run, "export", raise_error=False, **options)

    return fetch


async def test_a_run_leaves_and_comes_back(ask, put_run, export, listen) -> None:
    folder = put_run("done")
    reply = await export(RUN)
    assert reply.code == 200
    assert reply.headers["Content-Type"] == "application/zip"
    assert reply.headers["Content-Disposition"].endswith(f"{RUN}.zip")
    with zipfile.ZipFile(io.BytesIO(reply.body)) as found:
        assert f"{RUN}/spec.json" in found.namelist()
    assert [path.name for path in runs_dir().iterdir()] == [RUN]
    again = await ask("POST", "/casa/imports", reply.body)
    assert (again.status, "already" in again.message) == (409, True)
    shutil.rmtree(folder.path)
    back = await ask("POST", "/casa/imports", reply.body)
    assert (back.status, back.body["id"], back.body["state"]) == (201, RUN, "done")
    assert [path.name for path in runs_dir().iterdir()] == [RUN]


async def test_only_runs_are_exported(export) -> None:
    for run in ("nothing", ".."):
        assert (await export(run)).code == 404


@pytest.mark.parametrize("strict", [True, False])
async def test_strangers_get_and_bring_nothing(ask, put_run, export) -> None:
    put_run("done")
    nobody = {"Authorization": ""}
    assert (await export(RUN, headers=nobody)).code == 403
    reply = await ask("POST", "/casa/imports", b"x" * 1_000_000, headers=nobody)
    assert reply.status == 403
    assert [path.name for path in runs_dir().iterdir()] == [RUN]


@pytest.mark.parametrize("body", [b"", b"no archive" * 200_000])
async def test_other_files_are_refused(ask, body) -> None:
    reply = await ask("POST", "/casa/imports", body)
    assert (reply.status, "not the archive of a run" in reply.message) == (400, True)
    assert list(runs_dir().iterdir()) == []


async def test_a_run_is_run_again(ask, put_run, started, jp_root_dir) -> None:
    folder = put_run("done")
    folder.processor.mkdir()
    (folder.processor / "mass.py").write_text("def Mass(events):\n    return {}\n")
    reply = await ask("POST", f"/casa/runs/{RUN}/rerun")
    assert (reply.status, reply.body["state"], reply.body["door"]) == (202, "queued", "sidebar")
    assert reply.body["id"] != RUN
    assert started == ["casa_lab.clusters.host", "casa_lab.runs.driving.driver"]
    assert (await ask("POST", "/casa/runs/nothing/rerun")).status == 404


async def test_runs_are_listed_by_page_and_by_what_is_asked_for(ask, put_run) -> None:
    for number in range(3):
        put_run("done", f"20260101-000000-mass-{number:04x}")
    first = await ask("GET", "/casa/runs", params={"limit": "2"})
    assert (len(first.body["runs"]), first.body["total"]) == (2, 3)
    rest = await ask("GET", "/casa/runs", params={"limit": "2", "before": first.body["next"]})
    assert (len(rest.body["runs"]), rest.body["next"]) == (1, None)
    nothing = await ask("GET", "/casa/runs", params={"search": "mass", "state": "failed"})
    assert nothing.body["runs"] == []


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"state": "happy"}, "state"),
        ({"archived": "maybe"}, "archived"),
        ({"before": "x"}, "before"),
    ],
)
async def test_what_cannot_be_listed_is_refused(ask, parameters, field) -> None:
    reply = await ask("GET", "/casa/runs", params=parameters)
    assert reply.status == 400
    assert f"'{field}'" in reply.message


async def test_labels_are_changed_and_told(ask, put_run, listen, monkeypatch) -> None:
    events = await listen()
    put_run("done")
    assert (await events.next(RUN_EVENT))["run"]["tags"] == []
    monkeypatch.setattr(scanner, "SETTLED_PER_SCAN", 0)
    labels = {"name": "new", "tags": ["a"], "note": "n", "archived": True}
    reply = await ask("PATCH", f"/casa/runs/{RUN}", labels)
    assert reply.status == 200
    assert labels.items() <= reply.body.items()
    assert labels.items() <= (await events.next(RUN_EVENT))["run"].items()
    assert (await ask("GET", "/casa/runs")).body["runs"] == []


@pytest.mark.parametrize("body", [{"name": ""}, {"tags": "a"}, {"id": "x"}, b"{"])
async def test_labels_that_make_no_sense_are_refused(ask, put_run, body) -> None:
    put_run("done")
    assert (await ask("PATCH", f"/casa/runs/{RUN}", body)).status == 400


async def test_only_runs_have_labels(ask) -> None:
    assert (await ask("PATCH", f"/casa/runs/{RUN}", {"name": "x"})).status == 404


async def test_a_run_shows_what_it_was_made_of(ask, put_run) -> None:
    put_run("done")
    reply = await ask("GET", f"/casa/runs/{RUN}/details")
    assert reply.status == 200
    assert reply.body["datasets"][0]["files"][0]["file"] == "/data/dy.root"
    assert (await ask("GET", "/casa/runs/nothing/details")).status == 404


async def test_what_changed_since_another_run(ask, put_run) -> None:
    put_run("done")
    other = put_run("done", "another").id
    reply = await ask("GET", f"/casa/runs/{RUN}/changes", params={"since": other})
    assert (reply.status, reply.body["since"], reply.body["datasets"]) == (200, other, [])
    reply = await ask("GET", f"/casa/runs/{RUN}/changes", params={"since": "nothing"})
    assert reply.status == 404
    reply = await ask("GET", f"/casa/runs/{RUN}/changes")
    assert (reply.status, "'since'" in reply.message) == (400, True)
