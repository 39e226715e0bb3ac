"""Starting processes that outlive the one that starts them."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path


def start_detached(
    arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> int:
    """Start a process in a session of its own, writing what it prints to ``log``.

    Parameters
    ----------
    arguments
        Program and arguments.
    log
        File that standard output and error are appended to.
    environment
        Variables to set on top of this process's own.

    Returns
    -------
    int
        The process id.

    Notes
    -----
    A session of its own keeps terminal signals and the death of a Jupyter
    server away from cluster hosts and drivers.
    """
    inherited = dict(os.environ)
    if "matplotlib_inline" in inherited.get("MPLBACKEND", ""):  # set by kernels, for cells alone
        del inherited["MPLBACKEND"]
    with log.open("ab") as stream:
        process = subprocess.Popen(
            list(arguments),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**inherited, **(environment or {})},
        )
    # The child is never waited for by name: reaping it when it ends keeps a
    # long-lived server free of zombies.
    _reap(process)
    return process.pid


def _reap(process: subprocess.Popen[bytes]) -> None:
    threading.Thread(target=process.wait, name=f"reap-{process.pid}", daemon=True).start()
