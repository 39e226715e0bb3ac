"""What a command works on, as its command line names it: processor, fileset, where to run."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casa_lab.errors import BadInput, suggestion
from casa_lab.runs.models import AUTOMATIC_CHUNKSIZE, LONGEST_TAG, Processor, ProcessorReference

from .choosing import one_of


@dataclass(frozen=True)
class Analysis:
    """A processor and the datasets that it is to process."""

    processor: ProcessorReference
    fileset: dict[str, Any]
    schema_name: str | None
    """``None`` for what the processor declares."""


def add_analysis_options(parser: argparse.ArgumentParser) -> None:
    """Add what names a processor and the datasets for it."""
    parser.add_argument(
        "processor",
        metavar="PROCESSOR",
        help="path/to/file.py:Name, notebook.ipynb:Name or package.module:Name",
    )
    files = parser.add_mutually_exclusive_group(required=True)
    files.add_argument("--fileset", type=Path, help="JSON file that maps datasets to their files")
    files.add_argument(
        "--fileset-of", metavar="RUN", help="the datasets and files that this run was launched with"
    )
    parser.add_argument(
        "--datasets", nargs="+", metavar="NAME", help="process only these datasets of the fileset"
    )
    parser.add_argument("--treename", help="tree of files for which the fileset names none")
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
        "--chunksize",
        type=positive,
        help=f"most events in a chunk [automatic: {AUTOMATIC_CHUNKSIZE}]",
    )
    parser.add_argument("--maxchunks", type=positive, help="most chunks per dataset, for a try")


def add_cluster_options(parser: argparse.ArgumentParser) -> None:
    """Add what names the cluster to use, or to start."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--cluster", metavar="ID", help="use this cluster, and leave it running")
    where.add_argument(
        "--workers", type=positive, help="workers of the cluster that is started for this run"
    )
    parser.add_argument(
        "--profile", default="local", help="profile to start that cluster from [local]"
    )


def read_analysis(options: argparse.Namespace) -> Analysis:
    """Check what was named, as far as that is possible without running anything.

    Raises
    ------
    BadInput
        When there is no such processor, dataset or schema.
    """
    from casa_lab.datasets.fileset import load_fileset
    from casa_lab.runs.processors.arguments import check_arguments
    from casa_lab.runs.processors.finding import read_processor
    from casa_lab.runs.usercode.loading import load_schema

    location = absolute_location(options.processor)
    processor = read_processor(location)
    arguments = parse_arguments(options.arguments, processor)
    if processor is not None:
        check_arguments(processor, arguments)
    if options.fileset_of is None:
        fileset = load_fileset(options.fileset, options.treename)
    else:
        fileset = _fileset_of(options.fileset_of)
    if options.datasets:
        fileset = _choose(fileset, options.datasets)
    if options.schema:
        load_schema(options.schema)
    return Analysis(
        ProcessorReference(location=location, arguments=arguments), fileset, options.schema
    )


def positive(text: str) -> int:
    """Parse a positive number."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a positive number")
    return number


def size(text: str) -> int:
    """Parse a size of memory, such as 2GB, in bytes."""
    from dask.utils import parse_bytes

    try:
        number = parse_bytes(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a size of memory, such as 2GB")
    return number


def tag(text: str) -> str:
    """Parse a tag."""
    if not 0 < len(text.strip()) <= LONGEST_TAG:
        raise argparse.ArgumentTypeError(f"a tag has 1 to {LONGEST_TAG} characters")
    return text.strip()


def absolute_location(text: str) -> str:
    """Return the location of a processor with the path of its file made absolute."""
    file, separator, name = text.rpartition(":")
    if not separator or not name.isidentifier() or not file:
        raise BadInput(_how_to_name(text))
    if file.endswith((".py", ".ipynb")):
        return f"{Path(file).expanduser().absolute()}:{name}"
    if "/" in file:
        raise BadInput(f"'{file}' is neither a Python file nor a module. Does it lack its .py?")
    return text


def _how_to_name(text: str) -> str:
    from casa_lab.runs.processors.finding import processors_in

    found = processors_in(Path(text)) if text.endswith((".py", ".ipynb")) else []
    if found:
        choices = ", ".join(f"{text}:{item.name}" for item in found)
        return f"'{text}' names a file; name one of its processors: {choices}."
    return f"'{text}' does not name a processor; write path/to/file.py:Name."


def parse_arguments(pairs: Sequence[str], processor: Processor | None = None) -> dict[str, Any]:
    """Parse ``key=value`` pairs; values are JSON where they are valid JSON, else text."""
    from casa_lab.runs.processors.arguments import read_argument

    arguments: dict[str, Any] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator or not key.isidentifier():
            raise BadInput(f"--arg takes KEY=VALUE, not '{pair}'.")
        if key in arguments:
            raise BadInput(f"--arg gives '{key}' twice.")
        arguments[key] = read_argument(processor, key, value)
    return arguments


def _fileset_of(run: str) -> dict[str, Any]:
    from casa_lab.runs import manager
    from casa_lab.runs.folder import open_run

    return open_run(one_of(run, manager.run_ids(), "run")).spec().fileset


def _choose(fileset: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    for name in names:
        if name not in fileset:
            hint = suggestion(name, fileset) or f"It has {', '.join(fileset)}."
            raise BadInput(f"The fileset has no dataset '{name}'. {hint}")
    return {name: fileset[name] for name in names}
