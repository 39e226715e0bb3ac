"""The command line: ``casa-lab run``, ``demo``, ``runs``, ``clusters`` and ``stop``."""

from .main import main

__all__ = ["main"]
