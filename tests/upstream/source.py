"""Coffea's released source, as the package registries have it."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path


class NoSource(Exception):
    """The registries have no source of the version of Coffea that is installed."""


def fetch_coffea(cache: Path) -> Path:
    """Return the source archive of the installed version, downloaded unless the cache has it.

    Raises
    ------
    NoSource
        When pip cannot get it.
    """
    release = version("coffea")
    archive = cache / f"coffea-{release}.tar.gz"
    if not archive.exists():
        options = ["--no-deps", "--no-binary=coffea", "--dest", str(cache)]
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", *options, f"coffea=={release}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if not archive.exists():
            last = (done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2]
            raise NoSource(f"pip cannot download the source of coffea {release}: {last}")
    return archive


def unpack_tests(archive: Path, folder: Path) -> Path:
    """Unpack the tests in a source archive and return the folder in which they expect to run."""
    root = archive.name.removesuffix(".tar.gz")
    with tarfile.open(archive) as source:
        tests = [
            member for member in source.getmembers() if member.name.startswith(f"{root}/tests/")
        ]
        if not tests:
            raise NoSource(f"{archive.name} holds no tests.")
        source.extractall(folder, tests, filter="data")
    return folder / root
