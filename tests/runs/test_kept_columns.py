"""Columns that workers keep, in the notebook and in runs that are launched."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import awkward as ak
import pytest
from coffea.util import load
from distributed import Client

from casa_lab.clusters.models import Cluster
from casa_lab.reading.columns import chunks_with_kept_columns
from casa_lab.reading.files import ReadingOptions
from casa_lab.runs import manager
from casa_lab.runs.counting.metrics import read_metrics
from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import NewRun, ProcessorReference

from .conftest import Process, newest_run, run_plainly, write_file
from .gates import wait_for_end

CODE = """
import awkward as ak
import numpy as np
from coffea import processor

class Careless(processor.ProcessorABC):
    schema_name = "BaseSchema"

    def process(self, events):
        for column in (events.x, events.w):
            np.asarray(column)[:] = -1  # what others read after it must not be that
        return {"calls": 1}

    def postprocess(self, accumulator):
        return accumulator

class Sums(Careless):
    def process(self, events):
        return {"x": float(ak.sum(events.x)), "w": float(ak.sum(events.w))}
"""


@pytest.fixture
def fileset(tmp_path: Path) -> dict[str, Any]:
    write_file(tmp_path / "large.root", seed=1, events=100_000)
    return {"large": {"files": {str(tmp_path / "large.root"): "Events"}}}


def bytes_read(run: str) -> int:
    return read_metrics(open_run(run).metrics).bytes_read


def where(events: ak.Array) -> dict[str, Any]:
    """Tell which process had which chunk."""
    facts = events.metadata
    chunk = f"{Path(facts['filename']).name}-{facts['entrystart']}"
    return {"sum": float(ak.sum(events.x * events.w)), "processes": {f"{chunk} in {os.getpid()}"}}


def test_kept_columns_are_read_once_by_the_workers_that_have_them(
    client: Client, run_live: Process, fileset: dict[str, Any]
) -> None:

    def run(kept: int) -> tuple[dict[str, Any], int]:
        executor = LiveExecutor(client, status=False, reading=ReadingOptions(column_bytes=kept))
        output = run_live(fileset, where, executor, chunksize=10_000)
        return output, bytes_read(newest_run().id)

    first, read = run(kept=10**7)
    again, read_again = run(kept=10**7)
    assert again == first  # in the same processes, too
    assert read_again < read / 10  # to open the file

    _, read_without = run(kept=0)
    assert read_without > read / 2


def test_a_changed_processor_finds_the_columns_as_they_are_in_the_file(
    cluster: Cluster, fileset: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "own.py").write_text(CODE)

    def run(name: str) -> str:
        new = NewRun(
            processor=ProcessorReference(location=f"{tmp_path / 'own.py'}:{name}"),
            datasets=["large"],
            chunksize=10_000,
            column_bytes=10**7,
        )
        launched = manager.launch(new, fileset, cluster.id, "command line")
        assert wait_for_end(launched.id).state == "done"
        return launched.id

    first, second = run("Careless"), run("Sums")
    assert load(open_run(second).result) == pytest.approx(
        run_plainly(fileset, sums, chunksize=10_000), rel=1e-9
    )
    assert bytes_read(second) < bytes_read(first) / 5


def test_workers_that_do_not_say_what_they_keep_are_not_waited_for(
    client: Client,
    run_live: Process,
    fileset: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ask = client.run

    def ask_in_vain(function: Any, *arguments: Any, **options: Any) -> Any:
        # As workers that died since they were last asked.
        if function is chunks_with_kept_columns:
            function, options["callback_timeout"] = time.sleep, 0.1
            arguments = (1.0,)
        return ask(function, *arguments, **options)

    monkeypatch.setattr(client, "run", ask_in_vain)
    executor = LiveExecutor(client, status=False, reading=ReadingOptions(column_bytes=10**7))
    output = run_live(fileset, sums, executor, chunksize=10_000)
    assert output == pytest.approx(run_plainly(fileset, sums, chunksize=10_000), rel=1e-9)
    assert "do not say which columns they keep" in caplog.text


def sums(events: ak.Array) -> dict[str, Any]:
    return {"x": float(ak.sum(events.x)), "w": float(ak.sum(events.w))}
