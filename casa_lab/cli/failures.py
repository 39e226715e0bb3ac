"""``casa-lab failures``, ``retry`` and ``accept``: what did not make it, and what to do then."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from casa_lab.errors import BadInput
from casa_lab.runs.models import FailureGroup, Run

from .analysis import positive
from .choosing import add_run_command, run_of
from .codes import DONE, FAILED, INTERRUPTED
from .interruptions import Interruptions
from .progress import display_on
from .run import exit_code, stop_cluster, watch
from .summary import check_output, describe_group, print_summary, write_results


def add_failures(commands: Any) -> None:
    """Add ``failures`` to the command line."""
    parser = add_run_command(
        commands,
        "failures",
        help="list the failures of a run by cause",
        description="List the failures of a run by cause, each with the user's own frames of a "
        "traceback. Their numbers are what retry and accept take.",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--traceback", action="store_true", help="show whole tracebacks")
    what.add_argument(
        "--code",
        type=positive,
        metavar="N",
        help="print Python that runs into failure N in a notebook, and nothing else",
    )
    parser.set_defaults(execute=list_failures)


def add_retry(commands: Any) -> None:
    """Add ``retry`` to the command line."""
    parser = add_run_command(
        commands,
        "retry",
        help="try the failed chunks of a run again",
        description="Try the failed chunks of a run that has ended again, and nothing else; what "
        "succeeds is merged into its result.",
    )
    _add_groups(parser)
    parser.add_argument(
        "--accepted",
        action="store_true",
        help="choose among what was accepted as missing, in place of the failures",
    )
    parser.add_argument("-o", "--output", type=Path, help="write the results into this folder")
    parser.set_defaults(execute=retry)


def add_accept(commands: Any) -> None:
    """Add ``accept`` to the command line."""
    parser = add_run_command(
        commands,
        "accept",
        help="accept that failed chunks of a run are missing",
        description="Accept that failed chunks of a run are missing: without them it counts as "
        "complete, and says how much is left out. 'casa-lab retry --accepted' takes it back.",
    )
    _add_groups(parser)
    parser.set_defaults(execute=accept)


def list_failures(options: argparse.Namespace) -> int:
    """Print the failures of a run, or the code that reproduces one."""
    from casa_lab.runs.failures import recovery

    listed = recovery.list_failures(run_of(options))
    if options.code is not None:
        print(_pick(listed.groups, [options.code])[0].example.code, end="")
        return DONE
    console = Console(highlight=False, soft_wrap=True)
    if not listed.groups:
        console.print("No failures.")
    for number, group in enumerate(listed.groups, 1):
        _print_group(console, f"{number}.", group, options.traceback)
    if listed.accepted:
        console.print("Accepted as missing:")
        for number, group in enumerate(listed.accepted, 1):
            _print_group(console, f"{number}.", group, options.traceback)
    return DONE


def retry(options: argparse.Namespace) -> int:
    """Try failures again, and follow the run to its end."""
    from casa_lab.clusters import manager as clusters
    from casa_lab.runs import manager as runs
    from casa_lab.runs.failures import recovery
    from casa_lab.runs.folder import open_run

    chosen = run_of(options)
    if options.output:
        check_output(options.output)
    groups = None
    if options.groups:
        listed = recovery.list_failures(chosen)
        groups = _ids(listed.accepted if options.accepted else listed.groups, options.groups)
    before = {cluster.id for cluster in clusters.list_clusters()}
    console = Console(stderr=True, highlight=False)
    with Interruptions() as interruptions:
        run = recovery.retry(chosen, groups, options.accepted)
        ended: Run | None = None
        try:
            with display_on(console) as display:
                ended = watch(run, display, interruptions)
        finally:
            # A cluster that was started for this is not left behind.
            if ended is not None and run.cluster is not None and run.cluster not in before:
                stop_cluster(run.cluster)
    if ended is None:
        console.print("The run goes on in the background. 'casa-lab runs' shows it.")
        return INTERRUPTED
    failures = recovery.list_failures(run.id)
    if options.output:
        write_results(options.output, ended, open_run(run.id), True)
    print_summary(ended, failures, runs.metrics(run.id))
    return exit_code(ended)


def accept(options: argparse.Namespace) -> int:
    """Accept failures as missing."""
    from casa_lab.runs.failures import recovery

    run = run_of(options)
    groups = None
    if options.groups:
        groups = _ids(recovery.list_failures(run).groups, options.groups)
    accepted = recovery.accept(run, groups)
    print(f"{accepted.id} is {accepted.state}. {accepted.message}")
    return DONE if not accepted.progress.chunks_failed else FAILED


def _add_groups(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--group",
        type=positive,
        action="append",
        dest="groups",
        metavar="N",
        help="only these, as 'casa-lab failures' numbers them; may be repeated [all]",
    )


def _ids(groups: Sequence[FailureGroup], numbers: Sequence[int]) -> list[str]:
    return [group.id for group in _pick(groups, numbers)]


def _pick(groups: Sequence[FailureGroup], numbers: Sequence[int]) -> list[FailureGroup]:
    for number in numbers:
        if number > len(groups):
            raise BadInput(f"There is no failure {number}; 'casa-lab failures' numbers them.")
    return [groups[number - 1] for number in numbers]


def _print_group(console: Console, mark: str, group: FailureGroup, whole: bool) -> None:
    console.print(Text(f"{mark} {describe_group(group)}", style="red"))
    hosts = f"on {', '.join(group.hosts)}" if group.hosts else ""
    attempts = f"{group.attempts} attempts" if group.attempts > 1 else ""
    memory = ""
    if group.peak_memory_bytes is not None and group.kind == "worker lost":
        memory = f"{group.peak_memory_bytes / 1e6:,.0f} MB in use at most"
    facts = ", ".join(fact for fact in (hosts, attempts, memory) if fact)
    if facts:
        console.print(Text(f"   {facts}"))
    example = group.example
    for line in (example.failure.traceback if whole else example.trimmed).splitlines():
        console.print(Text(f"   {line}"))
