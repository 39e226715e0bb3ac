"""The way to the dashboards of Casa's clusters, and to nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from patience import PATIENCE_SECONDS
from tornado.httpclient import HTTPClientError
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler


@dataclass
class Dashboard:
    """A server that says what it was asked, in place of a Dask dashboard."""

    url: str
    requests: list[Any] = field(default_factory=list)


@pytest.fixture
def dashboard(jp_asyncio_loop) -> Iterator[Dashboard]:
    socket, port = bind_unused_port(address="127.0.0.1")
    found = Dashboard(f"http://127.0.0.1:{port}/status")

    class Page(RequestHandler):
        def get(self) -> None:
            found.requests.append(self.request)
            if self.request.path == "/moved":
                self.redirect("/status")
            else:
                self.finish(f"page {self.request.uri}")

    class Socket(WebSocketHandler):
        def check_origin(self, origin: str) -> bool:
            return True

        def open(self) -> None:
            found.requests.append(self.request)

        async def on_message(self, message: str | bytes) -> None:
            await self.write_message(f"echo {message!r}")

    async def serve() -> HTTPServer:
        server = HTTPServer(Application([("/status/ws", Socket), (".*", Page)]))
        server.add_socket(socket)
        return server

    server = jp_asyncio_loop.run_until_complete(serve())
    yield found
    server.stop()
    jp_asyncio_loop.run_until_complete(server.close_all_connections())


@pytest.fixture
def cluster(dashboard, put_cluster, owners) -> str:
    """A running cluster with that dashboard."""
    folder = put_cluster("running", dashboard_url=dashboard.url)
    owners(folder)
    return folder.id


def base(cluster: str) -> tuple[str, ...]:
    return ("casa", "clusters", cluster, "dashboard")


async def test_pages_are_passed_on(jp_fetch, cluster, dashboard) -> None:
    reply = await jp_fetch(*base(cluster), "individual-plots.json", params={"a": "b"})
    assert reply.body == b"page /individual-plots.json?a=b"
    reply = await jp_fetch(*base(cluster), "workers")
    assert reply.body.startswith(b"page /workers")


async def test_a_redirect_stays_below_the_route(jp_fetch, cluster, dashboard, jp_base_url) -> None:
    reply = await jp_fetch(*base(cluster), "moved", follow_redirects=False, raise_error=False)
    assert reply.headers["Location"] == f"{jp_base_url}{'/'.join(base(cluster))}/status"


async def test_websockets_are_passed_on(jp_ws_fetch, cluster, dashboard) -> None:
    socket = await jp_ws_fetch(*base(cluster), "status", "ws")
    await socket.write_message("hello")
    assert await asyncio.wait_for(socket.read_message(), PATIENCE_SECONDS) == "echo 'hello'"
    socket.close()


async def test_what_proves_who_the_user_is_stays_here(
    jp_fetch, jp_ws_fetch, jp_serverapp, cluster, dashboard
) -> None:
    headers = {"Cookie": "a=b", "X-XSRFToken": "c"}
    params = {"token": jp_serverapp.identity_provider.token, "e": "f g"}
    await jp_fetch(*base(cluster), "status", headers=headers, params=params)
    socket = await jp_ws_fetch(*base(cluster), "status", "ws", headers={"Cookie": "a=b"})
    await socket.write_message("hello")
    await asyncio.wait_for(socket.read_message(), PATIENCE_SECONDS)
    socket.close()
    for request in dashboard.requests:
        assert not {"Authorization", "Cookie", "X-Xsrftoken"} & set(request.headers)
        assert "token" not in request.uri
    assert dashboard.requests[0].query == "e=f+g"
    assert len(dashboard.requests) == 2


@pytest.mark.parametrize(
    "path",
    [
        "http://elsewhere.example/",
        "//elsewhere.example/",
        "@elsewhere.example/",
        ":80@elsewhere.example/",
        "..//elsewhere.example",
        "%2f%2felsewhere.example/",
        "%0d%0aHost:%20elsewhere.example",
        "#@elsewhere.example",
    ],
)
async def test_no_address_can_be_smuggled_in(
    http_server_client, jp_base_url, jp_auth_header, cluster, dashboard, path
) -> None:
    reply = await http_server_client.fetch(
        f"{jp_base_url}{'/'.join(base(cluster))}/{path}",
        headers=jp_auth_header,
        raise_error=False,
        follow_redirects=False,
    )
    # Whatever it was, it went to the cluster's own dashboard or nowhere.
    assert reply.code >= 400 or reply.body.startswith(b"page ")
    assert all(request.path.startswith("/") for request in dashboard.requests)
    if reply.code == 200:
        assert len(dashboard.requests) == 1


@pytest.mark.parametrize("name", ["unknown", "..", "%2e%2e", "127.0.0.1:80", "a%2fb"])
async def test_an_unknown_cluster_has_none(
    http_server_client, jp_base_url, jp_auth_header, name
) -> None:
    reply = await http_server_client.fetch(
        f"{jp_base_url}casa/clusters/{name}/dashboard/status",
        headers=jp_auth_header,
        raise_error=False,
    )
    assert reply.code == 404


async def test_an_unknown_cluster_has_no_websocket(jp_ws_fetch) -> None:
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch(*base("unknown"), "status", "ws")
    assert refused.value.code == 404


@pytest.mark.parametrize("state", ["starting", "stopped", "failed"])
async def test_a_cluster_that_does_not_run_has_none(
    jp_fetch, put_cluster, dashboard, state
) -> None:
    folder = put_cluster(state, dashboard_url=dashboard.url)
    reply = await jp_fetch(*base(folder.id), "status", raise_error=False)
    assert reply.code == 404
    assert dashboard.requests == []


async def test_a_cluster_without_a_dashboard(jp_fetch, put_cluster, owners) -> None:
    folder = put_cluster("running", dashboard_url=None)
    owners(folder)
    reply = await jp_fetch(*base(folder.id), "status", raise_error=False)
    assert reply.code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_nothing_can_be_changed_through_it(jp_fetch, cluster, dashboard, method) -> None:
    reply = await jp_fetch(
        *base(cluster),
        "api/v1/retire_workers",
        method=method,
        body=None if method == "DELETE" else b"{}",
        raise_error=False,
    )
    assert reply.code == 405
    assert dashboard.requests == []


@pytest.mark.parametrize("strict", [True, False])
async def test_nobody_gets_in_without_a_token(jp_fetch, jp_ws_fetch, cluster, dashboard) -> None:
    anonymous = {"Authorization": ""}
    reply = await jp_fetch(*base(cluster), "status", headers=dict(anonymous), raise_error=False)
    assert reply.code == 403
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch(*base(cluster), "status", "ws", headers=dict(anonymous))
    assert refused.value.code == 403
    assert dashboard.requests == []


class Nobody(Authorizer):
    """Lets nobody use Casa."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "casa_lab"


async def test_an_authorizer_is_asked(
    jp_fetch, jp_ws_fetch, jp_serverapp, cluster, dashboard, monkeypatch
) -> None:
    monkeypatch.setitem(jp_serverapp.web_app.settings, "authorizer", Nobody())
    reply = await jp_fetch(*base(cluster), "status", raise_error=False)
    assert reply.code == 403
    with pytest.raises(HTTPClientError) as refused:
        await jp_ws_fetch(*base(cluster), "status", "ws")
    assert refused.value.code == 403
    assert dashboard.requests == []
