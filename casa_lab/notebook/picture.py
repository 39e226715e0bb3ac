"""The picture of a run: ``python -m casa_lab.notebook.picture SNAPSHOT`` writes it as PNG.

Drawn in a process of its own: matplotlib's settings in the kernel are the user's, and
drawing there would hold up her code.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from casa_lab.errors import Unavailable

MOST_PLOTS = 4
"""How many histograms are in the picture."""

TIME_LIMIT = 120.0
"""Seconds that it may take, the start of Python included."""


def draw_apart(snapshot: Path) -> bytes | None:
    """Return a picture of the first histograms of a run, ``None`` where it has none.

    Parameters
    ----------
    snapshot
        The run's ``histograms.zip``.

    Raises
    ------
    Unavailable
        When it could not be drawn.
    """
    try:
        written = snapshot.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _drawn(snapshot, written)


@lru_cache(maxsize=16)
def _drawn(snapshot: Path, written: int) -> bytes | None:  # noqa: ARG001
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, str(snapshot)],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=TIME_LIMIT,
            check=False,
            env={**os.environ, "MPLBACKEND": "agg"},
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"It was not drawn within {TIME_LIMIT:.0f} s.") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise Unavailable(lines[-1] if lines else f"It ended with status {done.returncode}.")
    return done.stdout or None


def main() -> None:
    """Draw the snapshot that the command line names; write nothing where there is none."""
    from casa_lab.histograms.plots import draw_together
    from casa_lab.histograms.snapshot import read_histogram, read_index

    snapshot = Path(sys.argv[1])
    # What libraries print must not get into the picture.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        paths = list(read_index(snapshot).keys)[:MOST_PLOTS]
        if paths:
            histograms = {path: read_histogram(snapshot, path) for path in paths}
            draw_together(histograms, output)


if __name__ == "__main__":
    main()
