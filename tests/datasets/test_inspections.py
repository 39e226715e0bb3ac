"""The inspector and its memory: right about good files, unharmed by bad ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import uproot

from casa_lab.datasets.inspections import Identity, Inspection, Inspections, Tree

REAL = {
    "nano_dy.root": Tree("Events", 40, "NanoAODSchema"),
    "nano_dimuon.root": Tree("Events", 40, "NanoAODSchema"),
    "nanoAOD_2015_CMS_Open_Data_ttbar.root": Tree("Events", 200, "NanoAODSchema"),
    "cmsopendata2015_ttbar_19980_NANOAOD_RNTupleImporter_rntuple_v1-0-0-1.root": Tree(
        "Events", 10, "NanoAODSchema"
    ),
    "PHYSLITE_example.root": Tree("CollectionTree", 100, "PHYSLITESchema"),
    "uproot-HZZ.root": Tree("events", 2421, "BaseSchema"),
    "uproot-Zmumu.root": Tree("events", 2304, "BaseSchema"),
}


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "inspections.json"


def look(inspections: Inspections, *paths: Path) -> list[Inspection | None]:
    identities = [Identity.of(path) for path in paths]
    found = inspections.look_at(identities)
    return [found.get(identity) for identity in identities]


def write_tree(path: Path, **trees: int) -> Path:
    with uproot.recreate(path) as file:
        for name, entries in trees.items():
            file[name] = {"x": np.arange(entries)}
    return path


def scripted(tmp_path: Path, body: str) -> list[str]:
    """An inspector with misbehaviour of a test's choice; it appends its pid to ``pids``."""
    script = tmp_path / "inspector.py"
    script.write_text(
        "import json, os, sys, time\n"
        f"open({str(tmp_path / 'pids')!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
        "paths = json.load(sys.stdin)\n"
        "def answer(path):\n"
        "    trees = [{'name': 'Events', 'events': 1, 'schema': 'BaseSchema'}]\n"
        "    print(json.dumps({'path': path, 'trees': trees, 'problem': None}), flush=True)\n"
        f"for path in paths:\n{body}"
    )
    return [sys.executable, str(script)]


def test_the_real_files(memory: Path, real_data: Path) -> None:
    found = look(Inspections(memory), *(real_data / name for name in REAL))
    assert [inspection.main for inspection in found] == list(REAL.values())
    assert [inspection.problem for inspection in found] == [None] * len(REAL)


def test_every_kind_of_bad_file_gets_a_sentence(
    memory: Path, tmp_path: Path, real_data: Path
) -> None:
    whole = (real_data / "nano_dy.root").read_bytes()
    files = {
        "empty.root": (b"", "It is empty."),
        "text.root": (b"not a ROOT file at all", "It is not a ROOT file."),
        "cut.root": (whole[: len(whole) // 2], "cut off"),
        "header.root": (whole[:100], "cut off"),
    }
    for name, (content, _) in files.items():
        (tmp_path / name).write_bytes(content)
    good = write_tree(tmp_path / "good.root", Events=3)
    *bad, last = look(Inspections(memory), *(tmp_path / name for name in files), good)
    for inspection, (_, sentence) in zip(bad, files.values(), strict=True):
        assert inspection.trees == ()
        assert sentence in inspection.problem
    assert last.main == Tree("Events", 3, "BaseSchema")


def test_a_file_without_events_says_what_it_holds(memory: Path, tmp_path: Path) -> None:
    path = write_tree(tmp_path / "a.root", Runs=3)
    (found,) = look(Inspections(memory), path)
    assert found.problem == "It holds no tree with events, only Runs."


def test_the_likeliest_tree_comes_first(memory: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.root"
    with uproot.recreate(path) as file:
        file["calibration"] = {"x": np.arange(1000)}
        file["dir/Events"] = {name: np.arange(10) for name in ("run", "luminosityBlock", "event")}
        file["Runs"] = {"run": np.arange(2)}
    (found,) = look(Inspections(memory), path)
    assert found.trees == (
        Tree("dir/Events", 10, "NanoAODSchema"),
        Tree("calibration", 1000, "BaseSchema"),
    )


def test_files_are_opened_once_until_they_change(memory: Path, tmp_path: Path) -> None:
    command = scripted(tmp_path, "    answer(path)\n")
    pids = tmp_path / "pids"
    path = tmp_path / "a.root"
    path.write_bytes(b"one")

    inspections = Inspections(memory, command=command)
    assert look(inspections, path) == look(inspections, path)
    assert len(pids.read_text().split()) == 1
    assert look(Inspections(memory, command=command), path)[0] is not None
    assert len(pids.read_text().split()) == 1

    path.write_bytes(b"another")
    look(inspections, path)
    assert len(pids.read_text().split()) == 2


@pytest.mark.parametrize("damage", ["", "{", '{"a": 1}', "[[1]]", "3"])
def test_a_damaged_memory_is_no_memory(memory: Path, tmp_path: Path, damage: str) -> None:
    memory.write_text(damage)
    path = write_tree(tmp_path / "a.root", Events=3)
    (found,) = look(Inspections(memory), path)
    assert found.main == Tree("Events", 3, "BaseSchema")


def test_a_file_that_takes_too_long_is_given_up_and_the_others_are_not(
    memory: Path, tmp_path: Path
) -> None:
    command = scripted(tmp_path, "    time.sleep(600 * ('slow' in path))\n    answer(path)\n")
    paths = [tmp_path / name for name in ("a.root", "slow.root", "z.root")]
    for path in paths:
        path.write_bytes(b"x")
    first, slow, last = look(Inspections(memory, file_limit=1.5, command=command), *paths)
    assert first.main is not None
    assert "could not be opened within 1.5 s" in slow.problem
    assert last.main is not None
    for pid in (tmp_path / "pids").read_text().split():
        assert not Path(f"/proc/{pid}").exists()
    # Tomorrow it may be quick: the next server tries again.
    again = Inspections(memory, command=scripted(tmp_path, "    answer(path)\n"))
    assert [found and found.problem for found in look(again, *paths)] == [None, None, None]


def test_an_inspector_that_dies_harms_one_file_only(memory: Path, tmp_path: Path) -> None:
    command = scripted(tmp_path, "    'bad' in path and os.abort()\n    answer(path)\n")
    paths = [tmp_path / name for name in ("a.root", "bad.root", "z.root")]
    for path in paths:
        path.write_bytes(b"x")
    first, bad, last = look(Inspections(memory, command=command), *paths)
    assert first.main is not None
    assert bad.problem is not None
    assert last.main is not None


def test_when_the_time_is_up_the_rest_is_left_for_later(memory: Path, tmp_path: Path) -> None:
    command = scripted(tmp_path, "    time.sleep(600)\n")
    path = tmp_path / "a.root"
    path.write_bytes(b"x")
    assert look(Inspections(memory, total_limit=0.5, command=command), path) == [None]
    (found,) = look(Inspections(memory, command=scripted(tmp_path, "    answer(path)\n")), path)
    assert found.main is not None


def test_what_libraries_print_does_not_get_into_the_answers(
    tmp_path: Path, real_data: Path
) -> None:
    """A module named like one that uproot imports, to print from inside the inspector."""
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, builtins, sys\n"
        "original = builtins.__import__\n"
        "def noisy(name, *rest, **more):\n"
        "    if name == 'uproot':\n"
        "        print('noise')\n"
        "    return original(name, *rest, **more)\n"
        "builtins.__import__ = noisy\n"
    )
    repository = Path(__file__).parents[2]
    answer = subprocess.run(
        [sys.executable, "-m", "casa_lab.datasets.inspector"],
        input=json.dumps([str(real_data / "uproot-Zmumu.root")]),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(repository)])},
    )
    assert [json.loads(line)["problem"] for line in answer.stdout.splitlines()] == [None]
    assert "noise" in answer.stderr
