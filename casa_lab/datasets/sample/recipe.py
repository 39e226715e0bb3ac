"""Which datasets the sample has, how many events, and from which process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from . import processes
from .events import Columns, Conditions, build_columns, concatenate, number_events, select
from .processes import Process

VERSION = 1
"""Raised whenever the content of the sample changes, so that an old one is made anew."""

SEED = 20_261_123
LUMINOSITY = 50.0
"""Integrated luminosity of the pseudo-data, in inverse picobarn."""

DATA_FILES = 4
DATA_TRIGGER = "HLT_IsoMu24"
DATA_NAME = "Data"


@dataclass(frozen=True)
class Simulation:
    """A simulated dataset."""

    name: str
    process: Process
    cross_section: float
    label: str
    events: int
    files: int
    weight: float = 1.0
    negative_share: float = 0.0


SIMULATIONS = (
    Simulation("DYJetsToLL", processes.drell_yan, 6077.2, "Drell-Yan", 450_000, 9, 23.5, 0.16),
    Simulation("TTbar", processes.top_pairs, 831.8, "Top pairs", 200_000, 4, 72.25),
    Simulation(
        "WJets",
        processes.w_jets,
        61526.7 * processes.WJETS_FILTER_EFFICIENCY,
        "W + jets",
        200_000,
        4,
    ),
    Simulation(
        "Diboson",
        processes.dibosons,
        sum(processes.DIBOSON_CROSS_SECTIONS.values()),
        "Diboson",
        100_000,
        2,
    ),
)


@dataclass(frozen=True)
class FileTask:
    """One file of the sample, which one process makes from its own random numbers."""

    dataset: str
    index: int
    scale: float

    @property
    def path(self) -> str:
        """Where the file goes, relative to the sample's folder."""
        return f"data/{self.dataset}_{self.index + 1}.root"


def file_tasks(scale: float) -> Iterator[FileTask]:
    """Yield every file of the sample; data first, since each of its files takes longest."""
    for index in range(DATA_FILES):
        yield FileTask(DATA_NAME, index, scale)
    for simulation in SIMULATIONS:
        for index in range(simulation.files):
            yield FileTask(simulation.name, index, scale)


def generate(task: FileTask) -> Columns:
    """Make the events of one file; the same task always gives the same events."""
    if task.dataset == DATA_NAME:
        return _generate_data(task)
    number = next(i for i, known in enumerate(SIMULATIONS) if known.name == task.dataset)
    simulation = SIMULATIONS[number]
    rng = np.random.default_rng([SEED, number, task.index])
    count = max(1, round(simulation.events * task.scale / simulation.files))
    conditions = Conditions(False, simulation.negative_share, simulation.weight)
    particles = simulation.process(rng, count)
    columns = build_columns(rng, count, particles, conditions)
    return number_events(columns, count, is_data=False, first=task.index * count)


def _generate_data(task: FileTask) -> Columns:
    """Mix the processes with Poisson counts, and record what fires the trigger."""
    rng = np.random.default_rng([SEED, len(SIMULATIONS), task.index])
    luminosity = LUMINOSITY * task.scale / DATA_FILES
    parts = []
    for simulation in SIMULATIONS:
        count = int(rng.poisson(simulation.cross_section * luminosity))
        particles = simulation.process(rng, count)
        columns = build_columns(rng, count, particles, Conditions(is_data=True))
        parts.append(select(columns, columns[DATA_TRIGGER]))
    recorded = sum(len(part[DATA_TRIGGER]) for part in parts)
    mixed = concatenate(parts, rng.permutation(recorded))
    # No file holds a million events, so that numbers never meet.
    return number_events(mixed, recorded, is_data=True, first=task.index * 1_000_000)
