"""``casa-lab run``: one processor over one fileset, watched from the terminal."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rich.console import Console

from casa_lab.errors import BadInput
from casa_lab.runs.models import NewRun, ProcessorReference, Run

from .codes import DONE, FAILED, INTERRUPTED
from .interruptions import Interruptions
from .progress import Display, display_on
from .summary import check_output, print_summary, write_results
from .wording import count

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
    maxchunks: int | None = None
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
    parser.add_argument(
        "processor", metavar="PROCESSOR", help="path/to/file.py:Name or package.module:Name"
    )
    parser.add_argument(
        "--fileset", type=Path, required=True, help="JSON file that maps datasets to their files"
    )
    parser.add_argument(
        "--datasets", nargs="+", metavar="NAME", help="process only these datasets of the fileset"
    )
    parser.add_argument("--treename", help="tree of files for which the fileset names none")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("out"), help="folder for the results [out]"
    )
    parser.add_argument(
        "--arg",
        action="append",
        default=[],
        dest="arguments",
        metavar="KEY=VALUE",
        help="argument of the processor's constructor: JSON where it is valid JSON, else text",
    )
    parser.add_argument("--schema", help="Coffea schema [what the processor declares]")
    parser.add_argument(
        "--chunksize", type=positive, default=100_000, help="most events in a chunk [100000]"
    )
    parser.add_argument("--maxchunks", type=positive, help="most chunks per dataset, for a try")
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first failure")
    parser.add_argument("--no-plots", action="store_true", help="draw nothing")
    parser.add_argument("--name", help="name of the run [that of the processor]")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--cluster", metavar="ID", help="use this cluster, and leave it running")
    where.add_argument(
        "--workers", type=positive, help="workers of the cluster that is started for this run"
    )
    parser.add_argument(
        "--profile", default="local", help="profile to start that cluster from [local]"
    )
    parser.set_defaults(execute=execute)


def positive(text: str) -> int:
    """Parse a positive number."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a positive number")
    return number


def execute(options: argparse.Namespace) -> int:
    """Check the command line, then run."""
    from casa_lab.datasets.fileset import load_fileset
    from casa_lab.runs.processors import read_processor

    location = absolute_location(options.processor)
    read_processor(location)
    fileset = load_fileset(options.fileset, options.treename)
    if options.datasets:
        fileset = _choose(fileset, options.datasets)
    if options.schema:
        _check_schema(options.schema)
    new = NewRun(
        processor=ProcessorReference(
            location=location, arguments=parse_arguments(options.arguments)
        ),
        datasets=list(fileset),
        cluster=options.cluster,
        profile=options.profile,
        schema_name=options.schema,
        chunksize=options.chunksize,
        fail_fast=options.fail_fast,
        name=options.name,
    )
    return perform(
        Request(
            new=new,
            fileset=fileset,
            output=options.output,
            workers=options.workers,
            maxchunks=options.maxchunks,
            plots=not options.no_plots,
        )
    )


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
                maxchunks=request.maxchunks,
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
    from casa_lab.runs import recovery
    from casa_lab.runs.folder import open_run

    with progress.status("Writing the results") as status:
        written = write_results(
            request.output,
            run,
            open_run(run.id),
            request.plots,
            lambda done: status.update(f"Drawing the histograms: {done:.0%}"),
        )
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


def absolute_location(text: str) -> str:
    """Return the location of a processor with the path of its file made absolute."""
    file, separator, name = text.rpartition(":")
    if not separator or not name.isidentifier() or not file:
        raise BadInput(_how_to_name(text))
    if file.endswith(".py"):
        return f"{Path(file).expanduser().absolute()}:{name}"
    if "/" in file:
        raise BadInput(f"'{file}' is neither a Python file nor a module. Does it lack its .py?")
    return text


def _how_to_name(text: str) -> str:
    from casa_lab.runs.processors import processors_in

    found = processors_in(Path(text)) if text.endswith(".py") else []
    if found:
        choices = ", ".join(f"{text}:{item.name}" for item in found)
        return f"'{text}' names a file; name one of its processors: {choices}."
    return f"'{text}' does not name a processor; write path/to/file.py:Name."


def parse_arguments(pairs: Sequence[str]) -> dict[str, Any]:
    """Parse ``key=value`` pairs; values are JSON where they are valid JSON, else text."""
    arguments: dict[str, Any] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator or not key.isidentifier():
            raise BadInput(f"--arg takes KEY=VALUE, not '{pair}'.")
        if key in arguments:
            raise BadInput(f"--arg gives '{key}' twice.")
        try:
            arguments[key] = json.loads(value)
        except ValueError:
            arguments[key] = value
    return arguments


def _choose(fileset: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    for name in names:
        if name not in fileset:
            close = get_close_matches(name, fileset, n=1)
            hint = f"Did you mean '{close[0]}'?" if close else f"It has {', '.join(fileset)}."
            raise BadInput(f"The fileset has no dataset '{name}'. {hint}")
    return {name: fileset[name] for name in names}


def _check_schema(name: str) -> None:
    from coffea import nanoevents

    known = [key for key in dir(nanoevents) if key.endswith("Schema")]
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"Did you mean '{close[0]}'?" if close else f"It has {', '.join(known)}."
        raise BadInput(f"Coffea has no schema '{name}'. {hint}")
