"""Routes that look back: what a run was made of, and what changed since another."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from casa_lab.runs.history.changes import changes
from casa_lab.runs.history.details import details
from casa_lab.runs.history.models import ChangeQuery

from .base import CasaHandler


class DetailsHandler(CasaHandler):
    """Shows what a run was made of and with."""

    path = "/casa/runs/{run}/details"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        await self.answer(await self.call(details, run))


class ChangesHandler(CasaHandler):
    """Shows what changed from another run to this one."""

    path = "/casa/runs/{run}/changes"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        query = self.parse_query(ChangeQuery)
        await self.answer(await self.call(changes, run, query.since))
