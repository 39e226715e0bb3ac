"""The schemas of Casa's events, as jupyter-server's event logger wants them."""

from __future__ import annotations

from pathlib import Path

DATASETS = "https://events.casa-lab.org/datasets/v1"
CLUSTER = "https://events.casa-lab.org/cluster/v1"
RUN = "https://events.casa-lab.org/run/v1"

SCHEMA_FILES: dict[str, Path] = {
    DATASETS: Path(__file__).parent / "datasets-v1.yaml",
    CLUSTER: Path(__file__).parent / "cluster-v1.yaml",
    RUN: Path(__file__).parent / "run-v1.yaml",
}
"""Where the schema of each event is written."""
