"""The code of a run that a notebook launched: it lies in no file, so it is pickled.

Kept in the run's ``processor`` folder, it lets a driver begin the run, resume it
and run it again when the kernel has long gone:

================  ==========================================================
``processor.pkl``  the processor, and a schema that is the user's own
``notebook.py``    what of them was defined in cells, for people to read
``modules/``       local modules that they use, by name
================  ==========================================================
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle

from casa_lab.errors import BadInput
from casa_lab.runs.models import NewRun, RunSpec

from .own_modules import ModuleSource, OwnModules, import_from
from .shipping import carry_local

NOTEBOOK = "notebook"
"""What stands for the file in the location of a processor that was made in a notebook."""

CELLS = f"{NOTEBOOK}.py"
"""Name of the file that shows what was defined in cells."""

_PICKLE = "processor.pkl"
_MODULES = "modules"


@dataclass(frozen=True)
class PickledCode:
    """What a driver needs of a notebook, and what people read of it.

    Attributes
    ----------
    data
        The pickle.
    sources
        Files to read, by their path in the folder of the processor.
    python
        Interpreter of the notebook: another one may not read the pickle.
    """

    data: bytes
    sources: Mapping[str, str]
    python: str

    def keep(self, destination: Path) -> None:
        """Write it into the run's ``processor`` directory, which is made here."""
        destination.mkdir()
        for path, source in self.sources.items():
            target = destination / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(source, encoding="utf-8")
        (destination / _PICKLE).write_bytes(self.data)


@dataclass(frozen=True)
class NotebookCode:
    """What was made in a notebook.

    Attributes
    ----------
    processor
        What ``coffea.processor.Runner`` takes as a processor.
    schema
        A schema that is not one of Coffea's, if the run has one.
    own
        The local modules that they use.
    """

    processor: Any
    schema: type[Any] | None
    own: OwnModules


def is_code_kept(spec: RunSpec, kept: Path) -> bool:
    """Tell whether a driver can work on a run: it then has a processor that it can load.

    Parameters
    ----------
    spec
        The run.
    kept
        Its ``processor`` directory.
    """
    return not is_from_notebook(spec) or (kept / _PICKLE).exists()


def is_pickled(spec: RunSpec, kept: Path) -> bool:
    """Tell whether the processor of a run is to be unpickled, in place of imported."""
    return is_from_notebook(spec) and (kept / _PICKLE).exists()


def pickle_code(processor: Any, schema: type[Any] | None = None) -> PickledCode:
    """Pickle a processor by value, together with the local modules that it uses.

    Parameters
    ----------
    processor
        A Coffea processor or a function of the events, from a cell or an import.
    schema
        A schema that is not one of Coffea's.

    Raises
    ------
    BadInput
        When it cannot be pickled.
    """
    from casa_lab.runs.driving.notebook import name_of

    from .cells import source_of_cells

    own = carry_local(processor, schema)
    content = {
        "processor": processor,
        "schema": schema,
        "modules": {name: str(own.place_of(name)) for name in own.sources},
        "loaded": own.loaded,
        "is_late": own.is_late,
    }
    try:
        data = cloudpickle.dumps(content)
    except Exception as error:  # the user's types may raise anything
        raise BadInput(
            f"{name_of(processor)} cannot be sent away from this notebook: it holds something that "
            f"cannot be pickled ({type(error).__name__}: {error}). Open files, locks and "
            "connections inside process(), or put their names into the processor."
        ) from error
    sources = {
        f"{_MODULES}/{own.place_of(name)}": module.text for name, module in own.sources.items()
    }
    if cells := source_of_cells(processor, schema):
        sources[CELLS] = cells
    return PickledCode(data, sources, sys.executable)


def read_pickled(spec: RunSpec, kept: Path) -> PickledCode:
    """Return the code that a notebook left to a run, without loading it."""
    sources = {
        path.relative_to(kept).as_posix(): path.read_text(encoding="utf-8")
        for path in kept.rglob("*.py")
    }
    return PickledCode((kept / _PICKLE).read_bytes(), sources, spec.python)


def load_pickled(kept: Path | str) -> NotebookCode:
    """Unpickle the code of a run, and make its modules importable here.

    Parameters
    ----------
    kept
        The ``processor`` directory of a run that a notebook launched.

    Raises
    ------
    BadInput
        When it cannot be unpickled in this process.
    """
    folder = Path(kept)
    try:
        content = cloudpickle.loads((folder / _PICKLE).read_bytes())
        files = {name: folder / _MODULES / place for name, place in content["modules"].items()}
        sources = {
            name: ModuleSource(str(path), path.read_text(encoding="utf-8"))
            for name, path in files.items()
        }
        own = OwnModules(sources, content["loaded"], content["is_late"])
        code = NotebookCode(content["processor"], content["schema"], own)
    except Exception as error:  # the user's types may raise anything
        raise BadInput(
            f"The processor that a notebook left in {folder} cannot be unpickled by Python "
            f"{platform.python_version()}: {type(error).__name__}: {error}. It needs the Python "
            "and the packages of that notebook. Launch the run from a notebook again."
        ) from error
    # Elsewhere than in that notebook, nobody has them.
    import_from(own)
    return code


def is_from_notebook(spec: RunSpec | NewRun) -> bool:
    """Tell whether the processor of a run was made in a notebook, so that it lies in no file."""
    return spec.processor.location.startswith(f"{NOTEBOOK}:")
