"""A JupyterLab of our own: on loopback, with a token, and with Casa's sidebar open."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from casa_lab.errors import BadInput, Unavailable
from casa_lab.folders import read_json, write_json

START_SECONDS = 120.0
"""How long JupyterLab may take to listen."""

STOP_SECONDS = 20.0
"""How long JupyterLab may take to end its kernels."""

POLL_SECONDS = 0.1

_LOG_LINES = 15

_SETTINGS = {
    "casa-lab:plugin": {"openAtStart": True},
    # A demo asks no questions about Jupyter's own news.
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}
"""JupyterLab's settings in the demo, where the user has none of her own."""


class JupyterLab:
    """A JupyterLab server in a folder, as a child process.

    Parameters
    ----------
    folder
        Its root directory. What the server needs beside goes into ``.casa``
        there, so that the user's own settings and layouts are left alone.
    page
        Where the browser begins, e.g. ``/lab``.
    port
        The port, or ``None`` for the first free one from 8888 on.
    browser
        Whether to open a browser.
    """

    def __init__(self, folder: Path, page: str, port: int | None, browser: bool) -> None:
        if port is not None and not _is_free(port):
            raise BadInput(f"Port {port} is in use on this machine; choose another --port.")
        self._page = page
        self._token = secrets.token_hex(24)
        private = folder / ".casa"
        private.mkdir(mode=0o700, exist_ok=True)
        self._log = private / "jupyter.log"
        with self._log.open("wb") as log:
            # A session of its own: Ctrl-C reaches us alone, and we end it in order.
            self._process = subprocess.Popen(
                _command(folder, page, port, browser),
                cwd=folder,
                env=_environment(private, self._token),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> str:
        """Return the address, token included, once the server answers.

        Raises
        ------
        Unavailable
            When it ends or takes too long, with the end of its log.
        """
        from jupyter_core.paths import jupyter_runtime_dir

        facts = Path(jupyter_runtime_dir()) / f"jpserver-{self._process.pid}.json"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise Unavailable(f"JupyterLab did not start. Its log ends:\n{self._end_of_log()}")
            address = self._address(facts)
            if address is not None and _listens(address):
                return f"{address}{self._page.lstrip('/')}?token={self._token}"
            time.sleep(POLL_SECONDS)
        raise Unavailable(
            f"JupyterLab did not answer within {START_SECONDS:.0f} s; its log is {self._log}."
        )

    def wait(self) -> None:
        """Wait until the server ends by itself, or Ctrl-C."""
        with suppress(KeyboardInterrupt):
            self._process.wait()

    def stop(self) -> None:
        """End the server with its kernels."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _address(self, facts: Path) -> str | None:
        """Return the server's address from the file that it writes as it starts."""
        try:
            content: dict[str, Any] = read_json(facts) or {}
        except json.JSONDecodeError:  # half written
            return None
        # A server that was killed may have left a file under the same process id.
        return str(content["url"]) if content.get("token") == self._token else None

    def _end_of_log(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-_LOG_LINES:])


def can_open_browser() -> bool:
    """Tell whether there is a desktop to open a browser on.

    Python's ``webbrowser`` would else take a text browser, in the terminal.
    """
    return sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )


def _command(folder: Path, page: str, port: int | None, browser: bool) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.open_browser={browser}",
        f"--LabApp.default_url={page}",
    ]
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if os.geteuid() == 0:
        command.append("--allow-root")
    return command


def _environment(private: Path, token: str) -> dict[str, str]:
    """Return the variables of the server.

    The token is not on the command line, where everybody on the machine could
    read it. JupyterLab layers the settings found along ``JUPYTER_CONFIG_PATH``
    under the user's own.
    """
    settings = private / "config" / "labconfig"
    settings.mkdir(parents=True, exist_ok=True)
    write_json(settings / "default_setting_overrides.json", _SETTINGS)
    path = [str(private / "config"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {
        **os.environ,
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, path)),
        "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces"),
    }


def _listens(address: str) -> bool:
    """Tell whether somebody answers at an address.

    Jupyter writes the file with its address when it has chosen a port, a moment
    before it listens there.
    """
    place = urlsplit(address)
    try:
        socket.create_connection((place.hostname, place.port), timeout=1).close()
    except OSError:
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def signals_as_interrupt() -> Iterator[None]:
    """Let a closed terminal and SIGTERM end the server as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGHUP)
    previous = [signal.signal(number, interrupt) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, previous, strict=True):
            signal.signal(number, handler)
