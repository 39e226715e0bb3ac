"""Making NanoEvents of an open file, with the form and the schema of files like it."""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from coffea.nanoevents import NanoEventsFactory, schemas
from coffea.nanoevents.mapping import TrivialUprootOpener, UprootSourceMapping
from coffea.nanoevents.util import tuple_to_key
from coffea.processor.executor import WorkItem

from .files import OpenTree

FORMS_KEPT = 8
"""Kinds of files whose forms a worker remembers; one of NanoAOD takes some megabytes."""

Form = dict[str, Any]


@dataclass
class ChunkRequest:
    """What events are wanted.

    Attributes
    ----------
    item
        The chunk.
    schema
        The schema class.
    metadata
        What ``events.metadata`` is to hold.
    access_log
        Takes the columns that are read.
    iteritems_options, buffer_cache
        As in ``NanoEventsFactory.from_root``.
    """

    item: WorkItem
    schema: type
    metadata: dict[str, Any]
    access_log: list[Any]
    iteritems_options: Mapping[str, Any]
    buffer_cache: Any


class Memory:
    """The last few values that were made, for all threads and runs of a worker.

    Parameters
    ----------
    size
        How many are kept.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return the value of a key, which is made if it is not remembered."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value


_FORMS = Memory(FORMS_KEPT)
_SCHEMAS = Memory(FORMS_KEPT)


class EventsMaker:
    """Makes events of chunks.

    Parameters
    ----------
    reuse_forms
        Whether a form and its schema serve all files with the same branches.
    """

    def __init__(self, reuse_forms: bool = True) -> None:
        self._reuse = reuse_forms

    def make(self, opened: OpenTree, request: ChunkRequest) -> Any:
        """Return the events of a chunk, whose columns are read when touched."""
        if not self._reuse or _is_special(request):
            return self._in_coffeas_way(opened, request).events()
        tree, item = opened.tree, request.item
        start, stop = max(item.entrystart, 0), min(item.entrystop, tree.num_entries)
        key = (str(tree.file.uuid), tree.object_path, f"{start}-{stop}")
        mapping = UprootSourceMapping(
            TrivialUprootOpener({key[0]: tree.file.file_path}, {}),
            start,
            stop,
            cache={},
            access_log=request.access_log,
            file_handle=opened.directory,
            use_ak_forth=True,
            virtual=True,
            buffer_cache=request.buffer_cache,
        )
        mapping.preload_column_source(key[0], key[1], tree)
        schema = self._schema(opened, request.schema, request.metadata)
        return NanoEventsFactory(schema, mapping, tuple_to_key(key), mode="virtual").events()

    def _schema(self, opened: OpenTree, kind: type, metadata: dict[str, Any]) -> Any:
        # What a schema of the user's own does with metadata is not known.
        if not kind.__module__.startswith("coffea."):
            return kind(_with_metadata(_form_of(opened), metadata))
        known: _KnownSchema = _SCHEMAS.get(
            (opened.fingerprint, kind),
            lambda: _KnownSchema(kind(_with_metadata(_form_of(opened), {}))),
        )
        return known.with_metadata(metadata)

    def _in_coffeas_way(self, opened: OpenTree, request: ChunkRequest) -> Any:
        return NanoEventsFactory.from_root(
            file=opened.directory,
            treepath=request.item.treename,
            schemaclass=request.schema,
            metadata=request.metadata,
            access_log=request.access_log,
            mode="virtual",
            entry_start=request.item.entrystart,
            entry_stop=request.item.entrystop,
            iteritems_options=request.iteritems_options,
            preload=request.item.preload,
            buffer_cache=request.buffer_cache,
        )


class _KnownSchema:
    """A schema object that is used again with other metadata."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        # NanoAODSchema notes its version there.
        self._additions = schema.form["parameters"]["metadata"]

    def with_metadata(self, metadata: dict[str, Any]) -> Any:
        schema = copy.copy(self._schema)
        metadata.update(self._additions)
        schema._form = _with_metadata(dict(schema.form), metadata)
        return schema


def _with_metadata(form: Form, metadata: dict[str, Any]) -> Form:
    form["parameters"] = {**form["parameters"], "metadata": metadata}
    return form


def _is_special(request: ChunkRequest) -> bool:
    """Tell whether a form depends on more than the branches, or columns are read ahead."""
    return bool(
        request.item.preload
        or request.iteritems_options
        or issubclass(request.schema, schemas.EDM4HEPSchema)
    )


def _form_of(opened: OpenTree) -> Form:
    """Return the form of a tree's branches, for a schema to change as it likes."""

    def make() -> Form:
        form: Form = UprootSourceMapping._extract_base_form(opened.tree)
        form["typenames"] = opened.tree.typenames()
        return form

    form: Form = copy.deepcopy(_FORMS.get(opened.fingerprint, make))
    return form
