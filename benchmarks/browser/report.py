"""From what the browser measured to tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

Lines = Sequence[Sequence[str]]

PARTS = ("start-up", "live view", "an hour", "large accumulator", "opening", "ten runs")

PAINTED = "frame received to painted, median / p95 / longest"
HEAD = ["", "measured", "at most"]


def lines(part: str, found: Mapping[str, Any]) -> Lines:
    """Return the table of a part; the first line is its head."""
    body: Lines = {
        "start-up": startup_lines,
        "live view": live_lines,
        "an hour": hour_lines,
        "large accumulator": large_lines,
        "opening": opening_lines,
        "ten runs": ten_lines,
    }[part](found)
    return body


def startup_lines(found: Mapping[str, Any]) -> Lines:
    bounds = {"start": "100 kB"}
    return [
        ["loaded", "files", "kB", "kB, gzip", "at most"],
        *(
            [
                name,
                str(of["files"]),
                f"{of['bytes'] / 1e3:.0f}",
                f"{of['gzip'] / 1e3:.0f}",
                bounds.get(name, ""),
            ]
            for name, of in found.items()
        ),
    ]


def live_lines(found: Mapping[str, Any]) -> Lines:
    return [
        HEAD,
        ["plots on screen, all redrawn", f"{found['watches']}, {found['redrawn']}", ""],
        *stream_lines(found),
    ]


def hour_lines(found: Mapping[str, Any]) -> Lines:
    samples = found["samples"]
    first, last = warm(samples)
    return [
        HEAD,
        ["updates of 21 plots", f"{found['updates']:,} in {found['seconds']:.0f} s", ""],
        ["JavaScript in use after 1/4 of them", megabytes(heap_of(first)), ""],
        ["JavaScript in use at the end", megabytes(heap_of(last)), "flat"],
        ["most in between", megabytes(max(map(heap_of, samples[len(samples) // 4 :]))), ""],
        ["elements, then and at the end", f"{first['nodes']:,}, {last['nodes']:,}", "flat"],
        ["listeners, then and at the end", f"{first['listeners']:,}, {last['listeners']:,}", ""],
    ]


def warm(samples: Sequence[Mapping[str, float]]) -> tuple[Any, Any]:
    """Return the sample after which nothing should grow, and the last one."""
    return samples[len(samples) // 4], samples[-1]


def heap_of(sample: Mapping[str, float]) -> float:
    """Return all memory of a page that the engine of JavaScript counts."""
    return sample["heap"] + sample["embedder"] + sample["buffers"]


def large_lines(found: Mapping[str, Any]) -> Lines:
    rows = {
        "first plot": lambda of: milliseconds(of["opened"]),
        "longest task": lambda of: milliseconds(of["longest"]),
        "frames of plots": lambda of: str(of["watches"]),
        "bytes of frames": lambda of: kilobytes(of["bytes"]),
        "memory added": lambda of: megabytes(of["more heap"]),
        "thumbnails": lambda of: str(of["thumbnails"]),
        "plots drawn": lambda of: str(of["drawings"]),
        "elements": lambda of: f"{of['elements']:,}",
        "scrolled through: bytes of frames": lambda of: kilobytes(of["scrolled"]["bytes"]),
        "scrolled through: longest task": lambda of: milliseconds(of["scrolled"]["longest"]),
        "back at the top: elements": lambda of: f"{of['scrolled']['elements']:,}",
    }
    return [
        ["", *found],
        *([name, *(text(of) for of in found.values())] for name, text in rows.items()),
    ]


def opening_lines(found: Mapping[str, Any]) -> Lines:
    return [
        ["first plot of a run that has ended", "first run of the page", "another", "at most"],
        *(
            [name, spread(of["first"]), spread(of["again"]), milliseconds(1000)]
            for name, of in found.items()
        ),
    ]


def ten_lines(found: Mapping[str, Any]) -> Lines:
    return [
        HEAD,
        *stream_lines(found),
        ["frames of runs behind the one in front", str(found["frames of other runs"]), "0"],
        ["changing to another run", spread(found["switched"]), ""],
        ["frames, no run in front, 5 s", str(found["behind"]["frames"]), "0"],
        ["frames, page hidden, 5 s", str(found["hidden"]["frames"]), "0"],
    ]


def stream_lines(found: Mapping[str, Any]) -> Lines:
    """Return what was observed of plots that change."""
    return [
        ["updates a second of each", f"{found['updates a second']:.1f}", ""],
        ["bytes a second", kilobytes(found["bytes"] / found["seconds"]), ""],
        [PAINTED, quantiles(found["painted"]), "p95 50 ms"],
        ["until the frame after that", quantiles(found["until next"]), ""],
        ["longest task", milliseconds(found["longest"]), "100 ms"],
        ["between animation frames", quantiles(found["animation frames"]), ""],
        ["main thread busy", f"{100 * found['busy']:.0f} %", ""],
    ]


def quantiles(of: Mapping[str, float]) -> str:
    return f"{of['median']:.0f} / {of['p95']:.0f} / {of['most']:.0f} ms"


def spread(values: Iterable[float]) -> str:
    """Say a median with the range that it comes from."""
    known = sorted(values)
    return f"{median(known):.0f} ms ({known[0]:.0f} to {known[-1]:.0f})"


def milliseconds(value: float) -> str:
    return f"{value:.0f} ms"


def kilobytes(value: float) -> str:
    return f"{value / 1e3:,.0f} kB"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.1f} MB"
