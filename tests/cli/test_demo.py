"""The demo fills its folder, runs the sample analysis, and starts and ends JupyterLab."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from patience import PATIENCE_SECONDS
from rich.console import Console

from casa_lab.cli import demo, main
from casa_lab.cli.lab import JupyterLab, can_open_browser
from casa_lab.datasets import sample as sample_package
from casa_lab.errors import BadInput, Unavailable

SCALE = 0.003


@pytest.fixture(scope="session")
def made_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    sample_package.make_sample(folder, scale=SCALE)
    return folder


@pytest.fixture
def folder(made_sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the demo that has a small sample already."""
    small = partial(sample_package.make_sample, scale=SCALE)
    monkeypatch.setattr(sample_package, "make_sample", small)
    return Path(shutil.copytree(made_sample, tmp_path / "demo"))


def test_fills_the_folder_and_keeps_what_was_changed(folder: Path) -> None:
    stream = io.StringIO()
    assert demo.prepare(folder, Console(file=stream)) == folder / "fileset.json"
    assert (folder / "tutorial.ipynb").exists()
    changed = folder / "examples" / "dimuon.py"
    changed.write_text("mine")
    (folder / "examples" / "ttbar.py").unlink()
    demo.prepare(folder, Console(file=stream))
    assert changed.read_text() == "mine"
    assert (folder / "examples" / "ttbar.py").exists()


def test_the_sample_is_made_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(folder: Path, progress: Callable[[float, str], None]) -> Path:
        progress(0.5, "Making TTbar")
        return folder / "fileset.json"

    monkeypatch.setattr(sample_package, "make_sample", make)
    stream = io.StringIO()
    made = demo.prepare(tmp_path / "new", Console(file=stream, force_terminal=True))
    assert made == tmp_path / "new" / "fileset.json"
    assert "Making TTbar" in stream.getvalue()


def test_headless_runs_the_sample_analysis(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", str(folder), "--headless", "--workers", "2"]) == 0
    assert (folder / "out" / "result.coffea").exists()
    assert (folder / "out" / "plots" / "mass.png").exists()
    assert "Done." in capsys.readouterr().out


def test_a_folder_that_cannot_be_filled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["demo", str(tmp_path / "file"), "--headless"]) == 2
    assert "cannot be filled: file exists." in capsys.readouterr().err


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as reply:
        content: bytes = reply.read()
        return content


def test_jupyterlab_shows_the_tutorial_with_the_sidebar_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tutorial.ipynb").write_text("{}")
    # The schema is all that the settings need of the extension.
    extension = tmp_path / "share" / "labextensions" / "casa-lab"
    (extension / "schemas" / "casa-lab").mkdir(parents=True)
    (extension / "package.json").write_text('{"name": "casa-lab", "version": "0"}')
    schema = (Path(__file__).parents[2] / "schema" / "plugin.json").read_bytes()
    (extension / "schemas" / "casa-lab" / "plugin.json").write_bytes(schema)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    lab = JupyterLab(tmp_path, page="/lab/tree/tutorial.ipynb", port=None, browser=False)
    try:
        address = lab.wait_until_ready()
        page, _, query = address.partition("?")
        assert page.startswith("http://127.0.0.1:")
        assert page.endswith("/lab/tree/tutorial.ipynb")
        server = page.removesuffix("lab/tree/tutorial.ipynb")
        get(address)
        assert json.loads(get(f"{server}api/contents/?{query}"))["type"] == "directory"
        settings = json.loads(get(f"{server}lab/api/settings/casa-lab:plugin?{query}"))
        assert settings["schema"]["properties"]["openAtStart"]["default"] is True
        with pytest.raises(urllib.error.HTTPError, match="403"):
            get(f"{server}api/contents/")
    finally:
        lab.stop()
    with pytest.raises(urllib.error.URLError):
        get(address)


def test_a_port_that_is_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"Port {port} is in use"):
            JupyterLab(tmp_path, page="/lab", port=port, browser=False)


def test_a_jupyterlab_that_does_not_start_shows_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    lab = JupyterLab(tmp_path, page="/lab", port=None, browser=False)
    with pytest.raises(Unavailable, match="did not start"):
        lab.wait_until_ready()


def test_ctrl_c_ends_the_demo_and_jupyterlab(folder: Path) -> None:
    command = (
        "import sys; from functools import partial; from casa_lab.datasets import sample; "
        f"sample.make_sample = partial(sample.make_sample, scale={SCALE}); "
        "from casa_lab.cli import main; sys.exit(main())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", command, "demo", str(folder), "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert "JupyterLab is ready" in process.stdout.readline()
    process.stdout.readline()
    address = process.stdout.readline().strip()
    assert b"<title>" in get(address)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    with pytest.raises(urllib.error.URLError):
        get(address)


def test_a_browser_opens_on_a_desktop_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not can_open_browser()
    monkeypatch.setitem(os.environ, "WAYLAND_DISPLAY", "wayland-0")
    assert can_open_browser()
    monkeypatch.delenv("WAYLAND_DISPLAY")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert can_open_browser()
