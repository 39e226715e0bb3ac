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
}

MEDIA_TYPES = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".json": "application/json",
    ".root": "application/x-root",
    ".csv": "text/csv; charset=utf-8",
    ".yaml": "application/yaml",
    ".zip": "application/zip",
}


class Part(BaseModel):
    """One histogram of a file."""

    choice: Choice
    histogram: Histogram
    stem: str
    """Name of its own file, without suffix."""
    frame: str
    """The frame with what is drawn, in base64."""


class Job(BaseModel):
    """What the process that makes a file is told."""

    snapshot: Path
    export: Export
    parts: list[Part]

    @property
    def is_archive(self) -> bool:
        """Whether the file holds other files."""
        return len(self.parts) != 1

    def suffix(self) -> str:
        """Return how the name of the file ends."""
        # A ROOT file is an archive of its own.
        if self.is_archive and self.export.format != "root":
            return ".zip"
        return SUFFIXES[self.export.format]
