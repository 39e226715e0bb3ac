"""What is compared between a driver and those that work for it."""

from __future__ import annotations

import platform
from functools import partial
from importlib.metadata import version
from pathlib import Path
from textwrap import dedent

import awkward as ak
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.runs.environment import (
    PACKAGES,
    UNKNOWN,
    compare,
    package_versions,
    packages_of,
    probe,
)
from casa_lab.runs.models import ProcessorReference
from casa_lab.runs.usercode.imports import used_modules
from casa_lab.runs.usercode.loading import load_processor

versions = st.dictionaries(
    st.sampled_from("abc"), st.sampled_from(["1.2.3", "1.2.4", "1.3.0", "2026.9.0", UNKNOWN])
)


def test_versions_are_those_of_this_process() -> None:
    found = package_versions()
    assert found["python"] == platform.python_version()
    assert found["coffea"] == version("coffea")
    assert set(found) - {"python"} <= set(PACKAGES)
    assert probe(PACKAGES)["casa-lab"]  # importable, be it installed or not


def test_what_is_missing_is_not_reported() -> None:
    assert "nonesuch" not in probe({"nonesuch": "nonesuch"})


@given(versions, versions)
def test_nothing_differs_from_itself_and_every_difference_is_named(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert compare(one, one) == []
    named = {difference.package for difference in compare(one, other)}
    assert named == {
        name
        for name in one
        if name not in other
        or (one[name] != other[name] and UNKNOWN not in (one[name], other[name]))
    }


@pytest.mark.parametrize(
    ("expected", "found", "matters", "sentence"),
    [
        ("2026.9.0", "2026.9.1", False, "coffea 2026.9.1 instead of 2026.9.0"),
        ("2026.9.0", "2026.10.0", True, "coffea 2026.10.0 instead of 2026.9.0"),
        ("2026.9.0", "2025.9.0", True, "coffea 2025.9.0 instead of 2026.9.0"),
        ("2026.9.0", None, True, "no coffea instead of 2026.9.0"),
        (UNKNOWN, None, True, "no coffea"),
    ],
)
def test_more_than_a_bug_fix_matters(
    expected: str, found: str | None, matters: bool, sentence: str
) -> None:
    (difference,) = compare({"coffea": expected}, {"coffea": found} if found else {})
    assert (difference.matters, str(difference)) == (matters, sentence)


def test_modules_are_compared_by_the_packages_they_come_from() -> None:
    packages = packages_of(frozenset({"yaml", "numpy", "rich", "nonesuch"}))
    assert packages.items() >= PACKAGES.items()
    assert {packages[name] for name in set(packages) - set(PACKAGES)} == {
        "yaml",
        "rich",
        "nonesuch",
    }
    assert packages["PyYAML"] == "yaml"


SOURCE = """
import json
import matplotlib.pyplot as plt
import numpy as np
from coffea import processor
import neighbour_of_used


class Used(processor.ProcessorABC):
    def process(self, events):
        import hist.axis
        return {"n": np.sum(neighbour_of_used.weight(events))}

def draw(output):
    plt.plot(json.loads(output))
"""

NEIGHBOUR = """
import awkward as ak
import rich

def weight(events):
    return ak.num(events.x)
"""


def test_a_file_uses_what_its_processor_refers_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "used_here.py").write_text(dedent(SOURCE))
    (tmp_path / "neighbour_of_used.py").write_text(dedent(NEIGHBOUR))
    monkeypatch.syspath_prepend(tmp_path)
    processor = load_processor(ProcessorReference(location=f"{tmp_path}/used_here.py:Used"))
    carried = ["used_here", "neighbour_of_used"]
    # Neither matplotlib nor rich: nothing on a worker needs them.
    assert used_modules(processor, carried) == {"coffea", "numpy", "awkward", "hist"}


def scale(events: ak.Array, factor: float) -> float:
    return factor * float(np.sum([ak.sum(events.x)]))


def test_functions_and_their_arguments_count() -> None:
    processor = partial(scale, factor=np.float64(2))
    assert used_modules(processor, [__name__]) == {"numpy", "awkward"}
    assert used_modules(scale, []) == {__name__.partition(".")[0]}
