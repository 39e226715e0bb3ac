"""Writing one file of the sample, so that it is there completely or not at all."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import awkward as ak
import uproot

from .recipe import FileTask, generate

TREE = "Events"
TREE_TITLE = "Events"
CLUSTER_EVENTS = 25_000
UNFINISHED_SUFFIX = ".part"


@dataclass(frozen=True)
class FileFacts:
    """What the manifest says of a complete file."""

    events: int
    bytes: int
    sum_genweight: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the facts as they are stored."""
        return asdict(self)


def write_file(task: FileTask, folder: Path) -> FileFacts:
    """Make the events of a file and write them; an interrupted write leaves a ``.part`` behind."""
    columns = generate(task)
    path = folder / task.path
    unfinished = path.with_name(path.name + UNFINISHED_SUFFIX)
    events = len(columns["event"])
    with uproot.recreate(unfinished, compression=uproot.ZSTD(5)) as file:
        tree = file.mktree(TREE, _branch_types(columns), title=TREE_TITLE)
        for start in range(0, events, CLUSTER_EVENTS):
            cluster = slice(start, start + CLUSTER_EVENTS)
            tree.extend({name: values[cluster] for name, values in columns.items()})
    size = unfinished.stat().st_size
    unfinished.replace(path)
    weights = columns.get("genWeight")
    total = None if weights is None else float(weights.sum(dtype="float64"))
    return FileFacts(events, size, total)


def _branch_types(columns: dict[str, Any]) -> dict[str, Any]:
    return {
        name: values.type.content if isinstance(values, ak.Array) else values.dtype
        for name, values in columns.items()
    }
