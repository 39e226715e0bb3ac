"""Routes of the datasets and their sources."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from casa_lab.datasets.models import NewSource

from .base import CasaHandler


class DatasetsHandler(CasaHandler):
    """Lists what the catalog knows."""

    path = "/casa/datasets"

    @authenticated
    @authorized
    async def get(self) -> None:
        await self.answer(await self.call(self.companion.catalog.list))


class SourcesHandler(CasaHandler):
    """Takes new sources of datasets."""

    path = "/casa/sources"

    @authenticated
    @authorized
    async def post(self) -> None:
        new = self.parse(NewSource)
        source = await self.call(self.companion.catalog.add, new)
        self.companion.watcher.wake()
        await self.answer(source)


class SourceHandler(CasaHandler):
    """Acts on one source of datasets."""

    path = "/casa/sources/{source}"

    @authenticated
    @authorized
    async def delete(self, source: str) -> None:
        await self.call(self.companion.catalog.remove, source)
        self.companion.watcher.wake()
        await self.answer()
