"""The wheel: what users get must be complete, and must work by being installed."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
EXTENSION = "share/jupyter/labextensions/casa-lab"

MOST_AT_START = 100_000
"""Bytes, compressed, that Casa may add to what a page of JupyterLab loads before it shows."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that nox has built of these sources, or else one built now."""
    if "CASA_WHEEL" in os.environ:
        return Path(os.environ["CASA_WHEEL"])
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def data(unpacked: Path) -> Path:
    """What the installer puts below ``sys.prefix``."""
    [folder] = unpacked.glob("casa_lab-*.data/data")
    return folder


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_holds_the_package_and_nothing_else(unpacked: Path) -> None:
    version = json.loads((ROOT / "package.json").read_text())["version"]
    top = {path.name for path in unpacked.iterdir()}
    assert top == {"casa_lab", f"casa_lab-{version}.data", f"casa_lab-{version}.dist-info"}


def test_holds_every_module_and_data_file_of_the_package(unpacked: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "casa_lab"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    expected = {name for name in tracked.stdout.split("\0") if name and (ROOT / name).exists()}
    assert expected
    assert expected <= files_below(unpacked)


def test_holds_the_examples_with_a_tutorial(unpacked: Path) -> None:
    examples = files_below(unpacked / "casa_lab" / "examples")
    assert examples >= {path.name for path in (ROOT / "examples").glob("*.py")}
    assert any(name.endswith(".ipynb") for name in examples)


def test_holds_no_tests_and_nothing_generated(unpacked: Path) -> None:
    unwanted = ("__pycache__", "node_modules", ".ipynb_checkpoints", "junit.xml", "openapi.json")
    names = files_below(unpacked)
    assert not [name for name in names if any(part in name.split("/") for part in unwanted)]
    assert not [name for name in names if "test_" in name or name.endswith(".spec.ts")]


def test_holds_the_prebuilt_extension(data: Path) -> None:
    extension = data / EXTENSION
    build = json.loads((extension / "package.json").read_text())["jupyterlab"]["_build"]
    assert (extension / build["load"]).is_file()
    assert (extension / "static" / "style.js").is_file()
    assert json.loads((extension / "install.json").read_text())["packageName"] == "casa-lab"
    assert files_below(ROOT / "schema") <= files_below(extension / "schemas" / "casa-lab")


def test_adds_little_to_the_start_of_jupyterlab(data: Path) -> None:
    extension = data / EXTENSION
    build = json.loads((extension / "package.json").read_text())["jupyterlab"]["_build"]
    entry = extension / build["load"]
    # {"./extension":()=>n.e(838).then(...),"./style":()=>n.e(232).then(...)}
    exposed = re.search(r'"\./extension":.*?function', entry.read_text())
    assert exposed is not None
    chunks = set(re.findall(r"\.e\((\w+)\)", exposed[0]))
    assert len(chunks) >= 2, exposed[0]
    loaded = [entry, *(file for chunk in chunks for file in entry.parent.glob(f"{chunk}.*.js"))]
    assert len(loaded) == len(chunks) + 1
    assert sum(len(gzip.compress(file.read_bytes())) for file in loaded) <= MOST_AT_START


def test_declares_the_command(unpacked: Path) -> None:
    [entry_points] = unpacked.glob("casa_lab-*.dist-info/entry_points.txt")
    assert "casa-lab = casa_lab.cli:main" in entry_points.read_text()


@pytest.fixture(scope="module")
def jupyter_list(
    unpacked: Path, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., str]:
    """Lists extensions with the wheel's files in place and nothing of the user's."""
    folder = tmp_path_factory.mktemp("home")
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(data / "etc" / "jupyter"),
        "JUPYTER_PATH": str(data / "share" / "jupyter"),
        "PYTHONPATH": str(unpacked),
    }

    def run(*kind: str) -> str:
        command = [sys.executable, "-m", "jupyter", *kind, "list"]
        result = subprocess.run(
            command, env=environment, cwd=folder, check=True, capture_output=True, text=True
        )
        return re.sub(r"\x1b\[[0-9;]*m", "", result.stdout + result.stderr)

    return run


def test_enables_the_server_extension_by_being_installed(
    jupyter_list: Callable[..., str],
) -> None:
    listing = jupyter_list("server", "extension")
    assert re.search(r"^ *casa_lab enabled$", listing, re.MULTILINE), listing
    assert re.search(r"^ *casa_lab \S+ OK$", listing, re.MULTILINE), listing


def test_enables_the_prebuilt_extension_by_being_installed(
    jupyter_list: Callable[..., str],
) -> None:
    listing = jupyter_list("labextension")
    assert re.search(r"^ *casa-lab v\S+ enabled OK", listing, re.MULTILINE), listing
