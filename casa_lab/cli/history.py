"""``casa-lab runs``, ``label``, ``rerun`` and the like: what can be done with runs of the past."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, get_args

from casa_lab.errors import BadInput
from casa_lab.runs.models import Run, RunState
from casa_lab.validation import parse
from casa_lab.wording import age, count

from .choosing import add_run_command, run_of
from .codes import DONE
from .tables import print_table

LISTED = 100
"""How many runs are printed when nobody asks for a number."""


def add_runs(commands: Any) -> None:
    """Add ``runs`` to the command line."""
    parser = commands.add_parser(
        "runs",
        help="list the runs, newest first",
        description="List the runs, newest first; with options, those that match all of them.",
    )
    parser.add_argument(
        "--search",
        metavar="WORDS",
        default="",
        help="words in the name, id, tags, note, datasets or processor",
    )
    parser.add_argument("--state", choices=get_args(RunState), help="only those in this state")
    parser.add_argument("--tag", help="only those with this tag")
    parser.add_argument("--dataset", help="only those that processed this dataset")
    parser.add_argument("--archived", action="store_true", help="those that were archived, instead")
    parser.add_argument(
        "--limit",
        type=_number,
        default=LISTED,
        metavar="N",
        help=f"at most so many, 0 for all [{LISTED}]",
    )
    parser.set_defaults(execute=list_runs)


def add_label(commands: Any) -> None:
    """Add ``label`` to the command line."""
    parser = add_run_command(
        commands,
        "label",
        help="rename, tag, annotate or archive a run",
        description="Change what a run is called and what is said of it. Its result stays.",
    )
    parser.add_argument("--name", help="call it so")
    parser.add_argument(
        "--tag", action="append", default=[], dest="tags", help="add a tag; may be repeated"
    )
    parser.add_argument(
        "--untag", action="append", default=[], metavar="TAG", help="take a tag away"
    )
    parser.add_argument("--note", help="what is to be remembered of it; '' for nothing")
    archive = parser.add_mutually_exclusive_group()
    archive.add_argument(
        "--archive", action="store_true", default=None, help="keep it out of the lists"
    )
    archive.add_argument("--unarchive", action="store_false", dest="archive", help="list it again")
    parser.set_defaults(execute=label, archive=None)


def add_rerun(commands: Any) -> None:
    """Add ``rerun`` to the command line."""
    parser = add_run_command(
        commands,
        "rerun",
        help="launch the same run again",
        description="Launch a run with the code, files and settings of another one.",
    )
    parser.add_argument(
        "--fileset", type=Path, metavar="FILE", help="with the datasets of this JSON file, instead"
    )
    parser.add_argument("--treename", help="tree of files for which that file names none")
    parser.add_argument(
        "--continue",
        dest="goes_on",
        action="store_true",
        help="take over what the run has counted, and process only the files that are new",
    )
    parser.set_defaults(execute=rerun)


def add_export(commands: Any) -> None:
    """Add ``export-run`` to the command line."""
    parser = add_run_command(
        commands,
        "export-run",
        help="write a run to one file, for another Casa",
        description="Write a run, with its code and result, to one file that another Casa opens.",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="where to [RUN.zip, in this folder]"
    )
    parser.set_defaults(execute=export_run)


def add_import(commands: Any) -> None:
    """Add ``import-run`` to the command line."""
    parser = commands.add_parser(
        "import-run",
        help="take in a run that was exported",
        description="Take in a run that 'export-run' or the sidebar of another Casa wrote.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.set_defaults(execute=import_run)


def rerun(options: argparse.Namespace) -> int:
    """Launch the same run again, and print the id of the new one."""
    from casa_lab.datasets.fileset import load_fileset
    from casa_lab.runs.history import again

    fileset = load_fileset(options.fileset, options.treename) if options.fileset else None
    if options.treename and not options.fileset:
        raise BadInput("'--treename' goes with '--fileset'.")
    print(again.rerun(run_of(options), "command line", fileset, goes_on=options.goes_on).id)
    return DONE


def export_run(options: argparse.Namespace) -> int:
    """Write a run to one file."""
    from casa_lab.folders.files import replace_file
    from casa_lab.runs.history import archive

    run = run_of(options)
    path: Path = options.output or Path(f"{run}.zip")
    try:
        replace_file(path, lambda stream: archive.export(run, stream))
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error
    print(path)
    return DONE


def import_run(options: argparse.Namespace) -> int:
    """Take in a run that was exported."""
    from casa_lab.runs.history import archive

    try:
        print(archive.import_run(options.file))
    except OSError as error:
        raise BadInput(f"{options.file} cannot be read: {error.strerror}.") from error
    return DONE


def list_runs(options: argparse.Namespace) -> int:
    """Print the runs."""
    from casa_lab.runs import manager
    from casa_lab.runs.history.models import MOST, RunQuery

    query = RunQuery(
        search=options.search,
        state=options.state,
        tag=options.tag,
        dataset=options.dataset,
        archived="yes" if options.archived else "no",
        limit=min(options.limit or MOST, MOST),
    )
    page = manager.find_runs(query)
    found, total = page.runs, page.total
    while page.next is not None and (not options.limit or len(found) < options.limit):
        page = manager.find_runs(query.model_copy(update={"before": page.next}))
        found += page.runs
    found = found[: options.limit or None]
    if found:
        columns = ("Id", "Name", "State", "Events", "Failed", "Started")
        tagged = any(run.tags for run in found)
        print_table((*columns, "Tags") if tagged else columns, [_row(run, tagged) for run in found])
        if len(found) < total:
            print(f"{count(total - len(found), 'older run')} not shown; '--limit 0' shows all.")
    else:
        print("No runs." if query == RunQuery(limit=query.limit) else "No such runs.")
    return DONE


def label(options: argparse.Namespace) -> int:
    """Change the labels of a run."""
    from casa_lab.runs import manager
    from casa_lab.runs.history.models import NewLabels

    run = manager.get(run_of(options))
    tags = [tag for tag in [*run.tags, *options.tags] if tag not in options.untag]
    labels = parse(
        NewLabels,
        {
            "name": options.name,
            "tags": tags if options.tags or options.untag else None,
            "note": options.note,
            "archived": options.archive,
        },
    )
    if labels == NewLabels():
        raise BadInput("Say what is to change: --name, --tag, --untag, --note or --archive.")
    run = manager.label(run.id, labels)
    print(f"{run.id}: {run.name}{_tags(run)}{' (archived)' if run.archived else ''}")
    return DONE


def _row(run: Run, tagged: bool) -> tuple[str, ...]:
    progress = run.progress
    total = "?" if progress.events_total is None else f"{progress.events_total:,}"
    events = f"{progress.events_done:,} of {total}"
    row = (run.id, run.name, run.state, events, str(progress.chunks_failed), age(run.created))
    return (*row, ", ".join(run.tags)) if tagged else row


def _tags(run: Run) -> str:
    return f" [{', '.join(run.tags)}]" if run.tags else ""


def _number(text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if number < 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of runs")
    return number
