"""The files that code imports from where it lies, found by reading them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Neighbours:
    """Modules that lie in one folder, and what they import from there.

    Attributes
    ----------
    root
        The folder, as it stands on ``sys.path``.
    files
        By the name under which they are imported.
    is_late
        Whether functions import some of them, when they are called.
    """

    root: Path
    files: Mapping[str, Path]
    is_late: bool

    @property
    def with_packages(self) -> frozenset[Path]:
        """The files, and all others of their packages: a package may import its parts by name."""
        tops = {name.partition(".")[0] for name in self.files}
        packages = (self.root / top for top in tops if (self.root / top / "__init__.py").is_file())
        parts = (file for package in packages for file in package.rglob("*.py"))
        return frozenset([*self.files.values(), *parts])


def root_of(name: str, path: Path) -> Path:
    """Return the folder from which Python imports a file as a module of a name."""
    depth = name.count(".") + (path.name == "__init__.py")
    return path.parents[depth]


def neighbours_of(
    modules: Mapping[str, Path], root: Path, wanted: Iterable[str] = ()
) -> Neighbours:
    """Find modules that others import from a folder, directly or not.

    Parameters
    ----------
    modules
        Where to begin, by name.
    root
        The folder.
    wanted
        Names of more modules, or of what is in them, that somebody imports.

    Returns
    -------
    Neighbours
        With those to begin with.
    """
    files = dict(modules)
    is_late = False
    for name in wanted:
        files |= _files_of(root, name)
    waiting = list(files)
    while waiting:
        name = waiting.pop()
        for imported, when_called in _imports(name, files[name]):
            found = _files_of(root, imported)
            is_late = is_late or (when_called and bool(found))
            waiting += found.keys() - files.keys()
            files = {**found, **files}
    return Neighbours(root, files, is_late)


def _imports(name: str, path: Path) -> Iterator[tuple[str, bool]]:
    """Yield what may be modules that a file imports, and whether a function does it."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return  # who imports it says so, in better words
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, when_called = waiting.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, when_called
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            for alias in node.names:
                yield f"{base}.{alias.name}", when_called
        else:
            called = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            waiting += [(child, when_called or called) for child in ast.iter_child_nodes(node)]


def _absolute(node: ast.ImportFrom, package: str) -> str:
    parts = package.split(".")
    above = parts[: len(parts) - node.level + 1] if node.level else []
    return ".".join([*above, *(node.module.split(".") if node.module else [])])


def _files_of(root: Path, name: str) -> dict[str, Path]:
    """Return the modules that an import of a name takes from a folder.

    The last part of the name may be something in a module, too.
    """
    found: dict[str, Path] = {}
    parts = name.split(".")
    if parts[0] in ("", "casa_lab"):  # workers have that, also beside a checkout of it
        return found
    for depth in range(1, len(parts) + 1):
        place = root.joinpath(*parts[:depth])
        for file in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if file.is_file():
                found[".".join(parts[:depth])] = file
                break
    return found
