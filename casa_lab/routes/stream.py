"""The frames that one browser connection gets, newest first and never too many."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass

from casa_lab.errors import CasaError, NotFound
from casa_lab.events.scanner import Change
from casa_lab.histograms.models import ViewProblem, Watch
from casa_lab.runs import manager
from casa_lab.runs.frames import FrameMaker, Version
from casa_lab.runs.models import Run
from casa_lab.runs.states import ENDED

MAX_WATCHES = 64
"""How many views one connection may watch."""

FRAME_SECONDS = 0.25
"""Shortest time between two frames of one watch."""

logger = logging.getLogger(__name__)


@dataclass
class _Watched:
    """A watch and how far the browser is with it."""

    request: Watch
    run_version: tuple[int, bool] | None = None
    """Newest snapshot and whether the run has ended, as last told."""
    stale: bool = True
    """Whether there may be something newer than what was sent."""
    due: float = 0.0
    """When the next frame may be made."""
    sent: Version | None = None
    problem: str | None = None


class HistogramStream:
    """Serves the watches of one connection.

    Parameters
    ----------
    frames
        Makes the frames.
    pool
        Where frames are made, for that reads files.
    send
        Sends a frame, or a problem as JSON; returns when the browser's
        connection has taken it. While it is busy, newer snapshots replace
        older ones that were not sent.
    """

    def __init__(
        self,
        frames: FrameMaker,
        pool: Executor,
        send: Callable[[bytes | str], Awaitable[None]],
    ) -> None:
        self._frames = frames
        self._pool = pool
        self._send = send
        self._watches: dict[str, _Watched] = {}
        self._news = asyncio.Event()

    async def watch(self, request: Watch) -> None:
        """Start a watch, or change the one of the same id."""
        if request.watch not in self._watches and len(self._watches) >= MAX_WATCHES:
            await self.refuse(
                request.watch,
                f"A page can watch {MAX_WATCHES} histograms at once. Close some, then try again.",
            )
            return
        self._watches[request.watch] = _Watched(request)
        self._news.set()

    def unwatch(self, watch: str) -> None:
        """End a watch."""
        self._watches.pop(watch, None)

    async def refuse(self, watch: str, message: str) -> None:
        """Say why a view cannot be had."""
        await self._send(ViewProblem(watch=watch, message=message).model_dump_json())

    def on_run(self, change: Change[Run]) -> None:
        """Take in that a run changed."""
        version = None if change.value is None else _version(change.value)
        for watched in self._watches.values():
            if watched.request.run == change.id and watched.run_version != version:
                watched.run_version = version
            elif change.id not in watched.request.view.runs:
                continue
            watched.stale = True
            self._news.set()

    async def serve(self) -> None:
        """Send frames until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._news.clear()
            stale = [watched for watched in self._watches.values() if watched.stale]
            # Who has waited longest comes first, so that none starves.
            following = min(stale, key=lambda watched: watched.due, default=None)
            pause = None if following is None else following.due - loop.time()
            if following is not None and pause is not None and pause <= 0:
                following.stale = False
                following.due = loop.time() + FRAME_SECONDS
                await self._serve_one(following)
            else:
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._news.wait(), pause)

    async def _serve_one(self, watched: _Watched) -> None:
        loop = asyncio.get_running_loop()
        problem = None
        try:
            version = watched.run_version or await self._look_up(watched.request.run)
            if watched.run_version is None:  # what was told meanwhile is newer
                watched.run_version = version
            ended = version[1]
            frame = await loop.run_in_executor(
                self._pool, self._frames.make, watched.request, ended
            )
            if frame is None and ended:
                raise NotFound("This run ended before it had any histograms.")
        except CasaError as error:
            frame, problem = None, str(error)
        except Exception:
            logger.exception("No frame for %s", watched.request)
            frame, problem = None, "The histogram cannot be read. The server's log says more."
        if self._watches.get(watched.request.watch) is not watched:
            return
        if problem is not None and problem != watched.problem:
            await self.refuse(watched.request.watch, problem)
        watched.problem = problem
        if frame is not None and frame.version != watched.sent:
            watched.sent = frame.version
            await self._send(frame.data)

    async def _look_up(self, run: str) -> tuple[int, bool]:
        loop = asyncio.get_running_loop()
        return _version(await loop.run_in_executor(self._pool, manager.get, run))


def _version(run: Run) -> tuple[int, bool]:
    return run.histograms_sequence, run.state in ENDED
