"""``casa-lab dry-run``: one chunk of each dataset, to see what the whole run will need."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import suppress
from typing import Any

from rich.console import Console

from casa_lab.runs.models import AUTOMATIC_CHUNKSIZE

from .analysis import add_analysis_options, add_cluster_options, read_analysis
from .codes import DONE, FAILED

WORKERS_SECONDS = 60.0
"""How long to wait for the workers that were asked for; the forecast is made with those there."""

_UNCUT = 200
"""Width when not on a terminal."""


def add_command(commands: Any) -> None:
    """Add ``dry-run`` to the command line."""
    parser = commands.add_parser(
        "dry-run",
        help="try a processor on one chunk of each dataset, and predict the run",
        description="Process one chunk of each dataset on a cluster, and tell which columns are "
        "read, memory and rates, how long the whole run will take on more and fewer workers, a "
        "good chunk size, and what would go wrong. Nothing is written.",
    )
    add_analysis_options(parser)
    add_cluster_options(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Check the command line, then try."""
    from casa_lab.clusters import manager as clusters
    from casa_lab.clusters.connect import connect
    from casa_lab.clusters.models import NewCluster
    from casa_lab.forecasts.driver import dry_run_of
    from casa_lab.forecasts.text import as_renderable

    from .run import stop_cluster

    analysis = read_analysis(options)
    progress = Console(stderr=True, highlight=False)
    if options.cluster is not None:
        cluster = clusters.get(options.cluster).id
    else:
        new = NewCluster(profile=options.profile, workers=options.workers)
        cluster = clusters.start(new).id
    try:
        with progress.status("Waiting for workers") as status:
            client = connect(cluster)
            try:
                if options.workers is not None:
                    # Up to Python 3.10, asyncio has a TimeoutError of its own.
                    with suppress(TimeoutError, asyncio.TimeoutError):
                        client.wait_for_workers(options.workers, timeout=WORKERS_SECONDS)
                status.update("Trying one chunk of each dataset")
                forecast = dry_run_of(
                    analysis.processor,
                    analysis.fileset,
                    client,
                    analysis.schema_name,
                    options.chunksize or AUTOMATIC_CHUNKSIZE,
                    options.maxchunks,
                )
            finally:
                client.close()
    finally:
        if options.cluster is None:
            stop_cluster(cluster)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_UNCUT)
    console.print(as_renderable(forecast))
    return FAILED if forecast.failures else DONE
