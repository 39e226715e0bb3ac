"""Imports a processor from a Python file or a module, and makes an instance.

This is where user code is first run, so whatever goes wrong is told in a
sentence that names the line of the user's file.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import linecache
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from casa_lab.errors import BadInput, suggestion
from casa_lab.runs.models import ProcessorReference

_loaded_files: dict[str, Path] = {}
"""Modules that were imported from a file here, by name."""


def load_processor(reference: ProcessorReference, directory: str | None = None) -> Any:
    """Import a processor and make an instance.

    Parameters
    ----------
    reference
        ``path/to/file.py:Name`` or ``package.module:Name``, and the arguments
        of the constructor. ``Name`` may also be a function of the events (with
        arguments: keyword arguments bound to it) or a ready instance.
    directory
        Working directory meanwhile, for relative paths among the arguments;
        the present one when not given.

    Returns
    -------
    ProcessorABC or callable
        What ``coffea.processor.Runner`` takes as a processor.

    Raises
    ------
    BadInput
        With a sentence that says why it cannot be had.

    Notes
    -----
    A file is imported under its own name with its folder first on ``sys.path``,
    as Python does for a script: imports of neighbouring files work, also later.
    """
    module_name, _, name = reference.location.rpartition(":")
    with _working_in(directory):
        if module_name.endswith(".py"):
            module = _import_file(Path(module_name).expanduser().absolute())
            shown = Path(module_name).name
        else:
            module = import_module(module_name)
            shown = module_name
        return _instantiate(_lookup(module, name, shown), name, shown, reference.arguments)


def load_schema(name: str) -> Any:
    """Return one of Coffea's schemas.

    Raises
    ------
    BadInput
        When it has none of that name.
    """
    from coffea import nanoevents

    schema = getattr(nanoevents, name, None)
    if not isinstance(schema, type) or not issubclass(schema, nanoevents.BaseSchema):
        known = sorted(key for key in vars(nanoevents) if key.endswith("Schema"))
        hint = suggestion(name, known) or f"It has {', '.join(known)}."
        raise BadInput(
            f"Coffea has no schema {name!r}. {hint} A schema of your own is given as a class, to "
            "casa_lab.launch in a notebook."
        )
    return schema


@contextmanager
def _working_in(directory: str | None) -> Iterator[None]:
    """Change the working directory for a block of code."""
    if directory is None:
        yield
        return
    before = Path.cwd()
    try:
        os.chdir(directory)
    except OSError as error:
        raise BadInput(
            f"The folder {directory}, in which the processor worked, cannot be entered: "
            f"{error.strerror}."
        ) from error
    try:
        yield
    finally:
        os.chdir(before)


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise BadInput(f"There is no file {path}. Check the path of the processor.")
    name = path.stem
    if not name.isidentifier():
        raise BadInput(
            f"{path.name} cannot be imported because of its name; "
            "rename it to letters, digits and underscores."
        )
    known = sys.modules.get(name)
    ours = name in _loaded_files or getattr(known, "__file__", None) == str(path)
    if name in sys.stdlib_module_names or (known is not None and not ours):
        raise BadInput(
            f"{path.name} has the name of a Python module that is needed itself; rename the file."
        )
    folder = str(path.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BadInput(f"{path.name} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    linecache.checkcache(str(path))
    # Registered before it runs, as import does: classes and pickles look for it.
    sys.modules[name] = module
    _loaded_files[name] = path
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise BadInput(_why_not_imported(error, path.name, path)) from error
    return module


def import_module(name: str) -> ModuleType:
    """Import an installed module.

    Raises
    ------
    BadInput
        With a sentence that says why it cannot be had.
    """
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}."):
            raise BadInput(
                f"There is no module '{error.name}' in this environment; install it, "
                "or name a file: path/to/file.py:Name."
            ) from error
        raise BadInput(_why_not_imported(error, name, None)) from error


def _why_not_imported(error: BaseException, shown: str, path: Path | None) -> str:
    if isinstance(error, SyntaxError):
        where = Path(error.filename).name if error.filename else shown
        line = "" if error.lineno is None else f" on line {error.lineno}"
        return f"{where} has a syntax error{line}: {error.msg}."
    at = _line_in(error, path)
    if isinstance(error, ModuleNotFoundError):
        return (
            f"{shown} cannot be imported: there is no module '{error.name}'{at}. "
            "Install it in this environment, or put its file next to the processor's."
        )
    if isinstance(error, ImportError):
        return f"{shown} cannot be imported: {error}{at}."
    return f"{shown} cannot be imported: {describe_exception(error)}{at}."


def _line_in(error: BaseException, path: Path | None) -> str:
    """Return `` (line N)`` of the user's file, the last one that led to the error."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if path is not None and frame.filename == str(path)
    ]
    return f" (line {lines[-1]})" if lines else ""


def describe_exception(error: BaseException) -> str:
    """Return the type and message of an exception on one line."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _lookup(module: ModuleType, name: str, shown: str) -> Any:
    try:
        return getattr(module, name)
    except AttributeError:
        pass
    from coffea.processor import ProcessorABC

    processors = [
        key
        for key, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, ProcessorABC)
        and value.__module__ == module.__name__
    ]
    close = get_close_matches(name, processors, n=1)
    if close:
        raise BadInput(f"{shown} has no '{name}'. Did you mean '{close[0]}'?")
    held = f"it has {', '.join(processors)}" if processors else "it has no processors"
    raise BadInput(f"{shown} has no '{name}'; {held}.")


def _instantiate(found: Any, name: str, shown: str, arguments: Mapping[str, Any]) -> Any:
    from coffea.processor import ProcessorABC

    processor: Any = found
    if inspect.isclass(found):
        if inspect.isabstract(found):
            missing = ", ".join(sorted(processor.__abstractmethods__))
            raise BadInput(f"'{name}' in {shown} cannot run: it does not define {missing}.")
        processor = _construct(found, name, arguments)
    elif callable(found) and not isinstance(found, ProcessorABC):
        _check_arguments(found, name, (None,), arguments)
        processor = partial(found, **arguments) if arguments else found
    elif arguments:
        raise BadInput(f"'{name}' in {shown} is an instance already and takes no arguments.")
    if not isinstance(processor, ProcessorABC) and not callable(processor):
        raise BadInput(
            f"'{name}' in {shown} is not a processor: derive it from coffea.processor.ProcessorABC."
        )
    return processor


def _construct(found: type[Any], name: str, arguments: Mapping[str, Any]) -> Any:
    _check_arguments(found, name, (), arguments)
    try:
        return found(**arguments)
    except Exception as error:
        given = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        raise BadInput(f"{name}({given}) fails: {describe_exception(error)}.") from error


def _check_arguments(
    function: Callable[..., Any],
    name: str,
    positional: tuple[None, ...],
    arguments: Mapping[str, Any],
) -> None:
    try:
        signature = inspect.signature(function)
    except ValueError:  # compiled code does not tell
        return
    try:
        signature.bind(*positional, **arguments)
    except TypeError as error:
        names = list(signature.parameters)[len(positional) :]
        takes = f"it takes {', '.join(names)}" if names else "it takes none"
        raise BadInput(f"Wrong arguments for {name}: {error}; {takes}.") from error
