"""Routes by which a run is had again, changed or as text; and those that look for processors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from byhand import SOURCE

from casa_lab.runs.folder import open_run
from casa_lab.runs.processors import modules

TRICKY = 'it\'s <b>"$HOME"</b> %'


@pytest.fixture
def analysis(jp_root_dir: Path) -> Path:
    """A file and a notebook with a processor, and two datasets, in the server's root."""
    fileset = {name: {"files": {f"{name[-1]}.root": "Events"}} for name in (TRICKY, "b")}
    (jp_root_dir / "fileset.json").write_text(json.dumps(fileset))
    (jp_root_dir / "mass.py").write_text(SOURCE)
    cells = [{"cell_type": "code", "source": source} for source in ("!ls", SOURCE, "Mass().go()")]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4}
    (jp_root_dir / f"{TRICKY.replace('/', '')}.ipynb").write_text(json.dumps(notebook))
    return jp_root_dir


@pytest.fixture
def launch(ask, analysis, started):
    """Ask for a run with everything that can be chosen, and return its id."""
    asked = {
        "processor": {"location": "mass.py:Mass", "arguments": {"pt": 30.5}},
        "datasets": [TRICKY, "b"],
        "schema_name": "BaseSchema",
        "chunksize": 500,
        "maxchunks": 3,
        "column_bytes": 1_000_000,
        "fail_fast": True,
        "name": TRICKY,
        "tags": ["a", TRICKY],
        "note": TRICKY,
    }

    async def launch() -> str:
        reply = await ask("POST", "/casa/runs", asked)
        assert reply.status == 202, reply.body
        return reply.body["id"]

    return launch


def settings_of(run: str) -> dict[str, Any]:
    return open_run(run).spec().model_dump(exclude={"id", "created"})


async def test_what_was_asked_for_can_be_asked_for_again(ask, launch, analysis) -> None:
    launched = await launch()
    reply = await ask("GET", f"/casa/runs/{launched}/request")
    assert (reply.status, reply.body["is_current"]) == (200, True)
    assert reply.body["processor"]["parameters"][0]["name"] == "pt"
    assert [each["is_current"] for each in reply.body["datasets"]] == [True, True]
    again = await ask("POST", "/casa/runs", reply.body["new"])
    assert again.status == 202, again.body
    assert settings_of(again.body["id"]) == settings_of(launched)


async def test_code_and_datasets_that_are_gone_come_from_the_run(ask, launch, analysis) -> None:
    launched = await launch()
    (analysis / "mass.py").unlink()
    fileset = {"b": {"files": {"other.root": "Events"}}, "c": {"files": {"c.root": "Events"}}}
    (analysis / "fileset.json").write_text(json.dumps(fileset))
    reply = await ask("GET", f"/casa/runs/{launched}/request")
    assert not reply.body["is_current"]
    assert [each["is_current"] for each in reply.body["datasets"]] == [False, False]

    new = {**reply.body["new"], "datasets": [TRICKY, "b", "c"]}
    new["origin"] = {"run": launched, "datasets": [TRICKY]}
    again = await ask("POST", "/casa/runs", new)
    assert again.status == 202, again.body
    spec = open_run(again.body["id"]).spec()
    files = {
        name: Path(next(iter(dataset["files"]))).name for name, dataset in spec.fileset.items()
    }
    assert files == {TRICKY: f"{TRICKY[-1]}.root", "b": "other.root", "c": "c.root"}
    assert spec.directory == str(analysis)
    assert (open_run(again.body["id"]).processor / "mass.py").read_text() == SOURCE


@pytest.mark.parametrize(
    ("origin", "status", "sentence"),
    [
        ({"run": "nothing", "datasets": []}, 404, "no run 'nothing'"),
        ({"run": "..", "datasets": []}, 404, "no run '..'"),
        ({"datasets": []}, 400, "'origin.run'"),
        ({"run": "", "files": []}, 400, "'origin.files'"),
    ],
)
async def test_origins_that_make_no_sense(ask, analysis, started, origin, status, sentence) -> None:
    asked = {"processor": {"location": "mass.py:Mass"}, "datasets": ["b"], "origin": origin}
    reply = await ask("POST", "/casa/runs", asked)
    assert (reply.status, sentence in reply.message) == (status, True), reply.message
    assert started == []


async def test_an_origin_gives_only_what_it_had(ask, launch) -> None:
    launched = await launch()
    asked = {
        "processor": {"location": "mass.py:Mass"},
        "datasets": ["c"],
        "origin": {"run": launched, "datasets": ["c"]},
    }
    reply = await ask("POST", "/casa/runs", asked)
    assert (reply.status, "had no dataset 'c'" in reply.message) == (404, True)


async def test_a_run_is_told_as_code_and_as_a_command(ask, launch) -> None:
    launched = await launch()
    reply = await ask("GET", f"/casa/runs/{launched}/transcript")
    assert reply.status == 200
    compile(reply.body["code"], "<copied>", "exec")
    assert reply.body["command"].startswith("casa-lab run ")


@pytest.mark.parametrize("kind", ["request", "transcript"])
async def test_only_runs_with_code_are_had_again(ask, kind) -> None:
    reply = await ask("GET", f"/casa/runs/nothing/{kind}")
    assert (reply.status, "no run 'nothing'" in reply.message) == (404, True)


async def test_processors_of_one_file(ask, analysis) -> None:
    for file in ("mass.py", next(analysis.glob("*.ipynb")).name):
        reply = await ask("GET", "/casa/processors", params={"file": file})
        (processor,) = reply.body["processors"]
        assert processor["location"] == f"{analysis / file}:Mass"
        assert processor["file"] == file
        assert processor["parameters"][0]["default"] == 20.0


async def test_a_notebooks_processor_is_launched(ask, analysis, started) -> None:
    notebook = next(analysis.glob("*.ipynb"))
    asked = {
        "processor": {"location": f"{notebook.name}:Mass", "arguments": {"pt": 1}},
        "datasets": ["b"],
    }
    reply = await ask("POST", "/casa/runs", asked)
    assert reply.status == 202, reply.body
    (kept,) = open_run(reply.body["id"]).processor.iterdir()
    assert "class Mass" in kept.read_text()
    assert "go()" not in kept.read_text()
    details = await ask("GET", f"/casa/runs/{reply.body['id']}/details")
    assert [source["path"] for source in details.body["sources"]] == [kept.name]

    wrong = {"location": f"{notebook.name}:Mess"}
    reply = await ask("POST", "/casa/runs", {**asked, "processor": wrong})
    assert (reply.status, "Did you mean 'Mass'?" in reply.message) == (400, True)


async def test_processors_of_an_installed_module(ask, analysis) -> None:
    package = analysis / "wz"
    package.mkdir()
    (package / "__init__.py").write_text("from .plots import Mass\nprint('hello')\n")
    (package / "plots.py").write_text(f"{SOURCE}\nprint('a module may print')\n")
    for module in ("wz", "wz.plots"):
        reply = await ask("GET", "/casa/processors", params={"module": module})
        (processor,) = reply.body["processors"]
        assert (processor["location"], processor["file"]) == (f"{module}:Mass", module)
        assert processor["parameters"][0]["name"] == "pt"


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ({"file": "gone.py"}, 404, "no 'gone.py'"),
        ({"file": "../x.py"}, 400, "outside the folders"),
        ({"module": "no_such.module"}, 400, "no module 'no_such'"),
        ({"module": "a b"}, 400, "not the name of a module"),
        ({"module": "--help"}, 400, "not the name of a module"),
        ({"module": "broken"}, 400, "ZeroDivisionError"),
        ({"module": "ending"}, 400, "ended the process"),
        ({"module": "m", "file": "mass.py"}, 400, "not of both"),
    ],
)
async def test_what_is_not_there_is_told(ask, analysis, query, status, sentence) -> None:
    (analysis / "broken.py").write_text("1 / 0")
    (analysis / "ending.py").write_text("import os; os._exit(3)")
    reply = await ask("GET", "/casa/processors", params=query)
    assert (reply.status, sentence in reply.message) == (status, True), reply.message


async def test_a_module_that_hangs_is_given_up(ask, analysis, monkeypatch) -> None:
    (analysis / "hanging.py").write_text("while True: pass")
    monkeypatch.setattr(modules, "SECONDS", 1.0)
    reply = await ask("GET", "/casa/processors", params={"module": "hanging"})
    assert (reply.status, "took more than 1 s" in reply.message) == (503, True)
