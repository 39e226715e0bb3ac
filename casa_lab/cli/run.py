"""``casa-lab run``: one processor over one fileset, watched from the terminal."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from casa_lab.errors import BadInput, Conflict
from casa_lab.runs.models import NewRun, Run
from casa_lab.wording import count

from .analysis import add_analysis_options, add_cluster_options, read_analysis, size, tag
from .choosing import one_of
from .codes import DONE, FAILED, INTERRUPTED
from .interruptions import Interruptions
from .progress import Display, display_on
from .summary import check_output, print_summary, write_results

POLL_SECONDS = 0.2
"""How often the state of the run is read."""

STOP_SECONDS = 15.0
"""How long to wait for the command's own cluster to stop."""


@dataclass(frozen=True)
class Request:
    """What to run, on what, and where the results go."""

    new: NewRun
    fileset: dict[str, Any]
    output: Path
    workers: int | None = None
    plots: bool = True


def add_command(commands: Any) -> None:
    """Add ``run`` to the command line."""
    parser = commands.add_parser(
        "run",
        help="run a processor over a fileset",
        description="Run a Coffea processor over a fileset on a cluster, and write its "
        "histograms as UHI JSON and PNG and its accumulator as .coffea. Ctrl-C stops the run "
        "with what was processed; a second Ctrl-C leaves it running in the background.",
    )
    add_analysis_options(parser)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("out"), help="folder for the results [out]"
    )
    parser.add_argument(
        "--continue",
        dest="continues",
        metavar="RUN",
        help="take over what this run has counted, and process only the files that are new",
    )
    parser.add_argument(
        "--keep-columns",
        type=size,
        dest="column_bytes",
        metavar="SIZE",
        help="memory of each worker for the columns that are read, such as 2GB: the next run on "
        "the same cluster takes them from there",
    )
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first failure")
    parser.add_argument("--no-plots", action="store_true", help="draw nothing")
    parser.add_argument("--name", help="name of the run [that of the processor]")
    parser.add_argument(
        "--tag",
        action="append",
        type=tag,
        default=[],
        dest="tags",
        help="tag of the run; may be repeated",
    )
    parser.add_argument("--note", default="", help="note that the run keeps")
    add_cluster_options(parser)
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Check the command line, then run."""
    analysis = read_analysis(options)
    continues = None if options.continues is None else _run_named(options.continues)
    new = NewRun(
        processor=analysis.processor,
        datasets=list(analysis.fileset),
        cluster=options.cluster,
        profile=options.profile,
        schema_name=analysis.schema_name,
        chunksize=options.chunksize,
        maxchunks=options.maxchunks,
        column_bytes=options.column_bytes,
        fail_fast=options.fail_fast,
        continues=continues,
        name=options.name,
        tags=options.tags,
        note=options.note,
    )
    return perform(
        Request(
            new=new,
            fileset=analysis.fileset,
            output=options.output,
            workers=options.workers,
            plots=not options.no_plots,
        )
    )


def _run_named(text: str) -> str:
    """Return the id of the run that a text is the end of."""
    from casa_lab.runs import manager as runs

    return one_of(text, runs.run_ids(), "run")


def perform(request: Request) -> int:
    """Run, show the progress, write and summarise the results.

    Returns
    -------
    int
        The exit code.
    """
    from casa_lab.clusters import manager as clusters
    from casa_lab.clusters.models import NewCluster
    from casa_lab.runs import manager as runs

    check_output(request.output)
    try:
        runs.check(request.new, request.fileset)
    except Conflict as error:  # nothing was started, so that it counts as bad input
        raise BadInput(str(error)) from None
    progress = Console(stderr=True, highlight=False)
    own = request.new.cluster is None
    with Interruptions() as interruptions:
        if request.new.cluster is None:
            cluster = clusters.start(
                NewCluster(profile=request.new.profile, workers=request.workers)
            )
        else:
            cluster = clusters.get(request.new.cluster)
        ended: Run | None = None
        left = False
        try:
            run = runs.launch(
                request.new,
                request.fileset,
                cluster.id,
                "command line",
            )
            with display_on(progress) as display:
                ended = watch(run, display, interruptions)
            left = ended is None
        finally:
            if own and not left:
                clusters.stop(cluster.id)
    if ended is None:
        progress.print(
            f"The run goes on in the background. 'casa-lab runs' shows it, "
            f"'casa-lab stop {run.id}' stops it.",
            soft_wrap=True,
        )
        if own:
            progress.print(f"Its cluster stays until 'casa-lab stop {cluster.id}'.", soft_wrap=True)
        return INTERRUPTED
    code = _conclude(request, ended, progress)
    if own:
        _forget(cluster.id)
    return code


def watch(run: Run, display: Display, interruptions: Interruptions) -> Run | None:
    """Follow a run to its end; ``None`` when the user leaves it to itself."""
    from casa_lab.runs import manager as runs
    from casa_lab.runs.states import ENDED

    asked = False
    while True:
        run = runs.get(run.id)
        display.update(run)
        if run.state in ENDED:
            return run
        if interruptions.count > 1:
            return None
        if interruptions.count and not asked:
            asked = True
            runs.stop(run.id)
            display.note(
                "Stopping; what was processed is kept. "
                "Press Ctrl-C again to leave the run in the background."
            )
        time.sleep(POLL_SECONDS)


def _conclude(request: Request, run: Run, progress: Console) -> int:
    from casa_lab.runs import manager as runs
    from casa_lab.runs.failures import recovery
    from casa_lab.runs.folder import open_run

    with progress.status("Writing the results"):
        written = write_results(request.output, run, open_run(run.id), request.plots)
    print_summary(run, recovery.list_failures(run.id), runs.metrics(run.id))
    plots = sum(path.suffix == ".png" for path in written)
    print(
        f"The results are in {request.output}: {count(len(written), 'file')}, "
        f"{plots} of them plots."
    )
    return exit_code(run)


def exit_code(run: Run) -> int:
    """Return the exit code that says how a run has ended."""
    if run.state == "stopped":
        return INTERRUPTED
    return DONE if run.state == "done" and not run.progress.chunks_failed else FAILED


def stop_cluster(cluster: str) -> None:
    """Stop a cluster that was started for one command, and leave no trace of it."""
    from casa_lab.clusters import manager as clusters

    clusters.stop(cluster)
    _forget(cluster)


def _forget(cluster: str) -> None:
    """Wait until the command's own cluster has stopped, and leave no trace of it."""
    from casa_lab.clusters import manager as clusters
    from casa_lab.clusters.states import ENDED_STATES

    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        state = clusters.get(cluster).state
        if state in ENDED_STATES:
            if state == "stopped":
                clusters.forget(cluster)
            return
        time.sleep(POLL_SECONDS)
