"""What every test has: a data directory of its own; runs and real files when they are asked for."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from byhand import write_run
from hypothesis import HealthCheck, settings
from upstream.source import NoSource, fetch_coffea, unpack_tests

from casa_lab.runs.folder import RunFolder

# How long an example takes says more about the machine than about the code.
settings.register_profile("casa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("casa")

pytest_plugins = ("pytest_jupyter.jupyter_server",)

# A shell starts what goes on in the background deaf to Ctrl-C, which programs under test
# would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def casa_data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep Casa's runs and clusters out of the user's own data directory."""
    path = tmp_path / "casa"
    monkeypatch.setenv("CASA_DATA_DIR", str(path))
    return path


@pytest.fixture
def put_run() -> Callable[..., RunFolder]:
    """Make the folder of a run by hand, or write another state into it."""
    return write_run


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


@pytest.fixture(scope="session")
def coffea_source(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Path | None:
    """The unpacked tests of the Coffea that is installed, ``None`` where no registry has them."""
    assert pytestconfig.cache is not None
    try:
        archive = fetch_coffea(pytestconfig.cache.mkdir("coffea"))
        return unpack_tests(archive, tmp_path_factory.mktemp("coffea"))
    except NoSource as error:
        warnings.warn(f"Coffea's tests and sample files are not used. {error}", stacklevel=2)
        return None


@pytest.fixture(scope="session")
def coffea_samples(coffea_source: Path | None) -> Path | None:
    """The folder of Coffea's sample files, ``None`` where no registry has them."""
    return None if coffea_source is None else coffea_source / "tests" / "samples"
