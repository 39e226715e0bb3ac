"""What all JSON routes share: who may call, bodies, replies and errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Any, ClassVar, ParamSpec, TypeVar

from jupyter_server.base.handlers import APIHandler
from pydantic import BaseModel

from casa_lab.errors import BadInput, CasaError, Conflict, NotFound, TooLarge, Unavailable
from casa_lab.folders.files import DISK_ERRORS
from casa_lab.openapi import ENDPOINTS, Endpoint, ErrorReply
from casa_lab.validation import Model, parse, parse_json

from .companion import Companion

AUTH_RESOURCE = "casa_lab"
"""The resource that an authorizer is asked about."""

MAX_BODY_BYTES = 1 << 20
"""Largest body that is read; the largest sensible one names some thousand datasets."""

STATUS: dict[type[CasaError], HTTPStatus] = {
    BadInput: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The HTTP status of each error that the nouns raise."""

_ENDPOINTS = {(endpoint.method, endpoint.path): endpoint for endpoint in ENDPOINTS}

_SENTENCES = {
    HTTPStatus.FORBIDDEN: "You may not do this. Log in to the Jupyter server, then try again.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not answer to that method.",
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "Something went wrong in the Jupyter server. Its log says more."
    ),
}

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


class CasaHandler(APIHandler):
    """Base of the JSON routes.

    A subclass says its ``path`` as :data:`casa_lab.openapi.ENDPOINTS` writes
    it, and its verbs parse, call and answer. Errors are raised and become
    replies here, in one place.
    """

    auth_resource = AUTH_RESOURCE
    path: ClassVar[str]

    def initialize(self, companion: Companion) -> None:
        """Take the collaborators that every route is registered with."""
        self.companion = companion

    async def prepare(self, **options: Any) -> None:
        """Refuse bodies that are too large, before anything looks at them."""
        await super().prepare(**options)
        if len(self.request.body) > MAX_BODY_BYTES:
            raise TooLarge(
                f"The request is larger than {MAX_BODY_BYTES // 1024} kB. Ask for less at once."
            )

    def parse(self, model: type[Model]) -> Model:
        """Return the request's body as a model.

        Raises
        ------
        BadInput
            With a sentence that names the field.
        """
        return parse_json(model, self.request.body)

    def parse_query(self, model: type[Model]) -> Model:
        """Return what stands behind the question mark as a model; what it does not name is ignored.

        Raises
        ------
        BadInput
            With a sentence that names the parameter.
        """
        values = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        return parse(model, values)

    async def call(
        self,
        work: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Run work that may block in a thread, away from the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.companion.pool, partial(work, *args, **kwargs))

    async def answer(self, reply: BaseModel | None = None) -> None:
        """Send the reply, with the status that the table of endpoints gives."""
        self.set_status(self._endpoint.status)
        if reply is None:
            await self.finish()
        else:
            # A list of many runs takes a while to write down.
            await self.finish(await self.call(reply.model_dump_json))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an exception with a status and a sentence."""
        _, error, _ = kwargs.get("exc_info", (None, None, None))
        if isinstance(error, OSError) and error.errno in DISK_ERRORS:
            # Whatever was to be written or read, and wherever that turned out.
            error = Unavailable(
                f"Casa cannot keep its data: {error.strerror}. Make room on its disk, then try "
                "again."
            )
        if isinstance(error, CasaError):
            self.set_status(_status(error))
            message = str(error)
        else:
            message = _SENTENCES.get(
                HTTPStatus(status_code),
                f"The Jupyter server refused the request ({self._reason}).",
            )
        self.finish(ErrorReply(message=message).model_dump_json())

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what the user is told as a line, and what nobody expected with its traceback."""
        if isinstance(value, CasaError):
            self.log.info("%s %s: %s", self.request.method, self.request.path, value)
        else:
            super().log_exception(typ, value, tb)

    @property
    def _endpoint(self) -> Endpoint:
        return _ENDPOINTS[self.request.method or "GET", self.path]


def pattern(path: str) -> str:
    """Return the pattern that routes a path of the table of endpoints.

    Examples
    --------
    >>> pattern("/casa/runs/{run}/log")
    '/casa/runs/(?P<run>[^/]+)/log'
    """
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)


def _status(error: CasaError) -> HTTPStatus:
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR
