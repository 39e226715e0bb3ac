"""Measure the browser: ``python -m benchmarks.browser``, or ``nox -s bench -- browser``.

It needs Node, the packages of ``ui-tests`` (``jlpm install`` there) and Chromium.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.engine.report import markdown
from benchmarks.reference import keep, save
from casa_lab.cli.lab import JupyterLab
from casa_lab.runs.environment import package_versions

from .played import PlayedRun, playing, stacked_histograms, varied_histograms
from .report import PARTS, lines

HERE = Path(__file__).parent
FOLDERS = {
    "CASA_DATA_DIR": "casa",
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "run",
}

SMALL, LARGE = "20 histograms", "200 histograms, 100 systematics"
PLOTS = 21
"""Small pictures of twenty histograms, and one of them in full."""

LARGE_BINS = 154
"""With flow bins, sums and sums of squares: 50 MB in 200 histograms of 100 systematics."""


class Bench:
    """The runs to look at, the server that serves them, and the browser.

    Parameters
    ----------
    options
        As given on the command line.
    address
        Address of JupyterLab.
    ended
        Ids of runs that have ended, by name.
    """

    def __init__(self, options: argparse.Namespace, address: str, ended: dict[str, str]) -> None:
        self._options = options
        self._address = address
        self._ended = ended

    def measure(self, part: str) -> Any:
        """Return what the browser finds."""
        options = self._options
        if part == "start-up":
            return self._browse("startup", run=self._ended[SMALL])
        if part == "large accumulator":
            return self._browse("large", runs=self._ended, seconds=5)
        if part == "opening":
            return self._browse("finished", runs=self._ended, rounds=options.rounds)
        with ExitStack() as stack:
            count = 10 if part == "ten runs" else 1
            runs = [PlayedRun(f"live {number}", stacked_histograms(20)) for number in range(count)]
            for run in runs:
                stack.callback(run.finish)
            stack.enter_context(playing(runs, options.rate))
            ids = [run.id for run in runs]
            if part == "ten runs":
                return self._browse("ten", runs=ids, plots=PLOTS, seconds=options.seconds)
            if part == "an hour":
                return self._browse("replay", run=ids[0], plots=PLOTS, updates=options.updates)
            return self._browse("live", run=ids[0], plots=PLOTS, seconds=options.seconds)

    def _browse(self, name: str, **details: Any) -> Any:
        asked = {
            "part": name,
            "address": self._address,
            "chromium": self._options.chromium,
            "viewport": {"width": 1600, "height": 1900},
            **details,
        }
        command = ["node", str(HERE / "measure.mjs"), json.dumps(asked)]
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(found.stdout)


def main() -> None:
    options = parse()
    results = {}
    with served() as (address, ended):
        bench = Bench(options, address, ended)
        for part in options.only:
            found = bench.measure(part)
            table = lines(part, found)
            print(f"\n## {part}", markdown(table), sep="\n\n")
            made = circumstances(options)
            results[f"browser: {part}"] = {"made": made, "found": found, "tables": [table]}
    save(results, HERE.parent / "results" / "browser.json")
    if options.reference:
        keep(results)


@contextmanager
def served() -> Iterator[tuple[str, dict[str, str]]]:
    """Serve runs that have ended in a home of their own; yield address and ids."""
    with tempfile.TemporaryDirectory(prefix="casa-bench-") as scratch:
        home = Path(scratch)
        for variable, name in FOLDERS.items():
            os.environ[variable] = str(home / name)
            (home / name).mkdir()
        # The page is to open runs as its commands do.
        settings = {"LabApp": {"expose_app_in_browser": True}}
        (home / "config" / "jupyter_lab_config.json").write_text(json.dumps(settings))
        ended = {
            SMALL: ended_run(SMALL, stacked_histograms(20)),
            LARGE: ended_run(LARGE, varied_histograms(200, 100, LARGE_BINS)),
        }
        (home / "work").mkdir()
        lab = JupyterLab(home / "work", "/lab", None, browser=False)
        try:
            yield lab.wait_until_ready(), ended
        finally:
            lab.stop()


def ended_run(name: str, histograms: dict[str, Any]) -> str:
    run = PlayedRun(name, histograms)
    run.fill(1_000_000)
    run.finish()
    return run.id


def circumstances(options: argparse.Namespace) -> dict[str, Any]:
    chromium = subprocess.run(
        [options.chromium, "--version"], check=True, capture_output=True, text=True
    )
    told = ("rate", "seconds", "rounds")
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, {chromium.stdout.strip()}",
        "versions": {
            "python": package_versions()["python"],
            "jupyterlab": version("jupyterlab"),
        },
        "options": {name: getattr(options, name) for name in told},
    }


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browser", description=__doc__)
    parts = ", ".join(PARTS)
    parser.add_argument("--only", type=names, default=PARTS, metavar="PARTS", help=f"of {parts}")
    parser.add_argument("--rate", type=float, default=4.0, help="updates a second of a run")
    parser.add_argument("--seconds", type=float, default=20.0, help="to look at what is live")
    parser.add_argument("--updates", type=int, default=14_400, help="to play as an hour")
    parser.add_argument("--rounds", type=int, default=5, help="of opening a run")
    parser.add_argument(
        "--chromium",
        default=os.environ.get("CHROMIUM") or shutil.which("chromium"),
        help="the browser; default: $CHROMIUM or the first on PATH",
    )
    parser.add_argument("--reference", action="store_true", help="write RESULTS.md and .json")
    options = parser.parse_args()
    if options.chromium is None:
        parser.error("There is no Chromium on PATH. Install it, or name it with --chromium.")
    return options


def names(text: str) -> list[str]:
    return text.split(",")


if __name__ == "__main__":
    main()
