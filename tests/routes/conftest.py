"""A server with the companion in it, and folders of runs and clusters made by hand."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tornado.httpclient import HTTPResponse

from casa_lab.clusters.models import ClusterRecord, ClusterSpec
from casa_lab.folders import Folder, Owner, clusters_dir, runs_dir
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import ProcessorReference, RunRecord, RunSpec


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {
        "ServerApp": {
            "jpserver_extensions": {"casa_lab": True},
            "allow_unauthenticated_access": False,
        },
        "CasaApp": {"watch_interval": 0.05, "idle_watch_interval": 0.1},
    }


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
    """Send a request to the companion; errors are replies like any other."""

    async def ask(method: str, path: str, body: Any = None, **options: Any) -> Reply:
        if method in ("POST", "PATCH", "PUT"):
            options["body"] = body if isinstance(body, bytes) else json.dumps(body)
            options["allow_nonstandard_methods"] = True
        response: HTTPResponse = await jp_fetch(
            *path.strip("/").split("/"), method=method, raise_error=False, **options
        )
        text = response.body.decode()
        return Reply(response.code, json.loads(text) if text else None)

    return ask


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
def put_run() -> Callable[..., RunFolder]:
    """Make the folder of a run by hand, or write another state into it."""

    def put(state: str, run: str = "20260101-000000-mass-0001", **record: Any) -> RunFolder:
        folder = RunFolder(runs_dir() / run)
        values = {"state": state, "message": f"It is {state}.", "updated": time.time(), **record}
        written = RunRecord.model_validate(values).model_dump(mode="json")
        if folder.exists():
            folder.write_state(written)
            return folder
        spec = RunSpec(
            id=run,
            name="mass",
            door="sidebar",
            processor=ProcessorReference(location="mass.py:Mass"),
            fileset={"dy": {"files": {"/data/dy.root": "Events"}, "metadata": {}}},
            schema_name="NanoAODSchema",
            cluster=None,
            chunksize=100_000,
            directory="/",
            python="python",
            created=time.time(),
            user="somebody",
        )
        folder.create(spec.model_dump(mode="json"), written)
        return folder

    return put


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
