"""Modules of several runs in one process: each run sees its own."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from types import ModuleType

import cloudpickle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import wait_until

from casa_lab.runs.usercode import own_modules
from casa_lab.runs.usercode.own_modules import (
    ModuleSource,
    OwnModules,
    Shelf,
    import_from,
    laid_out,
    shelf_of,
)

SECONDS = 30


def own(*loaded: str, is_late: bool = True, **sources: str) -> OwnModules:
    """Return modules by their texts; two underscores stand for a dot."""
    names = {name.replace("__", "."): text for name, text in sources.items()}
    return OwnModules(
        {name: ModuleSource(f"/home/me/{name}.py", text) for name, text in names.items()},
        loaded,
        is_late,
    )


@pytest.fixture(autouse=True)
def process() -> Iterator[None]:
    """Leave the process as it was."""
    modules, finders = dict(sys.modules), list(sys.meta_path)
    yield
    for name in sys.modules.keys() - modules.keys():
        del sys.modules[name]
    sys.modules.update(modules)
    sys.meta_path[:] = finders


def test_modules_are_importable_meanwhile_only() -> None:
    shelf = shelf_of(own(casa_helper="VALUE = 1"))
    with laid_out(shelf):
        first = importlib.import_module("casa_helper")
        assert (first.VALUE, first.__file__) == (1, "/home/me/casa_helper.py")
    assert "casa_helper" not in sys.modules
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("casa_helper")
    with laid_out(shelf):  # and not executed again
        assert importlib.import_module("casa_helper") is first


def test_a_module_that_the_process_has_itself_is_put_back() -> None:
    mine = sys.modules["casa_helper"] = ModuleType("casa_helper")
    with laid_out(shelf_of(own(casa_helper="VALUE = 1"))):
        assert importlib.import_module("casa_helper") is not mine
    assert sys.modules["casa_helper"] is mine


def test_packages_and_folders_of_modules() -> None:
    modules = own(
        casa_package="from .part import VALUE",
        casa_package__part="from . import other\nVALUE = other.VALUE + 1",
        casa_package__other="VALUE = 1",
        casa_folder__inner__leaf="VALUE = 3",
    )
    with laid_out(shelf_of(modules)):
        assert importlib.import_module("casa_package").VALUE == 2
        assert importlib.import_module("casa_folder.inner.leaf").VALUE == 3
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("casa_package.nonesuch")
    assert modules.place_of("casa_package") == PurePosixPath("casa_package/__init__.py")
    assert modules.place_of("casa_package.part") == PurePosixPath("casa_package/part.py")
    assert not [name for name in sys.modules if name.startswith(("casa_package", "casa_folder"))]


def test_what_was_imported_at_launch_is_imported_as_far_as_possible(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loaded = ("casa_main", "casa_broken", "casa_last")
    modules = own(
        *loaded,
        casa_main="import sys, casa_helper\nsys.casa_seen = [casa_helper.VALUE]",
        casa_helper="VALUE = 7",
        casa_broken="import nonesuch_of_casa",
        casa_last="import sys\nsys.casa_seen.append('last')",
        casa_late="import sys\nsys.casa_seen.append('late')",
    )
    with caplog.at_level("INFO"), laid_out(shelf_of(modules)):
        modules.import_loaded()
    assert sys.__dict__.pop("casa_seen") == [7, "last"]
    assert "casa_broken could not be imported here." in caplog.text


def test_its_classes_travel_by_value() -> None:
    with laid_out(shelf_of(own(casa_helper="class Sum:\n    value = 5"))):
        data = cloudpickle.dumps(importlib.import_module("casa_helper").Sum())
    assert cloudpickle.loads(data).value == 5


def test_tracebacks_name_the_users_file() -> None:
    with laid_out(shelf_of(own(casa_helper="\n\ndef fail():\n    return 1 / 0"))):
        fail = importlib.import_module("casa_helper").fail
    with pytest.raises(ZeroDivisionError) as raised:
        fail()
    assert str(raised.traceback[-1].path) == "/home/me/casa_helper.py"
    assert raised.traceback[-1].lineno == 3  # counted from 0


def test_others_wait_in_the_order_in_which_they_came() -> None:
    ours, edited = shelf_of(own(casa_helper="A = 1")), shelf_of(own(casa_helper="A = 2"))
    unrelated = shelf_of(own(casa_unrelated="A = 3"))
    seen: list[str] = []
    started = {name: threading.Event() for name in ("edited", "ours again")}

    def enter(name: str, shelf: Shelf) -> None:
        started[name].set()
        with laid_out(shelf):
            seen.append(name)

    with ThreadPoolExecutor(2) as pool:
        with laid_out(ours):
            waiting = [pool.submit(enter, "edited", edited)]
            wait_for_claims(1)
            # It would not have to wait for those at work, but it came later.
            waiting.append(pool.submit(enter, "ours again", ours))
            wait_for_claims(2)
            with laid_out(unrelated):
                seen.append("unrelated")
            seen.append("ours")
        for each in waiting:
            each.result(SECONDS)
    assert seen == ["unrelated", "ours", "edited", "ours again"]


def wait_for_claims(number: int) -> None:
    wait_until(lambda: len(own_modules._claims) == number, f"{number} that wait")


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=8), min_size=2, max_size=5))
def test_each_run_sees_its_own_whatever_the_others_do(plans: list[list[int]]) -> None:
    """Threads at work for four runs, three of which have different modules of one name."""
    versions = [
        own(casa_helper="VALUE = 0"),
        own(casa_helper="VALUE = 1", casa_other="VALUE = 1"),
        own(casa_helper="VALUE = 2"),
        own(casa_other="VALUE = 3"),
    ]
    name = ["casa_helper", "casa_helper", "casa_helper", "casa_other"]

    def work(plan: list[int]) -> list[int]:
        seen = []
        for run in plan:
            with laid_out(shelf_of(versions[run])):
                seen.append(importlib.import_module(name[run]).VALUE)
                seen.append(importlib.import_module(name[run]).VALUE)
        return seen

    with ThreadPoolExecutor(len(plans)) as pool:
        for plan, seen in zip(plans, pool.map(work, plans, timeout=SECONDS), strict=True):
            assert seen == [run for run in plan for _ in range(2)]
    assert not {"casa_helper", "casa_other"} & sys.modules.keys()


def test_a_later_kept_version_takes_the_place_of_an_earlier_one() -> None:
    import_from(own("casa_helper", casa_helper="VALUE = 1"))
    assert importlib.import_module("casa_helper").VALUE == 1
    import_from(own(casa_helper="VALUE = 2"))
    assert importlib.import_module("casa_helper").VALUE == 2


def test_a_process_prefers_what_it_has_itself() -> None:
    mine = sys.modules["casa_helper"] = ModuleType("casa_helper")
    import_from(own("casa_helper", casa_helper="VALUE = 1"))
    assert importlib.import_module("casa_helper") is mine
