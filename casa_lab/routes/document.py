"""The route that publishes the API itself."""

from __future__ import annotations

import json

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from casa_lab import __version__
from casa_lab.openapi import document

from .base import CasaHandler


class DocumentHandler(CasaHandler):
    """Publishes the OpenAPI document."""

    path = "/casa/openapi.json"

    @authenticated
    @authorized
    async def get(self) -> None:
        await self.finish(json.dumps(document(__version__)))
