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

A file may lie at several places. ``"replicas": {"a.root": ["root://...", ...]}``
beside ``files`` names the others, and so does ``"replicas": [...]`` beside
``object_path``; in the one form, which Coffea takes as well, it is the former.

Relative paths are meant relative to the fileset's own folder. What Coffea keeps
beside (``steps`` over whole files, ``uuid``, ``compressed_form``, ``preload``)
is left out: a run looks at the files anew. Steps over part of a file are an
error, since a run would process more than they say.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol

from casa_lab.errors import BadInput

from .jsonfile import is_text, kind_of, read_json_file, refuse_repeated

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
    "replicas",
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
    "replicas",
)


@dataclass(frozen=True)
class FilesetFile:
    """A file of a dataset: where it is, which tree to read, and its entries when known."""

    path: str
    treename: str
    events: int | None = None
    replicas: tuple[str, ...] = ()
    """Other places of the same file, in the order in which they are tried."""


@dataclass(frozen=True)
class FilesetDataset:
    """A checked dataset of a fileset."""

    files: list[FilesetFile]
    metadata: dict[str, Any] = field(default_factory=dict)

    def to_coffea(self) -> dict[str, Any]:
        """Return the dataset in the form that every Coffea release takes."""
        return coffea_form(self.files, self.metadata)


class _File(Protocol):
    """A file of any kind of dataset."""

    @property
    def path(self) -> str: ...

    @property
    def treename(self) -> str: ...

    @property
    def replicas(self) -> Sequence[str]: ...


def coffea_form(files: Iterable[_File], metadata: dict[str, Any]) -> dict[str, Any]:
    """Return a dataset in the form that every Coffea release takes.

    Where files have replicas, these stand under a name of their own, which
    Coffea leaves alone and Casa's executor knows.
    """
    files = list(files)
    form = {"files": {file.path: file.treename for file in files}, "metadata": metadata}
    replicas = {file.path: list(file.replicas) for file in files if file.replicas}
    return {**form, "replicas": replicas} if replicas else form


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
    value = read_json_file(path)
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
            f"A fileset maps names of datasets to their files, but this is {kind_of(value)}."
        )
    if not value:
        raise BadInput("The fileset is empty: it names no dataset.")
    if _looks_like_dataset(value):
        raise BadInput(
            "'files' stands at the top, where the names of datasets belong. "
            'Write {"name of the dataset": {"files": ...}}.'
        )
    refuse_repeated(value, "The fileset", "dataset")
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
            raise self._wrong(f"must be a list of files or have 'files', but is {kind_of(entry)}")
        refuse_repeated(entry, f"Dataset '{self._name}'", "entry")
        if "files" not in entry:
            self._refuse_missing_files(entry)
            return FilesetDataset(self._files(entry, self._treename))
        self._refuse_typos(entry, _DATASET_KEYS, "")
        if entry.get("format") not in (None, "root"):
            raise self._wrong(f"has the format {entry['format']!r}; only ROOT files can be read")
        treename = entry.get("treename")
        if treename is not None and not is_text(treename):
            raise self._wrong(f"has a 'treename' that is not a name but {kind_of(treename)}")
        files = self._files(entry["files"], treename or self._treename, declared=treename)
        files = self._with_replicas(files, entry.get("replicas"))
        return FilesetDataset(files, self._metadata(entry.get("metadata")))

    def _files(
        self, value: Any, treename: str | None, declared: str | None = None
    ) -> list[FilesetFile]:
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list):
            pairs: Iterable[tuple[Any, Any]] = (_split_tree(item) for item in value)
        elif isinstance(value, Mapping):
            refuse_repeated(value, f"Dataset '{self._name}'", "file")
            pairs = value.items()
        else:
            raise self._wrong(
                f"needs 'files' as a list or as a mapping of paths to trees, not {kind_of(value)}"
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
        if not is_text(path):
            raise self._wrong(f"lists a file that is not a path but {kind_of(path)}")
        events = None
        replicas: tuple[str, ...] = ()
        if isinstance(specification, Mapping):
            replicas = self._replicas(path, specification.get("replicas"))
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
        if not is_text(tree):
            raise self._wrong(f"needs the name of a tree for {path}, not {kind_of(tree)}")
        return FilesetFile(self._resolve(path), tree, events, replicas)

    def _with_replicas(self, files: list[FilesetFile], value: Any) -> list[FilesetFile]:
        """Add the replicas that stand beside the files of a dataset."""
        if value is None:
            return files
        if not isinstance(value, Mapping):
            raise self._wrong(
                f"needs 'replicas' as a mapping of files to lists of other places, not "
                f"{kind_of(value)}"
            )
        named = {
            self._resolve(str(path)): self._replicas(path, places) for path, places in value.items()
        }
        unknown = named.keys() - {file.path for file in files}
        if unknown:
            raise self._wrong(f"names replicas of {min(unknown)}, which is none of its files")
        return [
            replace(file, replicas=tuple(dict.fromkeys(file.replicas + named.get(file.path, ()))))
            for file in files
        ]

    def _replicas(self, path: Any, value: Any) -> tuple[str, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or not all(map(is_text, value)):
            raise self._wrong(f"needs the 'replicas' of {path} as a list of paths or URLs")
        places = dict.fromkeys(map(self._resolve, value))
        places.pop(self._resolve(str(path)), None)
        return tuple(places)

    def _metadata(self, value: Any) -> dict[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self._wrong(f"needs 'metadata' as a mapping, not {kind_of(value)}")
        refuse_repeated(value, f"The metadata of dataset '{self._name}'", "entry")
        for key in value:
            if not isinstance(key, str):
                raise self._wrong(f"has the metadata entry {key!r}, whose name is not text")
            if key in RESERVED_METADATA:
                raise self._wrong(
                    f"has '{key}' in its metadata, a name that Coffea keeps for itself. Rename it"
                )
        return dict(value)

    def _resolve(self, path: str) -> str:
        if "\0" in path:
            raise self._wrong(f"lists {path!r}, which no file can be called")
        if "://" in path:
            return path
        if "*" in path:
            raise self._wrong(
                f"has a wildcard in {path}. List the files, or add their folder as a source"
            )
        try:
            return os.path.normpath(self._folder / Path(path).expanduser())
        except RuntimeError:
            raise self._wrong(f"lists {path}, and this machine knows no such home folder") from None

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


def _looks_like_dataset(value: Mapping[str, Any]) -> bool:
    files = value.get("files")
    if isinstance(files, list):
        return True
    return isinstance(files, Mapping) and bool(files) and all(is_text(v) for v in files.values())


def _split_tree(item: Any) -> tuple[Any, str | None]:
    """Split ``file.root:tree``; colons elsewhere belong to URLs and ports."""
    if isinstance(item, str):
        path, separator, tree = item.rpartition(".root:")
        if separator and tree:
            return f"{path}.root", tree
    return item, None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_step(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_count(edge) for edge in value)
