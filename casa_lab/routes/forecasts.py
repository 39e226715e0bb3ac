"""Routes of the dry runs."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from casa_lab.forecasts import manager as forecasts
from casa_lab.runs.models import NewRun

from .base import CasaHandler
from .launch import launch_dry_run


class DryRunsHandler(CasaHandler):
    """Launches dry runs."""

    path = "/casa/dry-runs"

    @authenticated
    @authorized
    async def post(self) -> None:
        new = self.parse(NewRun)
        await self.answer(await self.call(launch_dry_run, self.companion, new))


class DryRunHandler(CasaHandler):
    """Shows and cancels one dry run."""

    path = "/casa/dry-runs/{dry_run}"

    @authenticated
    @authorized
    async def get(self, dry_run: str) -> None:
        await self.answer(await self.call(forecasts.get, dry_run))

    @authenticated
    @authorized
    async def delete(self, dry_run: str) -> None:
        await self.call(forecasts.cancel, dry_run)
        await self.answer()
