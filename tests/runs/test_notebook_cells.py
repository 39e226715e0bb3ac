"""Notebooks on a real kernel: what their cells show, and what outlives them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from coffea.util import load
from comparison import assert_same_accumulator
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbconvert import HTMLExporter, MarkdownExporter

import casa_lab
from casa_lab.clusters.models import Cluster
from casa_lab.runs import manager
from casa_lab.runs.errors import RunStopped
from casa_lab.runs.history.details import details
from casa_lab.runs.models import DatasetProgress, Progress, Run
from casa_lab.runs.showing.bundle import MIME_TYPE, bundle_of

from . import gated
from .conftest import CHUNK, EVENTS, FILES, newest_run
from .gates import Gate, wait_for, wait_for_end

SECONDS = 120

HOSTILE = '<script>alert("x")</script>\n\x1b[31m\u202eevil' + "w" * 500


@pytest.fixture
def folder(tmp_path: Path, fileset: dict[str, Any]) -> Path:
    """A folder to work in: a fileset, and a module beside the notebook."""
    path = tmp_path / "work"
    path.mkdir()
    (path / "fileset.json").write_text(json.dumps(fileset))
    (path / "analysis.py").write_text(analysis())
    return path


def analysis() -> str:
    """Return a module that does something when it is imported, as libraries of physics do."""
    source = Path(gated.__file__).read_text(encoding="utf-8")
    return f'{source}\nak.behavior["casa", "imported"] = True\n'


def launching(gate: Gate, cluster: Cluster) -> str:
    """Return a cell that launches a processor of its own."""
    return (
        "import awkward as ak\n"
        "import casa_lab\n"
        "from analysis import Gated\n\n"
        "def passed(output):\n"
        "    assert ak.behavior['casa', 'imported']\n"
        "    return output\n\n"
        "class Mine(Gated):\n"
        '    """Made in a cell."""\n\n'
        "    def process(self, events):\n"
        "        return passed(super().process(events))\n\n"
        f"run = casa_lab.launch(Mine({str(gate.folder)!r}), 'fileset.json', {cluster.id!r},\n"
        f"                      chunksize={CHUNK}, name='From a cell')\n"
        "run"
    )


def test_a_notebook_shows_its_runs_and_keeps_their_pictures(
    folder: Path, gate: Gate, cluster: Cluster, expected: Any
) -> None:
    gate.open()
    live = (
        "from coffea.nanoevents import BaseSchema\n"
        "from coffea.processor import Runner\n"
        f"client = casa_lab.connect({cluster.id!r})\n"
        "executor = casa_lab.LiveExecutor(client, name='Live')\n"
        f"runner = Runner(executor, schema=BaseSchema, chunksize={CHUNK})\n"
        f"live = runner(casa_lab_fileset, Mine({str(gate.folder)!r}))\n"
        "client.close()\n"
    )
    cells = [
        launching(gate, cluster),
        "output = await run",
        "import json\ncasa_lab_fileset = json.load(open('fileset.json'))\n" + live,
        "from coffea.util import save\nsave([output, live], 'outputs.coffea')\ncasa_lab.runs()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": folder}}
    ).execute()

    live_run, launched = manager.list_runs()[:2]
    assert (launched.name, launched.state, launched.door) == ("From a cell", "done", "notebook")
    assert (live_run.name, live_run.state, live_run.code_kept) == ("Live", "done", False)
    for run, cell in ((launched, notebook.cells[0]), (live_run, notebook.cells[2])):
        (shown,) = [each for each in cell.outputs if MIME_TYPE in each.get("data", {})]
        assert shown["data"][MIME_TYPE] == {"run": run.id, "name": run.name}
        assert shown["data"]["text/plain"] == f"<run {run.name!r}: done, 240 of 240 events (100 %)>"
        assert base64.b64decode(shown["data"]["image/png"]).startswith(b"\x89PNG")
        # Neither a bar nor a complaint beside it.
        assert [each for each in cell.outputs if each is not shown] == []
    (listed,) = notebook.cells[3].outputs
    assert "From a cell" in listed["data"]["text/html"]
    assert launched.id in listed["data"]["text/plain"]
    for output in load(folder / "outputs.coffea"):
        assert_same_accumulator(output, expected)

    picture = notebook.cells[0].outputs[0]["data"]["image/png"].replace("\n", "")
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert picture in page.replace("\n", "")
    text, _ = MarkdownExporter().from_notebook_node(notebook)
    assert picture in text
    for source in ("notebook.py", "modules/analysis.py"):
        assert source in [kept.path for kept in details(launched.id).sources]


@pytest.fixture
def kernel(folder: Path) -> Iterator[Any]:
    manager_, client = start_new_kernel(kernel_name="python3", cwd=str(folder))
    yield manager_, client
    client.stop_channels()
    if manager_.is_alive():
        manager_.shutdown_kernel(now=True)


def test_a_run_outlives_its_kernel_and_is_resumed_without_it(
    folder: Path, gate: Gate, cluster: Cluster, expected: Any, kernel: Any
) -> None:
    kernel_manager, client = kernel
    reply = client.execute_interactive(
        launching(gate, cluster), timeout=SECONDS, output_hook=lambda _: None
    )
    assert reply["content"]["status"] == "ok", reply["content"]
    run = newest_run()
    gate.allow(5)
    wait_for(run.id, lambda found: found.progress.chunks_done >= 2, "a batch")
    kernel_manager.shutdown_kernel(now=True)
    # Nothing of what the notebook had is there any more, but for what the run kept.
    (folder / "analysis.py").unlink()
    gate.allow(2)
    wait_for(run.id, lambda found: found.progress.chunks_done >= 4, "the next batch")
    manager.stop(run.id)
    stopped = wait_for_end(run.id)
    assert (stopped.state, stopped.resumable) == ("stopped", True)
    handle = casa_lab.run(run.id)
    with pytest.raises(RunStopped, match=r"run\.result\(partial=True\) returns what was counted"):
        handle.result()
    counted = handle.result(partial=True)
    assert 0 < sum(counted["events"].values()) == handle.progress.events_done < FILES * EVENTS

    gate.open()
    handle.resume()
    assert_same_accumulator(handle.result(), expected)
    cells, module = details(run.id).sources
    assert cells.path == "notebook.py"
    assert cells.text.index("def passed(output)") < cells.text.index("class Mine(Gated)")
    assert (module.path, module.text) == ("modules/analysis.py", analysis())


def test_hostile_names_are_harmless() -> None:
    run = Run(
        id="run-1",
        name=HOSTILE,
        state="running",
        message=HOSTILE,
        door="notebook",
        processor={"location": "notebook:Mine"},
        schema_name="BaseSchema",
        datasets=[HOSTILE],
        chunksize=1,
        created=0.0,
        updated=0.0,
        resumable=False,
        progress=Progress(
            events_done=1,
            events_total=3,
            datasets={HOSTILE: DatasetProgress(events_done=1)}
            | {f"d{number}": DatasetProgress() for number in range(50)},
        ),
    )
    bundle = bundle_of(run)
    assert bundle[MIME_TYPE] == {"run": "run-1", "name": HOSTILE}
    page = bundle["text/html"]
    assert "<script" not in page
    assert "\x1b" not in page + bundle["text/plain"]
    assert "\n" not in bundle["text/plain"]
    assert "w" * 300 not in page
    assert "and 31 more" in page
    assert "image/png" not in bundle
    assert page.count("<img") == 0
    assert bundle_of(run, b"\x89PNG")["text/html"].count("<img") == 1
