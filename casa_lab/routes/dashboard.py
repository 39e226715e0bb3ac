"""The way to the Dask dashboards of Casa's clusters, and to nothing else."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server_proxy.handlers import ProxyHandler
from tornado.httputil import HTTPHeaders
from tornado.web import HTTPError, authenticated

from casa_lab.clusters import manager
from casa_lab.errors import NotFound

from .base import AUTH_RESOURCE
from .companion import Companion

PRIVATE_HEADERS = ("Authorization", "Cookie", "X-XSRFToken")
"""What proves who the user is to the Jupyter server; no business of a dashboard."""


class DashboardHandler(ProxyHandler):  # type: ignore[misc]  # has no type information
    """Proxies the pages and websockets of one cluster's dashboard.

    Where it leads comes from the cluster's record alone: the browser gives an
    id and a path.
    """

    auth_resource = AUTH_RESOURCE
    path = "/casa/clusters/{cluster}/dashboard"
    SUPPORTED_METHODS = ("GET", "HEAD")

    def initialize(self, companion: Companion) -> None:
        """Take the collaborators that every route is registered with."""
        self.companion = companion

    async def prepare(self, *args: Any, **kwargs: Any) -> None:
        """Let in only who may use Casa."""
        await super().prepare(*args, **kwargs)
        upgrade = self.request.headers.get("Upgrade", "").lower() == "websocket"
        action = "execute" if upgrade else "read"
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, action, AUTH_RESOURCE)
        )
        if not allowed:
            raise HTTPError(403)
        self.request.query = _without_token(self.request.query)
        self._dashboard = await self._find_dashboard(self.path_kwargs["cluster"])

    def get_login_url(self) -> str:
        """Refuse whoever is not logged in; a login page inside a pane helps nobody."""
        raise HTTPError(403)

    @ws_authenticated
    async def get(self, *args: str, **kwargs: str) -> None:
        await super().get(*args, **kwargs)

    @authenticated
    async def head(self, *args: str, **kwargs: str) -> None:
        await self.http_get(*args, **kwargs)

    async def http_get(self, cluster: str, proxied_path: str) -> None:
        """Pass on a request for a page."""
        await self.proxy(*self._dashboard, proxied_path)

    async def open(self, cluster: str, proxied_path: str) -> None:
        """Connect a websocket through."""
        await self.proxy_open(*self._dashboard, proxied_path)

    def proxy_request_headers(self) -> HTTPHeaders:
        """Leave out what is between the browser and the Jupyter server."""
        headers: HTTPHeaders = super().proxy_request_headers()
        for name in PRIVATE_HEADERS:
            headers.pop(name, None)
        return headers

    async def _find_dashboard(self, cluster: str) -> tuple[str, int]:
        """Return host and port of a cluster's dashboard, and let the proxy go there."""
        loop = asyncio.get_running_loop()
        try:
            known = await loop.run_in_executor(self.companion.pool, manager.get, cluster)
        except NotFound as error:
            raise HTTPError(404, str(error)) from None
        address = urlsplit(known.dashboard_url or "")
        if known.state != "running" or not address.hostname:
            raise HTTPError(404, f"The cluster {cluster} has no dashboard; it is {known.state}.")
        self.proxy_base = f"casa/clusters/{cluster}/dashboard"
        self.host_allowlist = [address.hostname]
        return address.hostname, address.port or 80


def _without_token(query: str) -> str:
    """Return a query without the token that lets its sender into the Jupyter server."""
    kept = [(name, value) for name, value in parse_qsl(query, True) if name != "token"]
    return urlencode(kept)
