"""A server with the companion in it, and folders of runs and clusters made by hand."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_SECONDS
from pydantic import BaseModel, RootModel
from tornado.httpclient import HTTPResponse

from casa_lab.clusters import manager as clusters
from casa_lab.clusters.models import ClusterRecord, ClusterSpec
from casa_lab.folders import Folder, Owner, clusters_dir
from casa_lab.forecasts import manager as forecasts
from casa_lab.histograms.frames import decode
from casa_lab.histograms.models import ViewProblem
from casa_lab.openapi import ENDPOINTS, Endpoint, ErrorReply
from casa_lab.routes.base import pattern
from casa_lab.runs import manager as runs

"""Seconds that a loaded machine may take to answer."""


@pytest.fixture
def strict() -> bool:
    """Whether the server itself refuses unknown users at routes that forgot to."""
    return False


@pytest.fixture
def jp_server_config(strict: bool) -> dict[str, Any]:
    return {
        "ServerApp": {
            "jpserver_extensions": {"casa_lab": True, "jupyter_server_terminals": False},
            "allow_unauthenticated_access": not strict,
        },
        "CasaApp": {"watch_interval": 0.05, "idle_watch_interval": 0.1},
    }


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules of processes that were started; nothing really is.

    The processes are tested where they live; a route is done when it has started one.
    """
    modules: list[str] = []

    def start(arguments: list[str], log: Path, environment: Any = None) -> int:
        modules.append(arguments[2])
        return 1

    for manager in (clusters, runs, forecasts):
        monkeypatch.setattr(manager, "start_detached", start)
    return modules


class Document(RootModel[dict[str, Any]]):
    """The OpenAPI document."""


@dataclass
class Reply:
    """What the server answered."""

    status: int
    body: Any

    @property
    def message(self) -> str:
        """The sentence of an error."""
        assert set(self.body) == {"message"}
        return self.body["message"]


Ask = Callable[..., Awaitable[Reply]]


@pytest.fixture
def ask(jp_fetch: Any) -> Ask:
    """Send a request to the companion and hold the reply against the table of endpoints.

    Errors are replies like any other.
    """

    async def ask(method: str, path: str, body: Any = None, **options: Any) -> Reply:
        if method in ("POST", "PATCH", "PUT"):
            options["body"] = body if isinstance(body, bytes) else json.dumps(body)
            options["allow_nonstandard_methods"] = True
        response: HTTPResponse = await jp_fetch(
            *path.strip("/").split("/"),
            method=method,
            raise_error=False,
            request_timeout=PATIENCE_SECONDS,
            **options,
        )
        check_reply(method, path, response)
        if "Content-Disposition" in response.headers:
            return Reply(response.code, response.body)
        text = response.body.decode()
        return Reply(response.code, json.loads(text) if text else None)

    return ask


def check_reply(method: str, path: str, response: HTTPResponse) -> None:
    """Fail unless a reply is what the API says it is."""
    model: type[BaseModel] | None = ErrorReply
    if response.code < 400:
        (endpoint,) = (
            endpoint
            for endpoint in (*ENDPOINTS, Endpoint("GET", "/casa/openapi.json", "", Document))
            if endpoint.method == method and re.fullmatch(pattern(endpoint.path), path)
        )
        assert response.code == endpoint.status
        model = endpoint.reply
        if endpoint.file:
            assert "attachment" in response.headers["Content-Disposition"]
            return
    if model is None:
        assert response.body == b""
    else:
        assert response.headers["Content-Type"] == "application/json"
        model.model_validate_json(response.body, strict=True, extra="forbid")


@pytest.fixture
def owners() -> Iterator[Callable[[Folder], Owner]]:
    """Own folders until the test ends."""
    made: list[Owner] = []

    def own(folder: Folder) -> Owner:
        made.append(Owner(folder.path))
        return made[-1]

    yield own
    for owner in made:
        owner.release()


@pytest.fixture
def put_cluster() -> Callable[..., Folder]:
    """Make the folder of a cluster by hand, or write another state into it."""

    def put(state: str, cluster: str = "20260101-000000-local-0001", **record: Any) -> Folder:
        folder = Folder(clusters_dir() / cluster)
        values = {
            "state": state,
            "message": f"It is {state}.",
            "desired_workers": 0,
            "updated": time.time(),
            **record,
        }
        written = ClusterRecord.model_validate(values).model_dump(mode="json")
        if folder.exists():
            folder.write_state(written)
            return folder
        spec = ClusterSpec(
            id=cluster,
            profile="local",
            title="Local",
            backend="local",
            options={},
            workers=0,
            python="python",
            created=time.time(),
        )
        folder.create(spec.model_dump(mode="json"), written)
        return folder

    return put


class Browser:
    """The browser's end of the websocket."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    async def send(self, message: Any) -> None:
        text = message if isinstance(message, (str, bytes)) else json.dumps(message)
        await self.socket.write_message(text, binary=isinstance(text, bytes))

    async def watch(self, run: str, watch: str = "w", **changes: Any) -> None:
        view = {"x": "mass", "stack": "dataset"}
        message = {"type": "watch", "watch": watch, "run": run, "histogram": "mass", "view": view}
        await self.send({**message, **changes})

    async def receive(self) -> Any:
        return await asyncio.wait_for(self.socket.read_message(), PATIENCE_SECONDS)

    async def frame(self) -> Any:
        message = await self.receive()
        assert isinstance(message, bytes), message
        return decode(message)

    async def problem(self) -> ViewProblem:
        return ViewProblem.model_validate_json(await self.receive())


@pytest.fixture
def connect(jp_ws_fetch) -> Iterator[Callable[[], Awaitable[Browser]]]:
    """Open websockets that are closed when the test ends."""
    opened: list[Browser] = []

    async def connect() -> Browser:
        opened.append(Browser(await jp_ws_fetch("casa", "histograms")))
        return opened[-1]

    yield connect
    for browser in opened:
        browser.socket.close()


class Events:
    """The browser's end of the event stream."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    async def next(self, schema: str) -> dict[str, Any]:
        """Wait for the next event of a schema."""
        while True:
            text = await asyncio.wait_for(self.socket.read_message(), PATIENCE_SECONDS)
            event = json.loads(text)
            if event.pop("schema_id") == schema:
                return event


@pytest.fixture
def listen(jp_ws_fetch) -> Iterator[Callable[[], Awaitable[Events]]]:
    opened: list[Events] = []

    async def listen() -> Events:
        opened.append(Events(await jp_ws_fetch("api", "events", "subscribe")))
        return opened[-1]

    yield listen
    for events in opened:
        events.socket.close()
