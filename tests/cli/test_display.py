"""What the terminal shows while a run goes on, and when it has ended."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hist
import pytest
from rich.console import Console

from casa_lab.cli.progress import BarDisplay, LineDisplay, display_on
from casa_lab.cli.summary import print_summary, write_results
from casa_lab.histograms.snapshot import write_snapshot
from casa_lab.runs.counting.metrics import Effort, MetricsMeter
from casa_lab.runs.failures.grouping import FailureTally
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import (
    DatasetProgress,
    Failure,
    FailureExample,
    FailureGroup,
    FailureList,
    ProcessorReference,
    Progress,
    Run,
)
from casa_lab.wording import byte_rate, count, duration, rate


def run(state: str = "running", message: str = "Processing.", **progress: Any) -> Run:
    return Run.model_validate(
        {
            "state": state,
            "message": message,
            "progress": Progress(**progress),
            "updated": 0,
            "id": "r",
            "name": "r",
            "door": "command line",
            "processor": ProcessorReference(location="x.py:X"),
            "schema_name": "NanoAODSchema",
            "datasets": ["dy"],
            "cluster": None,
            "chunksize": 1,
            "created": 0,
            "resumable": False,
        }
    )


def half_way() -> Run:
    return run(
        datasets={
            "dy[1]": DatasetProgress(events_done=500, events_total=1000, chunks_failed=2),
            "ttbar": DatasetProgress(),
        },
        events_done=500,
        events_total=1000,
        events_per_second=12345.6,
        bytes_per_second=2.5e6,
        seconds_left=75,
        workers=1,
        chunks_failed=2,
    )


def test_a_terminal_gets_bars_and_a_file_gets_lines() -> None:
    assert isinstance(display_on(Console(file=io.StringIO(), force_terminal=True)), BarDisplay)
    assert isinstance(display_on(Console(file=io.StringIO())), LineDisplay)


def test_bars_show_each_dataset_and_the_rates() -> None:
    stream = io.StringIO()
    with BarDisplay(Console(file=stream, force_terminal=True, width=100)) as display:
        display.update(run("queued", "Waiting to start."))
        display.update(half_way())
        display.note("Something [else].")
    shown = stream.getvalue()
    assert "dy[1]" in shown
    assert "500 of 1,000 events" in shown
    assert "2 failed" in shown
    assert "0 of ? events" in shown
    assert "12,346 events/s, 2.50 MB/s, 1 worker, 1 min 15 s left, 2 chunks failed" in shown
    assert "Something [else]." in shown


def test_lines_come_with_news_only() -> None:
    stream = io.StringIO()
    with LineDisplay(Console(file=stream)) as display:
        for _ in range(3):
            display.update(run("queued", "Waiting to start."))
        for _ in range(3):
            display.update(half_way())
        display.update(run("done", "Done."))
    assert stream.getvalue().splitlines() == [
        "queued: Waiting to start.",
        "running: 500 of 1,000 events, 12,346 events/s, 2.50 MB/s, 1 worker, 1 min 15 s left, "
        "2 chunks failed",
        "done: Done.",
    ]


def failure(number: int, **where: Any) -> Failure:
    return Failure.model_validate(
        {
            "dataset": "dy",
            "file": f"{number}.root",
            "treename": "Events",
            "entry_start": None,
            "entry_stop": None,
            "kind": "file missing",
            "cause": "There is no such file.",
            "exception": "",
            "traceback": "",
            **where,
        }
    )


def grouped(*failures: Failure) -> list[FailureGroup]:
    tally = FailureTally()
    for failure in failures:
        tally.add(failure)
    return tally.groups(lambda failure: FailureExample(failure=failure, trimmed="", code=""))


def test_summary_tells_failures_in_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    ended = half_way().model_copy(update={"state": "done", "message": "Done, without 2 chunks."})
    ended.progress.seconds_elapsed = 0.1  # of the last session
    ended.progress.bytes_read = 4000
    groups = [
        *grouped(failure(1), failure(2), failure(2, entry_start=0, entry_stop=500)),
        *grouped(failure(3, entry_start=1000, entry_stop=2000, cause="No [muons].")),
    ]
    meter = MetricsMeter(clock=iter([0.0, 0.0, 1.0, 1.5, 2.0]).__next__)
    meter.observe(threads=2, engaged=2)
    for seconds in (1.0, 1.5):
        batch = {"process_seconds": 0.9 * seconds, "open_seconds": 0.04, "bytes_read": 125_000_000}
        meter.add(Effort("dy", "9.root", "tcp://one:1", "one", 1, 250, seconds, **batch))
    meter.observe(threads=2, engaged=0)
    metrics = meter.snapshot()
    print_summary(ended, FailureList(groups=groups, total=4, accepted=[]), metrics)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["Dataset", "Events", "of", "Chunks", "Failed"]
    assert lines[1].split() == ["dy[1]", "500", "1,000", "0", "2"]
    assert lines[3].split() == ["all", "500", "1,000", "0", "2"]
    assert lines[-8:] == [
        "500 events in 2.0 s: 250 events/s, 125 MB/s.",
        "0.25 kHz in all, 0.125 kHz a core, 1 Gbps.",
        "Efficiency 56%: 2.2 s of processing and 0.2 s of overhead (of that, 0.1 s opening files) "
        "on 2 threads for 2.0 s.",
        "The last 1 of 2 batches took 0.5 s more. The very last, of 9.root on one, ran for 1.5 s, "
        "1.5 times the median.",
        "dy, 2 files, 3 chunks, 500 events: There is no such file.",
        "dy, 3.root, events 1,000 to 2,000: No [muons].",
        "'casa-lab failures r' says more.",
        "Done, without 2 chunks.",
    ]


def test_results_of_an_earlier_run_make_room(
    put_run: Callable[..., RunFolder], tmp_path: Path
) -> None:
    source, out = put_run("done", "r"), tmp_path / "out"
    (out / "plots").mkdir(parents=True)
    (out / "plots" / "mine.png").touch()

    def write(name: str) -> list[str]:
        histogram = hist.new.Reg(2, 0, 1, name="x").Double()
        write_snapshot(source.histograms, {name: histogram}, 1, {}, final=True)
        written = write_results(out, run("done"), source, True)
        return [path.relative_to(out).as_posix() for path in written]

    source.result.write_bytes(b"accumulator")
    assert write("first") == [
        "result.coffea",
        "histograms.json",
        "histograms/first.json",
        "plots/first.png",
        "run.json",
    ]
    source.result.unlink()
    write("second")
    assert sorted(path.name for path in out.rglob("*.*")) == [
        "histograms.json",
        "mine.png",
        "run.json",
        "second.json",
        "second.png",
    ]


def test_a_run_without_histograms_has_results_all_the_same(tmp_path: Path) -> None:
    written = write_results(tmp_path, run("stopped"), RunFolder(tmp_path), True)
    assert [path.name for path in written] == ["run.json"]


def test_wording() -> None:
    assert [count(number, "run") for number in (0, 1, 1200)] == ["0 runs", "1 run", "1,200 runs"]
    assert rate(84210.4) == "84,210 events/s"
    assert [byte_rate(number) for number in (0, 999, 1000, 12345, 1.234e8, 9.999e8)] == [
        "0 B/s",
        "999 B/s",
        "1.00 kB/s",
        "12.3 kB/s",
        "123 MB/s",
        "1.00 GB/s",
    ]
    assert [duration(seconds) for seconds in (0.04, 9.96, 59.6, 3599, 7500)] == [
        "0.0 s",
        "10 s",
        "1 min 0 s",
        "59 min 59 s",
        "2 h 5 min",
    ]
