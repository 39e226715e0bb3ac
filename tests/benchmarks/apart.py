"""Importing parts of the benchmarks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@contextmanager
def importable(part: str, package: str) -> Iterator[None]:
    """Make a part a package, without the checkout's root, which would hide the installed wheel.

    Parameters
    ----------
    part
        Its folder.
    package
        What it is imported as.
    """
    folder = BENCHMARKS / part
    spec = spec_from_file_location(
        package, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    sys.modules[package] = module_from_spec(spec)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]
