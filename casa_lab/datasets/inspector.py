"""Opens ROOT files to say which trees they hold: ``python -m casa_lab.datasets.inspector``.

A short-lived process of its own, so that a huge or damaged file can be given up
without harm to the server. It reads a JSON array of paths from standard input
and answers with one JSON object a line, in the same order, each as soon as it
is known: ``{"path", "trees": [{"name", "events", "schema"}], "problem"}``.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MEMORY_LIMIT = 8 * 1024**3
"""Bytes of address space, so that a damaged length field cannot fill the machine."""

TREE_CLASSES = ("TTree", "TChain", "TNtuple", "TNtupleD", "RNTuple")
METADATA_TREES = frozenset(
    {"LuminosityBlocks", "MetaData", "MetaDataHandle", "ParameterSets", "Runs", "metadata"}
)
"""Trees that describe a file and hold no events."""

NANOAOD_IDENTIFIERS = frozenset({"run", "luminosityBlock", "event"})
"""NanoAODSchema refuses trees without these branches."""


def inspect(path: str) -> dict[str, Any]:
    """Say which trees a file holds, the most likely event tree first."""
    import uproot

    try:
        with uproot.open(path) as file:
            names = [
                name
                for name, kind in file.classnames(cycle=False).items()
                if kind.rpartition("::")[2] in TREE_CLASSES
            ]
            trees = [_describe(name, file[name]) for name in names if not _is_metadata(name)]
    except Exception as error:  # noqa: BLE001 - damage shows in every kind of exception
        return {"path": path, "trees": [], "problem": _sentence(path, error)}
    if not trees:
        held = f", only {', '.join(names)}" if names else ""
        return {"path": path, "trees": [], "problem": f"It holds no tree with events{held}."}
    # A schema is a sign of an event tree; among equals, the one with most entries.
    trees.sort(key=lambda tree: (tree["schema"] == "BaseSchema", -tree["events"]))
    return {"path": path, "trees": trees, "problem": None}


def suggest_schema(name: str, branches: Sequence[str]) -> str:
    """Name the Coffea schema that fits a tree with these branches."""
    if name == "CollectionTree" and any("AuxDyn." in branch for branch in branches):
        return "PHYSLITESchema"
    if set(branches) >= NANOAOD_IDENTIFIERS:
        return "NanoAODSchema"
    return "BaseSchema"


def _describe(name: str, tree: Any) -> dict[str, Any]:
    schema = suggest_schema(name.rpartition("/")[2], tree.keys(recursive=False))
    return {"name": name, "events": int(tree.num_entries), "schema": schema}


def _is_metadata(name: str) -> bool:
    return name.rpartition("/")[2] in METADATA_TREES


def _sentence(path: str, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "It does not exist."
    if isinstance(error, PermissionError):
        return "You may not read it."
    if isinstance(error, MemoryError):
        return "It is damaged, or needs more memory to open than is allowed."
    try:
        with Path(path).open("rb") as stream:
            magic = stream.read(4)
    except OSError as cause:
        return f"It cannot be read: {cause.strerror}."
    if not magic:
        return "It is empty."
    if magic != b"root":
        return "It is not a ROOT file."
    return f"It is damaged or was cut off while it was copied ({type(error).__name__})."


def main() -> None:
    """Answer for every path on standard input."""
    # What libraries print must not get between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > MEMORY_LIMIT:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, hard))
    for path in json.load(sys.stdin):
        print(json.dumps(inspect(path)), file=answers, flush=True)


if __name__ == "__main__":
    main()
