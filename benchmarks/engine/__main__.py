"""Measure the engine: ``python -m benchmarks.engine``, or ``nox -s bench``."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.reference import keep, save
from casa_lab.runs.environment import package_versions

from .contenders import machinery
from .data import BRANCHES, Fileset, make_fileset
from .ladder import CHUNKS, run_ladder
from .latency import run_latency
from .levers import run_levers
from .pairs import run_again, run_long, run_pairs
from .report import tables

LONG = {"long-wide": 36, "long-narrow": 48}
"""Files of the runs that last."""

AGAIN = tuple(f"again-{shape}" for shape in BRANCHES)
"""Runs over files that were gone over before."""

FILES = 8
"""Files of all others."""

PARTS = (*BRANCHES, *LONG, *AGAIN, "latency", "levers", "ladder")
HERE = Path(__file__).parent.parent


def main() -> None:
    options = parse()
    results = {}
    for part in options.only:
        with tempfile.TemporaryDirectory(prefix="casa-bench-") as scratch:
            os.environ["CASA_DATA_DIR"] = scratch
            results[part] = {"made": circumstances(part, options), "found": measure(part, options)}
        print(f"\n## {part}", *tables(part, results[part]["found"]), sep="\n\n")
        save(results, HERE / "results" / f"{'-'.join(options.only)}.json")
    if options.reference:
        keep(results)


def measure(part: str, options: argparse.Namespace) -> dict[str, Any]:
    if part == "ladder":
        return run_ladder(options.workers, options.most_chunks)
    if part == "levers":
        return run_levers(fileset_of("wide", options), options.pairs)
    with machinery(options.workers) as machines:
        if part == "latency":
            return run_latency(machines, fileset_of("wide", options), options.pairs)
        if part in LONG:
            shape = part.removeprefix("long-")
            few, many = (
                make_fileset(options.data, shape, files, options.events)
                for files in (FILES, files_of(part, options))
            )
            return run_long(machines, few, many, options.pairs, options.contenders)
        if part in AGAIN:
            fileset = fileset_of(part.removeprefix("again-"), options)
            return run_again(machines, fileset, options.pairs, options.contenders)
        return run_pairs(machines, fileset_of(part, options), options.pairs, options.contenders)


def fileset_of(shape: str, options: argparse.Namespace) -> Fileset:
    return make_fileset(options.data, shape, files_of(shape, options), options.events)


def files_of(part: str, options: argparse.Namespace) -> int:
    return int(options.files or LONG.get(part, FILES))


def circumstances(part: str, options: argparse.Namespace) -> dict[str, Any]:
    told = ("workers", "pairs", "events")
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "versions": package_versions(),
        "options": {
            "files": files_of(part, options),
            **{name: getattr(options, name) for name in told},
        },
    }


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parts = ",".join(PARTS)
    parser.add_argument("--only", type=names, default=PARTS, metavar="PARTS", help=f"of {parts}")
    parser.add_argument("--pairs", type=int, default=5, help="rounds")
    parser.add_argument("--files", type=int, help=f"in all; default: {FILES}, long runs more")
    parser.add_argument("--events", type=int, default=200_000, help="in a file")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--contenders", type=names, default=(), help="by name; default: all")
    parser.add_argument("--most-chunks", type=int, default=max(CHUNKS), help="of the ladder")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(tempfile.gettempdir()) / "casa-bench-data",
        help="where files are kept for the next time",
    )
    parser.add_argument("--reference", action="store_true", help="write RESULTS.md and .json")
    return parser.parse_args()


def names(text: str) -> list[str]:
    return text.split(",")


if __name__ == "__main__":
    main()
