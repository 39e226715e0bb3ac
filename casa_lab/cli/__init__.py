"""The command line: ``casa-lab run``, ``demo``, ``runs``, ``failures``, ``clusters`` and others."""

from .main import main

__all__ = ["main"]
