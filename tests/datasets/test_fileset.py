"""Filesets: every form that Coffea takes, and a sentence for every mistake."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from coffea.processor import IterativeExecutor, Runner, executor
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.datasets.fileset import RESERVED_METADATA, check_fileset, load_fileset
from casa_lab.errors import BadInput, NotFound

HERE = Path("/data/here")


def normalise(value: Any, treename: str | None = None) -> dict[str, Any]:
    checked = check_fileset(value, HERE, treename)
    return {name: dataset.to_coffea() for name, dataset in checked.items()}


NORMAL = {"DY": {"files": {"/data/here/a.root": "Events"}, "metadata": {}}}


@pytest.mark.parametrize(
    "form",
    [
        ["a.root:Events"],
        {"a.root": "Events"},
        {"files": {"a.root": "Events"}},
        {"files": {"./sub/../a.root": "Events"}, "metadata": None},
        {"files": ["a.root:Events"], "metadata": {}},
        {"files": "a.root:Events"},
        {"files": ["a.root"], "treename": "Events"},
        {"files": {"a.root": None}, "treename": "Events"},
        {"files": {"a.root": "Events"}, "treename": "Events"},
        {"files": {"a.root": {"object_path": "Events"}}},
        {"files": {"a.root": {"object_path": "Events", "format": "root"}}, "format": "root"},
        {
            "files": {
                "a.root": {
                    "object_path": "Events",
                    "steps": [[50, 100], [0, 50]],
                    "num_entries": 100,
                    "uuid": "c6e7e0a4",
                }
            },
            "form": None,
            "compressed_form": None,
            "did": None,
        },
        {"files": {"a.root": "Events"}, "nevents": 12},
    ],
    ids=str,
)
def test_every_form_comes_out_the_same(form: Any) -> None:
    assert normalise({"DY": form}) == NORMAL


def test_a_list_without_trees_takes_the_one_given() -> None:
    assert normalise({"DY": ["a.root"]}, treename="Events") == NORMAL


def test_urls_stay_as_they_are() -> None:
    files = {
        "root://host.site:1094//store/a.root": "Events",
        "https://host.site/a.root": "dir/Events",
    }
    assert normalise({"DY": {"files": files}})["DY"]["files"] == files
    listed = [f"{path}:{tree}" for path, tree in files.items()]
    assert normalise({"DY": listed})["DY"]["files"] == files


@pytest.mark.parametrize(
    "form",
    [
        {"files": {"a.root": "Events"}, "replicas": {"a.root": ["root://x//a.root", "b.root"]}},
        {
            "files": {
                "a.root": {
                    "object_path": "Events",
                    "replicas": ["root://x//a.root", "b.root", "a.root", "./b.root"],
                }
            }
        },
    ],
    ids=str,
)
def test_replicas_stand_beside_the_files(form: Any) -> None:
    once = normalise({"DY": form})
    assert once["DY"] == {
        **NORMAL["DY"],
        "replicas": {"/data/here/a.root": ["root://x//a.root", "/data/here/b.root"]},
    }
    assert normalise(once) == once
    [meta] = Runner._normalize_fileset(once, None)
    assert (meta.filename, meta.treename) == ("/data/here/a.root", "Events")


def test_metadata_are_kept() -> None:
    metadata = {"xsec": 6077.2, "is_data": False, "eras": ["A", "B"], "nested": {"a": None}}
    entry = {"files": {"a.root": "Events"}, "metadata": metadata}
    assert normalise({"DY": entry})["DY"]["metadata"] == metadata


def test_known_entries_are_remembered() -> None:
    entry = {"files": {"a.root": {"object_path": "Events", "num_entries": 7}, "b.root": "Events"}}
    files = check_fileset({"DY": entry}, HERE)["DY"].files
    assert [file.events for file in files] == [7, None]


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ([], ["maps names", "a list"]),
        ("x", ["maps names", "a text"]),
        ({}, ["empty"]),
        ({"files": {"a.root": "Events"}}, ["'files' stands at the top"]),
        ({"files": ["a.root"], "metadata": {}}, ["'files' stands at the top"]),
        ({"": {"a.root": "Events"}}, ["needs a name"]),
        ({"DY": None}, ["'DY'", "nothing"]),
        ({"DY": 3}, ["'DY'", "a number"]),
        ({"DY": True}, ["'DY'", "a truth value"]),
        ({"DY": []}, ["'DY'", "has no files"]),
        ({"DY": {}}, ["'DY'", "has no 'files'"]),
        ({"DY": {"files": {}}}, ["'DY'", "has no files"]),
        ({"DY": {"files": None}}, ["'DY'", "needs 'files'", "nothing"]),
        ({"DY": {"flies": {"a.root": "Events"}}}, ["'DY'", "'flies'", "Did you mean 'files'?"]),
        ({"DY": {"file": ["a.root"], "metadata": {}}}, ["'file'", "Did you mean 'files'?"]),
        ({"DY": {"metadata": {}}}, ["'DY'", "no 'files', only 'metadata'"]),
        ({"DY": {"events": "Events"}}, ["'DY'", "'events' does not look like a file"]),
        (
            {"DY": {"files": {"a.root": "Events"}, "metdata": {}}},
            ["'DY'", "'metdata'", "Did you mean 'metadata'?"],
        ),
        (
            {"DY": {"files": ["a.root"], "tree_name": "Events"}},
            ["'tree_name'", "Did you mean 'treename'?"],
        ),
        (
            {"DY": {"files": {"a.root": {"object_pth": "Events"}}}},
            ["'DY'", "'object_pth' for a.root", "Did you mean 'object_path'?"],
        ),
        ({"DY": ["a.root"]}, ["'DY'", "no tree for a.root", '"treename"']),
        ({"DY": {"files": {"a.root": 3}}}, ["'DY'", "a.root", "a number"]),
        ({"DY": {"files": {"a.root": " "}}}, ["'DY'", "a.root", "an empty text"]),
        ({"DY": {"files": {"a.root": {}}}}, ["no tree for a.root"]),
        ({"DY": {"files": [3]}}, ["'DY'", "not a path but a number"]),
        ({"DY": {"files": [""], "treename": "Events"}}, ["not a path but an empty text"]),
        ({"DY": {"files": ["a.root"], "treename": 3}}, ["'treename'", "a number"]),
        (
            {"DY": {"files": {"a.root": "Events"}, "treename": "Runs"}},
            ["two trees for a.root", "'Runs'", "'Events'"],
        ),
        ({"DY": ["a.root:Events", "./a.root:Events"]}, ["'DY'", "./a.root twice"]),
        ({"DY": ["*.root:Events"]}, ["wildcard in *.root"]),
        ({"DY": ["~nobody-at-all/a.root:Events"]}, ["knows no such home folder"]),
        ({"DY": ["a\0.root:Events"]}, ["'a\\x00.root', which no file can be called"]),
        (
            {"DY": {"files": {"a.root": "Events"}, "metadata": {"dataset": "x"}}},
            ["'DY'", "'dataset' in its metadata", "Rename it"],
        ),
        ({"DY": {"files": {"a.root": "Events"}, "metadata": []}}, ["'metadata'", "a list"]),
        ({"DY": {"files": {"a.root": "Events"}, "metadata": {3: 4}}}, ["entry 3"]),
        ({"DY": {"files": {"a.parquet": None}, "format": "parquet"}}, ["only ROOT files"]),
        (
            {"DY": {"files": {"a.parquet": {"object_path": None, "format": "parquet"}}}},
            ["a.parquet", "no ROOT file"],
        ),
        (
            {"DY": {"files": {"a.root": {"object_path": "Events", "num_entries": -1}}}},
            ["'num_entries' for a.root"],
        ),
        (
            {"DY": {"files": {"a.root": {"object_path": "Events", "steps": [[0]]}}}},
            ["'steps' for a.root", "[start, stop]"],
        ),
        (
            {
                "DY": {
                    "files": {
                        "a.root": {"object_path": "Events", "steps": [[0, 50]], "num_entries": 99}
                    }
                }
            },
            ["only part of a.root"],
        ),
        (
            {"DY": {"files": {"a.root": {"object_path": "Events", "steps": [[10, 50]]}}}},
            ["only part of a.root"],
        ),
        (
            {"DY": {"files": {"a.root": {"object_path": "Events", "replicas": "b.root"}}}},
            ["'replicas' of a.root", "a list of paths"],
        ),
        ({"DY": {"files": ["a.root:Events"], "replicas": ["b.root"]}}, ["'replicas'", "a list"]),
        (
            {"DY": {"files": ["a.root:Events"], "replicas": {"a.root": [3]}}},
            ["'replicas' of a.root"],
        ),
        (
            {"DY": {"files": ["a.root:Events"], "replicas": {"b.root": ["c.root"]}}},
            ["replicas of /data/here/b.root", "none of its files"],
        ),
    ],
    ids=str,
)
def test_a_mistake_gets_a_sentence_that_names_the_place(value: Any, parts: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        normalise(value)
    message = str(caught.value)
    for part in parts:
        assert part in message
    assert message.endswith((".", "?"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (b'{"DY": ["a.root:Events"], "DY": ["b.root:Events"]}', ["the dataset 'DY' twice"]),
        (rb'{"D\ud800": ["a.root:Events"]}', ["half of a character"]),
        (b'{"DY": ' + b"1" * 5000 + b"}", ["is not a JSON file"]),
        (b'{"DY": {"files": {"a.root": "E", "a.root": "E"}}}', ["'DY'", "the file 'a.root' twice"]),
        (b'{"DY": {"files": ["a.root:E"], "files": []}}', ["'DY'", "'files' twice"]),
        (b'{"DY": {"files": ["a.root:E"], "metadata": {"x": 1, "x": 2}}}', ["'DY'", "'x' twice"]),
        (b'{"DY": \n ["a.root:Events",]}', ["fileset.json is not valid JSON", "line 2"]),
        (b"", ["not valid JSON"]),
        (b"\xff\xfe\x00", ["is not a JSON file"]),
        (b"\x1f\x8b\x08damaged", ["damaged"]),
        (gzip.compress(b"{}")[:-9], ["damaged"]),
        (b"[" * 100_000, ["not a JSON file"]),
    ],
    ids=range(12),
)
def test_a_bad_file_gets_a_sentence(tmp_path: Path, text: bytes, parts: list[str]) -> None:
    path = tmp_path / "fileset.json"
    path.write_bytes(text)
    with pytest.raises(BadInput) as caught:
        load_fileset(path)
    for part in ["fileset.json", *parts]:
        assert part in str(caught.value)


def test_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no fileset at .*nothing\.json"):
        load_fileset(tmp_path / "nothing.json")
    with pytest.raises(BadInput, match="is a folder"):
        load_fileset(tmp_path)


def test_paths_are_relative_to_the_fileset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "fileset.json").write_text('{"DY": ["data/a.root:Events"]}')
    monkeypatch.chdir(tmp_path)
    fileset = load_fileset(Path("sub/fileset.json"))
    assert fileset["DY"]["files"] == {str(tmp_path / "sub/data/a.root"): "Events"}


def test_reserved_names_are_those_of_coffea() -> None:
    assert RESERVED_METADATA == executor._PROTECTED_NAMES


names = st.text(min_size=1, max_size=20).filter(str.strip)
paths = st.one_of(
    st.from_regex(r"[a-z0-9_]{1,8}(/[a-z0-9_]{1,8}){0,3}\.root", fullmatch=True),
    st.from_regex(r"root://[a-z]{1,8}:[0-9]{4}//[a-z]{1,8}\.root", fullmatch=True),
)
metadata = st.dictionaries(
    st.text(max_size=10).filter(lambda key: key not in RESERVED_METADATA),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    ),
    max_size=4,
)
trees = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,10}", fullmatch=True)
filesets = st.dictionaries(
    names,
    st.fixed_dictionaries(
        {
            "files": st.dictionaries(paths, trees, min_size=1, max_size=4),
            "metadata": metadata,
        }
    ),
    min_size=1,
    max_size=4,
)


@given(filesets)
def test_what_came_out_goes_in_unchanged(fileset: dict[str, Any]) -> None:
    once = normalise(fileset)
    assert normalise(json.loads(json.dumps(once))) == once
    assert list(once) == list(fileset)
    for name, dataset in fileset.items():
        assert once[name]["metadata"] == dataset["metadata"]
        assert list(once[name]["files"].values()) == list(dataset["files"].values())


@given(filesets)
def test_forms_are_equivalent(fileset: dict[str, Any]) -> None:
    listed = {
        name: {
            "files": [f"{path}:{tree}" for path, tree in dataset["files"].items()],
            "metadata": dataset["metadata"],
        }
        for name, dataset in fileset.items()
    }
    specified = {
        name: {
            "files": {
                path: {"object_path": tree, "num_entries": 10, "steps": [[0, 10]]}
                for path, tree in dataset["files"].items()
            },
            "metadata": dataset["metadata"],
        }
        for name, dataset in fileset.items()
    }
    assert normalise(fileset) == normalise(listed) == normalise(specified)


@given(filesets)
def test_coffea_takes_what_comes_out(fileset: dict[str, Any]) -> None:
    once = normalise(fileset)
    metas = list(Runner._normalize_fileset(once, None))
    assert [(meta.dataset, meta.filename, meta.treename) for meta in metas] == [
        (name, path, tree)
        for name, dataset in once.items()
        for path, tree in dataset["files"].items()
    ]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.text(max_size=5)
                | st.sampled_from(
                    ["files", "metadata", "treename", "a.root", "steps", "object_path"]
                ),
                inner,
                max_size=3,
            )
        ),
    )
)
def test_anything_else_is_refused_with_a_sentence(value: Any) -> None:
    problem = None
    try:
        once = normalise(value)
    except BadInput as error:
        problem = str(error)
    if problem is None:
        assert normalise(once) == once
    else:
        assert problem.endswith((".", "?"))


def test_gzipped_filesets_as_coffea_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "fileset.json.gz"
    path.write_bytes(gzip.compress(b'{"DY": {"a.root": "Events"}}'))
    assert load_fileset(path) == {
        "DY": {"files": {str(tmp_path / "a.root"): "Events"}, "metadata": {}}
    }


def test_a_preprocessed_fileset_of_coffea(sample: Path, tmp_path: Path) -> None:
    """What ``coffea.dataset_tools`` makes of the sample, dumped to JSON."""
    from coffea.dataset_tools import DataGroupSpec

    absolute = load_fileset(sample)
    dumped = DataGroupSpec(absolute).model_dump(mode="json")
    (tmp_path / "preprocessed.json").write_text(json.dumps(dumped))
    assert load_fileset(tmp_path / "preprocessed.json") == absolute


def test_the_runner_processes_what_was_loaded(sample: Path) -> None:
    from coffea.nanoevents import NanoAODSchema

    fileset = {"Data": load_fileset(sample)["Data"]}
    runner = Runner(IterativeExecutor(status=False), schema=NanoAODSchema)
    total = runner(fileset, lambda events: {"events": len(events)})
    assert total["events"] > 500
