"""Routes that give histograms away: as files, and as code."""

from __future__ import annotations

from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from casa_lab.histograms.takeaway.models import Code, CodeRequest, Export
from casa_lab.histograms.takeaway.process import make_file_apart
from casa_lab.runs.exports import code_of, order_file

from .base import CasaHandler


class HistogramCodeHandler(CasaHandler):
    """Writes code that draws a histogram."""

    path = "/casa/runs/{run}/histograms/code"

    @authenticated
    @authorized
    async def post(self, run: str) -> None:
        wanted = self.parse(CodeRequest)
        code = await self.call(code_of, run, wanted, self.companion.frames)
        await self.answer(Code(code=code))


class HistogramExportHandler(CasaHandler):
    """Makes files of histograms."""

    path = "/casa/runs/{run}/histograms/export"

    @authenticated
    @authorized
    async def post(self, run: str) -> None:
        job = await self.call(order_file, run, self.parse(Export), self.companion.frames)
        data = await self.call(make_file_apart, job)
        name = quote(job.file_name)
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{name}")
        # Names in a picture are the analyst's: never let a browser run what it finds in one.
        self.set_header("X-Content-Type-Options", "nosniff")
        await self.finish(data, set_content_type=job.media_type)
