"""What is printed and written when a run has ended."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from rich.console import Console
from rich.text import Text

from casa_lab.errors import BadInput
from casa_lab.folders import read_json, write_json
from casa_lab.runs.counting.metrics import RunMetrics
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import DatasetProgress, FailureGroup, FailureList, Run
from casa_lab.runs.models import Progress as RunProgress
from casa_lab.wording import byte_rate, count, digits, duration, rate

from .tables import print_table

SHOWN_GROUPS = 10
"""How many causes of failures are printed."""

_SUMMARY = "run.json"


def print_summary(run: Run, failures: FailureList, metrics: RunMetrics) -> None:
    """Print how a run ended: a row for each dataset, its metrics, then its failures in sentences.

    Parameters
    ----------
    run
        The run, which has ended.
    failures
        Its failures by cause.
    metrics
        How well it used the cluster.
    """
    progress = run.progress
    if progress.datasets:
        numbers = ("Events", "of", "Chunks", "Failed")
        print_table(
            ("Dataset", *numbers),
            [(name, *_cells(dataset)) for name, dataset in progress.datasets.items()],
            numbers,
            ("all", *_cells(progress)) if len(progress.datasets) > 1 else None,
        )
    console = Console(highlight=False, soft_wrap=True)
    if metrics.wall_seconds:
        console.print(
            f"{count(metrics.events, 'event')} in {duration(metrics.wall_seconds)}: "
            f"{rate(metrics.events / metrics.wall_seconds)}, "
            f"{byte_rate(metrics.bytes_read / metrics.wall_seconds)}."
        )
    for line in describe_metrics(metrics):
        console.print(Text(line))
    for group in failures.groups[:SHOWN_GROUPS]:
        console.print(Text(describe_group(group), style="red"))
    if failures.groups:
        console.print(f"'casa-lab failures {run.id}' says more.")
    console.print(Text(run.message))


def describe_metrics(metrics: RunMetrics) -> list[str]:
    """Return how well a run used its cluster, and what its end waited for, in a few lines."""
    if not metrics.thread_seconds:
        return []
    threads = digits(metrics.threads_mean)
    lines = [
        f"{digits(metrics.event_rate_khz)} kHz in all, "
        f"{digits(metrics.event_rate_per_core_khz)} kHz a core, "
        f"{digits(metrics.data_rate_gbps)} Gbps.",
        f"Efficiency {metrics.core_efficiency:.0%}: {duration(metrics.process_seconds)} of "
        f"processing and {duration(metrics.overhead_seconds)} of overhead (of that, "
        f"{duration(metrics.open_seconds)} opening files) on {threads} "
        f"thread{'' if threads == '1' else 's'} for {duration(metrics.wall_seconds)}.",
    ]
    if metrics.tail is not None and metrics.tail.last:
        last = metrics.tail.last[0]
        more = f" and {count(last.files - 1, 'more file')}" if last.files > 1 else ""
        lines.append(
            f"The last {metrics.tail.batches:,} of {metrics.batches:,} batches took "
            f"{duration(metrics.tail.seconds)} more. The very last, of {last.file}{more} "
            f"on {last.host or last.worker}, ran for {duration(last.seconds)}, "
            f"{last.seconds / metrics.median_batch_seconds:.1f} times the median."
        )
    return lines


def describe_group(group: FailureGroup) -> str:
    """Return how much failed, where, and why."""
    failure = group.example.failure
    where = f"{', '.join(group.datasets)}, {failure.file}"
    if group.files_total > 1:
        where = f"{', '.join(group.datasets)}, {group.files_total:,} files"
    if group.chunks > 1:
        where += f", {group.chunks:,} chunks"
    if group.chunks == 1 and failure.entry_start is not None and failure.entry_stop is not None:
        where += f", events {failure.entry_start:,} to {failure.entry_stop:,}"
    elif group.events:
        where += f", {count(group.events, 'event')}"
    return f"{where}: {group.cause}"


def check_output(folder: Path) -> None:
    """Make the folder for the results, before anything is started.

    Raises
    ------
    BadInput
        When it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"The output folder {folder} cannot be made: {(error.strerror or str(error)).lower()}."
        ) from None


def write_results(folder: Path, run: Run, source: RunFolder, plots: bool) -> list[Path]:
    """Write what a run left into a folder of the user's.

    Parameters
    ----------
    folder
        Where to write. Files of an earlier run are replaced or, where this run
        has no such histogram, removed.
    run
        The run, which has ended.
    source
        Its folder.
    plots
        Whether to draw the histograms.

    Returns
    -------
    list of Path
        What was written, ``run.json`` last.
    """
    _remove_earlier(folder)
    written: list[Path] = []
    for kept in (source.result, source.failures, source.left_out, source.metrics):
        if kept.exists():
            shutil.copyfile(kept, folder / kept.name)
            written.append(folder / kept.name)
    if source.histograms.exists():  # else nothing was processed
        written += _write_histograms(folder, run.id, source.histograms, plots)
    names = [path.relative_to(folder).as_posix() for path in written]
    write_json(folder / _SUMMARY, {"run": run.model_dump(mode="json"), "files": names})
    return [*written, folder / _SUMMARY]


def _write_histograms(folder: Path, run: str, snapshot: Path, plots: bool) -> list[Path]:
    """Write histograms as UHI JSON, all in one file and one by one, and as pictures."""
    from uhi.io.json import default

    from casa_lab.histograms.snapshot import read_all, read_catalog
    from casa_lab.runs.exports import export

    if all(histogram.problem for histogram in read_catalog(snapshot).histograms):
        return []
    together = folder / "histograms.json"
    together.write_text(json.dumps(read_all(snapshot), default=default))
    written = [together, *export(run, output=folder / "histograms", format="uhi", whole=True)]
    return [*written, *export(run, output=folder / "plots")] if plots else written


def _remove_earlier(folder: Path) -> None:
    """Remove exactly what an earlier run wrote, so that results never mix."""
    try:
        earlier = read_json(folder / _SUMMARY) or {}
    except json.JSONDecodeError:
        return
    names = earlier.get("files", []) if isinstance(earlier, dict) else []
    for name in names:
        path = folder / str(name)
        if path.resolve().is_relative_to(folder.resolve()):
            path.unlink(missing_ok=True)


def _cells(progress: DatasetProgress | RunProgress) -> tuple[str, str, str, Text]:
    total = "?" if progress.events_total is None else f"{progress.events_total:,}"
    failed = Text(f"{progress.chunks_failed:,}", style="red" if progress.chunks_failed else "")
    return f"{progress.events_done:,}", total, f"{progress.chunks_done:,}", failed
