"""A file to be made: everything that is needed, in a form that crosses process borders."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from casa_lab.histograms.models import Histogram

from .models import Choice, Export, Format

SUFFIXES: dict[Format, str] = {
    "png": ".png",
    "svg": ".svg",
    "pdf": ".pdf",
    "uhi": ".json",
    "root": ".root",
    "csv": ".csv",
    "hepdata": ".yaml",
    "code": ".py",
}
"""How the name of a file of each format ends."""

MEDIA_TYPES = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".json": "application/json",
    ".root": "application/x-root",
    ".csv": "text/csv; charset=utf-8",
    ".yaml": "application/yaml",
    ".py": "text/x-python; charset=utf-8",
    ".zip": "application/zip",
}


class Part(BaseModel):
    """One histogram of a file."""

    choice: Choice
    histogram: Histogram
    stem: str
    """Name of its own file, without suffix."""
    frame: str = ""
    """The frame with what is drawn, in base64; not needed where all is kept."""


class Job(BaseModel):
    """What whoever makes a file is told."""

    name: str
    """What a file of all parts is called, without suffix."""
    snapshot: Path
    export: Export
    parts: list[Part]
    is_sheet: bool = False
    """Whether several pictures, as PNG, are to be one."""

    @property
    def is_archive(self) -> bool:
        """Whether the file holds other files."""
        # A ROOT file is an archive of its own.
        return len(self.parts) != 1 and self.export.format != "root" and not self.is_sheet

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return self.name + self._suffix

    @property
    def media_type(self) -> str:
        """What the file is to a browser."""
        return MEDIA_TYPES[self._suffix]

    @property
    def _suffix(self) -> str:
        return ".zip" if self.is_archive else SUFFIXES[self.export.format]
