"""Runs leave and enter through routes as files."""

from __future__ import annotations

import io
import shutil
import zipfile

import pytest

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
    assert started == ["casa_lab.clusters.host", "casa_lab.runs.driver"]
    assert (await ask("POST", "/casa/runs/nothing/rerun")).status == 404
