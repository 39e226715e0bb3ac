"""The driver process of one run: ``python -m casa_lab.runs.driving.driver FOLDER``.

It owns the run's folder and Coffea's Runner, and outlives whoever launched it.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import time
import traceback
from functools import partial
from pathlib import Path
from typing import Any

from coffea.processor import Runner
from distributed import Client

from casa_lab.clusters import manager as clusters
from casa_lab.clusters.connect import connect
from casa_lab.errors import CasaError
from casa_lab.reading.files import ReadingOptions
from casa_lab.runs.continuation import check_covers
from casa_lab.runs.errors import RunError, RunStopped, disk_errors_explained
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import RunSpec
from casa_lab.runs.usercode.imports import used_modules
from casa_lab.runs.usercode.keeping import as_launched
from casa_lab.runs.usercode.loading import load_processor, load_schema
from casa_lab.runs.usercode.own_modules import OwnModules
from casa_lab.runs.usercode.pickles import is_pickled, load_pickled
from casa_lab.runs.usercode.shipping import carry_file

from .closures import postprocessed
from .executor import CurrentRun, LiveExecutor
from .session import RunSession

CLUSTER_SECONDS = 600.0
"""How long to wait for the first worker: a batch queue may take its time."""

POLL_SECONDS = 0.2
"""How often the cluster's folder is looked at meanwhile."""

_log = logging.getLogger("casa_lab.runs.driving.driver")


def drive(folder: RunFolder, cluster: str) -> None:
    """Work on a run until it ends, whichever way.

    Parameters
    ----------
    folder
        The run, newly launched or to be resumed.
    cluster
        Id of the cluster to use.
    """
    session = RunSession(folder, cluster)

    def stop(*_: Any) -> None:
        session.stop_requested = True

    signal.signal(signal.SIGTERM, stop)
    current = CurrentRun(session)
    try:
        with disk_errors_explained(folder.path):
            session.enter("preparing", "Loading the processor.")
            session.take_up()
            output = _run(session, folder.spec(), cluster, current)
        state, message = session.ending()
        session.finish(state, message, output)
    except RunStopped as stopped:
        session.finish("stopped", str(stopped))
    except CasaError as error:
        _log.error("%s", error)
        _log.info("%s", "".join(traceback.format_exception(error)))
        session.finish("failed", str(error))
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        _log.exception("The run failed.")
        session.finish("failed", f"{type(error).__name__}: {error}")
    finally:
        session.close()


def _run(session: RunSession, spec: RunSpec, cluster: str, current: CurrentRun) -> Any:
    if spec.continues is not None:
        check_covers(session.ledger.counted, spec)
    directory = Path(spec.directory)
    if not directory.exists() and session.folder.processor.exists():
        _log.warning(
            "%s is not there: the run works in the folder of its own code.", spec.directory
        )
        directory = session.folder.processor
    try:
        os.chdir(directory)
    except OSError as error:
        raise RunError(
            f"The folder {spec.directory}, in which this run works, cannot be entered: "
            f"{error.strerror}."
        ) from error
    processor, schema, own = _load(spec, session.folder.processor)
    session.postprocess = partial(postprocessed, processor)
    current.own = own
    current.modules = used_modules(processor, own.sources)
    client = _connect(session, cluster)
    try:
        runner = Runner(
            executor=LiveExecutor(
                client,
                fail_fast=spec.fail_fast,
                name=spec.name,
                status=False,
                reading=ReadingOptions(column_bytes=spec.column_bytes or 0),
                current=current,
            ),
            schema=schema,
            chunksize=spec.chunksize,
            maxchunks=spec.maxchunks,
        )
        return runner(spec.fileset, processor)
    finally:
        client.close()


def _load(spec: RunSpec, kept: Path) -> tuple[Any, Any, OwnModules]:
    """Return the processor, the schema and the local modules of a run, as it was launched."""
    if is_pickled(spec, kept):
        code = load_pickled(kept)
        return code.processor, code.schema or load_schema(spec.schema_name), code.own
    reference = as_launched(spec.processor, kept)
    processor = load_processor(reference)
    return processor, load_schema(spec.schema_name), carry_file(reference)


def _connect(session: RunSession, cluster: str) -> Client:
    """Wait for the cluster, passing on what it says."""
    deadline = time.monotonic() + CLUSTER_SECONDS
    while True:
        found = clusters.get(cluster)
        if found.workers or found.state not in ("starting", "running"):
            return connect(cluster)  # says what is wrong with a cluster that has ended
        if time.monotonic() > deadline:
            raise RunError(f"No worker came up within {CLUSTER_SECONDS:.0f} s: {found.message}")
        session.mention(f"Waiting for workers. {found.message}")
        session.poll_requests()
        if session.stop_requested:
            raise RunStopped("The run was stopped while it waited for workers.")
        time.sleep(POLL_SECONDS)


def main() -> None:
    """Run the driver for the folder named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m casa_lab.runs.driving.driver")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cluster", required=True)
    options = parser.parse_args()
    logging.basicConfig(
        stream=sys.stdout,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    logging.captureWarnings(True)
    try:
        drive(RunFolder(options.folder), options.cluster)
    except CasaError as error:  # somebody else owns the folder, or the run is done
        _log.error("%s", error)
        sys.exit(1)


if __name__ == "__main__":
    main()
