"""What changed between two runs: code, files, arguments, versions, numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import unified_diff
from typing import Any

from casa_lab.runs.counting.metrics import read_metrics
from casa_lab.runs.folder import RunFolder, open_run
from casa_lab.runs.models import RunSpec

from .details import files_of, metadata_of, sources
from .identities import read_identities
from .labels import read_labels
from .models import (
    CodeDifference,
    DatasetDifference,
    Difference,
    MetricDifference,
    RunChanges,
    SourceFile,
)

MOST_LINES = 20_000
"""Longer files are not compared line by line: it would take minutes."""

MOST_NAMED = 20
"""How many files of each kind are named."""

_Numbers = dict[tuple[str, str], float | None]
"""What a run came to, by name and unit."""


def changes(run: str, since: str) -> RunChanges:
    """Return what changed from the run ``since`` to ``run``.

    Everything is read from their folders: what is compared is what was run,
    not what lies in the user's folders today.
    """
    after, before = open_run(run), open_run(since)
    new, old = after.spec(), before.spec()
    code = _code(before, after)
    return RunChanges(
        run=after.id,
        since=before.id,
        name=read_labels(after).name,
        since_name=read_labels(before).name,
        created=new.created,
        since_created=old.created,
        code=code or [],
        code_known=code is not None,
        arguments=_differences(old.processor.arguments, new.processor.arguments),
        settings=_differences(_settings(old), _settings(new)),
        versions=_differences(old.versions, new.versions),
        datasets=_datasets(before, after),
        metrics=_metrics(_numbers(before), _numbers(after)),
    )


def _settings(spec: RunSpec) -> dict[str, Any]:
    return {
        "processor": spec.processor.location,
        "schema": spec.schema_name,
        "chunk size": spec.chunksize,
        "chunks at most": spec.maxchunks,
        "bytes of columns kept": spec.column_bytes,
        "fail fast": spec.fail_fast,
        "continues": spec.continues,
        "cluster": spec.cluster,
        "git": spec.git,
        "directory": spec.directory,
        "interpreter": spec.python,
        "user": spec.user,
    }


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what is not the same, in the order of both."""
    return [
        Difference(name=name, before=_shown(before, name), after=_shown(after, name))
        for name in dict.fromkeys([*before, *after])
        if _shown(before, name) != _shown(after, name)
    ]


def _shown(values: Mapping[str, Any], name: str) -> str | None:
    value = values.get(name)
    if value is None:
        return None if name not in values else "None"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _code(before: RunFolder, after: RunFolder) -> list[CodeDifference] | None:
    old = {source.path: source for source in sources(before)}
    new = {source.path: source for source in sources(after)}
    if not old or not new:
        return None
    return [
        _compare(path, old.get(path), new.get(path))
        for path in dict.fromkeys([*new, *old])
        if old.get(path) != new.get(path)
    ]


def _compare(path: str, before: SourceFile | None, after: SourceFile | None) -> CodeDifference:
    old, new = _lines(before), _lines(after)
    if max(len(old), len(new)) > MOST_LINES:
        return CodeDifference(path=path, diff="", added=0, removed=0)
    lines = list(unified_diff(old, new, path, path, lineterm=""))
    body = lines[2:]
    return CodeDifference(
        path=path,
        diff="\n".join(lines),
        added=sum(line.startswith("+") for line in body),
        removed=sum(line.startswith("-") for line in body),
    )


def _lines(source: SourceFile | None) -> list[str]:
    return [] if source is None else source.text.splitlines()


def _datasets(before: RunFolder, after: RunFolder) -> list[DatasetDifference]:
    old, new = before.spec().fileset, after.spec().fileset
    old_identities, new_identities = read_identities(before), read_identities(after)
    found = []
    for name in dict.fromkeys([*new, *old]):
        old_files, new_files = files_of(old.get(name, {})), files_of(new.get(name, {}))
        known, read = old_identities.get(name, {}), new_identities.get(name, {})
        added = [file for file in new_files if file not in old_files]
        removed = [file for file in old_files if file not in new_files]
        replaced = [
            file
            for file in new_files
            if file in old_files
            and (
                new_files[file] != old_files[file]
                or known.get(file, read.get(file)) != read.get(file, known.get(file))
            )
        ]
        metadata = _differences(metadata_of(old.get(name)), metadata_of(new.get(name)))
        if name in old and name in new and not (added or removed or replaced or metadata):
            continue
        found.append(
            DatasetDifference(
                dataset=name,
                kind="added" if name not in old else "removed" if name not in new else "changed",
                files_added=added[:MOST_NAMED],
                files_removed=removed[:MOST_NAMED],
                files_replaced=replaced[:MOST_NAMED],
                added=len(added),
                removed=len(removed),
                replaced=len(replaced),
                metadata=metadata if name in old and name in new else [],
            )
        )
    return found


def _metrics(old: _Numbers, new: _Numbers) -> list[MetricDifference]:
    return [
        MetricDifference(name=name, unit=unit, before=old[name, unit], after=new[name, unit])
        for name, unit in new
    ]


def _numbers(folder: RunFolder) -> _Numbers:
    progress, metrics = folder.record().progress, read_metrics(folder.metrics)
    return {
        ("events", ""): progress.events_done,
        ("events wanted", ""): progress.events_total,
        ("chunks failed", ""): progress.chunks_failed,
        ("events left out", ""): progress.left_out.events,
        # Those of all sessions; the progress has those of the last one.
        ("time", "s"): metrics.wall_seconds,
        ("rate", "events/s"): 1e3 * metrics.event_rate_khz if metrics.wall_seconds else None,
        ("read", "bytes"): metrics.bytes_read,
    }
