"""Opening ROOT files, and keeping them open for the chunks that follow."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import uproot

from .branches import Unfamiliar
from .patience import within
from .trees import fingerprint_of, lazy_classes


@dataclass(frozen=True)
class ReadingOptions:
    """What saves time when events are read; each can be switched off, to measure it.

    Attributes
    ----------
    open_files
        Files that a worker keeps open when their chunk is done.
    lazy_branches
        Deserialise a branch when it is touched, in place of all when a file is opened.
    reuse_forms
        Use the form and schema of a file for others with the same branches.
    open_seconds
        How long opening a file may take before it counts as failed.
    column_bytes
        Memory of each worker process for columns that were read, so that the next
        run over the same chunks need not read them again; chunks go to the workers
        that have their columns. At most half of what the worker has. Unless Runner is
        given a ``cachestrategy``.
    """

    open_files: int = 2
    lazy_branches: bool = True
    reuse_forms: bool = True
    open_seconds: float = 120.0
    column_bytes: int = 0


@dataclass(frozen=True)
class FileName:
    """What to open.

    Attributes
    ----------
    path
        File name or URL.
    treename
        Path of the tree in it.
    """

    path: str
    treename: str


@dataclass
class OpenTree:
    """An open file and its tree.

    Attributes
    ----------
    name
        What was opened.
    directory
        The file, as uproot opens it.
    tree
        Its tree, or RNTuple.
    fingerprint
        The same for trees with the same branches; of its own for a tree that
        was not read lazily.
    """

    name: FileName
    directory: Any
    tree: Any
    fingerprint: bytes
    _bytes_told: int = 0

    def take_bytes_read(self) -> int:
        """Return the bytes requested of the file since this was last asked."""
        before = self._bytes_told
        self._bytes_told = int(self.directory.file.source.num_requested_bytes)
        return self._bytes_told - before

    def close(self) -> None:
        """Close the file."""
        self.directory.close()


class OpenFiles:
    """The files that a worker has open.

    A file is used by one thread at a time; a second thread that wants the same
    one opens it again.

    Parameters
    ----------
    options
        How many files to keep, and how to read them.
    uproot_options
        Given to ``uproot.open``.
    """

    def __init__(self, options: ReadingOptions, uproot_options: Mapping[str, Any]) -> None:
        self._keep = options.open_files
        self._open_seconds = options.open_seconds
        # Classes of the user's own are read in uproot's own way.
        self._lazy = options.lazy_branches and "custom_classes" not in uproot_options
        self._options = dict(uproot_options)
        self._idle: OrderedDict[FileName, list[OpenTree]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: FileName) -> OpenTree:
        """Return an open file, which is the caller's until it is given back or closed."""
        with self._lock:
            idle = self._idle.get(name)
            if idle:
                opened = idle.pop()
                if not idle:
                    del self._idle[name]
                return opened
        return within(self._open_seconds, partial(self._open, name), f"opening {name.path}")

    def give_back(self, opened: OpenTree) -> None:
        """Keep a file for the next chunk, and close the one that was used least recently."""
        excess = []
        with self._lock:
            self._idle.setdefault(opened.name, []).append(opened)
            self._idle.move_to_end(opened.name)
            while sum(map(len, self._idle.values())) > self._keep:
                oldest, idle = next(iter(self._idle.items()))
                excess.append(idle.pop(0))
                if not idle:
                    del self._idle[oldest]
        for unused in excess:
            unused.close()

    def close(self) -> None:
        """Close the files that nobody uses; those in use are closed when given back."""
        with self._lock:
            self._keep = 0
            idle = [opened for of_name in self._idle.values() for opened in of_name]
            self._idle.clear()
        for opened in idle:
            opened.close()

    def _open(self, name: FileName) -> OpenTree:
        if self._lazy:
            try:
                return open_tree(name, {**self._options, "custom_classes": lazy_classes()})
            except Unfamiliar:
                pass
        return open_tree(name, self._options)


def open_tree(name: FileName, uproot_options: Mapping[str, Any]) -> OpenTree:
    """Open a file and its tree.

    Raises
    ------
    Unfamiliar
        When its tree is to be read lazily and is not of the kind for it.
    """
    # A cache of its own: a tree that is read lazily must not turn up where the
    # user's code opens the same file.
    directory = uproot.open({name.path: None}, object_cache=8, **uproot_options)
    try:
        tree = directory[name.treename]
        fingerprint = fingerprint_of(tree) or f"{directory.file.uuid}:{tree.object_path}".encode()
    except BaseException:
        directory.close()
        raise
    return OpenTree(name, directory, tree, fingerprint)
