"""Finding fileset files in the folder that the user works in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from casa_lab.validation import is_unicode

MOST_FOLDERS = 200
"""Direct subfolders that are looked into."""

MOST_ENTRIES = 5_000
"""Entries of one folder that are looked at."""

MOST_FILESETS = 50
"""Filesets that are listed without being added."""

_SUFFIXES = (".json", ".json.gz")
_SKIPPED = frozenset({"node_modules", "__pycache__"})


def is_fileset_name(path: Path) -> bool:
    """Tell whether a path can be that of a fileset file."""
    return path.name.endswith(_SUFFIXES)


def find_filesets(root: Path) -> list[Path]:
    """Return the files called ``*fileset*.json`` in a folder and its direct subfolders."""
    found: list[Path] = []
    folders: list[Path] = []
    for entry in _entries(root):
        if _is_fileset(entry):
            found.append(Path(entry.path))
        elif entry.is_dir(follow_symlinks=False) and entry.name not in _SKIPPED:
            folders.append(Path(entry.path))
    for folder in folders[:MOST_FOLDERS]:
        found.extend(Path(entry.path) for entry in _entries(folder) if _is_fileset(entry))
    return found[:MOST_FILESETS]


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield what is in a folder, by name, without what is hidden."""
    try:
        with os.scandir(folder) as entries:
            visible = [
                entry
                for entry, _ in zip(entries, range(MOST_ENTRIES), strict=False)
                if not entry.name.startswith(".") and is_unicode(entry.name)
            ]
    except OSError:
        return
    yield from sorted(visible, key=lambda entry: entry.name)


def _is_fileset(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    return "fileset" in name.lower() and name.endswith(_SUFFIXES) and entry.is_file()
