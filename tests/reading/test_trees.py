from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward
import numpy as np
import pytest
import uproot
from coffea.nanoevents.mapping import UprootSourceMapping

from casa_lab.reading.branches import Unfamiliar
from casa_lab.reading.files import FileName, OpenFiles, ReadingOptions, open_tree
from casa_lab.reading.trees import LazyBranches, fingerprint_of, lazy_classes

FLAT_TREES = [
    ("nano_dy.root", "Events"),
    ("nano_dimuon.root", "Events"),
    ("nanoAOD_2015_CMS_Open_Data_ttbar.root", "Events"),
    ("uproot-HZZ.root", "events"),
]

Columns = dict[str, Any]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, columns: Columns, **options: Any) -> Path:
        path = tmp_path / name
        with uproot.recreate(path) as file:
            file.mktree("Events", {key: array.type for key, array in columns.items()}, **options)
            file["Events"].extend(columns)
        return path

    return write


def columns(events: int = 100, **others: Any) -> Columns:
    muons = awkward.unflatten(np.arange(2.0 * events, dtype=np.float32), np.full(events, 2))
    return {
        "event": awkward.Array(np.arange(events)),
        "Muon_pt": muons,
        "flag": awkward.Array(np.arange(events) % 2 == 0),
        **others,
    }


def read_lazily(path: Path, treename: str = "Events") -> Any:
    return uproot.open(path, custom_classes=lazy_classes(), object_cache=None)[treename]


@pytest.mark.parametrize(("file", "treename"), FLAT_TREES)
def test_a_lazy_tree_is_what_uproot_reads(real_data: Path, file: str, treename: str) -> None:
    whole = uproot.open(real_data / file, object_cache=None)[treename]
    lazy = read_lazily(real_data / file, treename)
    assert isinstance(lazy.member("fBranches"), LazyBranches)
    # In an order of its own: counters are read after what they count.
    for name in whole.keys()[::-11]:
        assert awkward.array_equal(lazy[name].array(), whole[name].array())
    assert lazy.num_entries == whole.num_entries
    assert lazy.keys() == whole.keys()
    assert lazy.typenames() == whole.typenames()
    assert lazy.aliases == whole.aliases
    form = UprootSourceMapping._extract_base_form
    assert form(lazy) == form(whole)


def test_only_what_is_touched_is_read(real_data: Path) -> None:
    tree = read_lazily(real_data / "nano_dy.root")
    branches = tree.member("fBranches")
    assert "Muon_pt" in tree
    tree["Muon_pt"].array()
    names = {branches.found.names[position] for position in branches._read}
    assert names == {"Muon_pt", "nMuon"}


def test_a_missing_branch_is_told_as_uproot_does(write: Write) -> None:
    tree = read_lazily(write("one.root", columns()))
    with pytest.raises(uproot.KeyInFileError, match="Moun_pt"):
        tree["Moun_pt"]


def test_the_fingerprint_is_that_of_the_branches_alone(write: Write) -> None:
    one = fingerprint_of(read_lazily(write("one.root", columns(100))))
    many = fingerprint_of(read_lazily(write("many.root", columns(5000))))
    assert one == many


@pytest.mark.parametrize(
    "others",
    [
        {"more": awkward.Array(np.zeros(100))},
        {"event": awkward.Array(np.arange(100, dtype=np.int32))},
        {"event": awkward.Array(np.arange(100, dtype=np.uint64))},
        {"Muon_pt": awkward.Array(np.zeros(100, dtype=np.float32))},
        {"Muon_pt": awkward.Array(np.zeros((100, 2), dtype=np.float32))},
        {"flag": awkward.Array(np.zeros(100, dtype=np.int8))},
    ],
)
def test_another_branch_or_type_is_another_fingerprint(write: Write, others: Columns) -> None:
    usual = fingerprint_of(read_lazily(write("usual.root", columns())))
    other = fingerprint_of(read_lazily(write("other.root", columns(**others))))
    assert usual != other


def test_another_title_is_another_fingerprint(real_data: Path, tmp_path: Path) -> None:
    data = (real_data / "nano_dy.root").read_bytes()
    tree = uproot.open(real_data / "nano_dy.root", object_cache=None)["Events"]
    title = tree["Muon_pt"].title
    usual = read_lazily(real_data / "nano_dy.root").member("fBranches").found.fingerprint
    branches = read_lazily(real_data / "nano_dy.root").member("fBranches")
    raw = branches._chunk.raw_data.copy()
    at = raw.tobytes().index(b"\x07Muon_pt" + bytes([len(title)]) + title.encode())
    raw[at + len("Muon_pt") + 2] ^= 1
    branches._chunk._raw_data = raw
    assert branches.found.fingerprint != usual
    assert data == (real_data / "nano_dy.root").read_bytes()


def test_another_title_of_the_tree_is_another_fingerprint(write: Write) -> None:
    usual = fingerprint_of(read_lazily(write("usual.root", columns())))
    other = fingerprint_of(read_lazily(write("other.root", columns(), title="of my own")))
    assert usual != other


@pytest.mark.parametrize(
    ("file", "treename"),
    [("PHYSLITE_example.root", "CollectionTree"), ("uproot-Zmumu.root", "events")],
)
def test_what_is_unfamiliar_is_read_in_uproots_way(
    real_data: Path, file: str, treename: str
) -> None:
    name = FileName(str(real_data / file), treename)
    with pytest.raises(Unfamiliar):
        open_tree(name, {"custom_classes": lazy_classes()})
    opened = OpenFiles(ReadingOptions(), {}).take(name)
    whole = uproot.open(real_data / file)[treename]
    assert opened.tree.keys() == whole.keys()
    opened.close()


def test_what_the_user_opens_is_not_lazy(write: Write) -> None:
    path = write("one.root", columns())
    files = OpenFiles(ReadingOptions(), {})
    opened = files.take(FileName(str(path), "Events"))
    assert isinstance(opened.tree.member("fBranches"), LazyBranches)
    assert not isinstance(uproot.open(path)["Events"].member("fBranches"), LazyBranches)
    opened.close()


def test_files_stay_open_for_the_next_chunk_and_the_oldest_is_closed(write: Write) -> None:
    names = [FileName(str(write(f"{n}.root", columns())), "Events") for n in range(3)]
    files = OpenFiles(ReadingOptions(open_files=2), {})
    opened = [files.take(name) for name in names]
    for each in opened:
        files.give_back(each)
    assert [each.directory.file.closed for each in opened] == [True, False, False]
    assert files.take(names[1]) is opened[1]
    # It is in use: whoever wants it as well gets one of its own.
    another = files.take(names[1])
    assert another is not opened[1]
    files.give_back(another)
    files.close()
    assert another.directory.file.closed
    assert opened[2].directory.file.closed
    files.give_back(opened[1])
    assert opened[1].directory.file.closed
