"""The routes that give histograms away; formats are tested where they are written."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import hist
import pytest

from casa_lab.histograms.snapshot import write_snapshot
from casa_lab.histograms.takeaway import process

RUN = "/casa/runs/20260101-000000-mass-0001/histograms"
VIEW = {"x": "mass", "stack": "dataset"}


@pytest.fixture
def run(put_run) -> Any:
    """A run that is done, with two histograms."""
    folder = put_run("done")
    histogram = hist.Hist(
        hist.axis.StrCategory(["dy"], name="dataset"), hist.axis.Regular(2, 0, 2, name="mass")
    ).fill("dy", [0.5, 0.5, 1.5])
    write_snapshot(folder.histograms, {"mass": histogram, "µ/pt": histogram}, 1, {"dy": 1.0}, True)
    return folder


async def test_a_view_as_a_file(ask, run) -> None:
    choice = {"histogram": "mass", "view": VIEW}
    reply = await ask("POST", f"{RUN}/export", {"format": "csv", "choices": [choice]})
    assert reply.status == 200
    lines = list(csv.DictReader(io.StringIO(reply.body.decode())))
    assert [line["value"] for line in lines if line["series"] == "dy"] == ["2.0", "1.0"]


async def test_files_have_the_name_of_what_is_in_them(run, jp_fetch) -> None:
    async def headers(body: str) -> Any:
        reply = await jp_fetch(*f"{RUN}/export".strip("/").split("/"), method="POST", body=body)
        return reply.headers["Content-Disposition"], reply.headers["Content-Type"]

    assert await headers('{"format": "uhi", "choices": [{"histogram": "µ/pt"}]}') == (
        "attachment; filename*=UTF-8''%C2%B5_pt.json",
        "application/json",
    )
    assert await headers('{"format": "root"}') == (
        "attachment; filename*=UTF-8''mass.root",
        "application/x-root",
    )


async def test_all_histograms_as_an_archive(ask, run) -> None:
    reply = await ask("POST", f"{RUN}/export", {"format": "uhi", "whole": True})
    archive = zipfile.ZipFile(io.BytesIO(reply.body))
    assert archive.namelist() == ["mass.json", "µ_pt.json"]


async def test_code(ask, run) -> None:
    choice = {"histogram": "µ/pt", "view": VIEW}
    reply = await ask("POST", f"{RUN}/code", {"choice": choice, "look": {"style": "cms"}})
    assert reply.status == 200
    assert str(run.histograms) in reply.body["code"]
    compile(reply.body["code"], "copied", "exec")


@pytest.mark.parametrize("what", ["export", "code"])
async def test_before_the_first_snapshot(ask, put_run, what) -> None:
    put_run("running")
    choice = {"histogram": "mass"}
    body = {"choice": choice} if what == "code" else {"format": "png", "choices": [choice]}
    reply = await ask("POST", f"{RUN}/{what}", body)
    assert (reply.status, "no histograms yet" in reply.message) == (409, True)


@pytest.mark.parametrize(
    ("choice", "status", "sentence"),
    [
        ({"histogram": "mas"}, 404, "Did you mean 'mass'?"),
        ({"histogram": "mass", "view": {"x": "eta"}}, 404, "no axis 'eta'"),
        ({"histogram": "mass", "view": {"x": "mass", "stack": "mass"}}, 400, "mass"),
        ({"histogram": "mass", "view": {"x": "mass", "select": {"dataset": "x"}}}, 404, "'x'"),
        ({"histogram": "mass", "surplus": 1}, 400, "surplus"),
    ],
)
async def test_choices_that_make_no_sense(ask, run, choice, status, sentence) -> None:
    for what, body in (
        ("export", {"format": "csv", "choices": [choice]}),
        ("code", {"choice": choice}),
    ):
        reply = await ask("POST", f"{RUN}/{what}", body)
        assert reply.status == status
        assert sentence in reply.message


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"format": "gif"}, "Field 'format'"),
        ({"format": "png", "choices": []}, "Field 'choices'"),
        ({"format": "png", "look": {"style": "alice"}}, "Field 'look.style'"),
        ({"format": "png", "look": {"energy": -1}}, "Field 'look.energy'"),
        ({"format": "png", "whole": True}, "Leave out 'whole'"),
    ],
)
async def test_files_that_make_no_sense(ask, run, body, sentence) -> None:
    reply = await ask("POST", f"{RUN}/export", body)
    assert (reply.status, sentence in reply.message) == (400, True)


async def test_a_process_that_fails_is_no_fault_of_the_server(ask, run, monkeypatch) -> None:
    monkeypatch.setattr(process.make_file_apart, "__defaults__", (60.0, ("/bin/false",)))
    reply = await ask("POST", f"{RUN}/export", {"format": "csv"})
    assert (reply.status, "could not be made" in reply.message) == (503, True)
