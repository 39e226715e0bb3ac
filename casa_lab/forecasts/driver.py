"""The process of one launched dry run: ``python -m casa_lab.forecasts.driver FOLDER``."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from distributed import Client

from casa_lab.clusters.connect import connect
from casa_lab.errors import CasaError
from casa_lab.folders import Folder, Owner, RequestInbox
from casa_lab.runs.manager import DEFAULT_SCHEMA
from casa_lab.runs.models import ProcessorReference
from casa_lab.runs.usercode.keeping import home_of, importable
from casa_lab.runs.usercode.loading import describe_exception, load_processor, load_schema
from casa_lab.runs.usercode.shipping import carry_file

from .dryrun import dry_run
from .forecast import DryRunRecord, Forecast
from .manager import CANCEL, DryRunSpec

CLUSTER_SECONDS = 600.0
"""How long to wait for the first worker: a batch queue may take its time."""

POLL_SECONDS = 0.2
"""How often the folder is looked at for what is asked."""

_log = logging.getLogger("casa_lab.forecasts.driver")


class _Cancelled(BaseException):
    """Nobody wants to know any more."""


def dry_run_of(
    reference: ProcessorReference,
    fileset: Mapping[str, Any],
    client: Client,
    schema_name: str | None,
    chunksize: int,
    maxchunks: int | None = None,
) -> Forecast:
    """Load a processor as a driver does, with its own folder to work in, and try it."""
    with importable(reference) as found:
        processor = load_processor(found, str(home_of(reference)))
        carry_file(found)
        name = schema_name or getattr(processor, "schema_name", None) or DEFAULT_SCHEMA
        return dry_run(
            processor,
            fileset,
            client,
            schema=load_schema(name),
            chunksize=chunksize,
            maxchunks=maxchunks,
        )


def _try(folder: Folder) -> DryRunRecord:
    spec = DryRunSpec.model_validate(folder.read_spec())
    _tell(folder, "Waiting for workers.")
    try:
        client = connect(spec.cluster, CLUSTER_SECONDS)
        _tell(folder, "Trying one chunk of each dataset.")
        try:
            forecast = dry_run_of(
                spec.processor,
                spec.fileset,
                client,
                spec.schema_name,
                spec.chunksize,
                spec.maxchunks,
            )
        finally:
            client.close()
    except CasaError as error:
        return DryRunRecord(state="failed", message=str(error), updated=time.time())
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        _log.exception("The dry run failed.")
        return DryRunRecord(state="failed", message=describe_exception(error), updated=time.time())
    message = "Done."
    if forecast.failures:
        message = f"Something failed: {forecast.failures[0].cause}"
    return DryRunRecord(state="done", message=message, updated=time.time(), forecast=forecast)


def _raise_cancelled(*_: object) -> NoReturn:
    raise _Cancelled


def _watch(folder: Folder, main_thread: int, ended: threading.Event) -> None:
    """Interrupt the main thread, whatever it waits for, if that is asked for before the end."""
    inbox = RequestInbox(folder.path, earlier=True)
    while not ended.wait(POLL_SECONDS):
        if any(request["action"] == CANCEL for request in inbox.take()):
            signal.pthread_kill(main_thread, signal.SIGTERM)
            return


def _tell(folder: Folder, message: str) -> None:
    record = DryRunRecord(state="running", message=message, updated=time.time())
    folder.write_state(record.model_dump(mode="json"))


def main() -> None:
    """Make the forecast for the folder named on the command line."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.captureWarnings(True)
    folder = Folder(Path(sys.argv[1]))
    owner = Owner(folder.path)
    signal.signal(signal.SIGTERM, _raise_cancelled)
    ended = threading.Event()
    arguments = (folder, threading.get_ident(), ended)
    threading.Thread(target=_watch, args=arguments, name="casa-requests").start()
    try:
        record = _try(folder)
    except _Cancelled:
        message = "The dry run was cancelled."
        record = DryRunRecord(state="failed", message=message, updated=time.time())
    finally:
        ended.set()
    try:
        folder.write_state(record.model_dump(mode="json"))
    finally:
        owner.release()


if __name__ == "__main__":
    main()
