"""Local modules that functions import when they are called, on real workers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from coffea.util import load
from distributed import Client
from patience import wait_until

import casa_lab
from casa_lab.clusters import manager as clusters
from casa_lab.clusters.models import Cluster, NewCluster, Profile
from casa_lab.clusters.states import ENDED_STATES
from casa_lab.forecasts.driver import dry_run_of
from casa_lab.runs import manager
from casa_lab.runs.errors import RunError
from casa_lab.runs.folder import open_run
from casa_lab.runs.history.again import rerun
from casa_lab.runs.models import NewRun, ProcessorReference
from casa_lab.runs.usercode.loading import load_processor

from .conftest import CHUNK, EVENTS, FILES, Process
from .gates import wait_for_end

ALL = FILES * EVENTS

ANALYSIS = """
    from coffea.processor import ProcessorABC


    def process(events):
        from late_package.weights import weigh

        return {"sum": weigh(events)}


    class Late(ProcessorABC):
        def process(self, events):
            return process(events)

        def postprocess(self, output):
            import late_helper

            return {**output, "factor": late_helper.FACTOR}
"""


def write(folder: Path, factor: int, analysis: str = "late_analysis") -> Path:
    """Write an analysis whose modules are imported in functions only."""
    files = {
        f"{analysis}.py": ANALYSIS,
        "late_helper.py": f"FACTOR = {factor}\n",
        "late_package/__init__.py": "",
        "late_package/weights.py": """
            from . import counting

            def weigh(events):
                from late_helper import FACTOR

                return FACTOR * counting.count(events)
        """,
        "late_package/counting.py": "def count(events):\n    return len(events)\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return folder / f"{analysis}.py"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder from which this process imports, as a kernel does from that of its notebook."""
    before = set(sys.modules)
    path = tmp_path / "work"
    path.mkdir()
    monkeypatch.syspath_prepend(path)
    yield path
    for name in sys.modules.keys() - before:
        if name.startswith("late_"):
            del sys.modules[name]


def in_cell(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function look as if a cell defined it."""
    function.__module__ = "__main__"
    return function


@in_cell
def weighed(events: Any) -> dict[str, int]:
    from late_package import weights

    return {"sum": weights.weigh(events)}


def test_what_a_cell_imports_late_travels_as_it_is_now(
    run_live: Process, fileset: dict[str, Any], client: Client, folder: Path
) -> None:
    write(folder, 2)
    assert run_live(fileset, weighed) == {"sum": 2 * ALL}
    write(folder, 5)
    assert run_live(fileset, weighed) == {"sum": 5 * ALL}
    (folder / "late_package" / "counting.py").write_text("def count(events):\n    return 1\n")
    # The package is known here now, and other parts of it are not.
    assert weighed([0, 0]) == {"sum": 5}
    assert run_live(fileset, weighed) == {"sum": 5 * ALL // CHUNK}
    loaded = client.run(lambda: [name for name in sys.modules if name.startswith("late_")])
    assert not any(loaded.values())


def test_what_a_late_module_makes_comes_back(
    run_live: Process, fileset: dict[str, Any], folder: Path
) -> None:
    source = """
        class Sum:
            def __init__(self, value):
                self.value = value

            def __add__(self, other):
                return Sum(self.value + other.value)
    """
    (folder / "late_sums.py").write_text(dedent(source))

    @in_cell
    def summed(events: Any) -> dict[str, Any]:
        import late_sums

        return {"sum": late_sums.Sum(len(events))}

    assert run_live(fileset, summed)["sum"].value == ALL


def test_a_module_imported_both_ways_is_there_for_both(
    run_live: Process, fileset: dict[str, Any], folder: Path
) -> None:
    write(folder, 3)
    import late_helper  # type: ignore[import-not-found]

    @in_cell
    def both(events: Any) -> dict[str, int]:
        import late_helper as late

        return {"sum": len(events) * late_helper.FACTOR * late.FACTOR}

    assert run_live(fileset, both) == {"sum": 9 * ALL}


def test_a_schema_of_a_local_module_travels_with_what_it_imports(
    run_live: Process, fileset: dict[str, Any], folder: Path
) -> None:
    source = """
        from coffea.nanoevents import BaseSchema


        class LateSchema(BaseSchema):
            def __init__(self, base_form, *args, **kwargs):
                import late_helper

                super().__init__(base_form, *args, **kwargs)
                self._form["fields"] = [late_helper.rename(name) for name in self._form["fields"]]
    """
    (folder / "late_schema.py").write_text(dedent(source))
    (folder / "late_helper.py").write_text("def rename(name):\n    return name.upper()\n")
    import late_schema  # type: ignore[import-not-found]

    @in_cell
    def named(events: Any) -> dict[str, int]:
        return {"X" if "X" in events.fields else "x": len(events)}

    assert run_live(fileset, named, schema=late_schema.LateSchema) == {"X": ALL}


def test_what_does_not_travel_is_told(
    run_live: Process, fileset: dict[str, Any], folder: Path, tmp_path: Path
) -> None:
    write(folder, 2)
    source = (
        "def process(events):\n    import late_helper\n    return {'sum': late_helper.FACTOR}\n"
    )
    (tmp_path / "late_elsewhere.py").write_text(source)
    location = f"{tmp_path}/late_elsewhere.py:process"
    processor = load_processor(ProcessorReference(location=location))
    with pytest.raises(RunError, match=r"no late_helper\. The module late_helper .* beside"):
        run_live(fileset, processor)


def test_a_dry_run_has_it_too(fileset: dict[str, Any], client: Client, tmp_path: Path) -> None:
    reference = ProcessorReference(location=f"{write(tmp_path, 2, 'late_dry')}:Late")
    forecast = dry_run_of(reference, fileset, client, "BaseSchema", CHUNK)
    assert forecast.failures == []
    assert set(forecast.datasets) == set(fileset)


@pytest.fixture
def threads() -> Iterator[Cluster]:
    """One worker that does two batches at a time."""
    profile = Profile(name="two", title="Two", backend="local", options={"threads_per_worker": 2})
    started = clusters.start(NewCluster(profile="two", workers=1), [profile])
    yield started
    clusters.stop(started.id)
    wait_until(lambda: clusters.get(started.id).state in ENDED_STATES, "the end of the cluster")


def test_runs_at_once_in_one_process_have_their_own(
    fileset: dict[str, Any], threads: Cluster, tmp_path: Path
) -> None:
    runs = {}
    for factor in (2, 3):
        analysis = write(tmp_path / str(factor), factor)
        new = NewRun(
            processor=ProcessorReference(location=f"{analysis}:Late"),
            datasets=list(fileset),
            chunksize=CHUNK,
            schema_name="BaseSchema",
        )
        runs[factor] = manager.launch(new, fileset, threads.id, "command line")
        # The run has the code that it was launched with.
        write(tmp_path / str(factor), 1000)
    for factor, run in runs.items():
        done = wait_for_end(run.id)
        assert (done.state, done.message) == ("done", "Done.")
        assert load(open_run(run.id).result) == {"sum": factor * ALL, "factor": factor}


def test_a_run_from_a_notebook_keeps_it(
    fileset: dict[str, Any], cluster: Cluster, folder: Path
) -> None:
    write(folder, 7)
    run = casa_lab.launch(weighed, fileset, cluster.id, chunksize=CHUNK, schema="BaseSchema")
    # Nobody but the run has the code from here on.
    for path in folder.rglob("*.py"):
        path.unlink()
    assert run.result() == {"sum": 7 * ALL}
    again = wait_for_end(rerun(run.id, "command line").id)
    assert load(open_run(again.id).result) == {"sum": 7 * ALL}
    kept = open_run(run.id).processor / "modules"
    assert {path.relative_to(kept).as_posix() for path in kept.rglob("*.py")} == {
        "late_helper.py",
        "late_package/__init__.py",
        "late_package/weights.py",
        "late_package/counting.py",
    }
