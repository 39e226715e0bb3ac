"""``casa_lab.launch``: a run that outlives the notebook it was launched from."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casa_lab.errors import BadInput
from casa_lab.runs import manager
from casa_lab.runs.driving.notebook import name_of
from casa_lab.runs.models import NewRun, ProcessorReference
from casa_lab.runs.processors.finding import check_processor
from casa_lab.runs.processors.ipynb import SUFFIX
from casa_lab.runs.usercode.keeping import home_of, importable
from casa_lab.runs.usercode.loading import load_processor, load_schema
from casa_lab.runs.usercode.pickles import NOTEBOOK, PickledCode, pickle_code
from casa_lab.validation import parse

from .clusters import resolve_cluster
from .filesets import resolve_fileset
from .handle import RunHandle


def launch(
    processor: Any,
    fileset: Any,
    cluster: Any = None,
    *,
    arguments: Mapping[str, Any] | None = None,
    schema: Any = None,
    treename: str | None = None,
    chunksize: int | None = None,
    name: str | None = None,
    tags: Iterable[str] = (),
    note: str = "",
    fail_fast: bool = False,
    maxchunks: int | None = None,
    column_bytes: int | None = None,
    continues: RunHandle | str | None = None,
) -> RunHandle:
    """Launch a run and return at once; the run goes on when the kernel ends.

    Parameters
    ----------
    processor
        A Coffea processor or a function of the events, from a cell or an
        import; or where one is: ``"path/to/file.py:Name"``, ``"notebook.ipynb:Name"`` or
        ``"module:Name"``.
    fileset
        The datasets, in any form that Coffea takes; or the path of a fileset
        (``"fileset.json"``); or the name of a dataset that Casa lists for the
        working directory, or a list of such names.
    cluster
        Where to run: id or name of a cluster of Casa's, or the client that
        ``casa_lab.connect`` returns. When not given, the local one that runs,
        or a new one.
    arguments
        Keyword arguments of the processor's constructor, where ``processor``
        says where one is.
    schema
        A schema of Coffea's or your own, or the name of one of Coffea's. When
        not given, what the processor names as its ``schema_name``, else
        ``NanoAODSchema``.
    treename
        Tree of files for which the fileset names none.
    chunksize
        Most events in a chunk; Casa chooses when not given.
    name
        Name of the run (default: that of the processor).
    tags, note
        What the run is to be found by, and what is to be remembered of it.
    fail_fast
        Stop at the first failure (default: list failures and go on).
    maxchunks
        Most chunks per dataset, for a quick look.
    column_bytes
        Memory of each worker for the columns that are read: the next run over the
        same files, with another processor perhaps, takes them from there. At most
        half of a worker's memory.
    continues
        A run that has ended, or its id: what it counted is taken over, and only
        the rest is processed. ``processor`` must be the same
        ``"path/to/file.py:Name"``, or the same object of the same kernel, and
        everything else as it was there.

    Returns
    -------
    RunHandle
        Shows the run live in a cell, and gives its histograms and its result.

    Raises
    ------
    BadInput
        When the processor cannot be pickled, the fileset is not one, or there
        is no such cluster, schema or dataset. Nothing was started then.
    Conflict
        When the run cannot continue the other one: the sentence says why.

    Examples
    --------
    >>> run = casa_lab.launch(MyProcessor(), fileset)  # doctest: +SKIP
    >>> output = await run  # doctest: +SKIP
    """
    for option, number in (("maxchunks", maxchunks), ("column_bytes", column_bytes)):
        if number is not None and number < 1:
            raise BadInput(f"'{option}' must be 1 or more, not {number}.")
    asked = _code_of(processor, arguments, schema)
    datasets = resolve_fileset(fileset, treename)
    wanted = {
        "processor": asked.reference,
        "datasets": list(datasets),
        "schema_name": asked.schema_name,
        "chunksize": chunksize,
        "maxchunks": maxchunks,
        "column_bytes": column_bytes,
        "fail_fast": fail_fast,
        "name": name,
        "tags": _listed(tags),
        "note": note,
        "continues": continues.id if isinstance(continues, RunHandle) else continues,
    }
    new = parse(NewRun, wanted)
    if continues is not None:
        manager.check(new, datasets, asked.pickled)
    # The cluster comes last: nothing is started for a request with a mistake in it.
    chosen = resolve_cluster(cluster)
    run = manager.launch(new, datasets, chosen, "notebook", asked.directory, asked.pickled)
    return RunHandle(run.id)


@dataclass(frozen=True)
class _Code:
    """What a run is to execute.

    Attributes
    ----------
    reference
        Where the processor is.
    schema_name
        Name of the schema; ``None`` for what the processor's file declares.
    pickled
        The processor, and the schema, where one of them is in no file.
    directory
        Where to work, where ``reference`` does not say it.
    """

    reference: ProcessorReference
    schema_name: str | None
    pickled: PickledCode | None = None
    directory: Path | None = None


def _code_of(processor: Any, arguments: Mapping[str, Any] | None, schema: Any) -> _Code:
    schema_name, own_schema = _resolve_schema(schema)
    if isinstance(processor, str):
        reference = _resolve_location(processor, arguments)
        check_processor(reference)
        if own_schema is None:
            return _Code(reference, schema_name)
        # A schema from a cell is pickled, and the processor along with it.
        home = home_of(reference)
        with _loaded(reference, home) as found:
            return _pickled(found, schema_name, own_schema, home)
    if arguments:
        raise BadInput("'arguments' go with the location of a processor, not with an object.")
    if schema is None and isinstance(declared := getattr(processor, "schema_name", None), str):
        schema_name, _ = _resolve_schema(declared)
    return _pickled(processor, schema_name, own_schema)


def _pickled(
    processor: Any,
    schema_name: str | None,
    own_schema: type[Any] | None,
    directory: Path | None = None,
) -> _Code:
    reference = ProcessorReference(location=f"{NOTEBOOK}:{_check_object(processor)}")
    return _Code(reference, schema_name, pickle_code(processor, own_schema), directory)


@contextmanager
def _loaded(reference: ProcessorReference, home: Path) -> Iterator[Any]:
    """Import a processor and make an instance, in the folder that it works in."""
    with importable(reference) as place:
        try:
            yield load_processor(place, str(home))
        finally:
            if place != reference:
                _forget_modules(Path(place.location.rpartition(":")[0]).parent)


def _forget_modules(folder: Path) -> None:
    """Undo the imports from a folder that goes, so that the kernel's own find the originals."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and Path(file).is_relative_to(folder):
            del sys.modules[name]
    sys.path[:] = [entry for entry in sys.path if entry != str(folder)]


def _check_object(processor: Any) -> str:
    """Return the name of a processor, or say why it is none."""
    from coffea.processor import ProcessorABC

    name = name_of(processor)
    if inspect.isclass(processor):
        raise BadInput(f"{name} is a class: make a processor of it, {name}(...).")
    if not isinstance(processor, ProcessorABC) and not callable(processor):
        raise BadInput(
            f"{_article(name)} is not a processor: give an instance of a class derived from "
            "coffea.processor.ProcessorABC, a function of the events, or 'path/to/file.py:Name'."
        )
    return name


def _resolve_location(text: str, arguments: Mapping[str, Any] | None) -> ProcessorReference:
    file, separator, name = text.rpartition(":")
    if not separator or not file or not name.isidentifier():
        raise BadInput(f"{text!r} does not name a processor; write 'path/to/file.py:Name'.")
    if file.endswith((".py", SUFFIX)):
        text = f"{Path(file).expanduser().absolute()}:{name}"
    elif "/" in file:
        raise BadInput(f"{file!r} is neither a Python file nor a module. Does it lack its .py?")
    return ProcessorReference(location=text, arguments=dict(arguments or {}))


def _resolve_schema(schema: Any) -> tuple[str | None, type[Any] | None]:
    """Return the name of a schema, and the schema itself if it is not one of Coffea's."""
    if schema is None:
        return None, None
    from coffea import nanoevents

    if isinstance(schema, str):
        load_schema(schema)
        return schema, None
    if not isinstance(schema, type) or not issubclass(schema, nanoevents.BaseSchema):
        raise BadInput(
            f"{schema!r} is not a schema: give one of coffea.nanoevents, such as NanoAODSchema, "
            "or its name."
        )
    own = getattr(nanoevents, schema.__name__, None) is not schema
    return schema.__name__, schema if own else None


def _listed(tags: Iterable[str]) -> list[str]:
    return [tags] if isinstance(tags, str) else list(tags)


def _article(name: str) -> str:
    return f"{'An' if name[:1].lower() in 'aeiou' else 'A'} {name}"
