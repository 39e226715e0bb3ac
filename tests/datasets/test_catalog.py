"""The catalog: what is listed, from where, and what stays out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import uproot

from casa_lab.datasets.catalog import Catalog
from casa_lab.datasets.inspections import Inspections
from casa_lab.datasets.models import Dataset, NewSource, Source
from casa_lab.errors import BadInput, Conflict, NotFound


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


def write_events(path: Path, entries: int = 3, tree: str = "Events") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with uproot.recreate(path) as file:
        file[tree] = {"x": np.arange(entries)}
    return path


def write_fileset(path: Path, **datasets: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(datasets))
    return path


def datasets(catalog: Catalog) -> dict[str, Dataset]:
    return {dataset.name: dataset for dataset in catalog.list().datasets}


def add(catalog: Catalog, path: Path | str) -> Source:
    return catalog.add(NewSource(path=str(path)))


# Filesets that are found


def test_nothing_is_listed_in_an_empty_folder(root: Path) -> None:
    listed = Catalog(root).list()
    assert listed.datasets == []
    assert listed.sources == []


def test_filesets_are_found_in_the_folder_and_its_subfolders(root: Path) -> None:
    entry = {"files": {"a.root": "Events"}}
    write_fileset(root / "fileset.json", A=entry)
    write_fileset(root / "sub" / "my_fileset_2018.json", B=entry)
    write_fileset(root / "sub" / "deep" / "fileset.json", C=entry)
    write_fileset(root / ".hidden" / "fileset.json", D=entry)
    write_fileset(root / "package.json", E=entry)
    catalog = Catalog(root)
    assert list(datasets(catalog)) == ["A", "B"]
    assert [source.label for source in catalog.list().sources] == [
        "fileset.json",
        "sub/my_fileset_2018.json",
    ]
    assert not any(source.removable for source in catalog.list().sources)


def test_entries_and_schema_of_local_files_are_looked_up(root: Path, real_data: Path) -> None:
    write_fileset(
        root / "fileset.json",
        DY={"files": {str(real_data / "nano_dy.root"): "Events"}, "metadata": {"xsec": 6077.2}},
        remote={"files": {"root://nowhere.invalid//a.root": "Events"}},
    )
    found = datasets(Catalog(root))
    assert found["DY"].events == 40
    assert found["DY"].bytes == (real_data / "nano_dy.root").stat().st_size
    assert found["DY"].schema_name == "NanoAODSchema"
    assert found["DY"].metadata == {"xsec": 6077.2}
    assert found["remote"].events is None
    assert found["remote"].schema_name is None


def test_a_fileset_with_a_mistake_is_listed_with_its_problem(root: Path) -> None:
    write_fileset(root / "a_fileset.json", DY={"flies": {"a.root": "Events"}})
    write_fileset(root / "b_fileset.json", TT={"files": {"a.root": "Events"}})
    listed = Catalog(root).list()
    assert [dataset.name for dataset in listed.datasets] == ["TT"]
    assert "Did you mean 'files'?" in listed.sources[0].problem
    assert listed.sources[1].problem is None


def test_a_change_shows_at_the_next_look(root: Path) -> None:
    catalog = Catalog(root)
    before = catalog.stamp()
    path = write_fileset(root / "fileset.json", A={"files": {"a.root": "Events"}})
    assert list(datasets(catalog)) == ["A"]
    assert catalog.stamp() != before
    before = catalog.stamp()
    write_fileset(path, Other={"files": {"a.root": "Events"}})
    os.utime(path, ns=(0, 0))
    assert list(datasets(catalog)) == ["Other"]
    assert catalog.stamp() != before
    assert catalog.stamp() == catalog.stamp()


def test_a_file_that_comes_later_is_looked_at_then(root: Path) -> None:
    write_fileset(root / "fileset.json", A={"files": {"a.root": "Events"}})
    catalog = Catalog(root)
    assert datasets(catalog)["A"].events is None
    write_events(root / "a.root", 7)
    assert datasets(catalog)["A"].events == 7


def test_the_sample(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Inspections, "_inspect", _must_not_be_called)
    listed = Catalog(sample.parent).list()
    (source,) = listed.sources
    assert (source.kind, source.label, source.removable) == ("sample", "Sample data", False)
    names = [dataset.name for dataset in listed.datasets]
    assert names == ["DYJetsToLL", "TTbar", "WJets", "Diboson", "Data"]
    for dataset in listed.datasets:
        assert dataset.schema_name == "NanoAODSchema"
        assert dataset.bytes == sum(Path(file.path).stat().st_size for file in dataset.files)
        assert dataset.events > 500


# Sources that are added


def test_the_real_files(root: Path, real_data: Path) -> None:
    catalog = Catalog(root, allowed=[real_data])
    source = add(catalog, real_data)
    assert (source.kind, source.removable, source.problem) == ("folder", True, None)
    found = {
        name: (dataset.schema_name, dataset.files[0].treename, dataset.events)
        for name, dataset in datasets(catalog).items()
    }
    assert found == {
        "nano_dy": ("NanoAODSchema", "Events", 40),
        "nano_dimuon": ("NanoAODSchema", "Events", 40),
        "nanoAOD_2015_CMS_Open_Data_ttbar": ("NanoAODSchema", "Events", 200),
        "cmsopendata2015_ttbar_19980_NANOAOD_RNTupleImporter_rntuple_v1-0-0-1": (
            "NanoAODSchema",
            "Events",
            10,
        ),
        "PHYSLITE_example": ("PHYSLITESchema", "CollectionTree", 100),
        "uproot-HZZ": ("BaseSchema", "events", 2421),
        "uproot-Zmumu": ("BaseSchema", "events", 2304),
    }


def test_a_folder_gives_a_dataset_for_each_subfolder(root: Path) -> None:
    write_events(root / "data" / "loose.root", 1)
    write_events(root / "data" / "DY" / "1.root", 2)
    write_events(root / "data" / "DY" / "2.root", 3)
    write_events(root / "data" / "2018" / "TT" / "1.root", 4)
    (root / "data" / "notes").mkdir()
    (root / "data" / "notes" / "readme.txt").write_text("no data")
    (root / "data" / "loop").symlink_to(root / "data")
    catalog = Catalog(root)
    add(catalog, "data")
    assert {name: dataset.events for name, dataset in datasets(catalog).items()} == {
        "data": 1,
        "DY": 5,
        "TT": 4,
    }


def test_subfolders_of_the_same_name_are_called_by_their_path(root: Path) -> None:
    write_events(root / "data" / "2017" / "DY" / "1.root", 2)
    write_events(root / "data" / "2018" / "DY" / "1.root", 3)
    catalog = Catalog(root)
    add(catalog, "data")
    assert list(datasets(catalog)) == ["data/2017/DY", "data/2018/DY"]


def test_names_that_are_no_text_are_left_out(root: Path) -> None:
    write_fileset(root / "fileset.json", dy=["root://a//b.root:Events"])
    for name in (b"fileset\xff.json", b"\xff/fileset.json", b"data/\xff.root"):
        path = Path(os.fsdecode(os.fsencode(root) + b"/" + name))
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    write_events(root / "data" / "a.root")
    catalog = Catalog(root)
    add(catalog, "data")
    listed = catalog.list()
    assert [dataset.name for dataset in listed.datasets] == ["dy", "data"]
    assert listed.model_dump_json()


def test_bad_files_are_named_and_spoil_nothing(root: Path) -> None:
    write_events(root / "data" / "good.root", 3)
    (root / "data" / "bad.root").write_bytes(b"root but not really")
    (root / "data" / "worse" / "text.root").parent.mkdir()
    (root / "data" / "worse" / "text.root").write_bytes(b"text")
    catalog = Catalog(root)
    source = add(catalog, "data")
    assert "bad.root: It is damaged" in source.problem
    assert "worse/text.root: It is not a ROOT file." in source.problem
    found = datasets(catalog)
    assert list(found) == ["data"]
    # The bad file stays, for a run to list it as a failure.
    assert [Path(file.path).name for file in found["data"].files] == ["bad.root", "good.root"]
    assert found["data"].events is None


def test_a_single_file(root: Path, real_data: Path) -> None:
    shutil.copy(real_data / "nano_dy.root", root)
    catalog = Catalog(root)
    source = add(catalog, "nano_dy.root")
    assert source.problem is None
    dataset = datasets(catalog)["nano_dy"]
    assert (dataset.events, dataset.schema_name) == (40, "NanoAODSchema")


def test_a_fileset_anywhere_below_the_root(root: Path) -> None:
    write_fileset(root / "a" / "b" / "samples.json", DY={"files": {"a.root": "Events"}})
    catalog = Catalog(root)
    source = add(catalog, "a/b/samples.json")
    assert (source.kind, source.label) == ("fileset", "a/b/samples.json")
    assert datasets(catalog)["DY"].files[0].path == str(root / "a/b/a.root")


def test_added_sources_are_remembered_and_removed(root: Path) -> None:
    write_events(root / "data" / "1.root")
    source = add(Catalog(root), "data")
    catalog = Catalog(root)
    assert [known.id for known in catalog.list().sources] == [source.id]
    catalog.remove(source.id)
    assert catalog.list().sources == []
    assert (root / "data" / "1.root").exists()
    with pytest.raises(NotFound, match="no such source"):
        catalog.remove(source.id)


def test_adding_twice_changes_nothing(root: Path) -> None:
    write_events(root / "data" / "1.root")
    write_fileset(root / "fileset.json", DY={"files": {"a.root": "Events"}})
    catalog = Catalog(root)
    assert add(catalog, "data") == add(catalog, root / "data")
    assert not add(catalog, "fileset.json").removable
    assert len(catalog.list().sources) == 2


def test_what_was_found_cannot_be_removed(root: Path) -> None:
    write_fileset(root / "fileset.json", DY={"files": {"a.root": "Events"}})
    catalog = Catalog(root)
    with pytest.raises(Conflict, match="lies in the folder you work in"):
        catalog.remove(catalog.list().sources[0].id)


def test_a_folder_that_vanishes_is_listed_with_its_problem(root: Path) -> None:
    write_events(root / "data" / "1.root")
    catalog = Catalog(root)
    add(catalog, "data")
    shutil.rmtree(root / "data")
    listed = catalog.list()
    assert listed.datasets == []
    assert "is gone" in listed.sources[0].problem
    catalog.remove(listed.sources[0].id)


@pytest.mark.parametrize("damage", ["{", "3", '{"a": 1}', "[null]"])
def test_a_damaged_list_of_sources_is_none(root: Path, casa_data_dir: Path, damage: str) -> None:
    catalog = Catalog(root)
    (casa_data_dir / "sources.json").write_text(damage)
    assert catalog.list().sources == []


@pytest.mark.parametrize(
    ("path", "error", "sentence"),
    [
        ("nothing", NotFound, "There is nothing at nothing"),
        ("..", BadInput, "outside the folders"),
        ("/etc", BadInput, "outside the folders"),
        ("/no/such/place", BadInput, "outside the folders"),
        ("link", BadInput, "outside the folders"),
        ("a\0b", BadInput, "is not a path"),
        ("x" * 5000, BadInput, "cannot be read"),
        ("notes.txt", BadInput, "lists no datasets"),
        ("empty", BadInput, "There are no ROOT files here."),
        ("bad.root", BadInput, "It is not a ROOT file."),
        ("wrong.json", BadInput, "Did you mean 'files'?"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_what_cannot_be_added(
    root: Path, tmp_path: Path, path: str, error: type[Exception], sentence: str
) -> None:
    write_events(tmp_path / "elsewhere" / "1.root")
    (root / "link").symlink_to(tmp_path / "elsewhere")
    (root / "notes.txt").write_text("notes")
    (root / "empty").mkdir()
    (root / "bad.root").write_text("text")
    write_fileset(root / "wrong.json", DY={"flies": {}})
    catalog = Catalog(root)
    with pytest.raises(error, match=sentence.replace("?", r"\?").replace(".", r"\.")):
        add(catalog, path)
    assert catalog.list().sources == []


def test_what_was_added_elsewhere_stays_out(root: Path, tmp_path: Path) -> None:
    """Sources are remembered for the user, but each server has its own folders."""
    write_events(root / "data" / "1.root")
    add(Catalog(root), "data")
    other = tmp_path / "other"
    other.mkdir()
    assert Catalog(other).list().sources == []
    assert len(Catalog(other, allowed=[root]).list().sources) == 1


# Datasets of all sources together


def test_a_name_that_is_taken_gets_the_label_of_its_source(root: Path) -> None:
    for year in ("2017", "2018"):
        write_fileset(root / year / "fileset.json", DY={"files": {"a.root": "Events"}})
    catalog = Catalog(root)
    assert list(datasets(catalog)) == ["DY", "DY (2018/fileset.json)"]
    fileset = catalog.fileset(["DY (2018/fileset.json)"])
    assert list(fileset["DY (2018/fileset.json)"]["files"]) == [str(root / "2018/a.root")]


def test_the_fileset_of_chosen_datasets(sample: Path) -> None:
    catalog = Catalog(sample.parent)
    fileset = catalog.fileset(["Data", "TTbar"])
    assert list(fileset) == ["Data", "TTbar"]
    stored = json.loads(sample.read_bytes())
    for name, dataset in fileset.items():
        assert dataset["metadata"] == stored[name]["metadata"]
        assert dataset["files"] == {
            str(sample.parent / path): tree for path, tree in stored[name]["files"].items()
        }


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("TTbr", "Did you mean 'TTbar'?"), ("Higgs", "There are: DYJetsToLL, TTbar")],
)
def test_a_name_that_does_not_exist_gets_suggestions(
    sample: Path, name: str, sentence: str
) -> None:
    with pytest.raises(NotFound) as caught:
        Catalog(sample.parent).fileset(["Data", name])
    assert sentence in str(caught.value)


def test_without_any_dataset_the_sentence_says_what_to_do(root: Path) -> None:
    with pytest.raises(NotFound, match="Add a fileset or a folder"):
        Catalog(root).fileset(["DY"])


def test_listing_again_opens_and_parses_nothing(
    root: Path, real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = Catalog(root, allowed=[real_data])
    write_fileset(root / "fileset.json", DY=[f"{real_data / 'nano_dy.root'}:Events"])
    add(catalog, real_data)
    first = catalog.list()
    monkeypatch.setattr(Inspections, "look_at", _must_not_be_called)
    monkeypatch.setattr("casa_lab.datasets.sources.fileset.read_fileset", _must_not_be_called)
    assert catalog.list() == first


def test_the_catalog_imports_nothing_heavy(sample: Path, real_data: Path, tmp_path: Path) -> None:
    program = f"""
import json, sys
from pathlib import Path
from casa_lab.datasets.catalog import Catalog
from casa_lab.datasets.models import NewSource
catalog = Catalog(Path({str(sample.parent)!r}), allowed=[Path({str(real_data)!r})])
catalog.add(NewSource(path={str(real_data / "uproot-Zmumu.root")!r}))
assert len(catalog.fileset(["uproot-Zmumu", "Data"])) == 2
heavy = {{"awkward", "coffea", "dask", "distributed", "hist", "numpy", "uproot"}}
print(json.dumps(sorted(heavy & set(sys.modules))))
"""
    answer = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert json.loads(answer.stdout) == []


def _must_not_be_called(*arguments: object) -> None:
    raise AssertionError("a file was opened or parsed again")
