"""Every example runs with nothing but Coffea, on the sample and on real files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import adl
import awkward as ak
import hist
import numpy as np
import pytest
from coffea import processor
from dimuon import DimuonProcessor
from flat import HZZProcessor, ZmumuProcessor
from physlite import PhysliteProcessor
from ttbar import TTbarProcessor

from casa_lab.runs.processors.finding import find_processors

# What Coffea says of files that lack something, real ones among them.
pytestmark = pytest.mark.filterwarnings("ignore:Missing cross-reference", "ignore:Skipping")

Fileset = dict[str, Any]
Run = Callable[..., dict[str, Any]]

EXAMPLES = Path(adl.__file__).parent
QUERIES = [getattr(adl, f"ADLQuery{number}") for number in range(1, 9)]
NANOAOD = [DimuonProcessor, TTbarProcessor, *QUERIES]


class Together(processor.ProcessorABC):
    """Runs several processors on each chunk, since opening real NanoAOD is what costs time."""

    schema_name = "NanoAODSchema"

    def __init__(self, processors: list[Any]) -> None:
        self.processors = processors

    def process(self, events: ak.Array) -> dict[str, Any]:
        return {type(one).__name__: one.process(events) for one in self.processors}


def histograms(output: dict[str, Any]) -> dict[str, hist.Hist]:
    return {name: value for name, value in output.items() if isinstance(value, hist.Hist)}


def first_file(dataset: dict[str, Any]) -> dict[str, Any]:
    return {**dataset, "files": dict(list(dataset["files"].items())[:1])}


@pytest.fixture(scope="module")
def on_sample(run: Run, sample: Fileset) -> dict[str, Any]:
    return run(Together([kind(luminosity=0.5) for kind in NANOAOD[:2]]), sample)


@pytest.fixture(scope="module")
def on_real_files(run: Run, real_nanoaod: Fileset) -> dict[str, Any]:
    return run(Together([kind() for kind in NANOAOD]), real_nanoaod)


def test_all_are_found_by_reading_their_source() -> None:
    found = {
        known.name: (known.schema_name, bool(known.summary)) for known in find_processors(EXAMPLES)
    }
    assert found == {
        **{kind.__name__: ("NanoAODSchema", True) for kind in NANOAOD},
        "PhysliteProcessor": ("PHYSLITESchema", True),
        "HZZProcessor": ("BaseSchema", True),
        "ZmumuProcessor": ("BaseSchema", True),
    }


def test_nothing_of_casa_is_in_them() -> None:
    for path in EXAMPLES.glob("*.py"):
        assert "casa" not in path.read_text().lower()


@pytest.mark.parametrize("kind", NANOAOD, ids=lambda kind: kind.__name__)
def test_chunks_add_up(kind: Any, run: Run, sample: Fileset) -> None:
    few = {name: first_file(sample[name]) for name in ("TTbar", "Data")}
    whole, chunked = run(kind(), few), run(kind(), few, chunksize=199)
    assert histograms(whole)
    for name, histogram in histograms(whole).items():
        other = chunked[name]
        assert list(other.axes[0]) == list(histogram.axes[0])
        np.testing.assert_allclose(other.values(flow=True), histogram.values(flow=True), rtol=1e-12)
    counts = "cutflow" if "cutflow" in whole else "events"
    assert chunked[counts] == whole[counts]


@pytest.mark.parametrize("kind", NANOAOD, ids=lambda kind: kind.__name__)
def test_real_nanoaod_of_every_kind(kind: Any, on_real_files: dict[str, Any]) -> None:
    output = on_real_files[kind.__name__]
    assert histograms(output)
    seen = output["cutflow"] if "cutflow" in output else output["events"]
    events = {name: count["all"] if "cutflow" in output else count for name, count in seen.items()}
    assert events == {"DY": 40, "Data": 40, "TTbar2015": 200, "RNTuple": 10}


@pytest.mark.parametrize("number", [1, 2, 3, 4, 6, 7])
def test_rntuple_fills_like_ttree(number: int, on_real_files: dict[str, Any]) -> None:
    for histogram in histograms(on_real_files[f"ADLQuery{number}"]).values():
        assert histogram["RNTuple", :].sum(flow=True) > 0


# Dimuon


def test_dimuon_peak_and_normalisation(on_sample: dict[str, Any]) -> None:
    output = on_sample["DimuonProcessor"]
    mass = output["mass"]
    assert set(mass.axes[0]) == {"DYJetsToLL", "TTbar", "Diboson", "Data"}
    peak = mass["Data", :].values()
    assert mass.axes[1].centers[np.argmax(peak)] == pytest.approx(91.2, abs=3)
    simulated = sum(mass[name, :].sum(flow=True).value for name in mass.axes[0] if name != "Data")
    variance = sum(mass[name, :].sum(flow=True).variance for name in mass.axes[0] if name != "Data")
    recorded = mass["Data", :].sum(flow=True).value
    assert abs(recorded - simulated) < 4 * np.sqrt(simulated + variance)
    for name, cuts in output["cutflow"].items():
        assert cuts["dimuon"] == 0 or name in mass.axes[0]
    assert output["cutflow"]["Data"]["dimuon"] == recorded


def test_dimuon_weights_are_the_generators_where_nothing_else_is_known(
    on_real_files: dict[str, Any],
) -> None:
    output = on_real_files["DimuonProcessor"]
    weights = output["sum_weights"]
    assert weights["Data"] == 40
    assert weights["DY"] == pytest.approx(578762.435546875)
    assert output["mass"]["Data", :].sum(flow=True).value == output["cutflow"]["Data"]["dimuon"]


# Top pairs


def test_ttbar_variations(on_sample: dict[str, Any]) -> None:
    output = on_sample["TTbarProcessor"]
    trijet = output["trijet_mass"]
    total = {name: trijet["TTbar", name, :].sum(flow=True).value for name in trijet.axes[1]}
    assert total["jesDown"] < total["nominal"] < total["jesUp"]
    assert total["btagDown"] < total["nominal"] < total["btagUp"]
    assert total["pileupDown"] != total["nominal"] != total["pileupUp"]
    content = trijet["TTbar", "nominal", :].values()
    assert trijet.axes[2].centers[np.argmax(content)] == pytest.approx(172.5, abs=25)


def test_ttbar_data_are_not_varied(on_sample: dict[str, Any]) -> None:
    output = on_sample["TTbarProcessor"]
    trijet, cuts = output["trijet_mass"], output["cutflow"]["Data"]
    assert trijet["Data", "nominal", :].sum(flow=True).value == cuts["4j2b"]
    for variation in list(trijet.axes[1])[1:]:
        assert trijet["Data", variation, :].sum(flow=True).value == 0


def test_ttbar_selection_narrows(on_sample: dict[str, Any]) -> None:
    for cuts in on_sample["TTbarProcessor"]["cutflow"].values():
        assert cuts["all"] >= cuts["one lepton"] >= cuts["four jets"]
        assert cuts["four jets"] >= cuts["4j1b"] + cuts["4j2b"]


def test_ttbar_without_pileup_or_flavour_or_a_known_b_tag(run: Run, sample: Fileset) -> None:
    class Poorer(TTbarProcessor):
        """Takes away branches that not every production has."""

        def __init__(self, fields: list[str]) -> None:
            super().__init__()
            self.fields = fields

        def process(self, events: ak.Array) -> dict[str, Any]:
            jets = ak.with_name(events.Jet[self.fields], "Jet")
            kept = ak.without_field(events, "Pileup")
            return super().process(ak.with_field(kept, jets, "Jet"))

    fields = ["pt", "eta", "phi", "mass", "charge", "jetId", "btagDeepFlavB"]
    few = {"TTbar": first_file(sample["TTbar"])}
    trijet = run(Poorer(fields), few)["trijet_mass"]
    total = {name: trijet["TTbar", name, :].sum(flow=True).value for name in trijet.axes[1]}
    assert total["pileupUp"] == total["nominal"] < total["btagUp"]
    with pytest.raises(Exception, match="none of the b-tag discriminants"):
        run(Poorer(fields[:-1]), few)


# Other formats


def test_physlite(run: Run, real_data: Path) -> None:
    path = str(real_data / "PHYSLITE_example.root")
    output = run(PhysliteProcessor(), {"P": {"files": {path: "CollectionTree"}}})
    assert output["events"] == {"P": 100}
    assert output["jet_pt"].sum(flow=True) == 881
    # In GeV: the softest jet that was stored has 9.3.
    assert output["jet_pt"]["P", :8j].sum() == 0
    assert output["jet_pt"]["P", 8j:200j].sum() > 400


def test_hzz(run: Run, real_data: Path) -> None:
    path = str(real_data / "uproot-HZZ.root")
    output = run(HZZProcessor(), {"H": {"files": {path: "events"}}})
    assert output["events"] == {"H": 2421}
    mass = output["dimuon_mass"]["H", :]
    assert mass.axes[0].centers[np.argmax(mass.values())] == pytest.approx(91, abs=3)


def test_zmumu(run: Run, real_data: Path) -> None:
    path = str(real_data / "uproot-Zmumu.root")
    output = run(ZmumuProcessor(), {"Z": {"files": {path: "events"}}})
    mass = output["mass"]["Z", :]
    assert mass.sum(flow=True).value == 2304
    assert mass.axes[0].centers[np.argmax(mass.values())] == pytest.approx(91, abs=3)
