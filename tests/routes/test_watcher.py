"""What the browser is told over the server's event stream."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import Any

from patience import PATIENCE_SECONDS

from casa_lab.events.schemas import CLUSTER, DATASETS, RUN, SCHEMA_FILES


async def test_a_run_from_its_launch_to_its_deletion(listen, put_run, owners, ask) -> None:
    events = await listen()
    folder = put_run("queued")
    event = await events.next(RUN)
    assert event == {"run": (await ask("GET", f"/casa/runs/{folder.id}")).body}
    assert event["run"]["state"] == "queued"
    owner = owners(folder)
    put_run("running", progress={"events_done": 5})
    assert (await events.next(RUN))["run"]["progress"]["events_done"] == 5
    put_run("done")
    owner.release()
    assert (await events.next(RUN))["run"]["state"] == "done"
    assert (await ask("DELETE", f"/casa/runs/{folder.id}")).status == 204
    assert await events.next(RUN) == {"deleted": folder.id}


async def test_a_driver_that_dies_is_told(listen, put_run, owners) -> None:
    events = await listen()
    folder = put_run("queued")
    owner = owners(folder)
    put_run("running")
    while (await events.next(RUN))["run"]["state"] != "running":
        continue
    owner.release()
    assert (await events.next(RUN))["run"]["state"] == "lost"


async def test_a_cluster_that_comes_and_goes(listen, put_cluster, owners) -> None:
    events = await listen()
    folder = put_cluster("starting")
    assert (await events.next(CLUSTER))["cluster"]["state"] == "starting"
    owner = owners(folder)
    put_cluster("running", scheduler_address="tls://127.0.0.1:8786")
    event = await events.next(CLUSTER)
    assert event["cluster"]["scheduler_address"] == "tls://127.0.0.1:8786"
    owner.release()
    assert (await events.next(CLUSTER))["cluster"]["state"] == "lost"
    shutil.rmtree(folder.path)
    assert await events.next(CLUSTER) == {"deleted": folder.id}


async def test_a_source_of_datasets_that_is_added_changed_and_removed(
    listen, ask, jp_root_dir
) -> None:
    events = await listen()
    file = jp_root_dir / "mine.json"
    file.write_text(json.dumps({"dy": {"files": {"dy.root": "Events"}}}))
    added = await ask("POST", "/casa/sources", {"path": "mine.json"})
    assert await events.next(DATASETS) == {"changed": True}
    file.write_text(json.dumps({"tt": {"files": {"tt.root": "Events"}}}))
    assert await events.next(DATASETS) == {"changed": True}
    await ask("DELETE", f"/casa/sources/{added.body['id']}")
    assert await events.next(DATASETS) == {"changed": True}


async def test_trouble_with_the_folders_ends_neither_server_nor_news(
    listen, jp_serverapp, put_run, monkeypatch, caplog
) -> None:
    events = await listen()
    scanner = jp_serverapp.web_app.settings["casa_lab"].companion.watcher._runs
    original, failed = scanner.scan, asyncio.Event()

    def fail_once() -> Any:
        monkeypatch.setattr(scanner, "scan", original)
        loop.call_soon_threadsafe(failed.set)
        raise OSError("stale file handle")

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(scanner, "scan", fail_once)
    await asyncio.wait_for(failed.wait(), PATIENCE_SECONDS)
    put_run("done")
    assert (await events.next(RUN))["run"]["state"] == "done"
    assert "stale file handle" in caplog.text


def test_the_schemas_are_registered(jp_serverapp) -> None:
    assert set(SCHEMA_FILES) <= set(jp_serverapp.event_logger.schemas.schema_ids)
