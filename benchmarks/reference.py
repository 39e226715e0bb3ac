"""The measurements that the project refers to: RESULTS.json, and RESULTS.md made from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .engine.report import document

REFERENCE = Path(__file__).parent / "RESULTS.json"


def save(results: dict[str, Any], path: Path) -> None:
    """Write results as JSON."""
    path.write_text(json.dumps(results, indent=1) + "\n")


def keep(results: dict[str, Any]) -> None:
    """Replace parts of the reference; the others stay as they are."""
    known = json.loads(REFERENCE.read_text()) if REFERENCE.exists() else {}
    known.update(results)
    save(known, REFERENCE)
    REFERENCE.with_suffix(".md").write_text(document(known))
