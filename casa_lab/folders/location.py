"""Where Casa keeps its folders, and how they are named."""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime, timezone
from pathlib import Path

ENVIRONMENT_VARIABLE = "CASA_DATA_DIR"

LONGEST_ID = 255
"""Most bytes of a name: a file system only says of a longer one that it is too long."""


def data_dir() -> Path:
    """Return Casa's data directory, made private to the user.

    ``CASA_DATA_DIR`` when set, else ``casa`` below ``jupyter --data-dir``.
    """
    configured = os.environ.get(ENVIRONMENT_VARIABLE)
    if configured:
        path = Path(configured).expanduser().absolute()
    else:
        from jupyter_core.paths import jupyter_data_dir

        path = Path(jupyter_data_dir()) / "casa"
    return _private(path)


def runs_dir() -> Path:
    """Return the directory that holds one folder per run."""
    return _private(data_dir() / "runs")


def clusters_dir() -> Path:
    """Return the directory that holds one folder per cluster."""
    return _private(data_dir() / "clusters")


def forecasts_dir() -> Path:
    """Return the directory that holds one folder per dry run."""
    return _private(data_dir() / "forecasts")


def known_files() -> Path:
    """Return the database of what is known of files that were looked at."""
    return data_dir() / "files.sqlite3"


def run_index() -> Path:
    """Return the database that lists the runs; it can be deleted at any time."""
    return data_dir() / "runs.sqlite3"


def new_id(name: str) -> str:
    """Return a fresh folder name that sorts by time and reads well.

    Examples
    --------
    >>> new_id("Dimuon mass!")  # doctest: +SKIP
    '20261123-024512-dimuon-mass-4f1a'
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:32].strip("-") or "unnamed"
    stamp = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    return f"{stamp}-{slug}-{secrets.token_hex(2)}"


def is_id(text: str) -> bool:
    """Tell whether a text can be the name of a folder here; anything else leads elsewhere."""
    size = len(text.encode(errors="replace"))
    plain = "\0" not in text and not text.startswith(".") and Path(text).name == text
    return plain and 0 < size <= LONGEST_ID


def _private(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
