"""``casa-lab export``: histograms of a run as files for papers and other tools."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, get_args

from rich.console import Console

from casa_lab.histograms.takeaway.models import Format, Style

from .choosing import add_run_command, run_of
from .codes import DONE


def add_command(commands: Any) -> None:
    """Add ``export`` to the command line."""
    parser = add_run_command(
        commands,
        "export",
        help="write histograms of a run as pictures, tables, ROOT files or code",
        description="Write histograms of a run as pictures, tables, ROOT files, or code that "
        "draws them, each as the sidebar shows it first.",
    )
    parser.add_argument(
        "histograms", metavar="HISTOGRAM", nargs="*", help="path in the accumulator [all]"
    )
    parser.add_argument(
        "--format", choices=get_args(Format), help="[what the output's name ends in, else png]"
    )
    parser.add_argument(
        "--style", choices=get_args(Style), default="plain", help="of pictures and code [plain]"
    )
    parser.add_argument(
        "--status", metavar="TEXT", default="", help="beside the experiment, such as Preliminary"
    )
    parser.add_argument("--luminosity", type=float, metavar="L", help="in inverse femtobarn")
    parser.add_argument("--energy", type=float, metavar="E", help="of the collisions, in TeV")
    parser.add_argument("--log", action="store_true", help="logarithmic scale of the contents")
    parser.add_argument(
        "--whole",
        action="store_true",
        help="every axis and category, in place of what is shown; for root, uhi and csv",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PLACE",
        help="a file, a folder, or an archive that ends in .zip [in this folder, by its name]",
    )
    parser.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Write the histograms, and print where they are."""
    from casa_lab.runs.exports import export

    with Console(stderr=True).status("Writing the histograms"):
        written = export(
            run_of(options),
            *options.histograms,
            output=options.output,
            format=options.format,
            style=options.style,
            status=options.status,
            luminosity=options.luminosity,
            energy=options.energy,
            log=options.log,
            whole=options.whole,
        )
    for path in written:
        print(path)
    return DONE
