"""Routes that look back at runs, compare them, and move them between machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any
from urllib.parse import quote

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, authenticated, stream_request_body

from casa_lab.folders import runs_dir
from casa_lab.runs import manager
from casa_lab.runs.history.again import rerun
from casa_lab.runs.history.archive import MOST_BYTES, exported, import_run
from casa_lab.runs.history.changes import changes
from casa_lab.runs.history.details import details
from casa_lab.runs.history.models import ChangeQuery
from casa_lab.runs.history.transcript import transcript

from .base import AUTH_RESOURCE, CasaHandler
from .companion import Companion
from .launch import read_request

CHUNK_BYTES = 2**20
"""How much of a file is sent at once."""


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


class RerunHandler(CasaHandler):
    """Launches the same run again."""

    path = "/casa/runs/{run}/rerun"

    @authenticated
    @authorized
    async def post(self, run: str) -> None:
        again = await self.call(rerun, run, "sidebar")
        self.companion.watcher.wake()
        await self.answer(again)


class RequestHandler(CasaHandler):
    """Shows what a run was launched with, for a dialog to change."""

    path = "/casa/runs/{run}/request"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        await self.answer(await self.call(read_request, self.companion, run))


class TranscriptHandler(CasaHandler):
    """Shows a run as code and as a command."""

    path = "/casa/runs/{run}/transcript"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        await self.answer(await self.call(transcript, run))


class ExportHandler(CasaHandler):
    """Sends a run as one file."""

    path = "/casa/runs/{run}/export"

    @authenticated
    @authorized
    async def get(self, run: str) -> None:
        path = await self.call(exported, run)
        with path.open("rb") as stream:
            size = path.stat().st_size
            path.unlink()  # it is there as long as it is open
            self.set_header("Content-Type", "application/zip")
            self.set_header("Content-Length", size)
            name = f"attachment; filename*=UTF-8''{quote(run)}.zip"
            self.set_header("Content-Disposition", name)
            with suppress(StreamClosedError):  # the browser has all of it, or enough of it
                while chunk := await self.call(stream.read, CHUNK_BYTES):
                    self.write(chunk)
                    await self.flush()
                await self.finish(set_content_type="application/zip")


@stream_request_body
class ImportsHandler(CasaHandler):
    """Takes in a run that was exported; what arrives goes to a file, not into memory."""

    path = "/casa/imports"
    _file: IO[bytes]

    def initialize(self, companion: Companion) -> None:
        """Take the collaborators, and keep track of what is to be closed."""
        super().initialize(companion)
        self._opened = ExitStack()

    async def prepare(self, **options: Any) -> None:
        """Refuse strangers before anything of theirs is written."""
        await super().prepare(**options)
        if self.current_user is None or not await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "write", AUTH_RESOURCE)
        ):
            raise HTTPError(403)
        connection = self.request.connection
        assert isinstance(connection, HTTP1Connection)
        connection.set_max_body_size(MOST_BYTES)
        self._file = self._opened.enter_context(_upload())

    async def data_received(self, chunk: bytes) -> None:
        """Write a piece of the body."""
        await self.call(self._file.write, chunk)

    @authenticated
    @authorized
    async def post(self) -> None:
        self._file.flush()
        run = await self.call(import_run, Path(self._file.name))
        self.companion.watcher.wake()
        await self.answer(await self.call(manager.get, run))

    def on_finish(self) -> None:
        """Delete the file, whatever became of it."""
        super().on_finish()
        self._opened.close()

    def on_connection_close(self) -> None:
        """Delete the file when the browser went away in the middle of it."""
        super().on_connection_close()
        self._opened.close()


@contextmanager
def _upload() -> Iterator[IO[bytes]]:
    """Make the file that a run arrives in."""
    # A leading dot: it is no run.
    with NamedTemporaryFile(dir=runs_dir(), prefix=".upload-", suffix=".zip") as stream:
        yield stream
