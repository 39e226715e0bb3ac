"""Finds the processors in Python files by reading them, without running anything."""

from __future__ import annotations

import ast
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from casa_lab.errors import BadInput

from .loading import load_processor
from .models import Processor

__all__ = ["find_processors", "load_processor", "processors_in", "read_processor"]

_BASE = "ProcessorABC"

MAX_DEPTH = 6
"""How many folders deep processors are looked for."""

MAX_FILES = 2_000
"""How many Python files are looked at."""

MAX_ENTRIES = 50_000
"""How many directory entries are looked at, so that a huge folder costs little."""

MAX_BYTES = 1_000_000
"""Python files larger than this are not looked at."""

_SKIPPED = frozenset({"node_modules", "site-packages", "dist-packages", "__pycache__"})


@dataclass(frozen=True)
class _Found:
    """What is read of a processor class."""

    name: str
    summary: str
    schema_name: str | None


def find_processors(root: Path) -> list[Processor]:
    """Find the classes below a folder that derive from Coffea's ``ProcessorABC``.

    Parameters
    ----------
    root
        Where to look. Hidden folders, virtual environments and installed
        packages are left out.

    Returns
    -------
    list of Processor
        By file and order in the file. Their locations are absolute.

    Notes
    -----
    Files are parsed, never imported, and only again after they have changed.
    A class counts when it or a base class in the same file names
    ``ProcessorABC`` as its base and one of them defines ``process``; names
    with a leading underscore are left out.
    """
    root = root.absolute()
    return [
        _describe(path, str(path.relative_to(root)), found)
        for path in sorted(_python_files(root))
        for found in _read_if_readable(path)
    ]


def processors_in(file: Path) -> list[Processor]:
    """Return the processors in one file; none when it cannot be read."""
    path = file.expanduser().absolute()
    return [_describe(path, path.name, found) for found in _read_if_readable(path)]


def read_processor(location: str) -> Processor | None:
    """Look a processor up in its file, before anything is started for it.

    Parameters
    ----------
    location
        ``path/to/file.py:Name`` or ``package.module:Name``.

    Returns
    -------
    Processor or None
        ``None`` when reading does not settle it: a module's name, a function,
        a class made by other means. :func:`load_processor` then decides.

    Raises
    ------
    BadInput
        When the file is missing, has a syntax error, or does not mention the name.
    """
    file, _, name = location.rpartition(":")
    if not file.endswith(".py"):
        return None
    path = Path(file).expanduser().absolute()
    try:
        source = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}. "
            "Check the path of the processor."
        ) from None
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        line = "" if error.lineno is None else f" on line {error.lineno}"
        raise BadInput(f"{path.name} has a syntax error{line}: {error.msg}.") from None
    except (ValueError, RecursionError):
        raise BadInput(f"{path.name} is not Python source.") from None
    found = _find_in(tree)
    for item in found:
        if item.name == name:
            return _describe(path, path.name, item)
    if name.encode() not in source:
        close = get_close_matches(name, [item.name for item in found], n=1)
        held = ", ".join(item.name for item in found)
        hint = f" Did you mean '{close[0]}'?" if close else f" It has {held}." if held else ""
        raise BadInput(f"{path.name} has no '{name}'.{hint}")
    return None


def _describe(path: Path, shown: str, found: _Found) -> Processor:
    return Processor(
        location=f"{path}:{found.name}",
        name=found.name,
        file=shown,
        summary=found.summary,
        schema_name=found.schema_name,
    )


def _python_files(root: Path) -> Iterator[Path]:
    """Walk breadth first, so that a limit cuts off what is deepest."""
    folders, depth = [root], 0
    files = entries = 0
    while folders and depth <= MAX_DEPTH:
        below: list[Path] = []
        for folder in folders:
            for entry in _scan(folder):
                entries += 1
                if entries > MAX_ENTRIES or files >= MAX_FILES:
                    return
                if entry.is_dir(follow_symlinks=False):
                    if not _is_skipped(Path(entry.path)):
                        below.append(Path(entry.path))
                elif entry.name.endswith(".py"):
                    files += 1
                    yield Path(entry.path)
        folders, depth = below, depth + 1


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:  # not ours to read, or gone meanwhile
        return []


def _is_skipped(folder: Path) -> bool:
    return (
        folder.name.startswith(".")
        or folder.name in _SKIPPED
        or (folder / "pyvenv.cfg").exists()
        or (folder / "conda-meta").exists()
    )


def _read_if_readable(path: Path) -> tuple[_Found, ...]:
    try:
        facts = path.stat()
        # Opening a pipe would wait for whoever writes into it.
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > MAX_BYTES:
            return ()
        return _read(path, facts.st_mtime_ns, facts.st_size)
    except OSError:
        return ()


@lru_cache(maxsize=2 * MAX_FILES)
def _read(path: Path, mtime_ns: int, size: int) -> tuple[_Found, ...]:  # noqa: ARG001
    """Read a file; the time and size are there to read it again once it changed."""
    source = path.read_bytes()
    if _BASE.encode() not in source:
        return ()
    try:
        return tuple(_find_in(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):  # not (yet) Python
        return ()


def _find_in(tree: ast.Module) -> list[_Found]:
    bases = {_BASE} | {
        alias.asname
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == _BASE and alias.asname
    }
    processors: dict[str, list[ast.ClassDef]] = {}
    found: list[_Found] = []
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        names = [_last_name(base) for base in node.bases]
        inherited = [ancestor for name in names for ancestor in processors.get(name, [])]
        if not inherited and not bases.intersection(names):
            continue
        lineage = processors[node.name] = [node, *inherited]
        if not node.name.startswith("_") and any(_defines_process(item) for item in lineage):
            summary = (ast.get_docstring(node) or "").partition("\n")[0].strip()
            found.append(_Found(node.name, summary, _declared_schema(lineage)))
    return found


def _last_name(base: ast.expr) -> str:
    if isinstance(base, ast.Attribute):
        return base.attr
    return base.id if isinstance(base, ast.Name) else ""


def _defines_process(node: ast.ClassDef) -> bool:
    return any(isinstance(item, ast.FunctionDef) and item.name == "process" for item in node.body)


def _declared_schema(lineage: list[ast.ClassDef]) -> str | None:
    """Return the literal ``schema_name`` of the first class that declares one."""
    for node in lineage:
        for item in node.body:
            targets: list[ast.expr] = []
            if isinstance(item, ast.Assign):
                targets = item.targets
            elif isinstance(item, ast.AnnAssign):
                targets = [item.target]
            else:
                continue
            if any(isinstance(name, ast.Name) and name.id == "schema_name" for name in targets):
                value = item.value
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    return value.value
    return None
