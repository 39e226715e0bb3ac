"""Tracebacks cut down to the user's own frames.

A traceback travels as text, since it comes from processes that may not live any
more. What a physicist can change is a few of its frames; the others are Coffea,
awkward, uproot, Dask, Python itself and Casa.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from casa_lab.runs.models import RunSpec
from casa_lab.runs.processors.ipynb import SUFFIX
from casa_lab.runs.usercode.pickles import NOTEBOOK

_START = "Traceback (most recent call last):"
_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+)(?:, in .*)?$')
_LIBRARY = re.compile(
    r"[\\/](?:site-packages|dist-packages|lib(?:64)?[\\/]python[\d.]*)[\\/]"
    r"|[\\/]casa_lab[\\/](?:runs|reading)[\\/]"
    r"|^<(?!ipython-input|stdin)",
    re.IGNORECASE,
)
"""Files of installed packages, of Python, of Casa in a checkout, and code without a file."""


@dataclass(frozen=True)
class UserCode:
    """Which files are the user's own, and where copies of them are.

    Attributes
    ----------
    copies
        The run's copies of the processor's file and the modules carried with
        it, by the path that they were copied from.
    package
        Top-level package of a processor that lives in an installed module.
    """

    copies: Mapping[PurePath, Path] = field(default_factory=dict)
    package: str = ""

    def holds(self, file: str) -> bool:
        """Tell whether a frame in this file is the user's own."""
        path = PurePath(file)
        if path in self.copies or path in self.copies.values():
            return True
        if self.package and (self.package in path.parts or path.stem == self.package):
            return True
        return _LIBRARY.search(file) is None

    def line(self, file: str, number: int) -> str:
        """Return a line of a file that the run has a copy of, else nothing."""
        copy = self.copies.get(PurePath(file))
        try:
            lines = copy.read_text(encoding="utf-8").splitlines() if copy else []
            return lines[number - 1].strip()
        except (OSError, UnicodeDecodeError, IndexError):
            return ""


def user_code_of(spec: RunSpec, kept: Path) -> UserCode:
    """Return which files are the user's own in a run.

    Parameters
    ----------
    spec
        The run.
    kept
        Its ``processor`` directory.
    """
    location, _, _ = spec.processor.location.rpartition(":")
    if location == NOTEBOOK:
        return UserCode()
    copies = list(kept.rglob("*.py"))
    if location.endswith(SUFFIX):  # it is the copies that were imported
        return UserCode({copy: copy for copy in copies})
    if not location.endswith(".py"):
        return UserCode(package=location.partition(".")[0])
    folder = Path(location).expanduser().absolute().parent
    return UserCode({folder / copy.relative_to(kept): copy for copy in copies})


def trim(traceback: str, code: UserCode) -> str:
    """Return a traceback with the user's own frames only.

    Where there is none, the last frame is left: what the library was doing.

    Parameters
    ----------
    traceback
        As Python prints it.
    code
        Which files are the user's own.
    """
    parts = _parse(traceback)
    frames = [part for part in parts if isinstance(part, _Frame)]
    own = [frame for frame in frames if code.holds(frame.file)] or frames[-1:]
    return "\n".join(_lines(parts, lambda frame: frame in own, code))


@dataclass
class _Frame:
    """A frame: the line that names its place, and the source lines below it."""

    file: str
    number: int
    lines: list[str]


def _parse(traceback: str) -> list[_Frame | str]:
    """Return the frames of a traceback, and the lines between them.

    Only between its head and the exception does a line count as a frame: a
    message may hold anything.
    """
    parts: list[_Frame | str] = []
    in_frames = False
    for line in traceback.rstrip("\n").split("\n"):
        found = _FRAME.match(line) if in_frames else None
        if found:
            parts.append(_Frame(found["file"], int(found["line"]), [line]))
        elif in_frames and line.startswith("  ") and isinstance(parts[-1], _Frame):
            parts[-1].lines.append(line)
        else:
            in_frames = line == _START
            parts.append(line)
    return parts


def _lines(
    parts: list[_Frame | str], is_kept: Callable[[_Frame], bool], code: UserCode
) -> list[str]:
    lines: list[str] = []
    for position, part in enumerate(parts):
        if isinstance(part, _Frame):
            if is_kept(part):
                lines += part.lines
                # A worker that does not see the file could not quote it.
                if len(part.lines) == 1 and (source := code.line(part.file, part.number)):
                    lines.append(f"    {source}")
        elif part != _START or _heads_any(parts[position + 1 :], is_kept):
            lines.append(part)
    return lines


def _heads_any(parts: list[_Frame | str], is_kept: Callable[[_Frame], bool]) -> bool:
    """Tell whether any of the frames that directly follow is kept."""
    for part in parts:
        if not isinstance(part, _Frame):
            return False
        if is_kept(part):
            return True
    return False
