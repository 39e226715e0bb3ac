"""Finding the branches of a ROOT tree by their byte counts, without deserialising them.

A tree of NanoAOD has 1,000 to 1,600 branches, and a processor touches a few
dozen of them. Deserialising all is most of the time that a chunk takes; stepping
over them is a few per cent of it.

The layout is that of ROOT's ``TBufferFile``, see
https://root.cern/doc/master/dobject.html and ``uproot.deserialization``.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field

_UINT = struct.Struct(">I")
_BYTE_COUNT = 0x40000000
_CLASS = 0x80000000
_NEW_CLASS = 0xFFFFFFFF
_MAP_OFFSET = 2
"""References count from two bytes before an object."""
_VERSION_HAS_COUNT = 0x4000
_IS_REFERENCED = 1 << 4

_ARRAY_SIZE = struct.Struct(">ii")
_LEAF = struct.Struct(">iii??")

_FIXED_BYTES = {10: 60, 11: 68, 12: 68}
"""Bytes of a TBranch between its attributes and its sub-branches, by class version."""
_FIXED_BYTES_13 = (24, 44)
"""The same of version 13, before and after ``fIOFeatures``."""

_PLAIN_LEAVES = frozenset(f"TLeaf{letter}" for letter in "BSILGFDO")


class Unfamiliar(Exception):
    """The tree is of a kind that is not stepped over here; uproot reads it whole."""


@dataclass
class Branches:
    """Where the branches of a tree are.

    Attributes
    ----------
    names
        Name of each branch.
    starts
        Where in the buffer each begins, in the same order.
    fingerprint
        The same for two trees if, and only if, uproot would interpret all their
        branches alike: made of the names, titles and types of branches, leaves
        and counters.
    """

    names: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    fingerprint: bytes = b""


def find_branches(data: bytes, start: int, origin: int) -> Branches:
    """Step over the elements of a tree's ``fBranches``.

    Parameters
    ----------
    data
        The buffer that holds the tree.
    start
        Where in it ``fBranches``, a ``TObjArray``, begins.
    origin
        Where in it references count from.

    Raises
    ------
    Unfamiliar
        For anything but plain branches with plain leaves.
    """
    try:
        return _Scan(data, origin).branches(start)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise Unfamiliar(f"the branches cannot be stepped over: {error}") from error


class _Scan:
    def __init__(self, data: bytes, origin: int) -> None:
        self._data = data
        self._origin = origin
        self._leaf_names: dict[int, bytes] = {}
        self._marks: list[bytes] = []

    def branches(self, start: int) -> Branches:
        found = Branches()
        at, count = self._array(start)
        for _ in range(count):
            begin = at
            at, body, name = self._object(at)
            if name != b"TBranch":
                raise Unfamiliar(f"a branch is a {name.decode()}")
            found.starts.append(begin)
            found.names.append(self._branch(body))
        digest = hashlib.blake2b(b"".join(self._marks), digest_size=16)
        found.fingerprint = digest.digest()
        return found

    def _branch(self, at: int) -> str:
        """Take the marks of a branch and return its name."""
        version, at, _ = self._header(at)
        at, name, names = self._named(at)
        _, _, at = self._header(at)  # TAttFill
        if version == 13:
            before, after = _FIXED_BYTES_13
            _, _, at = self._header(at + before)  # fIOFeatures
            at += after
        elif version in _FIXED_BYTES:
            at += _FIXED_BYTES[version]
        else:
            raise Unfamiliar(f"TBranch version {version}")
        at, subbranches = self._array(at)
        if subbranches:
            raise Unfamiliar("a branch has branches")
        at, leaves = self._array(at)
        self._marks += (names, b"%d" % leaves)
        for _ in range(leaves):
            at = self._leaf(at)
        return name.decode()

    def _leaf(self, at: int) -> int:
        """Take the marks of a leaf and return where it ends."""
        begin = at
        end, at, kind = self._object(at)
        if kind.decode() not in _PLAIN_LEAVES:
            raise Unfamiliar(f"a leaf is a {kind.decode()}")
        _, at, _ = self._header(at)  # of its own class
        _, at, _ = self._header(at)  # of TLeaf
        at, name, names = self._named(at)
        length, size, offset, _, unsigned = _LEAF.unpack_from(self._data, at)
        self._leaf_names[begin] = name
        counter = self._counter(at + _LEAF.size)
        self._marks += (kind, names, b"%d %d %d %d" % (length, size, offset, unsigned), counter)
        return end

    def _counter(self, at: int) -> bytes:
        """Return the name of the leaf that counts the entries of a jagged one, if any."""
        (word,) = _UINT.unpack_from(self._data, at)
        if word == 0:
            return b""
        if word & _BYTE_COUNT and word != _NEW_CLASS:
            # Written out here, as its own branch comes later.
            marks, self._marks = self._marks, []
            self._leaf(at)
            self._marks = marks
            return self._leaf_names[at]
        try:
            return self._leaf_names[word - _MAP_OFFSET + self._origin]
        except KeyError:
            raise Unfamiliar("the counter of a leaf is not a leaf") from None

    def _object(self, at: int) -> tuple[int, int, bytes]:
        """Return where an object ends, where its content begins, and its class."""
        count, tag = struct.unpack_from(">II", self._data, at)
        if not count & _BYTE_COUNT or not tag & _CLASS:
            raise Unfamiliar("an object has no byte count or is a reference")
        end = at + 4 + (count & ~_BYTE_COUNT)
        if tag == _NEW_CLASS:
            stop = self._data.index(b"\0", at + 8)
            return end, stop + 1, self._data[at + 8 : stop]
        # The class is named where it came first.
        first = (tag & ~_CLASS) - _MAP_OFFSET + self._origin
        if _UINT.unpack_from(self._data, first) != (_NEW_CLASS,):
            raise Unfamiliar("a class is not named where it should be")
        stop = self._data.index(b"\0", first + 4)
        return end, at + 8, self._data[first + 4 : stop]

    def _header(self, at: int) -> tuple[int, int, int]:
        """Return the version of a class, where its members begin, and where they end."""
        count, version = struct.unpack_from(">IH", self._data, at)
        if not count & _BYTE_COUNT:
            raise Unfamiliar("a class has no byte count")
        return version, at + 6, at + 4 + (count & ~_BYTE_COUNT)

    def _named(self, at: int) -> tuple[int, bytes, bytes]:
        """Return where a TNamed ends, its name, and the bytes of name and title."""
        _, at, end = self._header(at)
        at = begin = self._after_object_base(at)
        size = self._data[at]
        at += 1
        if size == 255:
            (size,) = _UINT.unpack_from(self._data, at)
            at += 4
        return end, self._data[at : at + size], self._data[begin:end]

    def _array(self, at: int) -> tuple[int, int]:
        """Return where the elements of a TObjArray begin, and how many there are."""
        _, at, _ = self._header(at)
        at = self._after_object_base(at)
        at += 1 + self._data[at]  # its name, which is short
        size, _ = _ARRAY_SIZE.unpack_from(self._data, at)
        return at + _ARRAY_SIZE.size, size

    def _after_object_base(self, at: int) -> int:
        version, _, bits = struct.unpack_from(">HII", self._data, at)
        if version & _VERSION_HAS_COUNT:
            raise Unfamiliar("a TObject with a byte count")
        return at + 10 + (2 if bits & _IS_REFERENCED else 0)
