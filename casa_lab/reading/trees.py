"""Trees of which uproot deserialises a branch when it is first asked for.

Uproot lets a file have classes of its own. Here the ``TTree`` is uproot's, but
its branches are a sequence that knows where each of them lies and hands it to
uproot's reader on demand. Whatever is out of the ordinary (sub-branches, split
objects) raises :class:`Unfamiliar`, and the file is opened in uproot's own way.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast, overload

import uproot
from uproot.deserialization import read_object_any
from uproot.source.cursor import Cursor

from .branches import Branches, Unfamiliar, find_branches

_MAP_OFFSET = uproot.const.kMapOffset


class LazyBranches(Sequence[Any]):
    """The ``fBranches`` of a tree; each is an uproot ``TBranch``, read when asked for.

    Parameters
    ----------
    chunk, cursor, context, file, selffile, tree
        What uproot's readers hand on; the cursor is at the array.
    """

    def __init__(
        self, chunk: Any, cursor: Cursor, context: dict[str, Any], file: Any, tree: Any
    ) -> None:
        self._chunk = chunk
        self._context = {**context, "breadcrumbs": (tree,)}
        self._file = file
        self._tree = tree
        self._origin = cursor.origin
        self._start = cursor.index
        self._found: Branches | None = None
        self._read: dict[int, Any] = {}
        self._positions: dict[str, int] = {}
        self._refs = _References(self)
        version, self.end = _skip(chunk, cursor, context)
        if version != 3:
            raise Unfamiliar(f"TObjArray version {version}")

    @property
    def found(self) -> Branches:
        """Names and positions, known from the first use on."""
        if self._found is None:
            # A chunk of a file need not begin at its byte 0.
            shift = self._chunk.start
            data = self._chunk.raw_data.tobytes()
            found = find_branches(data, self._start - shift, self._origin - shift)
            found.starts = [start + shift for start in found.starts]
            for position, name in enumerate(found.names):
                self._positions.setdefault(name, position)
            self._found = found
        return self._found

    def named(self, name: str) -> Any | None:
        """Return the first branch of a name, ``None`` if there is none."""
        if self.found.names and name in self._positions:
            return self[self._positions[name]]
        return None

    def __contains__(self, branch: object) -> bool:
        return any(branch is other for other in self)

    def __len__(self) -> int:
        return len(self.found.names)

    @overload
    def __getitem__(self, where: int) -> Any: ...
    @overload
    def __getitem__(self, where: slice) -> list[Any]: ...
    def __getitem__(self, where: int | slice) -> Any:
        positions = range(len(self))[where]
        if isinstance(positions, range):
            return [self[position] for position in positions]
        if positions not in self._read:
            cursor = Cursor(self.found.starts[positions], self._origin, self._refs)
            branch = read_object_any(
                self._chunk, cursor, self._context, self._file, self._tree._file, self._tree
            )
            # Else uproot would look for it among all branches, to number it.
            branch._index = positions
            self._read[positions] = branch
        return self._read[positions]

    def read_around(self, index: int) -> bool:
        """Read the branch that a place in the buffer belongs to; ``False`` if none does."""
        position = bisect_right(self.found.starts, index) - 1
        if position < 0 or index >= self.end or position in self._read:
            return False
        self[position]
        return True

    def class_at(self, index: int) -> Any | None:
        """Return the class that is named at a place in the buffer, if one is."""
        cursor = Cursor(index, self._origin, {})
        if cursor.field(self._chunk, _TAG, self._context) != _NEW_CLASS:
            return None
        return self._file.class_named(cursor.classname(self._chunk, self._context))


_TAG = uproot.deserialization._read_object_any_format1
_NEW_CLASS = int(uproot.const.kNewClassTag)


class _References(dict[int, Any]):
    """What a buffer's references point to, looked up where nobody has read it yet."""

    def __init__(self, branches: LazyBranches) -> None:
        super().__init__()
        self._branches = branches

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or self._find(int(cast("int", key)))

    def _find(self, key: int) -> bool:
        index = key - _MAP_OFFSET + self._branches._origin
        named = self._branches.class_at(index)
        if named is not None:
            self[key] = named
        else:
            # The counter of a jagged branch is a leaf of another branch.
            self._branches.read_around(index)
        return super().__contains__(key)


class _Unread(Sequence[Any]):
    """The ``fLeaves`` of a tree, which repeat what its branches hold."""

    def __len__(self) -> int:
        return 0

    def __getitem__(self, where: Any) -> Any:
        raise IndexError(where)


class _TreeArrays:
    """Stands in for ``TObjArray`` while a tree is read."""

    @classmethod
    def read(
        cls,
        chunk: Any,
        cursor: Cursor,
        context: dict[str, Any],
        file: Any,
        selffile: Any,
        parent: Any,
        concrete: Any = None,
    ) -> Any:
        if not isinstance(parent, uproot.behaviors.TTree.TTree):
            whole = uproot.classes["TObjArray"]
            return whole.read(chunk, cursor, context, file, selffile, parent, concrete)
        if "fBranches" in parent._members:
            _, end = _skip(chunk, cursor.copy(), context)
            cursor.move_to(end)
            return _Unread()
        branches = LazyBranches(chunk, cursor, context, file, parent)
        cursor.move_to(branches.end)
        # Aliases and user info may refer to classes that were named in the branches.
        cursor._refs = branches._refs
        return branches


def _skip(chunk: Any, cursor: Cursor, context: dict[str, Any]) -> tuple[int, int]:
    """Return the version of what a cursor is at, and where that ends."""
    start = cursor.index
    size, version, _ = uproot.deserialization.numbytes_version(chunk, cursor.copy(), context)
    if size is None:
        raise Unfamiliar("no byte count")
    return version, start + size


class _Lookup(Mapping[str, Any]):
    """The branches of a tree by name, as uproot keeps them in ``_lookup``."""

    def __init__(self, branches: LazyBranches) -> None:
        self._branches = branches

    def __getitem__(self, name: str) -> Any:
        branch = self._branches.named(name)
        if branch is None:
            raise KeyError(name)
        return branch

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(self._branches.found.names))

    def __len__(self) -> int:
        return len(set(self._branches.found.names))


class _LazyTree:
    """Goes before one of uproot's ``TTree`` models in the order of bases."""

    member: Callable[[str], Any]
    """Of the model."""

    def postprocess(self, chunk: Any, cursor: Cursor, context: dict[str, Any], file: Any) -> Any:
        self._chunk = chunk
        self._lookup = _Lookup(self.member("fBranches"))
        return self


@cache
def lazy_classes() -> dict[str, Any]:
    """Return the classes to open a file with, for uproot's ``custom_classes``."""
    whole = uproot.classes["TTree"]
    versions = {
        # The name tells uproot the class's own name and version.
        number: type(model.__name__, (_LazyTree, model), {"__module__": __name__})
        for number, model in whole.known_versions.items()
    }
    tree = type(whole.__name__, (whole,), {"known_versions": versions, "__module__": __name__})
    return {**uproot.classes, "TTree": tree, "TObjArray": _TreeArrays}


def fingerprint_of(tree: Any) -> bytes | None:
    """Return what tells whether two trees have the same form; ``None`` for other trees.

    Raises
    ------
    Unfamiliar
        When the branches are not all plain.
    """
    if not isinstance(tree, uproot.behaviors.TTree.TTree):
        return None
    branches = tree.member("fBranches")
    if not isinstance(branches, LazyBranches):
        return None
    # The form of a tree holds its title, too.
    return branches.found.fingerprint + str(tree.title).encode()
