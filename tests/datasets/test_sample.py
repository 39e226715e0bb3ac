"""The sample: complete or not there, the same every time, with the physics it claims."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot
from coffea.nanoevents import NanoAODSchema, NanoEventsFactory

from casa_lab.datasets.sample import build, is_sample, make_sample, recipe, sample_facts
from casa_lab.datasets.sample.recipe import (
    LUMINOSITY,
    FileTask,
    file_tasks,
    generate,
)
from casa_lab.datasets.sample.writer import write_file
from casa_lab.errors import BadInput

SCALE = 0.01
"""Of the sample that conftest makes."""

DATASETS = ["DYJetsToLL", "TTbar", "WJets", "Diboson", "Data"]


@pytest.fixture(scope="session")
def events(sample: Path) -> dict[str, ak.Array]:
    """All events of each dataset, read as Coffea reads them, with every warning an error."""
    fileset = json.loads(sample.read_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return {
            name: ak.concatenate(
                [
                    NanoEventsFactory.from_root(
                        {str(sample.parent / path): tree},
                        schemaclass=NanoAODSchema,
                        mode="eager",
                    ).events()
                    for path, tree in dataset["files"].items()
                ]
            )
            for name, dataset in fileset.items()
        }


def test_the_fileset_is_coffeas_with_what_an_analysis_needs(sample: Path) -> None:
    fileset = json.loads(sample.read_bytes())
    assert list(fileset) == DATASETS
    for name, dataset in fileset.items():
        assert len(dataset["files"]) >= 2
        for path, tree in dataset["files"].items():
            assert not Path(path).is_absolute()
            assert (sample.parent / path).is_file()
            assert tree == "Events"
        metadata = dataset["metadata"]
        assert metadata["is_data"] == (name == "Data")
        if name == "Data":
            assert metadata["luminosity"] == pytest.approx(LUMINOSITY * SCALE)
        else:
            assert metadata["xsec"] > 0
            assert metadata["sum_genweight"] > 0


def test_the_full_sample_has_a_million_events_in_150_megabytes(tmp_path: Path) -> None:
    tasks = list(file_tasks(1.0))
    (tmp_path / "data").mkdir()
    events = size = 0
    for name in DATASETS:
        files = [task for task in tasks if task.dataset == name]
        facts = write_file(files[0], tmp_path)
        events += facts.events * len(files)
        size += facts.bytes * len(files)
    assert events > 1_000_000
    assert size < 150e6


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_same_events_every_time(sample: Path, dataset: str) -> None:
    again = generate(FileTask(dataset, 1, SCALE))
    with uproot.open(sample.parent / "data" / f"{dataset}_2.root") as file:
        stored = file["Events"].arrays()
    for name, values in again.items():
        if isinstance(values, ak.Array) and values.fields:
            for field in values.fields:
                assert ak.array_equal(stored[f"{name}_{field}"], values[field], dtype_exact=False)
        else:
            assert np.array_equal(ak.to_numpy(stored[name]), ak.to_numpy(values))


def test_files_differ_from_one_another() -> None:
    first, second = (generate(FileTask("TTbar", index, SCALE)) for index in (0, 1))
    assert not np.array_equal(first["MET_pt"], second["MET_pt"])


def test_event_numbers_are_unique(events: dict[str, ak.Array]) -> None:
    for array in events.values():
        assert len(np.unique(ak.to_numpy(array.event))) == len(array)
    assert set(ak.to_numpy(events["TTbar"].run)) == {1}
    assert 1 not in ak.to_numpy(events["Data"].run)


def test_every_collection_reads_without_a_warning(sample: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        array = NanoEventsFactory.from_root(
            {str(sample.parent / "data/TTbar_1.root"): "Events"}, schemaclass=NanoAODSchema
        ).events()
        for name in array.fields:
            ak.materialize(array[name])


def test_collections_are_sorted_and_linked(events: dict[str, ak.Array]) -> None:
    array = events["TTbar"]
    for collection in (array.Muon, array.Electron, array.Jet):
        assert ak.all(collection.pt[:, :-1] >= collection.pt[:, 1:])
    muons = array.Muon[array.Muon.jetIdx >= 0]
    jets = array.Jet[muons.jetIdx]
    assert ak.count(muons.pt) > 100
    assert ak.all(muons.delta_r(jets) < 0.4)


def test_simulation_has_weights_and_truth_and_data_have_not(events: dict[str, ak.Array]) -> None:
    for name, array in events.items():
        assert ("genWeight" in array.fields) == (name != "Data")
        assert ("hadronFlavour" in array.Jet.fields) == (name != "Data")


def test_next_to_leading_order_weights_have_both_signs(
    sample: Path, events: dict[str, ak.Array]
) -> None:
    weight = ak.to_numpy(events["DYJetsToLL"].genWeight)
    assert 0.12 < np.mean(weight < 0) < 0.20
    assert len(set(np.abs(weight))) == 1
    fileset = json.loads(sample.read_bytes())
    for name in DATASETS[:-1]:
        total = ak.to_numpy(events[name].genWeight).sum(dtype=np.float64)
        assert fileset[name]["metadata"]["sum_genweight"] == total


def test_z_peak(events: dict[str, ak.Array]) -> None:
    mass = ak.to_numpy(_dimuon_mass(events["DYJetsToLL"]))
    peak = np.abs(mass - 91.2) < 10
    assert peak.mean() > 0.75
    assert np.median(mass[peak]) == pytest.approx(91.2, abs=0.5)
    # A natural width of 2.5 GeV and the resolution on top: neither a spike nor a hill.
    assert 1.5 < np.std(mass[peak]) < 4.0
    assert np.any(mass < 65)  # the continuum


def test_w_edge(events: dict[str, ak.Array]) -> None:
    array = events["WJets"][ak.num(events["WJets"].Muon) == 1]
    muon, met = array.Muon[:, 0], array.MET
    mass = np.sqrt(2 * muon.pt * met.pt * (1 - np.cos(muon.phi - met.phi)))
    content, _ = np.histogram(ak.to_numpy(mass), bins=[60, 75, 90, 105, 120])
    assert content[:2].sum() > 5 * content[2:].sum()


def test_top_peak(events: dict[str, ak.Array]) -> None:
    array = events["TTbar"]
    jets = array.Jet[(array.Jet.pt > 30) & (abs(array.Jet.eta) < 2.4)]
    first, second, third = ak.unzip(ak.combinations(jets[ak.num(jets) >= 4], 3))
    tags = sum(ak.values_astype(jet.btagDeepFlavB > 0.3, int) for jet in (first, second, third))
    trijet = (first + second + third)[tags == 1]
    hardest = trijet[ak.argmax(trijet.pt, axis=1, keepdims=True)]
    mass = ak.to_numpy(ak.drop_none(ak.flatten(hardest.mass)))
    content, edges = np.histogram(mass, bins=np.arange(92.5, 400, 20))
    assert edges[np.argmax(content)] <= 172.5 <= edges[np.argmax(content) + 1] + 20


def test_b_tag_separates_flavours(events: dict[str, ak.Array]) -> None:
    jets = ak.flatten(events["TTbar"].Jet)
    tagged = jets.btagDeepFlavB > 0.2783
    assert 0.7 < ak.mean(tagged[jets.hadronFlavour == 5]) < 0.95
    assert ak.mean(tagged[jets.hadronFlavour == 0]) < 0.05


def test_spectra_fall(events: dict[str, ak.Array]) -> None:
    content, _ = np.histogram(
        ak.to_numpy(ak.flatten(events["TTbar"].Jet.pt)), bins=[40, 80, 120, 160, 200, 240]
    )
    assert np.all(np.diff(content) < 0)


def test_dibosons_have_three_leptons(events: dict[str, ak.Array]) -> None:
    array = events["Diboson"]
    assert ak.sum(ak.num(array.Muon) + ak.num(array.Electron) >= 3) > 50


def test_data_are_what_cross_section_and_luminosity_predict(
    sample: Path, events: dict[str, ak.Array]
) -> None:
    fileset = json.loads(sample.read_bytes())
    luminosity = fileset["Data"]["metadata"]["luminosity"]
    assert ak.all(events["Data"].HLT.IsoMu24)
    expected = variance = 0.0
    for name in DATASETS[:-1]:
        metadata = fileset[name]["metadata"]
        scale = metadata["xsec"] * luminosity / metadata["sum_genweight"]
        weight = scale * ak.to_numpy(events[name].genWeight[events[name].HLT.IsoMu24])
        expected += weight.sum(dtype=np.float64)
        variance += (weight.astype(np.float64) ** 2).sum()
    recorded = len(events["Data"])
    assert abs(recorded - expected) < 4 * np.sqrt(expected + variance)


def test_data_counts_fluctuate_from_file_to_file(sample: Path) -> None:
    facts = sample_facts(sample)
    counts = np.array([facts[sample.parent / f"data/Data_{i}.root"]["events"] for i in range(1, 5)])
    chi_squared = ((counts - counts.mean()) ** 2 / counts.mean()).sum()
    assert 0 < chi_squared < 20


def test_the_manifest_knows_the_files(sample: Path, events: dict[str, ak.Array]) -> None:
    assert is_sample(sample)
    assert not is_sample(sample.with_name("other.json"))
    facts = sample_facts(sample)
    assert sum(fact["events"] for fact in facts.values()) == sum(map(len, events.values()))
    for path, fact in facts.items():
        assert path.stat().st_size == fact["bytes"]


@pytest.fixture
def copy(sample: Path, tmp_path: Path) -> Path:
    """A copy of the sample that a test may damage."""
    shutil.copytree(sample.parent, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def two_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the whole sample be two files, for tests that make it from nothing."""
    monkeypatch.setattr(recipe, "file_tasks", _two_files)


def test_a_complete_sample_is_used_at_once(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_write_files", _must_not_be_called)
    reports = []
    assert make_sample(copy, lambda *report: reports.append(report), scale=SCALE) == (
        copy / "fileset.json"
    )
    assert reports[-1][0] == 1.0


def test_only_what_is_missing_is_made(copy: Path) -> None:
    """As after an interruption: one file gone, one cut off, one half written."""
    (copy / "data/Diboson_1.root").unlink()
    cut = copy / "data/WJets_2.root"
    cut.write_bytes(cut.read_bytes()[:-100])
    half = copy / "data/TTbar_1.root.part"
    half.write_bytes(b"root")
    (copy / "fileset.json").unlink()
    untouched = (copy / "data/TTbar_1.root").stat().st_mtime_ns
    reports: list[tuple[float, str]] = []

    make_sample(copy, lambda *report: reports.append(report), scale=SCALE)

    made = " ".join(message for _, message in reports)
    assert "data/Diboson_1.root" in made
    assert "data/WJets_2.root" in made
    assert "2 files" in made
    assert not half.exists()
    assert (copy / "data/TTbar_1.root").stat().st_mtime_ns == untouched
    fractions = [fraction for fraction, _ in reports]
    assert fractions == sorted(fractions)
    for path, fact in sample_facts(copy / "fileset.json").items():
        with uproot.open(path) as file:
            assert file["Events"].num_entries == fact["events"]


def test_a_sample_of_another_scale_is_made_anew(copy: Path, two_files: None) -> None:
    make_sample(copy, scale=SCALE / 2)
    fileset = json.loads((copy / "fileset.json").read_bytes())
    assert fileset["Data"]["metadata"]["luminosity"] == pytest.approx(LUMINOSITY * SCALE / 2)
    facts = sample_facts(copy / "fileset.json")
    assert facts[copy / "data/TTbar_1.root"]["events"] == 250


def test_a_damaged_manifest_is_no_manifest(copy: Path, two_files: None) -> None:
    (copy / build.MANIFEST).write_text("{")
    reports: list[tuple[float, str]] = []
    make_sample(copy, lambda *report: reports.append(report), scale=SCALE)
    assert "2 files" in reports[0][1]


def test_a_file_that_cannot_be_made_is_no_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, two_files: None
) -> None:
    (tmp_path / "data" / "TTbar_1.root.part").mkdir(parents=True)
    monkeypatch.setattr(build, "_remove_unfinished", lambda folder: None)
    with pytest.raises(OSError, match=r"TTbar_1\.root\.part"):
        make_sample(tmp_path, scale=SCALE / 10)
    assert not (tmp_path / "fileset.json").exists()


@pytest.mark.parametrize("scale", [0, -1, 1e6, float("nan")])
def test_a_senseless_scale_is_refused(tmp_path: Path, scale: float) -> None:
    with pytest.raises(BadInput, match="scale"):
        make_sample(tmp_path, scale=scale)


def _dimuon_mass(array: ak.Array) -> ak.Array:
    muons = array.Muon[array.Muon.pfRelIso04_all < 0.25]
    muons = muons[ak.num(muons) == 2]
    return (muons[:, 0] + muons[:, 1]).mass


def _two_files(scale: float) -> Iterator[FileTask]:
    yield FileTask("TTbar", 0, scale)
    yield FileTask("WJets", 0, scale)


def _must_not_be_called(*arguments: object) -> None:
    raise AssertionError("a complete sample was made again")
