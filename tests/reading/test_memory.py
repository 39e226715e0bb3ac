"""What a worker keeps in memory between chunks, and what it gives back."""

from __future__ import annotations

import gc
import os
import platform
import subprocess
import sys
import weakref
from collections.abc import Iterator
from textwrap import dedent

import numpy as np
import pytest

from casa_lab.reading.collector import (
    GARBAGE_BYTES,
    GarbageWatch,
    leave_out_what_is_imported,
    take_in_what_is_imported,
)

of_glibc = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other allocators have no such settings"
)

FAULTS = """
    import resource
    import numpy as np
    from casa_lab.reading.heap import give_freed_memory_back, keep_freed_memory

    def faults():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(100):
            np.ones(10**6)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    found = [faults()]
    keep_freed_memory()
    keep_freed_memory()
    found.append(faults())
    give_freed_memory_back()
    found.append(faults())
    give_freed_memory_back()
    print(*found, faults())
"""


@of_glibc
def test_freed_memory_is_kept_while_a_run_is_on_the_worker() -> None:
    before, kept, kept_by_one, after = page_faults(MALLOC_TRIM_THRESHOLD_="65536")
    assert max(kept, kept_by_one) < before / 20
    assert after > before / 2


@of_glibc
def test_a_process_that_keeps_freed_memory_anyway_is_left_alone() -> None:
    before, *others = page_faults()
    assert max(others) <= before


def page_faults(**environment: str) -> list[int]:
    """Return the page faults of the same arrays before, twice while and after memory is kept."""
    usual = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    printed = subprocess.run(
        [sys.executable, "-c", dedent(FAULTS)],
        env={**usual, **environment},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [int(number) for number in printed.split()]


class Column:
    """Refers to itself, as the arrays of NanoEvents do."""

    def __init__(self, size: int) -> None:
        self.content = np.ones(size, dtype=np.uint8)
        self.myself = self


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_garbage_is_collected_by_its_size_and_not_by_its_number() -> None:
    watch = GarbageWatch()
    small = weakref.ref(Column(1000))
    watch.collect_if_grown()
    assert small() is not None
    large = weakref.ref(Column(2 * GARBAGE_BYTES))
    watch.collect_if_grown()
    assert large() is None


@pytest.mark.usefixtures("no_collector")
def test_a_run_leaves_no_garbage() -> None:
    frozen = gc.get_freeze_count()
    leave_out_what_is_imported()
    leave_out_what_is_imported()
    left = weakref.ref(Column(1000))
    take_in_what_is_imported()
    assert gc.get_freeze_count() > frozen
    take_in_what_is_imported()
    assert left() is None
    assert gc.get_freeze_count() == frozen == 0
