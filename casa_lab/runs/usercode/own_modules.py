"""Local modules of a processor where it runs: imported from sources that came along.

A processor travels by value, with what it imported at the top of its file. An
``import`` inside a function is another matter: it looks for the module when the
function is called, on a worker that never saw the file. And what a module does
when it is imported, such as registering behaviors with awkward, happens only
where it is imported.

Python keeps one module of a name in a process, and two runs may have different
ones, as of an edited file. So the modules of a run are in ``sys.modules`` only
while its code is at work, and meanwhile the code of runs that have others of
these names waits.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from itertools import takewhile
from pathlib import PurePosixPath
from threading import Condition
from types import CodeType, ModuleType
from weakref import WeakValueDictionary

import cloudpickle

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModuleSource:
    """A module of the user's.

    Attributes
    ----------
    path
        Its file, where the run was launched.
    text
        What it said.
    """

    path: str
    text: str


@dataclass(frozen=True)
class OwnModules:
    """The user's modules that a run needs, as they travel to workers.

    Attributes
    ----------
    sources
        By the name under which they are imported.
    loaded
        Names of those that were imported where the run was launched: workers
        import them, too.
    is_late
        Whether functions import some of them, when they are called.
    """

    sources: Mapping[str, ModuleSource]
    loaded: Sequence[str] = ()
    is_late: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Names of all modules, and of the packages around them."""
        parts = (name.split(".") for name in self.sources)
        return frozenset(
            ".".join(names[:depth]) for names in parts for depth in range(1, len(names) + 1)
        )

    def is_package(self, name: str) -> bool:
        """Tell whether others of the modules are part of one."""
        return any(other.startswith(f"{name}.") for other in self.sources)

    def place_of(self, name: str) -> PurePosixPath:
        """Return where one lies in a folder from which it can be imported."""
        path = PurePosixPath(*name.split("."))
        return path / "__init__.py" if self.is_package(name) else path.with_suffix(".py")

    def import_loaded(self) -> None:
        """Import what was imported where the run was launched, as far as that is possible here."""
        for name in self.loaded:
            try:
                importlib.import_module(name)
            except Exception:  # noqa: BLE001 - its classes may do without
                _log.info("%s could not be imported here.", name, exc_info=True)


NOTHING = OwnModules({})
"""The modules of a processor that needs none."""


class SourceImporter(MetaPathFinder, InspectLoader):
    """Imports modules from sources in memory.

    Parameters
    ----------
    own
        The modules.
    """

    def __init__(self, own: OwnModules) -> None:
        self.names = own.names
        self._own = own
        self._sources = own.sources

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find one of the modules, or a folder that holds some and is no module itself."""
        if fullname not in self.names:
            return None
        if fullname not in self._sources:
            return ModuleSpec(fullname, None, is_package=True)
        spec = spec_from_loader(fullname, self, origin=self._sources[fullname].path)
        if spec is not None:
            spec.has_location = True  # code may look for files that lie beside it
        return spec

    def is_package(self, fullname: str) -> bool:
        """Tell whether a module has others in it."""
        return self._own.is_package(fullname)

    def get_source(self, fullname: str) -> str:
        """Return what a module says."""
        return self._sources[fullname].text

    def get_code(self, fullname: str) -> CodeType:
        """Return a module compiled, such that tracebacks name its file."""
        source = self._sources[fullname]
        return self.source_to_code(source.text, source.path)

    def exec_module(self, module: ModuleType) -> None:
        """Execute a module, whose classes are to travel by value: nobody else knows them."""
        cloudpickle.register_pickle_by_value(module)
        super().exec_module(module)


def import_from(own: OwnModules) -> None:
    """Let this process import modules that it does not have otherwise, from now on.

    Modules of these names that an earlier call brought are forgotten.
    """
    names = own.names
    for finder in list(sys.meta_path):
        if isinstance(finder, SourceImporter) and finder.names & names:
            sys.meta_path.remove(finder)
            for name in finder.names:
                if getattr(sys.modules.get(name), "__loader__", None) is finder:
                    del sys.modules[name]
    sys.meta_path.append(SourceImporter(own))
    own.import_loaded()


class Shelf:
    """The modules of a run in this process. Runs with the same code have the same.

    Parameters
    ----------
    own
        Their sources.

    Attributes
    ----------
    users
        How many blocks of code are at work with them.
    """

    def __init__(self, own: OwnModules) -> None:
        self.own = own
        self.users = 0
        self._names = own.names
        self._importer = SourceImporter(own)
        self._modules: dict[str, ModuleType] = {}
        self._others: dict[str, ModuleType] = {}

    def clashes_with(self, other: Shelf) -> bool:
        """Tell whether the other has modules of the same names, which are not the same."""
        return other is not self and not self._names.isdisjoint(other._names)

    def lay_out(self) -> None:
        """Make the modules importable, in place of others of their names."""
        self._others = _taken(self._names)
        sys.modules.update(self._modules)
        sys.meta_path.insert(0, self._importer)

    def put_away(self) -> None:
        """Undo that."""
        sys.meta_path.remove(self._importer)
        self._modules = _taken(self._names)
        sys.modules.update(self._others)
        self._others = {}


def _taken(names: frozenset[str]) -> dict[str, ModuleType]:
    return {name: sys.modules.pop(name) for name in names if name in sys.modules}


@dataclass(frozen=True, eq=False)
class _Claim:
    shelf: Shelf


_turn = Condition()
_laid_out: list[Shelf] = []
_claims: list[_Claim] = []
"""Those who wait, the first first."""
_shelves: WeakValueDictionary[tuple[tuple[str, ModuleSource], ...], Shelf] = WeakValueDictionary()


def shelf_of(own: OwnModules) -> Shelf:
    """Return the shelf of a run's modules, which is kept as long as somebody has it."""
    key = tuple(sorted(own.sources.items(), key=lambda item: item[0]))
    with _turn:
        shelf = _shelves.get(key)
        if shelf is None:
            shelf = _shelves[key] = Shelf(own)
        return shelf


@contextmanager
def laid_out(shelf: Shelf) -> Iterator[None]:
    """Let a block of code import the modules of a shelf; such blocks are not nested.

    It waits for blocks that have other modules of the same names. Whoever came
    first goes first, so that no run keeps another one waiting for good.
    """
    claim = _Claim(shelf)

    def is_free() -> bool:
        earlier = (other.shelf for other in takewhile(lambda other: other is not claim, _claims))
        return not any(map(shelf.clashes_with, [*_laid_out, *earlier]))

    with _turn:
        _claims.append(claim)
        try:
            _turn.wait_for(is_free)
            if not shelf.users:
                shelf.lay_out()
                _laid_out.append(shelf)
            shelf.users += 1
        finally:
            _claims.remove(claim)
            _turn.notify_all()
    try:
        yield
    finally:
        with _turn:
            shelf.users -= 1
            if not shelf.users:
                _laid_out.remove(shelf)
                shelf.put_away()
                _turn.notify_all()
