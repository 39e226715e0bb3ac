"""The processors of an installed module, found in the environment that runs use.

The server does not import what a user types: a process of its own looks for the
module's source and reads it. Only what the source does not define itself, since
it comes from another module, is imported there, and read where it is defined.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

from casa_lab.errors import BadInput, Unavailable
from casa_lab.runs.models import Processor, ProcessorList

from .finding import processors_in

SECONDS = 30.0
"""How long a look may take: importing an analysis from a shared file system does."""

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def processors_of_module(module: str, directory: Path | None = None) -> list[Processor]:
    """Return the processors of an installed module, without importing it in this process.

    Parameters
    ----------
    module
        As it is imported: ``package.module``.
    directory
        Where modules are found besides; the working directory when not given.

    Raises
    ------
    BadInput
        When there is no such module, or it fails.
    Unavailable
        When that takes too long.
    """
    if not _MODULE.fullmatch(module):
        raise BadInput(f"{module!r} is not the name of a module, such as package.module.")
    command = [sys.executable, "-m", "casa_lab.runs.processors.modules", module]
    try:
        found = subprocess.run(
            command,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{module} took more than {SECONDS:.0f} s to be looked at.") from None
    try:
        answer = found.stdout.splitlines()[-1]
        if found.returncode == 0:
            return ProcessorList.model_validate_json(answer).processors
        raise BadInput(str(json.loads(answer)["problem"]))
    except (IndexError, KeyError, TypeError, ValueError):
        raise BadInput(f"{module} ended the process that looked at it.") from None


def find_in_module(name: str) -> list[Processor]:
    """Do the same in this process, which may import whatever the module does.

    Raises
    ------
    BadInput
        When there is no such module, or it fails.
    """
    from casa_lab.runs.usercode.loading import import_module

    try:
        spec = importlib.util.find_spec(name)
    except Exception:  # noqa: BLE001 - a package that fails says why when it is imported
        spec = None
    origin = Path(spec.origin) if spec and spec.origin else None
    if origin is not None and origin.suffix == ".py":
        found = [_renamed(each, name) for each in processors_in(origin)]
        if found:
            return found
    module = import_module(name)
    return [
        _renamed(each, name)
        for value in vars(module).values()
        if inspect.isclass(value) and hasattr(value, "process") and not inspect.isabstract(value)
        for each in _read_class(value)
    ]


def _read_class(found: type) -> list[Processor]:
    try:
        file = inspect.getsourcefile(found)
    except TypeError:  # compiled, or made by other means
        return []
    return [each for each in processors_in(Path(file or "")) if each.name == found.__name__]


def _renamed(processor: Processor, module: str) -> Processor:
    return processor.model_copy(update={"location": f"{module}:{processor.name}", "file": module})


def main() -> None:
    """Print the processors of the module named on the command line."""
    try:
        print(f"\n{ProcessorList(processors=find_in_module(sys.argv[1])).model_dump_json()}")
    except BadInput as error:
        print(f"\n{json.dumps({'problem': str(error)})}")
        sys.exit(1)


if __name__ == "__main__":
    main()
