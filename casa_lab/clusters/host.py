"""The process that owns one Dask cluster: ``python -m casa_lab.clusters.host FOLDER``.

It is started detached and outlives the Jupyter server; whoever wants to know
how the cluster is reads the folder, whoever wants something of it leaves a
request there.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from casa_lab.errors import CasaError, Unavailable
from casa_lab.folders import Folder, Owner, RequestInbox

from .backends import Backend, load_backend
from .certificates import make_certificate, security
from .models import ClusterRecord, ClusterSpec, ClusterState
from .records import Recorder

POLL_SECONDS = 0.2
"""How often requests and workers are looked at."""

HEAL_SECONDS = 5.0
"""How long workers may stay away before the backend is asked for them again."""

CLOSE_SECONDS = 30.0
"""How long an orderly end of workers and scheduler may take."""

logger = logging.getLogger("casa_lab.clusters.host")


class Host:
    """Brings a cluster up, keeps it as large as desired, and ends it when asked to.

    Parameters
    ----------
    folder
        The cluster's folder, owned by this process.
    backend
        The cluster, not started yet.
    recorder
        Where everything that happens is noted.
    """

    def __init__(self, folder: Folder, backend: Backend[Any], recorder: Recorder) -> None:
        self._folder = folder
        self._backend = backend
        self._recorder = recorder
        self._inbox = RequestInbox(folder.path, earlier=True)
        self._ending = asyncio.Event()
        self._ended_because = "Stopped."
        self._scaled_to = 0
        self._scaled_at = 0.0
        self._began_at = time.monotonic()

    async def run(self) -> bool:
        """Run the cluster from its start to its end.

        Returns
        -------
        bool
            Whether workers and scheduler could be ended in order.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end, f"Stopped by {number.name}.")
        outcome: ClusterState
        try:
            await self._serve()
        except Exception as error:  # noqa: BLE001 (whatever it is, the record must tell it)
            if not self._folder.exists():
                logger.warning("The folder was deleted, and so the cluster ends.")
                return await self._close()
            outcome, message = "failed", _sentence(error)
        else:
            outcome, message = "stopped", self._ended_because
            self._recorder.change("stopping", "Stopping the workers and the scheduler.")
        in_order = await self._close()
        self._recorder.observe([])
        self._recorder.change(outcome, message)
        return in_order

    async def _serve(self) -> None:
        """Start the cluster and look after it until it is to end."""
        starting = asyncio.create_task(self._backend.start())
        try:
            while not self._ending.is_set():
                await self._answer_requests()
                if starting.done():
                    starting.result()
                    await self._look()
                await asyncio.to_thread(self._recorder.flush)
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._ending.wait(), POLL_SECONDS)
        finally:
            starting.cancel()
            await asyncio.wait([starting])

    def _end(self, because: str) -> None:
        self._ended_because = because
        self._ending.set()

    async def _answer_requests(self) -> None:
        # The scheduler lives in this loop: a slow file system must not stall it.
        for request in await asyncio.to_thread(self._inbox.take):
            logger.info("Asked to %s.", request)
            match request:
                case {"action": "scale", "workers": int(workers)} if workers >= 0:
                    self._recorder.desire(workers)
                case {"action": "stop"}:
                    self._end("Stopped.")
                case _:
                    logger.warning("That request is not understood.")
        if not await asyncio.to_thread(self._folder.exists):
            raise FileNotFoundError(self._folder.path)

    async def _look(self) -> None:
        """Note what the scheduler has, and bring it closer to what is desired."""
        if not self._backend.is_alive:
            self._end("Shut down by a client.")
            return
        if self._recorder.record.scheduler_address is None:
            self._recorder.serve(self._backend.scheduler_address, self._backend.dashboard_url)
        self._recorder.observe(await self._backend.workers())
        record = self._recorder.record
        await self._reconcile(record)
        if record.state == "starting":
            self._check_progress(record)

    async def _reconcile(self, record: ClusterRecord) -> None:
        """Ask the backend for the workers that are wanted, again when they stay away."""
        desired = record.desired_workers
        now = time.monotonic()
        if len(record.workers) == self._scaled_to == desired:
            self._scaled_at = now
        elif desired != self._scaled_to or now - self._scaled_at > HEAL_SECONDS:
            await self._backend.scale(desired)
            self._scaled_to, self._scaled_at = desired, now

    def _check_progress(self, record: ClusterRecord) -> None:
        limit = self._backend.options.start_timeout_seconds
        if record.workers or not record.desired_workers:
            self._recorder.change("running")
        elif time.monotonic() - self._began_at > limit:
            raise Unavailable(
                f"No worker came up within {limit:g} s. The log of the cluster tells more: "
                f"{self._folder.log}"
            )

    async def _close(self) -> bool:
        """End workers and scheduler; tell whether that went well."""
        try:
            await asyncio.wait_for(self._backend.close(), CLOSE_SECONDS)
        except Exception:
            logger.exception("The workers and the scheduler did not end in order.")
            return False
        return True


def _sentence(error: Exception) -> str:
    """Return what a failure means for the user; the log gets the rest."""
    if isinstance(error, CasaError):
        return str(error)
    logger.error("The cluster failed.", exc_info=error)
    return f"The cluster could not be run: {str(error) or type(error).__name__}"


def _log_to_stderr() -> None:
    # Not with the root logger, which would let all of distributed's chatter through.
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def main(arguments: Sequence[str]) -> int:
    """Own the folder named on the command line until its cluster has ended."""
    _log_to_stderr()
    folder = Folder(Path(arguments[0]))
    owner = Owner(folder.path)
    try:
        return 0 if _run(folder) == "stopped" else 1
    finally:
        owner.release()


def _run(folder: Folder) -> ClusterState:
    """Run the cluster of an owned folder and return the state it ended in."""
    recorder = Recorder(folder, ClusterRecord.model_validate(folder.read_state()))
    recorder.begin()
    try:
        spec = ClusterSpec.model_validate(folder.read_spec())
        make_certificate(folder.path)
        kind = load_backend(spec.backend)
        backend = kind(kind.options_model.model_validate(spec.options), security(folder.path))
    except Exception as error:  # noqa: BLE001 (whatever it is, the record must tell it)
        recorder.change("failed", _sentence(error))
    else:
        asyncio.run(_host(folder, backend, recorder))
    return recorder.record.state


async def _host(folder: Folder, backend: Backend[Any], recorder: Recorder) -> None:
    # A host is made inside the event loop, which its events belong to.
    if not await Host(folder, backend, recorder).run():
        # An orderly exit would wait for whatever hangs. The workers notice that
        # their host is gone, and end themselves.
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
