"""Paths stay inside the allowed folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from casa_lab.errors import BadInput, NotFound
from casa_lab.routes.paths import AllowedFolders


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "analysis").mkdir(parents=True)
    (root / "analysis" / "mass.py").touch()
    (tmp_path / "outside.py").touch()
    return root


def test_relative_and_absolute_paths_inside_are_found(root: Path) -> None:
    folders = AllowedFolders(root)
    file = root / "analysis" / "mass.py"
    assert folders.resolve("analysis/mass.py") == file
    assert folders.resolve(str(file)) == file
    assert folders.resolve("analysis/../analysis/mass.py") == file


@pytest.mark.parametrize(
    "path",
    [
        "../outside.py",
        "/etc/passwd",
        "analysis/../../outside.py",
        "link.py",
        "loop",
        "\0",
        "~nobody-of-that-name/x.py",
    ],
)
def test_nothing_outside_is_reached(root: Path, path: str) -> None:
    (root / "link.py").symlink_to(root.parent / "outside.py")
    (root / "loop").symlink_to(root / "loop")
    with pytest.raises(BadInput):
        AllowedFolders(root).resolve(path)


def test_the_error_says_what_to_do(root: Path) -> None:
    with pytest.raises(BadInput, match=r"CasaApp\.allowed_folders"):
        AllowedFolders(root).resolve("/etc/passwd")
    with pytest.raises(NotFound, match="Check the spelling"):
        AllowedFolders(root).resolve("analysis/mas.py")


def test_a_site_may_allow_more(root: Path) -> None:
    folders = AllowedFolders(root, [root.parent])
    assert folders.resolve("../outside.py") == root.parent / "outside.py"


def test_a_name_that_is_too_long(root: Path) -> None:
    with pytest.raises((BadInput, NotFound)):
        AllowedFolders(root).resolve("x" * 5000)
