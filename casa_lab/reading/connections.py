"""Connections to servers: those that broke are not used again."""

from __future__ import annotations

import sys


def forget_connections(place: str) -> None:
    """Have what reads a remote file next connect anew.

    Parameters
    ----------
    place
        Where the file could not be read; nothing happens for what is not read by XRootD.

    Notes
    -----
    The file system of ``fsspec_xrootd`` serves all files of a process and keeps their
    handles for as long as somebody asks for them. A handle whose server was away stays
    broken when the server is back, and says that a *closed file* was read.
    """
    if place.startswith("root:") and (loaded := sys.modules.get("fsspec_xrootd")):
        loaded.XRootDFileSystem.clear_instance_cache()
