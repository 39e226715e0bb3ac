"""Finds the processors in Python files and notebooks by reading, without running anything."""

from __future__ import annotations

import ast
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from casa_lab.errors import BadInput
from casa_lab.folders.cache import read_once
from casa_lab.runs.models import Processor, ProcessorReference
from casa_lab.validation import is_unicode

from . import ipynb
from .arguments import check_arguments
from .definitions import BASE, EVENTS, Definition, find_definitions

MAX_DEPTH = 6
"""How many folders deep processors are looked for."""

MAX_FILES = 2_000
"""How many Python files are looked at."""

MAX_ENTRIES = 50_000
"""How many directory entries are looked at, so that a huge folder costs little."""

MAX_BYTES = 1_000_000
"""Python files larger than this are not looked at."""

_SKIPPED = frozenset({"node_modules", "site-packages", "dist-packages", "__pycache__"})


def find_processors(root: Path) -> list[Processor]:
    """Find the processors in the Python files below a folder.

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
    :func:`~casa_lab.runs.processors.definitions.find_definitions` says what counts.
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
    found: Iterable[Definition]
    if path.name.endswith(ipynb.SUFFIX):
        try:
            found = _read_notebook(path)
        except BadInput:
            found = ()
    else:
        found = _read_if_readable(path)
    return [_describe(path, path.name, each) for each in found]


def check_processor(reference: ProcessorReference) -> Processor | None:
    """Check a processor and its arguments, as far as reading its source allows.

    Returns
    -------
    Processor or None
        As from :func:`read_processor`.

    Raises
    ------
    BadInput
        When there is no such processor, or it does not take these arguments.
    """
    processor = read_processor(reference.location)
    if processor is not None:
        check_arguments(processor, reference.arguments)
    return processor


def read_processor(location: str) -> Processor | None:
    """Look a processor up in its file, before anything is started for it.

    Parameters
    ----------
    location
        ``path/to/file.py:Name``, ``notebook.ipynb:Name`` or ``package.module:Name``.

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
    path = Path(file).expanduser().absolute()
    if file.endswith(ipynb.SUFFIX):
        text = "\n".join(cell.source for cell in ipynb.read_cells(path))
        processor = _choose(path, name, _read_notebook(path), text)
        ipynb.module_source(path, name)  # says what it lacks
        return processor
    if not file.endswith(".py"):
        return None
    if path.exists() and not path.is_file():  # a pipe would wait for whoever writes into it
        raise BadInput(f"{path} is not a file. Check the path of the processor.")
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
    return _choose(path, name, find_definitions(tree), source.decode(errors="replace"))


def _choose(path: Path, name: str, found: Sequence[Definition], source: str) -> Processor | None:
    for item in found:
        if item.name == name:
            return _describe(path, path.name, item)
    if not re.search(rf"\b{re.escape(name)}\b", source):
        close = get_close_matches(name, [item.name for item in found], n=1)
        held = ", ".join(item.name for item in found)
        hint = f" Did you mean '{close[0]}'?" if close else f" It has {held}." if held else ""
        raise BadInput(f"{path.name} has no '{name}'.{hint}")
    return None


def _describe(path: Path, shown: str, found: Definition) -> Processor:
    return Processor(
        location=f"{path}:{found.name}",
        name=found.name,
        file=shown,
        summary=found.summary,
        schema_name=found.schema_name,
        parameters=list(found.signature.parameters),
        open_ended=found.signature.open_ended,
    )


def _read_notebook(path: Path) -> list[Definition]:
    """Read a notebook; of what is defined in several cells, the last one counts."""
    found = find_definitions(ipynb.definitions(ipynb.read_cells(path)))
    return list({definition.name: definition for definition in found}.values())


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
            found = [entry for entry in entries if is_unicode(entry.name)]
            return sorted(found, key=lambda entry: entry.name)
    except OSError:  # not ours to read, or gone meanwhile
        return []


def _is_skipped(folder: Path) -> bool:
    return (
        folder.name.startswith(".")
        or folder.name in _SKIPPED
        or (folder / "pyvenv.cfg").exists()
        or (folder / "conda-meta").exists()
    )


def _read_if_readable(path: Path) -> tuple[Definition, ...]:
    try:
        facts = path.stat()
        # Opening a pipe would wait for whoever writes into it.
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > MAX_BYTES:
            return ()
        return _read(path)
    except OSError:
        return ()


@read_once(2 * MAX_FILES)
def _read(path: Path) -> tuple[Definition, ...]:
    source = path.read_bytes()
    if not any(name.encode() in source for name in (BASE, EVENTS)):
        return ()
    try:
        return tuple(find_definitions(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):  # not (yet) Python
        return ()
