"""Runs started from the command line: real clusters, real drivers, real files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import boost_histogram as bh
import hist
import numpy as np
import pytest
from coffea import nanoevents
from coffea.processor import IterativeExecutor, Runner
from coffea.util import load
from patience import PATIENCE_SECONDS, wait_until

from casa_lab.cli import main
from casa_lab.clusters import manager as clusters
from casa_lab.datasets.fileset import load_fileset
from casa_lab.folders import read_json
from casa_lab.runs import manager as runs
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import ProcessorReference, Run
from casa_lab.runs.states import ENDED
from casa_lab.runs.usercode.loading import load_processor

EXAMPLES = Path(__file__).parents[2] / "examples"

ALL_EXAMPLES = """
import adl
from dimuon import DimuonProcessor
from ttbar import TTbarProcessor

class AllExamples(DimuonProcessor):
    '''All the examples for NanoAOD in one pass, so that one run tests them all.'''

    def __init__(self, luminosity):
        self.examples = [DimuonProcessor(luminosity), TTbarProcessor(luminosity)]
        self.examples += [getattr(adl, f"ADLQuery{number}")() for number in range(1, 9)]

    def process(self, events):
        return {type(example).__name__: example.process(events) for example in self.examples}

    def postprocess(self, accumulator):
        return accumulator
"""

SLOW = """
import time
from pathlib import Path
import hist
from coffea import processor

class Slow(processor.ProcessorABC):
    '''Counts events; all chunks but the first wait for a file.'''

    def __init__(self, gate):
        self.gate = Path(gate)

    def process(self, events):
        try:
            self.gate.with_suffix(".first").touch(exist_ok=False)
        except FileExistsError:
            while not self.gate.exists():
                time.sleep(0.05)
        axis = hist.axis.StrCategory([], name="dataset", growth=True)
        counts = hist.Hist(axis, storage="int64")
        counts.fill([events.metadata["dataset"]] * len(events))
        return {"counts": counts, "events": len(events)}
"""


pytestmark = pytest.mark.filterwarnings(
    "ignore:Skipping", "ignore:Missing cross-reference", "ignore:Branch"
)


def run_cli(*arguments: object) -> int:
    return main(["run", *map(str, arguments), "--no-plots"])


def plain_coffea(location: str, fileset: Path, chunksize: int, **arguments: Any) -> Any:
    reference = ProcessorReference(location=location, arguments=arguments)
    for name in ("adl", "dimuon", "ttbar", "all_examples"):
        sys.modules.pop(name, None)  # the copy of another test
    processor = load_processor(reference)
    schema = getattr(nanoevents, processor.schema_name)
    runner = Runner(executor=IterativeExecutor(status=False), schema=schema, chunksize=chunksize)
    return runner(load_fileset(fileset), processor)


def assert_same(ours: Any, plain: Any) -> None:
    """Counts are the same exactly, weighted sums within 1e-12."""
    if isinstance(plain, bh.Histogram):
        assert_same_histogram(ours, plain)
    elif isinstance(plain, Mapping):
        assert set(ours) == set(plain)
        for key in plain:
            assert_same(ours[key], plain[key])
    elif isinstance(plain, float):
        assert ours == pytest.approx(plain, rel=1e-12)
    else:
        assert ours == plain


def assert_same_histogram(ours: hist.Hist, plain: hist.Hist) -> None:
    for number, axis in enumerate(plain.axes):
        if axis.traits.growth and isinstance(axis, bh.axis.StrCategory):
            # The order of grown categories is that in which they were first filled.
            assert sorted(ours.axes[number]) == sorted(axis)
            ours = reordered(ours, number, list(axis))
        else:
            assert ours.axes[number] == axis
    assert ours.storage_type is plain.storage_type
    if plain.storage_type is bh.storage.Weight:
        for part in ("value", "variance"):
            mine, theirs = ours.view(flow=True)[part], plain.view(flow=True)[part]
            # Bins where weights cancel are as exact as what was summed in them.
            atol = 1e-12 * np.abs(theirs).max(initial=0)
            np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=atol)
    else:
        np.testing.assert_array_equal(ours.view(flow=True), plain.view(flow=True))


def reordered(histogram: hist.Hist, number: int, names: list[str]) -> hist.Hist:
    axes = list(histogram.axes)
    order = [list(axes[number]).index(name) for name in names]
    axes[number] = hist.axis.StrCategory(names, name=axes[number].name, growth=True)
    result = hist.Hist(*axes, storage=histogram.storage_type())
    result.view(flow=True)[...] = np.take(histogram.view(flow=True), order, axis=number)
    return result


@pytest.fixture
def real_fileset(tmp_path: Path, real_data: Path) -> Callable[[str, str], Path]:
    def write(file: str, tree: str) -> Path:
        path = tmp_path / "real.json"
        path.write_text(json.dumps({"real": {"files": {str(real_data / file): tree}}}))
        return path

    return write


@pytest.mark.parametrize("where", ["sample", "real"])
def test_all_examples_equal_plain_coffea(
    cluster: str,
    sample: Path,
    real_fileset: Callable[[str, str], Path],
    tmp_path: Path,
    where: str,
) -> None:
    for name in ("adl.py", "dimuon.py", "ttbar.py"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    (tmp_path / "all_examples.py").write_text(ALL_EXAMPLES)
    fileset = sample if where == "sample" else real_fileset("nano_dy.root", "Events")
    location, out = f"{tmp_path}/all_examples.py:AllExamples", tmp_path / "out"
    options = ("--fileset", fileset, "--cluster", cluster, "-o", out, "--chunksize", 2000)
    assert run_cli(location, *options, "--arg", "luminosity=3.5") == 0

    plain = plain_coffea(location, fileset, 2000, luminosity=3.5)
    assert_same(load(out / "result.coffea"), plain)
    exported = json.loads((out / "histograms.json").read_text())
    assert_same_histogram(hist.Hist(exported["TTbarProcessor/ht"]), plain["TTbarProcessor"]["ht"])
    summary = json.loads((out / "run.json").read_text())["run"]
    assert summary["progress"]["events_done"] == summary["progress"]["events_total"] > 0
    assert summary["door"] == "command line"
    metrics = json.loads((out / "metrics.json").read_text())
    assert metrics["events"] == summary["progress"]["events_done"]
    assert 0 < metrics["core_efficiency"] < 1


@pytest.mark.parametrize(
    ("processor", "file", "tree"),
    [
        ("physlite.py:PhysliteProcessor", "PHYSLITE_example.root", "CollectionTree"),
        ("flat.py:HZZProcessor", "uproot-HZZ.root", "events"),
        ("flat.py:ZmumuProcessor", "uproot-Zmumu.root", "events"),
        ("dimuon.py:DimuonProcessor", "nano_dimuon.root", "Events"),
    ],
)
def test_equals_plain_coffea_on_real_files(
    cluster: str,
    real_fileset: Callable[[str, str], Path],
    tmp_path: Path,
    processor: str,
    file: str,
    tree: str,
) -> None:
    fileset, out = real_fileset(file, tree), tmp_path / "out"
    location = f"{EXAMPLES}/{processor}"
    assert run_cli(location, "--fileset", fileset, "--cluster", cluster, "-o", out) == 0
    assert_same(load(out / "result.coffea"), plain_coffea(location, fileset, 100_000))


def test_a_run_with_more_datasets_continues_the_first_one(
    cluster: str, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    location, out = f"{EXAMPLES}/adl.py:ADLQuery1", tmp_path / "out"
    options = ("--fileset", sample, "--cluster", cluster, "-o", out)
    assert run_cli(location, *options, "--datasets", "TTbar") == 0
    first = read_json(out / "run.json")["run"]
    assert run_cli(location, *options, "--continue", first["id"][-6:]) == 0
    assert_same(load(out / "result.coffea"), plain_coffea(location, sample, 100_000))
    second = read_json(out / "run.json")["run"]
    old, new = (open_run(run["id"]).series for run in (first, second))
    assert sum(read_json(new)["events"]) == second["progress"]["events_done"]
    assert 0 < sum(read_json(old)["events"]) < sum(read_json(new)["events"])
    assert open_run(second["id"]).spec().continues == first["id"]

    capsys.readouterr()
    assert run_cli(location, *options, "--continue", first["id"], "--chunksize", 7) == 2
    assert "the chunk size is 7 and was" in capsys.readouterr().err


def test_what_cannot_be_read_is_told_and_the_rest_is_kept(
    cluster: str, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = load_fileset(sample)["TTbar"]
    broken = {**good, "files": {**good["files"], str(tmp_path / "missing.root"): "Events"}}
    whole, partial = tmp_path / "whole.json", tmp_path / "partial.json"
    whole.write_text(json.dumps({"TTbar": good}))
    partial.write_text(json.dumps({"TTbar": broken}))
    location, out = f"{EXAMPLES}/adl.py:ADLQuery1", tmp_path / "out"

    assert run_cli(location, "--fileset", partial, "--cluster", cluster, "-o", out) == 1

    printed = capsys.readouterr().out
    assert "missing.root" in printed
    assert "Traceback" not in printed
    assert "missing.root" in (out / "failures.jsonl").read_text()
    assert_same(load(out / "result.coffea"), plain_coffea(location, whole, 100_000))


def test_a_processor_that_does_not_import_is_told(
    cluster: str, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    processor = tmp_path / "needs.py"
    processor.write_text("import no_such_module\n\nclass P: ...\n")
    options = ("--fileset", sample, "--cluster", cluster, "-o", tmp_path / "out")
    assert run_cli(f"{processor}:P", *options) == 1
    printed = capsys.readouterr()
    assert "there is no module 'no_such_module' (line 1)" in printed.out
    assert "Traceback" not in printed.out + printed.err


@pytest.fixture
def slow_run(
    sample: Path, tmp_path: Path, casa_data_dir: Path
) -> Callable[..., subprocess.Popen[str]]:
    """Starts a run in a process of its own, of which all but one chunk wait for a file."""
    (tmp_path / "slow.py").write_text(dedent(SLOW))
    files = load_fileset(sample)
    fileset = {name: files[name] for name in ("TTbar", "DYJetsToLL")}
    (tmp_path / "fileset.json").write_text(json.dumps(fileset))

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = "import sys; from casa_lab.cli import main; sys.exit(main())"
        slow = ["run", "slow.py:Slow", "--arg", f"gate={tmp_path / 'gate'}"]
        chunks = ["--fileset", "fileset.json", "--chunksize", "200"]
        return subprocess.Popen(
            [sys.executable, "-c", command, *slow, *chunks, *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def the_run() -> Run:
    (run,) = runs.list_runs()
    return run


def has_counted() -> bool:
    return any(run.progress.events_done for run in runs.list_runs())


def is_asked_to_stop() -> bool:
    return "request: stop" in runs.log(the_run().id).text


def test_ctrl_c_stops_with_a_valid_partial_result(
    slow_run: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = slow_run("--workers", "2", "-o", "out")
    wait_until(has_counted, "events")
    process.send_signal(signal.SIGINT)
    wait_until(is_asked_to_stop, "request to stop")
    (tmp_path / "gate").touch()
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 130, output
    assert "Stopping; what was processed is kept." in output
    assert "Traceback" not in output
    progress = json.loads((tmp_path / "out" / "run.json").read_text())["run"]["progress"]
    assert 0 < progress["events_done"] < progress["events_total"]
    accumulator = load(tmp_path / "out" / "result.coffea")
    assert accumulator["events"] == progress["events_done"]
    counts = {name: accumulator["counts"][name] for name in accumulator["counts"].axes["dataset"]}
    assert counts == {
        name: dataset["events_done"]
        for name, dataset in progress["datasets"].items()
        if dataset["events_done"]
    }
    exported = json.loads((tmp_path / "out" / "histograms" / "counts.json").read_text())
    assert_same_histogram(hist.Hist(exported), accumulator["counts"])
    assert (tmp_path / "out" / "plots" / "counts.png").exists()
    assert clusters.list_clusters() == []


def test_a_second_ctrl_c_leaves_the_run_in_the_background(
    slow_run: Callable[..., subprocess.Popen[str]],
    tmp_path: Path,
    shared_cluster: str,
    shared_data_dir: Path,
) -> None:
    data_dir = Path(os.environ["CASA_DATA_DIR"])
    data_dir.mkdir(exist_ok=True)
    # Runs of its own, on the cluster that the tests share.
    (data_dir / "clusters").symlink_to(shared_data_dir / "clusters")
    process = slow_run("--cluster", shared_cluster)
    wait_until(has_counted, "events")
    folder = open_run(the_run().id)
    driver = read_json(folder.path / "owner.json")["pid"]
    os.kill(driver, signal.SIGSTOP)  # so that the run cannot end meanwhile
    try:
        process.send_signal(signal.SIGINT)
        wait_until((folder.path / "requests.jsonl").exists, "request to stop")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 130, output
        assert "The run goes on in the background. 'casa-lab runs' shows it, " in output
        assert f"'casa-lab stop {folder.id}' stops it." in output
        assert the_run().state not in ENDED
    finally:
        os.kill(driver, signal.SIGCONT)
        (tmp_path / "gate").touch()
    wait_until(lambda: the_run().state in ENDED, "end of the run")
    assert the_run().state == "stopped"
    assert clusters.get(shared_cluster).state == "running"
