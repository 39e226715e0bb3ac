"""Real XRootD servers, as storage sites have them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from patience import wait_until

USER = "xrootd"
"""Whom Debian's package makes for the server, which refuses to run as root."""

IMPATIENCE = {
    "XRD_CONNECTIONRETRY": "1",
    "XRD_CONNECTIONWINDOW": "1",
    "XRD_STREAMERRORWINDOW": "1",
    "XRD_TIMEOUTRESOLUTION": "1",
}
"""Environment of clients that give up a server after a second, not after minutes."""

SETTINGS = """\
xrd.port {port}
xrd.network nodnr
all.role server
all.export /files
oss.localroot {folder}
all.adminpath {folder}/admin
all.pidpath {folder}/admin
"""


@dataclass(frozen=True)
class Site:
    """A server: the folder that it serves, its address, and its process."""

    folder: Path
    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def xrootd_site() -> Iterator[Site]:
    """Start a server, and end it."""
    server = shutil.which("xrootd")
    if server is None:
        pytest.fail(
            "There is no XRootD server. Install it, for instance with "
            "`apt-get install xrootd-server`."
        )
    # Not below pytest's folders, which other users may not enter.
    with tempfile.TemporaryDirectory(prefix="casa-xrootd-") as name:
        folder, port = Path(name), unused_port()
        for part in ("files", "admin"):
            (folder / part).mkdir()
        settings = folder / "xrootd.cfg"
        settings.write_text(SETTINGS.format(port=port, folder=folder))
        command = [server, "-c", str(settings), "-l", str(folder / "admin" / "log")]
        if os.geteuid() == 0:
            command += ["-R", USER]
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, USER)
        process = subprocess.Popen(command)
        try:
            wait_until(lambda: answers(port), "the XRootD server")
            yield Site(folder / "files", f"root://127.0.0.1:{port}//files", process)
        finally:
            process.kill()
            process.wait()


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
