"""The websocket that histograms travel over."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Annotated, Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from pydantic import Field, RootModel
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from casa_lab.errors import BadInput
from casa_lab.histograms.models import Unwatch, Watch
from casa_lab.validation import parse_json

from .base import AUTH_RESOURCE
from .companion import Companion
from .stream import HistogramStream

MAX_MESSAGE_BYTES = 64 * 1024
"""Largest message that is read from a browser."""


class Message(RootModel[Annotated[Watch | Unwatch, Field(discriminator="type")]]):
    """What a browser may send."""


class HistogramsHandler(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """Sends frames of the histograms that the browser watches.

    The messages are those of :mod:`casa_lab.histograms.models`.
    """

    auth_resource = AUTH_RESOURCE
    path = "/casa/histograms"

    _end_news: Callable[[], None] | None = None
    _serving: asyncio.Task[None] | None = None

    def initialize(self, companion: Companion) -> None:
        """Take the collaborators that every route is registered with."""
        self.companion = companion
        self.stream_of_frames = HistogramStream(companion.frames, companion.pool, self._send)

    @property
    def max_message_size(self) -> int:
        """Beyond this, tornado closes the connection."""
        return MAX_MESSAGE_BYTES

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "execute", AUTH_RESOURCE)
        )
        if not allowed:
            raise HTTPError(403)
        await super().get(*args, **kwargs)

    def open(self, *args: str, **kwargs: str) -> None:
        """Start serving a connection."""
        super().open(*args, **kwargs)
        self._end_news = self.companion.watcher.listen(self.stream_of_frames.on_run)
        self._serving = asyncio.create_task(self._serve(), name="casa-histograms")

    async def on_message(self, message: str | bytes) -> None:
        """Act on what the browser asks for."""
        try:
            wanted = parse_json(Message, message).root
        except BadInput as error:
            await self.stream_of_frames.refuse(_watch_of(message), str(error))
            return
        if isinstance(wanted, Watch):
            await self.stream_of_frames.watch(wanted)
        else:
            self.stream_of_frames.unwatch(wanted.watch)

    def on_close(self) -> None:
        """End serving the connection."""
        if self._end_news is not None:
            self._end_news()
        if self._serving is not None:
            self._serving.cancel()
        super().on_close()

    async def _serve(self) -> None:
        try:
            await self.stream_of_frames.serve()
        except WebSocketClosedError:
            self.log.debug("The browser went away while a frame was sent.")

    async def _send(self, message: bytes | str) -> None:
        await self.write_message(message, binary=isinstance(message, bytes))


def _watch_of(message: str | bytes) -> str:
    """Return which watch a message that is not valid was about, as far as one can tell."""
    try:
        watch = json.loads(message)["watch"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return watch if isinstance(watch, str) else ""
