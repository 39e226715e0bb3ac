"""A run that goes on from an older one: what that one counted is taken over, not done again.

Whoever gets more files does not want to process the old ones once more. A new
run begins with a copy of the older one's ledger; that one stays as it is. What
was counted cannot be taken out again, and must be what the new run itself would
have counted: so code, arguments, schema, chunk size, versions and metadata have
to be the same, and all counted files have to be among the new ones. Whether a
file was replaced in between shows when it is opened, by its UUID.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pydantic_core import to_jsonable_python

from casa_lab.errors import Conflict

from .environment import compare, package_versions
from .errors import RunError
from .folder import RunFolder
from .history.details import files_of, metadata_of
from .models import NewRun, ProcessorReference, RunSpec, RunState
from .states import ENDED
from .usercode.keeping import keep_source
from .usercode.pickles import PickledCode, is_code_kept, is_from_notebook, read_pickled

if TYPE_CHECKING:
    from .counting.plan import FileKey

    Name = FileKey | tuple[str, str, str]
    """Dataset, file and tree."""

MOST_NAMED = 3
"""How many files and differences a sentence names."""

_INSTEAD = "Launch a new run instead."


def continued(
    new: NewRun,
    fileset: Mapping[str, Any],
    older: RunFolder,
    state: RunState,
    code: PickledCode | None = None,
) -> NewRun:
    """Make sure that a run may go on from another one.

    Parameters
    ----------
    new
        What is wanted.
    fileset
        Its datasets, in Coffea's format.
    older
        The run that it continues.
    state
        The state of that run.
    code
        The new run's processor, if a notebook made it.

    Returns
    -------
    NewRun
        What is wanted; what was left open is as it is in the older run.

    Raises
    ------
    Conflict
        When that run cannot be continued, or counted something else than this
        one would: the sentence names it.
    """
    _check_older(older, state)
    pickled = is_from_notebook(new) or is_from_notebook(older.spec())
    if pickled:
        _check_pickled(older, code)
    if new.maxchunks is not None:
        raise Conflict("A run that continues another one has no limit of chunks. Leave it out.")
    spec = older.spec()
    new = new.model_copy(
        update={
            "schema_name": new.schema_name or spec.schema_name,
            "chunksize": new.chunksize or spec.chunksize,
        }
    )
    fileset = _plain(fileset)
    differences = [
        *([] if pickled else _of_the_code(spec.processor, new.processor, older.processor)),
        *_of_settings(spec, new),
        *_of_versions(spec, sys.executable if code is None else code.python),
        *_of_metadata(spec.fileset, fileset),
    ]
    if differences:
        raise Conflict(
            f"This is not what {older.id} did: {_some(differences, 'differences')}. "
            f"The results would not fit together. {_INSTEAD}"
        )
    missing = _missing(_with_events(older), fileset)
    if missing:
        raise Conflict(_why_missing(older.id, missing))
    return new


def check_covers(counted: Iterable[Name], spec: RunSpec) -> None:
    """Make sure that a run is about all files that its ledger has counted, as the driver sees them.

    Raises
    ------
    RunError
        When files are missing.
    """
    missing = _missing(counted, spec.fileset)
    if missing:
        raise RunError(_why_missing(spec.continues or "The run", missing))


def without_counted(fileset: Mapping[str, Any], older: RunFolder) -> dict[str, Any]:
    """Return the files of a fileset of which a run has counted nothing yet.

    Raises
    ------
    Conflict
        When there are none.
    """
    counted = {(dataset, file) for dataset, file, _ in _with_events(older)}
    new: dict[str, Any] = {}
    for name, dataset in fileset.items():
        kept = {file for file in files_of(dataset) if (name, file) not in counted}
        if kept:
            new[name] = _only(dataset, kept)
    if not new:
        raise Conflict(
            f"{older.id} has counted events of all these files: there is nothing new to try."
        )
    return new


def _only(dataset: Any, kept: Container[str]) -> Any:
    """Return an entry of a fileset with some of its files, written as it was."""
    if isinstance(dataset, Mapping) and "files" in dataset:
        return {**dataset, "files": _only(dataset["files"], kept)}
    if isinstance(dataset, Mapping):
        return {file: facts for file, facts in dataset.items() if str(file) in kept}
    return [file for file in dataset if str(file) in kept]


def take_over(older: RunFolder, folder: RunFolder) -> None:
    """Put what a run has counted, and how well it did, into the folder of another one.

    Parameters
    ----------
    older
        A run that nobody works on, and nobody can begin to.
    folder
        A run without a driver yet.
    """
    folder.groups.mkdir()
    for path in _groups(older):
        # A checkpoint is replaced as a whole and may be shared; a log grows.
        put = _link if path == older.groups / "checkpoint.bin" else shutil.copyfile
        put(path, folder.groups / path.name)
    for path in (older.metrics, older.series, older.file_names, older.file_states):
        if path.exists():
            shutil.copyfile(path, folder.path / path.name)


def _groups(folder: RunFolder) -> list[Path]:
    return sorted(folder.groups.glob("*.bin"))


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)


def _check_older(older: RunFolder, state: RunState) -> None:
    if state not in ENDED:
        raise Conflict(
            f"{older.id} is {state}. It can be continued once it has ended: wait, or stop it."
        )
    if not _groups(older):
        raise Conflict(
            f"What {older.id} counted is not here: it never began, or was taken in from a file, "
            f"which a complete run leaves without it. {_INSTEAD}"
        )


def _check_pickled(older: RunFolder, code: PickledCode | None) -> None:
    """Make sure that pickled code is what a run keeps, to the bit.

    Pickles hold all that is not installed. Those of two kernels differ although the
    source is the same, so that of others nobody can tell.
    """
    spec, kept = older.spec(), older.processor
    if not is_code_kept(spec, kept):
        raise Conflict(
            f"{older.id} was driven by a notebook, which alone has its processor: whether another "
            f"one is the same cannot be told. {_INSTEAD}"
        )
    if not is_from_notebook(spec):
        raise Conflict(
            f"{older.id} has its processor from {spec.processor.location}, and this one was made "
            "in a notebook: whether it is the same cannot be told. Give that place in its stead. "
            f"Or: {_INSTEAD}"
        )
    same = read_pickled(spec, kept)
    if code is None or (code.data, code.sources) != (same.data, same.sources):
        raise Conflict(
            f"The processor of {older.id} was made in a notebook, and whether this one is the same "
            f"cannot be told. Run that one itself with more files: 'casa-lab rerun {older.id} "
            f"--continue --fileset FILE'. Or: {_INSTEAD}"
        )


def _of_settings(before: RunSpec, after: NewRun) -> Iterator[str]:
    old, new = before.processor.arguments, _plain(after.processor.arguments)
    for name in _unequal(old, new):
        yield f"the argument {name!r} is {_value(new, name)} and was {_value(old, name)}"
    if after.schema_name != before.schema_name:
        yield f"the schema is {after.schema_name} and was {before.schema_name}"
    if after.chunksize != before.chunksize:
        yield f"the chunk size is {after.chunksize} and was {before.chunksize}"


def _of_versions(before: RunSpec, python: str) -> Iterator[str]:
    for difference in compare(before.versions, package_versions(python)):
        if difference.matters:
            yield f"there is {difference}"


def _of_metadata(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for dataset in after:
        if dataset in before:
            old, new = metadata_of(before[dataset]), metadata_of(after[dataset])
            for name in _unequal(old, new):
                yield (
                    f"{name!r} in the metadata of dataset {dataset!r} is {_value(new, name)} and "
                    f"was {_value(old, name)}"
                )


def _of_the_code(
    before: ProcessorReference, after: ProcessorReference, kept: Path
) -> Iterator[str]:
    then, now = _name(before), _name(after)
    if then != now:
        yield f"the processor is {now} and was {then}"
        return
    with TemporaryDirectory(prefix="casa-") as folder:
        keep_source(after, Path(folder) / "processor")
        new = _contents(Path(folder) / "processor")
    old = _contents(kept)
    if not old or not new:
        yield f"whether {now} is the same cannot be told, since code that is installed is not kept"
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    if old and new and changed:
        yield f"its code has changed ({_some(changed, 'files')})"


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.py")}


def _plain(value: Any) -> Any:
    """Return a value as it comes back from a spec."""
    return to_jsonable_python(value, fallback=repr)


def _name(processor: ProcessorReference) -> str:
    return processor.location.rpartition(":")[2]


def _unequal(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    missing = object()
    return [
        name
        for name in dict.fromkeys([*before, *after])
        if before.get(name, missing) != after.get(name, missing)
    ]


def _value(values: Mapping[str, Any], name: str) -> str:
    return repr(values[name]) if name in values else "absent"


def _with_events(folder: RunFolder) -> list[Name]:
    """Return the files of which events were counted, as they were last reported."""
    # It needs numpy, which the companion loads once somebody asks.
    from .watching.filemap import read_file_map

    found = read_file_map(folder)
    return [found.names[number] for number in found.arrays["events_done"].nonzero()[0]]


def _missing(counted: Iterable[Name], fileset: Mapping[str, Any]) -> list[str]:
    """Return which counted files a fileset does not name, or with another tree."""
    files = {name: files_of(dataset) for name, dataset in fileset.items()}
    return [
        f"{file} of dataset {dataset!r}"
        for dataset, file, tree in counted
        if files.get(dataset, {}).get(file) not in (tree, "")
    ]


def _why_missing(older: str, missing: list[str]) -> str:
    return (
        f"{older} counted {_some(missing, 'files')}, which this run is not to read. What was "
        f"counted cannot be taken out again: keep these files in the datasets. Or: {_INSTEAD}"
    )


def _some(things: list[str], noun: str) -> str:
    more = len(things) - MOST_NAMED
    return ", ".join(things[:MOST_NAMED]) + (f" and {more} more {noun}" if more > 0 else "")
