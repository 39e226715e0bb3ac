"""Processors are found by reading, and loaded with a sentence for whatever goes wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from coffea.processor import ProcessorABC

from casa_lab.errors import BadInput
from casa_lab.runs.models import ProcessorReference
from casa_lab.runs.processors import finding as processors
from casa_lab.runs.processors.finding import find_processors, read_processor
from casa_lab.runs.usercode.loading import load_processor

SIMPLE = """
from coffea import processor

class Simple(processor.ProcessorABC):
    '''Counts events.

    And more.
    '''
    schema_name = "NanoAODSchema"

    def __init__(self, year, scale=1.0):
        self.year, self.scale = year, scale

    def process(self, events):
        return {"events": len(events)}
"""


@pytest.fixture(autouse=True)
def keep_imports_apart() -> Iterator[None]:
    modules, path = set(sys.modules), list(sys.path)
    yield
    for name in set(sys.modules) - modules:
        if not name.startswith(("coffea", "casa_lab", "awkward", "dask", "numba")):
            del sys.modules[name]
    sys.path[:] = path


def write(path: Path, source: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(source))
    return path


def load(location: object, **arguments: Any) -> Any:
    return load_processor(ProcessorReference(location=str(location), arguments=arguments))


# Finding


def test_finds_what_derives_from_processor_abc(tmp_path: Path) -> None:
    write(tmp_path / "simple.py", SIMPLE)
    write(
        tmp_path / "deep" / "family.py",
        """
        from coffea.processor import ProcessorABC as Base
        import unknown_module

        class _Hidden(Base):
            def process(self, events): ...

        class Abstract(Base):
            schema_name: str = "PHYSLITESchema"

        class Child(Abstract):
            "One child"
            def process(self, events): ...

        class Grandchild(Child):
            schema_name = compute()

        class Other(dict):
            def process(self, events): ...

        raise SystemExit("reading must not run this")
        """,
    )
    found = find_processors(tmp_path)
    assert [(item.name, item.file, item.summary, item.schema_name) for item in found] == [
        ("Child", "deep/family.py", "One child", "PHYSLITESchema"),
        ("Grandchild", "deep/family.py", "", "PHYSLITESchema"),
        ("Simple", "simple.py", "Counts events.", "NanoAODSchema"),
    ]
    assert found[2].location == f"{tmp_path}/simple.py:Simple"


@pytest.mark.parametrize(
    "place", [".hidden", "node_modules/x", "venv/lib", "site-packages", "a/b/c/d/e/f/g"]
)
def test_leaves_out_what_is_not_the_users(tmp_path: Path, place: str) -> None:
    write(tmp_path / "venv" / "pyvenv.cfg", "")
    write(tmp_path / place / "simple.py", SIMPLE)
    assert find_processors(tmp_path) == []


def test_leaves_out_names_that_are_no_text(tmp_path: Path) -> None:
    for name in (b"\xff.py", b"\xff/simple.py"):
        write(tmp_path / os.fsdecode(name), SIMPLE)
    assert find_processors(tmp_path) == []


def test_reads_a_file_again_only_after_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "simple.py", SIMPLE)
    assert [item.name for item in find_processors(tmp_path)] == ["Simple"]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read again"))
        assert [item.name for item in find_processors(tmp_path)] == ["Simple"]
    path.write_text(SIMPLE.replace("Simple", "Changed"))
    assert [item.name for item in find_processors(tmp_path)] == ["Changed"]


def test_survives_files_that_are_not_python(tmp_path: Path) -> None:
    write(tmp_path / "broken.py", "class ProcessorABC(:")
    (tmp_path / "binary.py").write_bytes(b"ProcessorABC\0\xff")
    (tmp_path / "deep.py").write_text("ProcessorABC" + "(" * 5000 + ")" * 5000)
    (tmp_path / "dangling.py").symlink_to(tmp_path / "nowhere.py")
    os.mkfifo(tmp_path / "pipe.py")
    write(tmp_path / "simple.py", SIMPLE)
    assert [item.name for item in find_processors(tmp_path)] == ["Simple"]


def test_work_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "simple.py", SIMPLE)
    for number in range(5):
        write(tmp_path / "many" / f"p{number}.py", SIMPLE)
    monkeypatch.setattr(processors, "MAX_FILES", 3)
    assert len(find_processors(tmp_path)) == 3
    monkeypatch.setattr(processors, "MAX_BYTES", 10)
    assert find_processors(tmp_path) == []


def test_a_missing_folder_has_no_processors(tmp_path: Path) -> None:
    assert find_processors(tmp_path / "nowhere") == []


# Reading one


def test_reads_one_processor(tmp_path: Path) -> None:
    path = write(tmp_path / "simple.py", SIMPLE)
    found = read_processor(f"{path}:Simple")
    assert found is not None
    assert (found.name, found.schema_name) == ("Simple", "NanoAODSchema")
    assert read_processor("some.module:Name") is None
    function = write(tmp_path / "function.py", "def process(events): ...")
    assert read_processor(f"{function}:process") is None


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("nowhere.py:X", None, "no such file or directory"),
        ("simple.py:Simpel", SIMPLE, "simple.py has no 'Simpel'. Did you mean 'Simple'?"),
        ("simple.py:Nothing", SIMPLE, "simple.py has no 'Nothing'. It has Simple."),
        ("empty.py:Nothing", "", "empty.py has no 'Nothing'."),
        ("bad.py:X", "x = 1\ny = (\n", "bad.py has a syntax error on line 2: '(' was never closed"),
    ],
)
def test_reading_tells_what_is_wrong(
    tmp_path: Path, name: str, source: str | None, message: str
) -> None:
    if source is not None:
        write(tmp_path / name.partition(":")[0], source)
    with pytest.raises(BadInput) as caught:
        read_processor(f"{tmp_path}/{name}")
    assert message in str(caught.value)


# Loading


@pytest.mark.parametrize("name", ["pipe.py", "pipe.ipynb"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(BadInput, match="is not a file"):
        read_processor(f"{tmp_path / name}:X")


def test_loads_a_class_with_arguments(tmp_path: Path) -> None:
    path = write(tmp_path / "simple.py", SIMPLE)
    loaded = load(f"{path}:Simple", year=2018)
    assert isinstance(loaded, ProcessorABC)
    assert (loaded.year, loaded.scale) == (2018, 1.0)
    assert type(loaded).__module__ == "simple"


def test_imports_of_neighbouring_files_work(tmp_path: Path) -> None:
    write(tmp_path / "neighbour_of_main.py", "YEAR = 2018")
    path = write(
        tmp_path / "main_analysis.py",
        "from neighbour_of_main import YEAR\n" + dedent(SIMPLE),
    )
    assert load(f"{path}:Simple", year=1).year == 1


def test_a_changed_file_is_loaded_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "simple.py", SIMPLE)
    load(f"{path}:Simple", year=1)
    path.write_text(SIMPLE.replace("scale=1.0", "scale=22.0"))
    assert load(f"{path}:Simple", year=1).scale == 22.0


def test_loads_functions_and_instances(tmp_path: Path) -> None:
    path = write(
        tmp_path / "functions.py",
        SIMPLE
        + dedent(
            """
            def count(events, factor=1):
                return {"n": factor * len(events)}

            ready = Simple(2017)
            """
        ),
    )
    assert load(f"{path}:count")([1, 2]) == {"n": 2}
    assert load(f"{path}:count", factor=3)([1, 2]) == {"n": 6}
    assert load(f"{path}:ready").year == 2017
    with pytest.raises(BadInput, match="is an instance already and takes no arguments"):
        load(f"{path}:ready", year=2018)
    with pytest.raises(BadInput, match=r"Wrong arguments for count.*it takes factor"):
        load(f"{path}:count", fctor=3)


def test_loads_from_an_installed_module() -> None:
    assert load("statistics:mean")([1, 3]) == 2


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "import no_such_thing\n",
            "case.py cannot be imported: there is no module "
            "'no_such_thing' (line 1). Install it in this environment",
        ),
        (
            "\n\nx = 1 / 0\n",
            "case.py cannot be imported: ZeroDivisionError: division by zero (line 3).",
        ),
        (
            "def f():\n    raise SystemExit(3)\n\nf()\n",
            "case.py cannot be imported: SystemExit: 3 (line 2).",
        ),
        ("from math import nope\n", "cannot import name 'nope' from 'math'"),
        ("def f(:\n", "case.py has a syntax error on line 1"),
        (
            "from coffea.processor import ProcessorABC\nclass Nmae(ProcessorABC): pass\n",
            "case.py has no 'Name'. Did you mean 'Nmae'?",
        ),
        (
            "from coffea.processor import ProcessorABC\nclass Dimuon(ProcessorABC): pass\n",
            "case.py has no 'Name'; it has Dimuon.",
        ),
        ("", "case.py has no 'Name'; it has no processors."),
        ("Name = 3\n", "'Name' in case.py is not a processor"),
        ("class Name: pass\n", "'Name' in case.py is not a processor: derive it from"),
        (
            "from coffea.processor import ProcessorABC\nclass Name(ProcessorABC): pass\n",
            "'Name' in case.py cannot run: it does not define process",
        ),
    ],
)
def test_loading_tells_what_is_wrong(tmp_path: Path, source: str, message: str) -> None:
    path = write(tmp_path / "case.py", source)
    with pytest.raises(BadInput) as caught:
        load(f"{path}:Name")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {},
            "missing a required argument: 'year'; it takes year, scale.",
        ),
        ({"year": 1, "yaer": 2}, "unexpected keyword argument 'yaer'; it takes year, scale."),
    ],
)
def test_wrong_arguments_are_named(tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    path = write(tmp_path / "simple.py", SIMPLE)
    with pytest.raises(BadInput) as caught:
        load(f"{path}:Simple", **arguments)
    assert message in str(caught.value)


def test_a_constructor_that_fails_is_told(tmp_path: Path) -> None:
    path = write(
        tmp_path / "fails.py",
        SIMPLE.replace("self.year, self.scale = year, scale", "int(year)"),
    )
    with pytest.raises(BadInput, match=r"Simple\(year='x'\) fails: ValueError: invalid literal"):
        load(f"{path}:Simple", year="x")


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("no_such_package.module:X", "There is no module 'no_such_package' in this environment"),
        ("casa_lab.no_such_module:X", "There is no module 'casa_lab.no_such_module'"),
        ("casa_lab.errors:X", "casa_lab.errors has no 'X'"),
        ("/no/such/file.py:X", "There is no file /no/such/file.py"),
    ],
)
def test_what_does_not_exist_is_told(location: str, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        load(location)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["hist.py", "json.py"])
def test_files_may_not_take_the_place_of_modules(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, SIMPLE)
    with pytest.raises(BadInput, match="has the name of a Python module that is needed"):
        load(f"{path}:Simple", year=1)


def test_file_names_must_be_importable(tmp_path: Path) -> None:
    path = write(tmp_path / "my-analysis.py", SIMPLE)
    with pytest.raises(BadInput, match="rename it"):
        load(f"{path}:Simple", year=1)
