"""What a run was made with: package versions and the state of the user's code."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("casa-lab", "coffea", "awkward", "uproot", "hist", "numpy", "dask", "distributed")
"""Packages whose versions can change a result."""


def package_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that matter."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def git_describe(directory: Path) -> str | None:
    """Return the revision of the code in a directory, ``-dirty`` when it was changed."""
    command = ["git", "-C", str(directory), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None
