"""``casa-lab demo``: sample data, examples, and JupyterLab with the sidebar open."""

from __future__ import annotations

import argparse
import shutil
from importlib import resources
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from casa_lab.errors import BadInput, Unavailable
from casa_lab.runs.models import NewRun, ProcessorReference
from casa_lab.wording import count

from .analysis import positive
from .codes import DONE
from .run import Request, perform

HEADLESS_PROCESSOR = "examples/dimuon.py:DimuonProcessor"
"""What ``--headless`` runs over the sample."""

TUTORIAL = "tutorial.ipynb"
"""The notebook that opens; it expects the fileset and the examples beside it."""


def add_command(commands: Any) -> None:
    """Add ``demo`` to the command line."""
    parser = commands.add_parser(
        "demo",
        help="make sample data and start JupyterLab on them",
        description="Make sample data (the first time only) and copy the examples into a folder, "
        "then start JupyterLab there, on this machine only. Ctrl-C ends JupyterLab; runs and "
        "clusters go on.",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("casa-demo"),
        metavar="FOLDER",
        help="where to put it all [./casa-demo]",
    )
    parser.add_argument("--port", type=port_number, help="port of JupyterLab [8888 or the next]")
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address, open no browser"
    )
    parser.add_argument(
        "--headless",
        action="store_true",
        help="no JupyterLab: run the sample analysis, and write its results to FOLDER/out",
    )
    parser.add_argument("--workers", type=positive, help="with --headless: workers of the cluster")
    parser.set_defaults(execute=execute)


def port_number(text: str) -> int:
    """Parse a port number."""
    number = positive(text)
    if number > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port number")
    return number


def execute(options: argparse.Namespace) -> int:
    """Prepare the folder, then show it or run the analysis."""
    if options.workers and not options.headless:
        raise BadInput("--workers goes with --headless; in JupyterLab, scale in the sidebar.")
    folder: Path = options.folder.expanduser().absolute()
    console = Console(stderr=True, highlight=False)
    fileset = prepare(folder, console)
    if options.headless:
        return _run_headless(folder, fileset, options.workers)
    return _show(folder, options, console)


def prepare(folder: Path, console: Console) -> Path:
    """Fill the demo's folder with the sample data and the examples.

    Returns
    -------
    Path
        The sample's ``fileset.json``.
    """
    from casa_lab.datasets.sample import make_sample

    try:
        folder.mkdir(parents=True, exist_ok=True)
        _copy_examples(folder)
    except OSError as error:
        raise BadInput(
            f"The folder {folder} cannot be filled: {(error.strerror or str(error)).lower()}."
        ) from None
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        console=console,
        transient=True,
    )
    with bars:
        task = bars.add_task("Looking for the sample data", total=1.0)
        return make_sample(
            folder,
            lambda done, sentence: bars.update(task, completed=done, description=sentence),
        )


def examples_folder() -> Path:
    """Return the folder of the examples: in the installed package, or in a source tree."""
    installed = Path(str(resources.files("casa_lab"))) / "examples"
    source = installed.parent.parent / "examples"
    for folder in (installed, source):
        if folder.is_dir():
            return folder
    raise Unavailable("The examples are missing; install casa-lab anew.")


def _copy_examples(folder: Path) -> None:
    """Copy what is not there yet: what the user has changed stays."""
    source = examples_folder()
    (folder / "examples").mkdir(exist_ok=True)
    copies = {example: folder / "examples" / example.name for example in source.glob("*.py")}
    copies[source / TUTORIAL] = folder / TUTORIAL
    for example, copy in copies.items():
        if not copy.exists():
            shutil.copyfile(example, copy)


def _run_headless(folder: Path, fileset: Path, workers: int | None) -> int:
    from casa_lab.datasets.fileset import load_fileset

    datasets = load_fileset(fileset)
    return perform(
        Request(
            new=NewRun(
                processor=ProcessorReference(location=f"{folder / HEADLESS_PROCESSOR}"),
                datasets=list(datasets),
                name="Sample analysis",
            ),
            fileset=datasets,
            output=folder / "out",
            workers=workers,
        )
    )


def _show(folder: Path, options: argparse.Namespace, console: Console) -> int:
    from .lab import JupyterLab, can_open_browser, signals_as_interrupt

    browser = can_open_browser() and not options.no_browser
    with signals_as_interrupt():
        lab = JupyterLab(folder, page=f"/lab/tree/{TUTORIAL}", port=options.port, browser=browser)
        try:
            with console.status("Starting JupyterLab"):
                address = lab.wait_until_ready()
            print(f"JupyterLab is ready at\n\n    {address}\n", flush=True)
            console.print("Press Ctrl-C to end it.")
            lab.wait()
        finally:
            with console.status("Ending JupyterLab"):
                lab.stop()
    _say_what_goes_on(console)
    return DONE


def _say_what_goes_on(console: Console) -> None:
    from casa_lab.clusters import manager as clusters
    from casa_lab.clusters.states import LIVING_STATES
    from casa_lab.runs import manager as runs
    from casa_lab.runs.states import ENDED

    going = [
        count(number, noun)
        for noun, number in (
            ("run", sum(run.state not in ENDED for run in runs.list_runs())),
            ("cluster", sum(item.state in LIVING_STATES for item in clusters.list_clusters())),
        )
        if number
    ]
    console.print("JupyterLab has ended.")
    if going:
        console.print(
            f"Still there: {' and '.join(going)}. 'casa-lab runs' and 'casa-lab clusters' "
            "list them, 'casa-lab stop ID' ends one."
        )
