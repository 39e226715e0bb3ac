"""What each way of saving time gives, in one process that does nothing else."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from casa_lab.reading.files import ReadingOptions

from .contenders import CHUNKSIZE
from .data import Fileset
from .floor import files_of, forget_readers, with_casa

NOTHING = ReadingOptions(open_files=0, lazy_branches=False, reuse_forms=False)
ALL = ReadingOptions()

LEVERS = {
    "none": NOTHING,
    "file kept open": replace(NOTHING, open_files=ALL.open_files),
    "forms reused": replace(NOTHING, reuse_forms=True),
    "lazy branches": replace(NOTHING, lazy_branches=True),
    "all but file kept open": replace(ALL, open_files=0),
    "all but forms reused": replace(ALL, reuse_forms=False),
    "all but lazy branches": replace(ALL, lazy_branches=False),
    "all": ALL,
}


def run_levers(fileset: Fileset, rounds: int) -> dict[str, Any]:
    """Return the CPU milliseconds that a chunk takes, for each lever in each round."""
    files = files_of(fileset)
    chunks = sum(-(-file.events // CHUNKSIZE) for file in files)
    found = []
    for number in range(rounds + 1):
        milliseconds = {}
        for name, options in list(LEVERS.items())[:: 1 if number % 2 else -1]:
            forget_readers()
            began = time.process_time()
            for file in files:
                for _ in with_casa(file, CHUNKSIZE, options):
                    pass
            milliseconds[name] = 1000 * (time.process_time() - began) / chunks
        if number:
            found.append(milliseconds)
    return {"rounds": found}
