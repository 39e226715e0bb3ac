"""Casa's LiveExecutor against Coffea's DaskExecutor, on the same cluster and sample.

Paired: in each round both run the same processors, in alternating order, so that
what else the machine does hits both alike. The ratio of a round is what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coffea.nanoevents import NanoAODSchema
from coffea.processor import DaskExecutor, Runner
from distributed import Client, LocalCluster

from casa_lab.datasets.fileset import load_fileset
from casa_lab.datasets.sample import make_sample
from casa_lab.runs.environment import package_versions
from casa_lab.runs.executor import LiveExecutor
from casa_lab.runs.loading import load_processor
from casa_lab.runs.models import ProcessorReference
from casa_lab.runs.shipping import carry_by_value

HERE = Path(__file__).parent
PROCESSORS = ("dimuon.py:DimuonProcessor", "ttbar.py:TTbarProcessor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="of the sample")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--fileset", type=Path, help="instead of a sample made for this")
    options = parser.parse_args()
    with TemporaryDirectory() as scratch:
        os.environ["CASA_DATA_DIR"] = f"{scratch}/casa"
        path = options.fileset or make_sample(Path(scratch), None, scale=options.scale)
        fileset = load_fileset(path)
        rounds = measure(fileset, options.pairs, options.workers)
    print(table(rounds))
    write(rounds, options)


def measure(fileset: dict[str, Any], pairs: int, workers: int) -> list[dict[str, float]]:
    processors = []
    for name in PROCESSORS:
        reference = ProcessorReference(location=str(HERE.parent / "examples" / name))
        processors.append(load_processor(reference))
        carry_by_value(reference)
    rounds = []
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(workers)
        executors = {
            "coffea": lambda: DaskExecutor(client=client, status=False),
            "casa": lambda: LiveExecutor(client, status=False),
        }
        for number in range(pairs + 1):
            order = list(executors) if number % 2 else list(executors)[::-1]
            seconds = {}
            for name in order:
                began = time.perf_counter()
                for processor in processors:
                    runner = Runner(executors[name](), schema=NanoAODSchema, metadata_cache={})
                    runner(fileset, processor)
                seconds[name] = time.perf_counter() - began
            if number:  # the first round pays for imports on the workers
                rounds.append(seconds)
                print(
                    number, {name: round(value, 1) for name, value in seconds.items()}, flush=True
                )
    return rounds


def summary(rounds: list[dict[str, float]]) -> dict[str, float]:
    ratios = [seconds["casa"] / seconds["coffea"] for seconds in rounds]
    return {
        "coffea": statistics.median(seconds["coffea"] for seconds in rounds),
        "casa": statistics.median(seconds["casa"] for seconds in rounds),
        "ratio": statistics.median(ratios),
        "least": min(ratios),
        "largest": max(ratios),
    }


def table(rounds: list[dict[str, float]]) -> str:
    found = summary(rounds)
    return "\n".join(
        (
            f"| dimuon + ttbar, medians of {len(rounds)} pairs | seconds | relative |",
            "|---|---|---|",
            f"| Coffea, DaskExecutor with its defaults | {found['coffea']:.1f} | 1.00 |",
            f"| Casa, LiveExecutor with live histograms | {found['casa']:.1f} "
            f"| {found['ratio']:.2f} ({found['least']:.2f} to {found['largest']:.2f}) |",
        )
    )


def write(rounds: list[dict[str, float]], options: argparse.Namespace) -> None:
    path = HERE / "results" / f"engine-{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.parent.mkdir(exist_ok=True)
    result = {
        "rounds": rounds,
        "summary": summary(rounds),
        "scale": options.scale,
        "workers": options.workers,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "versions": package_versions(),
    }
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
