"""Runs: one processor over one fileset on one cluster, from launch to result."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _CallableModule(ModuleType):
    """Makes the package answer ``casa_lab.runs()`` in notebooks.

    The package has the name that the function is to have: importing any module
    below it would put the package in the function's place.
    """

    def __call__(self, search: str = "", **options: Any) -> Any:
        """List the runs, see :func:`casa_lab.notebook.listing.list_runs`."""
        # Of what stands above this package, only the facade is asked.
        from casa_lab import list_runs

        return list_runs(search, **options)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        # What pickles modules does not know this class of them.
        return import_module, (self.__name__,)


sys.modules[__name__].__class__ = _CallableModule
