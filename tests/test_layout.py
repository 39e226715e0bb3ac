"""Imports point one way: down the list of rooms in docs/architecture.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "casa_lab"
ROOMS = (
    "app",
    "cli",
    "notebook",
    "routes",
    "events",
    "openapi",
    "forecasts",
    "runs",
    "clusters",
    "datasets",
    "histograms",
    "reading",
    "folders",
    "processes",
    "wording",
    "validation",
    "errors",
)
"""From the top down."""


def imported(path: Path) -> Iterator[str]:
    """Yield the names of casa_lab's modules that a file imports, inside functions as well."""
    package = [PACKAGE.name, *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level]
            if node.module:
                yield ".".join([*above, node.module])
            else:
                yield from (".".join([*above, alias.name]) for alias in node.names)


def rooms_imported(paths: Iterator[Path]) -> set[str]:
    """Return the rooms of casa_lab that files import."""
    names = {
        name.split(".")[1]
        for path in paths
        for name in imported(path)
        if "." in name and name.startswith("casa_lab.")
    }
    return names & set(ROOMS)


def test_every_room_is_listed() -> None:
    there = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert there - {"__init__", "__pycache__", "labextension"} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_down(room: str) -> None:
    place = PACKAGE / room
    paths = place.rglob("*.py") if place.is_dir() else iter([place.with_suffix(".py")])
    below = set(ROOMS[ROOMS.index(room) :])
    assert rooms_imported(paths) <= below
