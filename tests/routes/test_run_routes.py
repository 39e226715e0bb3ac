"""The routes of the runs; a real one lives in test_live.py."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from byhand import SOURCE

from casa_lab.events import scanner
from casa_lab.events.schemas import RUN as RUN_EVENT
from casa_lab.folders import Folder, forecasts_dir
from casa_lab.forecasts.forecast import DryRunRecord, Sample, Workers, make_forecast
from casa_lab.runs.counting.metrics import Effort, MetricsMeter
from casa_lab.runs.environment import package_versions
from casa_lab.runs.folder import open_run
from casa_lab.runs.history.details import files_of
from casa_lab.runs.models import AUTOMATIC_CHUNKSIZE
from casa_lab.runs.watching.board import FileShare
from casa_lab.runs.watching.filemap import About, empty_arrays, write_arrays, write_names
from casa_lab.runs.watching.report import Report

RUN = "/casa/runs/20260101-000000-mass-0001"


@pytest.fixture
def analysis(jp_root_dir: Path) -> Path:
    """A processor and a dataset ``drell-yan`` in the server's root."""
    fileset = {"drell-yan": {"files": {"dy.root": "Events"}}}
    (jp_root_dir / "fileset.json").write_text(json.dumps(fileset))
    (jp_root_dir / "mass.py").write_text(SOURCE)
    return jp_root_dir


def new_run(**changes: Any) -> dict[str, Any]:
    return {"processor": {"location": "mass.py:Mass"}, "datasets": ["drell-yan"], **changes}


async def test_a_launch_starts_a_cluster_and_a_driver(ask, analysis, started) -> None:
    reply = await ask("POST", "/casa/runs", new_run(name="First look"))
    assert reply.status == 202
    assert (reply.body["state"], reply.body["name"]) == ("queued", "First look")
    assert reply.body["processor"]["location"] == f"{analysis / 'mass.py'}:Mass"
    assert started == ["casa_lab.clusters.host", "casa_lab.runs.driving.driver"]
    again = await ask("POST", "/casa/runs", new_run())
    assert again.body["cluster"] == reply.body["cluster"]
    assert started[2:] == ["casa_lab.runs.driving.driver"]


async def test_a_launch_keeps_what_it_was_asked_for(ask, analysis, started) -> None:
    asked = new_run(
        processor={"location": "mass.py:Mass", "arguments": {"pt": 30}},
        tags=["control region", "v2", "v2"],
        note="After the fix.",
    )
    reply = await ask("POST", "/casa/runs", asked)
    spec = open_run(reply.body["id"]).spec()
    assert spec.processor.arguments == {"pt": 30}
    assert (spec.tags, spec.note) == (["control region", "v2"], "After the fix.")
    assert spec.chunksize == reply.body["chunksize"] == AUTOMATIC_CHUNKSIZE


async def test_a_launch_takes_over_what_another_run_counted(ask, analysis, started) -> None:
    older = open_run((await ask("POST", "/casa/runs", new_run())).body["id"])
    refused = await ask("POST", "/casa/runs", new_run(continues=older.id))
    assert (refused.status, "is queued. It can be continued" in refused.message) == (409, True)
    record = older.record().model_copy(update={"state": "stopped"})
    older.write_state(record.model_dump(mode="json"))
    older.groups.mkdir()
    (older.groups / "log-0.bin").write_bytes(b"counted")

    reply = await ask("POST", "/casa/runs", new_run(continues=older.id))
    assert reply.status == 202
    run = open_run(reply.body["id"])
    assert (run.groups / "log-0.bin").read_bytes() == b"counted"
    shown = await ask("GET", f"/casa/runs/{run.id}/details")
    assert (shown.status, shown.body["continues"]) == (200, older.id)

    before = len(started)
    (analysis / "mass.py").write_text(SOURCE + "\n# a correction\n")
    refused = await ask("POST", "/casa/runs", new_run(continues=older.id, cluster=None))
    assert refused.status == 409
    assert "its code has changed (mass.py)" in refused.message
    assert len(started) == before


async def test_a_variation_of_a_notebook_s_run_has_its_code(
    ask, analysis, started, put_run
) -> None:
    processor = {"location": "notebook:Mass"}
    spec = {"processor": processor, "directory": str(analysis), "schema_name": "Mine"}
    environment = {"python": sys.executable, "versions": package_versions()}
    older = put_run("stopped", spec={**spec, **environment})
    older.processor.mkdir()
    (older.processor / "processor.pkl").write_bytes(b"a pickle, which nobody reads here")
    older.groups.mkdir()
    (older.groups / "log-0.bin").write_bytes(b"counted")

    origin = {"run": older.id}
    for how in (
        {"origin": origin},
        {"origin": origin, "continues": older.id},
        {"continues": older.id},
    ):
        asked = new_run(processor=processor, schema_name="Mine", chunksize=100_000, **how)
        reply = await ask("POST", "/casa/runs", asked)
        assert reply.status == 202, reply.body
        run = open_run(reply.body["id"])
        assert (run.processor / "processor.pkl").read_bytes().startswith(b"a pickle")
        assert (run.groups / "log-0.bin").exists() == ("continues" in how)
        assert run.spec().directory == str(analysis)

    before = len(started)
    asked = new_run(processor={"location": "mass.py:Mass"}, continues=older.id)
    refused = await ask("POST", "/casa/runs", asked)
    assert (refused.status, "was made in a notebook" in refused.message) == (409, True)
    assert len(started) == before


async def test_processors_are_listed_with_their_arguments(ask, analysis) -> None:
    reply = await ask("GET", "/casa/processors")
    (processor,) = reply.body["processors"]
    assert (processor["name"], processor["open_ended"]) == ("Mass", False)
    (parameter,) = processor["parameters"]
    assert (parameter["name"], parameter["kind"], parameter["default"]) == ("pt", "float", 20.0)


@pytest.mark.parametrize("state", ["starting", "running"])
async def test_a_launch_on_a_given_cluster(
    ask, analysis, started, put_cluster, owners, state
) -> None:
    folder = put_cluster(state)
    owners(folder)
    reply = await ask("POST", "/casa/runs", new_run(cluster=folder.id))
    assert (reply.status, reply.body["cluster"]) == (202, folder.id)
    assert started == ["casa_lab.runs.driving.driver"]


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"datasets": ["drel-yan"]}, 404, "Did you mean 'drell-yan'?"),
        ({"processor": {"location": "notebook:Mass"}}, 400, "Name that run as the 'origin'"),
        ({"datasets": []}, 400, "Field 'datasets': "),
        ({"cluster": "none"}, 404, "no cluster 'none'"),
        ({"profile": "none"}, 404, "'none'"),
        ({"continues": "nothing"}, 404, "no run 'nothing'"),
        ({"chunksize": 0}, 400, "Field 'chunksize': "),
        ({"tags": [" "]}, 400, "Field 'tags.0': "),
        ({"processor": {"location": "mas.py:Mass"}}, 404, "no 'mas.py'"),
        (
            {"processor": {"location": "mass.py:Mass", "arguments": {"p": 1}}},
            400,
            "Did you mean 'pt'?",
        ),
        (
            {"processor": {"location": "mass.py:Mass", "arguments": {"pt": "high"}}},
            400,
            "must be a number",
        ),
        ({"processor": {"location": "mass.py:Mess"}}, 400, "Did you mean 'Mass'?"),
        ({"processor": {"location": "/etc/passwd.py:Mass"}}, 400, "outside the folders"),
        ({"processor": {"location": "../x.py:Mass"}}, 400, "outside the folders"),
        ({"processor": {"location": "\0.py:Mass"}}, 400, "not a path"),
        ({"processor": {"location": "folder.py:Mass"}}, 400, "not a file"),
        ({"processor": {"location": "broken.py:Mass"}}, 400, "syntax error"),
    ],
)
async def test_a_launch_with_a_mistake_in_it_starts_nothing(
    ask, analysis, started, changes, status, sentence
) -> None:
    (analysis / "folder.py").mkdir()
    (analysis / "broken.py").write_text("class Mass(:\n")
    reply = await ask("POST", "/casa/runs", new_run(**changes))
    assert reply.status == status
    assert sentence in reply.message
    assert started == []
    assert (await ask("GET", "/casa/runs")).body["runs"] == []


async def test_a_dry_run_starts_a_process_and_shows_its_forecast(ask, analysis, started) -> None:
    launched = await ask("POST", "/casa/dry-runs", new_run())
    assert (launched.status, launched.body["state"]) == (202, "running")
    assert started == ["casa_lab.clusters.host", "casa_lab.forecasts.driver"]
    folder = Folder(forecasts_dir() / launched.body["id"])
    spec = folder.read_spec()
    assert spec["processor"]["location"] == f"{analysis / 'mass.py'}:Mass"
    assert list(spec["fileset"]) == ["drell-yan"]

    forecast = make_forecast({"drell-yan": Sample(files=2)}, Workers(1, 2), 1000)
    done = DryRunRecord(state="done", message="Done.", updated=time.time(), forecast=forecast)
    folder.write_state(done.model_dump(mode="json"))
    shown = await ask("GET", f"/casa/dry-runs/{folder.id}")
    assert (shown.status, shown.body["state"]) == (200, "done")
    assert shown.body["forecast"] == forecast.model_dump(mode="json")


async def test_a_dry_run_is_of_what_the_run_would_process(ask, analysis, started) -> None:
    two = {"drell-yan": {"files": {"1.root": "Events", "2.root": "Events"}}}
    (analysis / "fileset.json").write_text(json.dumps(two))
    limited = await ask("POST", "/casa/dry-runs", new_run(maxchunks=3))
    assert Folder(forecasts_dir() / limited.body["id"]).read_spec()["maxchunks"] == 3

    older = open_run((await ask("POST", "/casa/runs", new_run(chunksize=500))).body["id"])
    record = older.record().model_copy(update={"state": "stopped"})
    older.write_state(record.model_dump(mode="json"))
    older.groups.mkdir()
    (older.groups / "log-0.bin").write_bytes(b"counted")
    (dataset,) = older.spec().fileset
    first, *others = files_of(older.spec().fileset[dataset])
    write_names(older, [(dataset, first, "Events")])
    arrays = empty_arrays(1)
    arrays["events_done"][0] = 100
    write_arrays(older, arrays, About())
    reply = await ask("POST", "/casa/dry-runs", new_run(continues=older.id))
    spec = Folder(forecasts_dir() / reply.body["id"]).read_spec()
    assert list(files_of(spec["fileset"][dataset])) == others
    assert spec["chunksize"] == 500


async def test_a_dry_run_whose_process_is_gone_has_failed(ask, analysis, started) -> None:
    launched = await ask("POST", "/casa/dry-runs", new_run())
    folder = Folder(forecasts_dir() / launched.body["id"])
    record = DryRunRecord(state="running", message="Waiting to start.", updated=0.0)
    folder.write_state(record.model_dump(mode="json"))
    shown = await ask("GET", f"/casa/dry-runs/{folder.id}")
    assert (shown.body["state"], "is gone" in shown.body["message"]) == ("failed", True)


async def test_a_dry_run_is_cancelled_while_it_runs(ask, analysis, started) -> None:
    launched = await ask("POST", "/casa/dry-runs", new_run())
    path = f"/casa/dry-runs/{launched.body['id']}"
    folder = Folder(forecasts_dir() / launched.body["id"])
    assert (await ask("DELETE", path)).status == 204
    (request,) = (folder.path / "requests.jsonl").read_text().splitlines()
    assert json.loads(request)["action"] == "cancel"
    done = DryRunRecord(state="done", message="Done.", updated=time.time())
    folder.write_state(done.model_dump(mode="json"))
    assert (await ask("DELETE", path)).status == 204
    assert len((folder.path / "requests.jsonl").read_text().splitlines()) == 1
    missing = await ask("DELETE", "/casa/dry-runs/none")
    assert (missing.status, "no dry run" in missing.message) == (404, True)


async def test_a_dry_run_with_a_mistake_in_it_starts_nothing(ask, analysis, started) -> None:
    reply = await ask("POST", "/casa/dry-runs", new_run(datasets=["drel-yan"]))
    assert (reply.status, "Did you mean 'drell-yan'?" in reply.message) == (404, True)
    assert started == []


@pytest.mark.parametrize("name", ["none", "..", "a b", "x" * 300])
async def test_a_dry_run_that_there_is_not(ask, name) -> None:
    reply = await ask("GET", f"/casa/dry-runs/{name}")
    assert reply.status == 404
    assert reply.message


async def test_forecasts_are_forgotten_after_a_day(ask, analysis, started) -> None:
    first = Folder(forecasts_dir() / (await ask("POST", "/casa/dry-runs", new_run())).body["id"])
    os.utime(first.path, (0, 0))
    second = await ask("POST", "/casa/dry-runs", new_run())
    assert [path.name for path in forecasts_dir().iterdir()] == [second.body["id"]]


async def test_runs_are_listed_newest_first_and_shown(ask, put_run) -> None:
    put_run("done", run="a")
    put_run("failed", run="b")
    listed = await ask("GET", "/casa/runs")
    assert [run["id"] for run in listed.body["runs"]] == ["b", "a"]
    shown = await ask("GET", "/casa/runs/b")
    assert (shown.body["state"], shown.body["datasets"]) == ("failed", ["dy"])


async def test_stop_and_pause_reach_the_driver(ask, put_run, owners) -> None:
    folder = put_run("running")
    owners(folder)
    for action in ("stop", "pause"):
        assert (await ask("POST", f"{RUN}/{action}")).status == 202
    asked = (folder.path / "requests.jsonl").read_text().splitlines()
    assert [json.loads(request)["action"] for request in asked] == ["stop", "pause"]


async def test_a_pause_that_was_not_heard_yet_is_taken_back(ask, put_run, owners) -> None:
    folder = put_run("running")
    owners(folder)
    assert (await ask("POST", f"{RUN}/resume")).status == 409
    for action in ("pause", "resume"):
        assert (await ask("POST", f"{RUN}/{action}")).status == 202
    asked = (folder.path / "requests.jsonl").read_text().splitlines()
    assert [json.loads(request)["action"] for request in asked] == ["pause", "resume"]
    assert (await ask("POST", f"{RUN}/resume")).status == 409


async def test_what_the_state_does_not_allow(ask, put_run, owners) -> None:
    put_run("done")
    for action in ("pause", "resume"):
        reply = await ask("POST", f"{RUN}/{action}")
        assert (reply.status, "done" in reply.message) == (409, True)
    folder = put_run("running", run="busy")
    owners(folder)
    reply = await ask("DELETE", "/casa/runs/busy")
    assert (reply.status, "Stop it first" in reply.message) == (409, True)


async def test_a_stopped_run_is_resumed_and_that_is_told(
    ask, put_run, started, listen, monkeypatch
) -> None:
    events = await listen()
    put_run("stopped")
    assert (await events.next(RUN_EVENT))["run"]["state"] == "stopped"
    # However many runs have ended, this one is looked at.
    monkeypatch.setattr(scanner, "SETTLED_PER_SCAN", 0)
    reply = await ask("POST", f"{RUN}/resume")
    assert (reply.status, reply.body["state"]) == (202, "queued")
    assert started == ["casa_lab.clusters.host", "casa_lab.runs.driving.driver"]
    assert (await events.next(RUN_EVENT))["run"]["state"] == "queued"


async def test_log_and_histograms(ask, put_run) -> None:
    folder = put_run("done")
    folder.log.write_text("It went well.\n")
    assert (await ask("GET", f"{RUN}/log")).body["text"] == "It went well.\n"
    catalog = await ask("GET", f"{RUN}/histograms")
    assert catalog.body == {"sequence": 0, "histograms": []}


async def test_metrics_are_zero_until_the_run_has_measured_some(ask, put_run) -> None:
    folder = put_run("running")
    nothing = await ask("GET", f"{RUN}/metrics")
    assert (nothing.status, nothing.body["sessions"], nothing.body["tail"]) == (200, 0, None)

    meter = MetricsMeter()
    meter.observe(threads=2, engaged=2)
    for name in ("a", "b"):
        meter.add(Effort("dy", f"{name}.root", "tcp://one:1", "one", 1, 1000, seconds=2.0))
    metrics = meter.snapshot()
    folder.metrics.write_text(metrics.model_dump_json())
    reply = await ask("GET", f"{RUN}/metrics")
    assert (reply.status, reply.body) == (200, metrics.model_dump(mode="json"))
    assert reply.body["workers"]["tcp://one:1"]["events"] == 2000


async def test_series_and_files_are_empty_until_there_are_some(ask, put_run) -> None:
    folder = put_run("running")
    assert (await ask("GET", f"{RUN}/series")).body["seconds"] == []
    assert (await ask("GET", f"{RUN}/tiles")).body["datasets"] == []
    assert (await ask("GET", f"{RUN}/files")).body == {"files": [], "total": 0}

    report = Report(folder, 0)
    names = [("dy", f"{number}.root", "Events") for number in range(3)]
    report.open(names)
    report.files.plan(names[1], 1, 100, 0)
    report.observe(workers=1, threads=2, tasks=1)
    effort = Effort("dy", "1.root", "tcp://one:1", "one", 1, 100, seconds=2.0)
    report.add(effort, [FileShare(names[1], 100, 2.0)])
    assert report.write() == 1
    assert (await ask("GET", f"{RUN}/series")).body["events"] == [100]
    tiles = (await ask("GET", f"{RUN}/tiles")).body
    assert (tiles["sequence"], tiles["files_per_tile"]) == (1, 1)
    assert tiles["datasets"][0]["counts"] == [2, 0, 1, 0, 0, 0]
    listed = await ask("GET", f"{RUN}/files", params={"state": "done", "limit": "5"})
    (file,) = listed.body["files"]
    assert (file["file"], file["worker"], file["seconds"]) == ("1.root", "tcp://one:1", 2.0)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"limit": "0"}, "Field 'limit': "),
        ({"limit": "100000"}, "Field 'limit': "),
        ({"first": "-1"}, "Field 'first': "),
        ({"offset": "many"}, "Field 'offset': "),
        ({"state": "asleep"}, "Field 'state': "),
    ],
)
async def test_files_are_not_asked_for_in_that_way(ask, put_run, query, sentence) -> None:
    put_run("done")
    reply = await ask("GET", f"{RUN}/files", params=query)
    assert (reply.status, sentence in reply.message) == (400, True)


async def test_a_run_is_deleted(ask, put_run) -> None:
    folder = put_run("done")
    assert (await ask("DELETE", RUN)).status == 204
    assert not folder.path.exists()


@pytest.mark.parametrize("name", ["none", "..", "a b", "\N{SNOWMAN}", "x" * 300])
@pytest.mark.parametrize(
    ("method", "below"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/stop"),
        ("POST", "/pause"),
        ("POST", "/resume"),
        ("GET", "/failures"),
        ("POST", "/retry"),
        ("POST", "/accept"),
        ("GET", "/metrics"),
        ("GET", "/series"),
        ("GET", "/tiles"),
        ("GET", "/files"),
        ("GET", "/log"),
        ("GET", "/histograms"),
    ],
)
async def test_a_run_that_there_is_not(ask, name, method, below) -> None:
    body = {} if below in ("/retry", "/accept") else None
    reply = await ask(method, f"/casa/runs/{name}{below}", body)
    assert reply.status == 404
    assert reply.message


async def test_processors_are_found(ask, analysis) -> None:
    reply = await ask("GET", "/casa/processors")
    (processor,) = reply.body["processors"]
    assert (processor["name"], processor["summary"]) == ("Mass", "Fills the mass.")
