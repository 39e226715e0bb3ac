"""What the tests of datasets share: a small sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from casa_lab.datasets.sample import make_sample

SCALE = 0.01


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fileset of a sample with a hundredth of the events; not to be changed."""
    return make_sample(tmp_path_factory.mktemp("sample"), scale=SCALE)
