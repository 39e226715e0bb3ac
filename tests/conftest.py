"""What every test has: a data directory of its own, and the real files when they are asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ("pytest_jupyter.jupyter_server",)


@pytest.fixture(autouse=True)
def casa_data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep Casa's runs and clusters out of the user's own data directory."""
    path = tmp_path / "casa"
    monkeypatch.setenv("CASA_DATA_DIR", str(path))
    return path


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real files from public projects: ``CASA_TEST_DATA``, or beside the checkout."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    path = Path(os.environ.get("CASA_TEST_DATA", beside)) / "real"
    if not path.is_dir():
        pytest.fail(
            f"There are no real test files in {path}. Set CASA_TEST_DATA to the folder whose "
            "real/ holds nano_dy.root and the others that CONTRIBUTING.md lists."
        )
    return path
