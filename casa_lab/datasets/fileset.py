"""Filesets: Coffea's way to name datasets, read from files and checked.

A fileset maps names to datasets. Every form that Coffea takes is accepted and
brought to one: ``{name: {"files": {path: treename}, "metadata": {...}}}``.

=====================================  =================================================
form of a dataset                      meaning
=====================================  =================================================
``["a.root:Events", ...]``             files with their trees
``{"a.root": "Events", ...}``          the same as a mapping
``{"files": ..., "metadata": ...}``    either of the above, with metadata
``"treename": "Events"``               beside ``files``: the tree of all of them
``{"a.root": {"object_path": ...}}``   what ``coffea.dataset_tools.preprocess`` writes
=====================================  =================================================

Relative paths are meant relative to the fileset's own folder. What Coffea keeps
beside (``steps`` over whole files, ``uuid``, ``compressed_form``, ``preload``)
is left out: a run looks at the files anew. Steps over part of a file are an
error, since a run would process more than they say.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from casa_lab.errors import BadInput, NotFound

RESERVED_METADATA = frozenset(
    {
        "clusters",
        "dataset",
        "entrystart",
        "entrystop",
        "filename",
        "fileuuid",
        "metadata",
        "numentries",
        "preload",
        "treename",
        "uuid",
    }
)
"""Names that Coffea keeps for itself in the metadata of a chunk."""

_DATASET_KEYS = (
    "files",
    "metadata",
    "treename",
    "format",
    "form",
    "compressed_form",
    "did",
    "preload",
)
_FILE_KEYS = (
    "object_path",
    "steps",
    "num_entries",
    "num_selected_entries",
    "uuid",
    "format",
    "lfn",
    "pfn",
)
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class FilesetFile:
    """A file of a dataset: where it is, which tree to read, and its entries when known."""

    path: str
    treename: str
    events: int | None = None


@dataclass(frozen=True)
class FilesetDataset:
    """A checked dataset of a fileset."""

    files: list[FilesetFile]
    metadata: dict[str, Any] = field(default_factory=dict)

    def to_coffea(self) -> dict[str, Any]:
        """Return the dataset in the form that every Coffea release takes."""
        return {
            "files": {file.path: file.treename for file in self.files},
            "metadata": self.metadata,
        }


def load_fileset(path: Path, treename: str | None = None) -> dict[str, Any]:
    """Read a fileset from a JSON file, checked and in one form.

    Parameters
    ----------
    path
        A ``.json`` file, gzipped or not.
    treename
        The tree of files for which the fileset names none.

    Returns
    -------
    dict
        ``{name: {"files": {path: treename}, "metadata": {...}}}`` with absolute paths.

    Raises
    ------
    NotFound
        When there is no such file.
    BadInput
        When it is not a fileset; the sentence names the dataset and the place.
    """
    datasets = read_fileset(path, treename)
    return {name: dataset.to_coffea() for name, dataset in datasets.items()}


def read_fileset(path: Path, treename: str | None = None) -> dict[str, FilesetDataset]:
    """Read a fileset like :func:`load_fileset`, keeping the known numbers of entries."""
    value = _read_json(path)
    try:
        return check_fileset(value, path.absolute().parent, treename)
    except BadInput as error:
        raise BadInput(f"{path.name}: {error}") from None


def check_fileset(
    value: Any, folder: Path, treename: str | None = None
) -> dict[str, FilesetDataset]:
    """Check a fileset and bring it to one form.

    Parameters
    ----------
    value
        The fileset as plain Python values.
    folder
        What relative paths are relative to.
    treename
        The tree of files for which the fileset names none.
    """
    if not isinstance(value, Mapping):
        raise BadInput(
            f"A fileset maps names of datasets to their files, but this is {_kind(value)}."
        )
    if not value:
        raise BadInput("The fileset is empty: it names no dataset.")
    if _looks_like_dataset(value):
        raise BadInput(
            "'files' stands at the top, where the names of datasets belong. "
            'Write {"name of the dataset": {"files": ...}}.'
        )
    _refuse_repeated(value, "The fileset", "dataset")
    datasets = {}
    for name, entry in value.items():
        if not isinstance(name, str) or not name.strip():
            raise BadInput(f"A dataset needs a name, but one is called {name!r}.")
        datasets[name] = _Checker(name, folder, treename).dataset(entry)
    return datasets


class _Checker:
    """Checks one dataset; knows its name for the sentences."""

    def __init__(self, name: str, folder: Path, treename: str | None) -> None:
        self._name = name
        self._folder = folder
        self._treename = treename

    def dataset(self, entry: Any) -> FilesetDataset:
        if isinstance(entry, list):
            return FilesetDataset(self._files(entry, self._treename))
        if not isinstance(entry, Mapping):
            raise self._wrong(f"must be a list of files or have 'files', but is {_kind(entry)}")
        _refuse_repeated(entry, f"Dataset '{self._name}'", "entry")
        if "files" not in entry:
            self._refuse_missing_files(entry)
            return FilesetDataset(self._files(entry, self._treename))
        self._refuse_typos(entry, _DATASET_KEYS, "")
        if entry.get("format") not in (None, "root"):
            raise self._wrong(f"has the format {entry['format']!r}; only ROOT files can be read")
        treename = entry.get("treename")
        if treename is not None and not _is_text(treename):
            raise self._wrong(f"has a 'treename' that is not a name but {_kind(treename)}")
        files = self._files(entry["files"], treename or self._treename, declared=treename)
        return FilesetDataset(files, self._metadata(entry.get("metadata")))

    def _files(
        self, value: Any, treename: str | None, declared: str | None = None
    ) -> list[FilesetFile]:
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list):
            pairs: Iterable[tuple[Any, Any]] = (_split_tree(item) for item in value)
        elif isinstance(value, Mapping):
            _refuse_repeated(value, f"Dataset '{self._name}'", "file")
            pairs = value.items()
        else:
            raise self._wrong(
                f"needs 'files' as a list or as a mapping of paths to trees, not {_kind(value)}"
            )
        files: dict[str, FilesetFile] = {}
        for path, specification in pairs:
            file = self._file(path, specification, treename)
            if declared is not None and file.treename != declared:
                raise self._wrong(
                    f"names two trees for {path}: '{declared}' in 'treename' and "
                    f"'{file.treename}' beside the file"
                )
            if file.path in files:
                raise self._wrong(f"lists {path} twice")
            files[file.path] = file
        if not files:
            raise self._wrong("has no files")
        return list(files.values())

    def _file(self, path: Any, specification: Any, treename: str | None) -> FilesetFile:
        if not _is_text(path):
            raise self._wrong(f"lists a file that is not a path but {_kind(path)}")
        events = None
        if isinstance(specification, Mapping):
            self._refuse_typos(specification, _FILE_KEYS, f" for {path}")
            if specification.get("format") not in (None, "root"):
                raise self._wrong(f"has {path}, which is no ROOT file; only these can be read")
            events = specification.get("num_entries")
            if events is not None and not _is_count(events):
                raise self._wrong(f"has a 'num_entries' for {path} that is not a number of entries")
            self._refuse_partial_steps(path, specification.get("steps"), events)
            specification = specification.get("object_path")
        tree = treename if specification is None else specification
        if tree is None:
            raise self._wrong(
                f'names no tree for {path}. Write {{"{path}": "Events"}}, or add '
                '"treename": "Events" beside "files"',
            )
        if not _is_text(tree):
            raise self._wrong(f"needs the name of a tree for {path}, not {_kind(tree)}")
        return FilesetFile(self._resolve(path), tree, events)

    def _metadata(self, value: Any) -> dict[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self._wrong(f"needs 'metadata' as a mapping, not {_kind(value)}")
        _refuse_repeated(value, f"The metadata of dataset '{self._name}'", "entry")
        for key in value:
            if not isinstance(key, str):
                raise self._wrong(f"has the metadata entry {key!r}, whose name is not text")
            if key in RESERVED_METADATA:
                raise self._wrong(
                    f"has '{key}' in its metadata, a name that Coffea keeps for itself. Rename it"
                )
        return dict(value)

    def _resolve(self, path: str) -> str:
        if "://" in path:
            return path
        if "*" in path:
            raise self._wrong(
                f"has a wildcard in {path}. List the files, or add their folder as a source"
            )
        return os.path.normpath(self._folder / Path(path).expanduser())

    def _refuse_missing_files(self, entry: Mapping[str, Any]) -> None:
        """Refuse what is neither a description with 'files' nor a mapping of files."""
        for key in entry:
            if get_close_matches(str(key), ["files"], cutoff=0.7):
                raise self._wrong(f"has no 'files' but '{key}'. Did you mean 'files'?")
        known = [key for key in entry if key in _DATASET_KEYS]
        if known or not entry:
            have = f", only {', '.join(map(repr, known))}" if known else ""
            raise self._wrong(f"has no 'files'{have}")
        for key in entry:
            if "/" not in str(key) and ".root" not in str(key):
                raise self._wrong(f"has no 'files', and '{key}' does not look like a file")

    def _refuse_typos(self, entry: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
        """Refuse what is almost a known key; other keys are ignored, as Coffea does."""
        for key in entry:
            close = get_close_matches(str(key), known, n=1, cutoff=0.75)
            if key not in known and close and close[0] not in entry:
                raise self._wrong(f"has '{key}'{place}. Did you mean '{close[0]}'?")

    def _refuse_partial_steps(self, path: str, steps: Any, events: int | None) -> None:
        if steps is None:
            return
        if not isinstance(steps, list) or not all(_is_step(step) for step in steps):
            raise self._wrong(f"needs 'steps' for {path} as a list of [start, stop] pairs")
        stop = 0
        for start, following in sorted(steps):
            if start != stop:
                break
            stop = following
        else:
            if events is None or stop == events:
                return
        raise self._wrong(
            f"selects only part of {path} in its 'steps', which a run cannot do. "
            "Remove 'steps' to process the whole file"
        )

    def _wrong(self, sentence: str) -> BadInput:
        end = "" if sentence.endswith("?") else "."
        return BadInput(f"Dataset '{self._name}' {sentence}{end}")


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys were given more than once."""

    repeated: tuple[str, ...] = ()


def _read_json(path: Path) -> Any:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no fileset at {path}. Check the path.") from None
    except IsADirectoryError:
        raise BadInput(f"{path} is a folder; a fileset is a JSON file.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    try:
        if data.startswith(_GZIP_MAGIC):
            data = gzip.decompress(data)
        return json.loads(data, object_pairs_hook=_object)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise BadInput(f"{path.name} is damaged: it cannot be unpacked.") from None
    except json.JSONDecodeError as error:
        raise BadInput(
            f"{path.name} is not valid JSON: {error.msg.lower()} at line {error.lineno}, "
            f"column {error.colno}."
        ) from None
    except (UnicodeDecodeError, RecursionError):
        raise BadInput(f"{path.name} is not a JSON file.") from None


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    result = _Object(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        result.repeated = tuple(key for key in result if keys.count(key) > 1)
    return result


def _refuse_repeated(value: Mapping[str, Any], owner: str, what: str) -> None:
    if isinstance(value, _Object) and value.repeated:
        raise BadInput(f"{owner} has the {what} '{value.repeated[0]}' twice.")


def _looks_like_dataset(value: Mapping[str, Any]) -> bool:
    files = value.get("files")
    if isinstance(files, list):
        return True
    return isinstance(files, Mapping) and bool(files) and all(_is_text(v) for v in files.values())


def _split_tree(item: Any) -> tuple[Any, str | None]:
    """Split ``file.root:tree``; colons elsewhere belong to URLs and ports."""
    if isinstance(item, str):
        path, separator, tree = item.rpartition(".root:")
        if separator and tree:
            return f"{path}.root", tree
    return item, None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_step(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_count(edge) for edge in value)


def _kind(value: Any) -> str:
    """Name what was found, in words for people."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, str):
        return "a text" if value.strip() else "an empty text"
    if isinstance(value, (int, float)):
        return "a number"
    return "a list" if isinstance(value, list) else "a mapping"
