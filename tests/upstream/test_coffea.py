"""Coffea's own tests of executors and Runner pass with LiveExecutor in their place.

They come with Coffea's source archive, of the version that is installed, and
are no part of Casa. Where the package registries do not have it, the report says so.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from . import stand_in
from .conftest import REPORT
from .tally import Tally

MODULES = (
    "test_local_executors.py",
    "test_processor.py",
    "test_preloading.py",
)
"""All that have an executor execute something, but for those of TaskVine and Parsl.

``test_checkpointing.py`` is left out as well: it repeats runs until random failures
have spared every chunk, which takes no set time. ``tests/runs/test_runner_features.py``
tests checkpoints.
"""


@pytest.mark.timeout(900)
def test_coffeas_own_tests_pass(
    coffea_source: Path | None, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    if coffea_source is None:
        pytestconfig.stash[REPORT] = ["Not run: the package registries do not have its source."]
        return
    tally = run_tests(coffea_source, tmp_path / "tally.json")
    pytestconfig.stash[REPORT] = [f"{coffea_source.name}: {tally.summary}", *tally.reasons]
    assert not tally.failed, "\n\n".join(tally.failed.values())
    assert tally.passed > 30


def run_tests(folder: Path, tally: Path) -> Tally:
    """Run Coffea's tests in a pytest of their own, from the folder that they expect."""
    tests = str(Path(__file__).parents[1])
    options = ["-p", stand_in.__name__, "-p", "no:cacheprovider", "-q", "--tb=short"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *(f"tests/{name}" for name in MODULES)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": tests, stand_in.TALLY: str(tally)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tally.exists(), done.stdout + done.stderr
    return Tally.read(tally)
