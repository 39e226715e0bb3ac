"""From a click to the final histogram: a real cluster, a real run, through the routes alone."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from patience import PATIENCE_SECONDS

from casa_lab.clusters import manager as clusters
from casa_lab.clusters.states import ENDED_STATES
from casa_lab.events.schemas import CLUSTER, RUN

EVENTS = 20_000
FILES = 4

PROCESSOR = '''
import hist
from coffea.processor import ProcessorABC


class Mass(ProcessorABC):
    """Fills the mass."""

    def process(self, events):
        dataset = events.metadata["dataset"]
        mass = hist.Hist.new.StrCat([], name="dataset", growth=True).Reg(10, 0, 100, name="mass")
        filled = mass.Double().fill(dataset=dataset, mass=events.mass)
        return {"mass": filled, "events": {dataset: len(events)}}

    def postprocess(self, accumulator):
        return accumulator
'''


@pytest.fixture
def masses(jp_root_dir: Path) -> np.ndarray[Any, Any]:
    """All masses of a dataset ``dy`` in the server's root, beside a processor for it."""
    random = np.random.default_rng(20261123)
    masses = random.normal(91, 3, (FILES, EVENTS // FILES))
    files = {}
    for number, values in enumerate(masses):
        with uproot.recreate(jp_root_dir / f"dy{number}.root") as file:
            file["events"] = {"mass": values}
        files[f"dy{number}.root"] = "events"
    (jp_root_dir / "fileset.json").write_text(json.dumps({"dy": {"files": files}}))
    (jp_root_dir / "mass.py").write_text(PROCESSOR)
    return masses.ravel()


@pytest.fixture
def end_clusters(casa_data_dir: Path, jp_asyncio_loop: Any) -> Any:
    """Leave no cluster behind, whatever becomes of the test."""
    yield
    for cluster in clusters.list_clusters():
        if cluster.state not in ENDED_STATES:
            clusters.stop(cluster.id)


async def follow(
    events: Any, schema: str, noun: str, done: Callable[[dict[str, Any]], bool]
) -> list[dict[str, Any]]:
    """Collect what is told of a noun until it is as wanted."""
    told: list[dict[str, Any]] = []
    while not told or not done(told[-1]):
        event = await events.next(schema)
        told.append(event[noun])
        assert told[-1]["state"] not in ("failed", "lost"), told[-1]["message"]
    return told


async def test_from_a_click_to_the_final_histogram(
    ask: Any,
    listen: Callable[[], Awaitable[Any]],
    connect: Callable[[], Awaitable[Any]],
    jp_fetch: Any,
    jp_ws_fetch: Any,
    masses: Any,
    end_clusters: None,
) -> None:
    events = await listen()
    found = await ask("GET", "/casa/processors")
    (processor,) = found.body["processors"]
    assert (processor["name"], processor["file"]) == ("Mass", "mass.py")
    listed = await ask("GET", "/casa/datasets")
    assert [dataset["name"] for dataset in listed.body["datasets"]] == ["dy"]

    launched = await ask(
        "POST",
        "/casa/runs",
        {
            "processor": {"location": processor["location"]},
            "datasets": ["dy"],
            "schema_name": "BaseSchema",
            "chunksize": 1000,
        },
    )
    assert launched.status == 202, launched.body
    run = launched.body
    assert run["door"] == "sidebar"
    browser = await connect()
    await browser.watch(run["id"], view={"x": "mass"})

    told = await follow(events, RUN, "run", lambda run: run["state"] == "done")
    assert {"running", "done"} <= {run["state"] for run in told}
    assert told[-1]["progress"]["events_done"] == EVENTS
    header, arrays = await browser.frame()
    while not header.final:
        header, arrays = await browser.frame()
    expected, edges = np.histogram(masses, bins=10, range=(0, 100))
    assert arrays["values"][0].tolist() == expected.tolist()
    assert arrays["edges"].tolist() == edges.tolist()
    assert header.fractions == {"dy": 1.0}

    shown = await ask("GET", f"/casa/runs/{run['id']}")
    assert (shown.status, shown.body["state"]) == (200, "done")
    catalog = await ask("GET", f"/casa/runs/{run['id']}/histograms")
    assert [histogram["path"] for histogram in catalog.body["histograms"]] == ["mass"]
    assert (await ask("GET", f"/casa/runs/{run['id']}/failures")).body["total"] == 0
    assert (await ask("GET", f"/casa/runs/{run['id']}/log")).status == 200

    (cluster,) = (await ask("GET", "/casa/clusters")).body["clusters"]
    assert (cluster["id"], cluster["state"]) == (shown.body["cluster"], "running")
    await use_dashboard(cluster["id"], jp_fetch, jp_ws_fetch)
    scaled = await ask("PATCH", f"/casa/clusters/{cluster['id']}", {"workers": 1})
    assert (scaled.status, scaled.body["desired_workers"]) == (202, 1)
    await follow(events, CLUSTER, "cluster", lambda cluster: len(cluster["workers"]) == 1)
    stopped = await ask("DELETE", f"/casa/clusters/{cluster['id']}")
    assert (stopped.status, stopped.body["state"]) == (202, "stopping")
    await follow(events, CLUSTER, "cluster", lambda cluster: cluster["state"] == "stopped")

    refused = await ask(
        "POST",
        "/casa/runs",
        {
            "processor": {"location": "mass.py:Mass"},
            "datasets": ["dy"],
            "cluster": cluster["id"],
        },
    )
    assert refused.status == 409
    assert "it is stopped" in refused.message
    assert (await ask("DELETE", f"/casa/clusters/{cluster['id']}")).status == 202
    assert await events.next(CLUSTER) == {"deleted": cluster["id"]}
    assert (await ask("DELETE", f"/casa/runs/{run['id']}")).status == 204
    assert (await ask("GET", f"/casa/runs/{run['id']}")).status == 404


async def use_dashboard(cluster: str, jp_fetch: Any, jp_ws_fetch: Any) -> None:
    """Open a pane of the dashboard as a browser does: list, page, websocket."""
    base = ("casa", "clusters", cluster, "dashboard")
    plots = json.loads((await jp_fetch(*base, "individual-plots.json")).body)
    page = plots["Individual Task Stream"].strip("/")
    html = (await jp_fetch(*base, page)).body.decode()
    token = re.search(r'"token":"([^"]+)"', html)
    assert token
    socket = await jp_ws_fetch(*base, page, "ws", subprotocols=["bokeh", token[1]])
    header = json.loads(await asyncio.wait_for(socket.read_message(), PATIENCE_SECONDS))
    assert header["msgtype"] == "ACK"
    socket.close()
