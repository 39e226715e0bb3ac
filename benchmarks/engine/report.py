"""From measurements to tables."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .names import (
    AGAIN,
    BEST,
    CASA,
    CASA_2_HZ,
    CASA_OWN,
    COFFEA,
    FLOOR_CASA,
    FLOOR_OWN,
    FLOOR_UPROOT,
    KEPT,
    NOT_LIVE,
)

Rounds = Sequence[Mapping[str, Mapping[str, float]]]
Lines = Sequence[Sequence[str]]

REFERENCES = (COFFEA, BEST, AGAIN, NOT_LIVE, FLOOR_UPROOT, FLOOR_CASA, FLOOR_OWN)
"""What contenders are compared with, where these took part."""


def ratios(rounds: Rounds, name: str, to: str, kind: str = "wall") -> list[float]:
    """Return how long a contender took relative to another, round by round."""
    return [times[name][kind] / times[to][kind] for times in rounds]


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Say a median with the range that it comes from."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def pairs_lines(rounds: Rounds) -> Lines:
    """Return a line for each contender: its times, and ratios to those that are there."""
    names = rounds[0]
    known = [name for name in REFERENCES if name in names]
    lines = [["", "s", "CPU s", *(f"relative to {name}" for name in known)]]
    for name in sorted(names):
        wall, cpu = (
            statistics.median(times[name][kind] for times in rounds) for kind in ("wall", "cpu")
        )
        relative = [spread(ratios(rounds, name, other)) for other in known]
        lines.append([name, f"{wall:.1f}", f"{cpu:.1f}", *relative])
    return lines


def cpu_lines(rounds: Rounds) -> Lines:
    """Return ratios of CPU time, for Casa alone: steadier where others use the machine."""
    known = [name for name in REFERENCES if name in rounds[0]]
    return [
        ["CPU time", *(f"relative to {name}" for name in known)],
        *(
            [casa, *(spread(ratios(rounds, casa, name, "cpu")) for name in known)]
            for casa in (CASA, CASA_OWN, CASA_2_HZ, AGAIN, KEPT, NOT_LIVE)
            if casa in rounds[0]
        ),
    ]


def scan_lines(scan: Mapping[str, Mapping[str, float]]) -> Lines:
    body = [[name, f"{times['wall']:.1f}", f"{times['cpu']:.1f}"] for name, times in scan.items()]
    return [["Coffea's settings, one round", "s", "CPU s"], *body]


def latency_lines(latency: Mapping[str, float]) -> Lines:
    counts = ("snapshots",)
    body = [
        [name, f"{value:.0f}" if name in counts else f"{value:.2f} s"]
        for name, value in latency.items()
    ]
    return [["live histograms", ""], *body]


def rung_lines(title: str, rungs: Iterable[Mapping[str, Any]], by: str) -> Lines:
    head = [title, "wall s", "driver + scheduler CPU, ms a chunk", "driver MB", "scheduler MB"]
    lines = [head]
    for rung in rungs:
        cpu = 1000 * (rung["driver_cpu"] + rung["scheduler_cpu"]) / rung["chunks"]
        memory = [f"{rung[name] / 1e6:.0f}" for name in ("driver_rss", "scheduler_rss")]
        lines.append([f"{rung[by]:,}", f"{rung['wall']:.1f}", f"{cpu:.3f}", *memory])
    return lines


def first_chunk_lines(found: Mapping[str, Any]) -> Lines:
    seconds = "not in time" if found["seconds"] is None else f"{found['seconds']:.1f}"
    return [["files", "s from the call to the first chunk"], [f"{found['files']:,}", seconds]]


def levers_lines(rounds: Sequence[Mapping[str, float]]) -> Lines:
    body = [[name, spread([one[name] for one in rounds], digits=0)] for name in rounds[0]]
    return [["ways of saving time", "CPU ms a chunk"], *body]


def markdown(lines: Lines) -> str:
    """Return a table in Markdown; the first line is its head."""
    head, *body = (f"| {' | '.join(line)} |" for line in lines)
    return "\n".join((head, "|" + " --- |" * len(lines[0]), *body))


def tables(part: str, found: Mapping[str, Any]) -> list[str]:
    """Return the tables of one part of the benchmarks."""
    lines: list[Lines]
    if part == "latency":
        lines = [latency_lines(found)]
    elif part == "levers":
        lines = [levers_lines(found["rounds"])]
    elif part == "ladder":
        lines = [
            rung_lines("chunks, Casa", found["casa"], "chunks"),
            rung_lines("chunks, Coffea", found["coffea"], "chunks"),
            rung_lines("MB of an accumulator", found["accumulators"], "megabytes"),
            rung_lines("most chunks in a task", found["batches"], "batch"),
            first_chunk_lines(found["first chunk"]),
        ]
    else:
        lines = [pairs_lines(found["rounds"])]
        lines += [cpu_lines(found["rounds"])] if found["rounds"][0].keys() & {CASA, KEPT} else []
        lines += [scan_lines(found["scan"])] if found["scan"] else []
    return [markdown(one) for one in lines]


def document(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return all results as a page, those of the browser with the tables that came with them."""
    page = ["# Results", "", "Made by `nox -s bench -- --reference`; see [README](README.md)."]
    for part, result in results.items():
        made = result["made"]
        options = ", ".join(f"{name} {value}" for name, value in made["options"].items())
        versions = ", ".join(f"{name} {value}" for name, value in made["versions"].items())
        page += ["", f"## {part}", "", f"{made['date']}, {made['machine']}: {options}. {versions}."]
        ready = [markdown(lines) for lines in result.get("tables", ())]
        for table in ready or tables(part, result["found"]):
            page += ["", table]
    return "\n".join(page) + "\n"
