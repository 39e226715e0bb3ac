"""Which files a processor imports from where it lies."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from casa_lab.runs.usercode.neighbours import Neighbours, neighbours_of, root_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "cuts.py": "import numpy\nfrom corrections import muons\n",
        "unused.py": "",
        "corrections/__init__.py": "from .tables import read\n",
        "corrections/tables.py": "def read():\n    from . import later\n",
        "corrections/muons.py": "from ..cuts import impossible\nfrom .electrons import scale\n",
        "corrections/electrons.py": "scale = 1\n",
        "corrections/later.py": "",
        "corrections/forgotten.py": "",
        "plain/folder/deep.py": "",
        "broken.py": "def (",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def of(folder: Path, source: str, *wanted: str) -> Neighbours:
    path = folder / "analysis.py"
    path.write_text(dedent(source))
    return neighbours_of({"analysis": path}, folder, wanted)


@pytest.mark.parametrize(
    ("source", "names", "is_late"),
    [
        ("import numpy, uproot.models", set(), False),
        ("import unused, nonesuch", {"unused"}, False),
        ("from unused import something", {"unused"}, False),
        ("from corrections import electrons", {"electrons", "tables", "later"}, True),
        ("import corrections.electrons as e", {"electrons", "tables", "later"}, True),
        ("import plain.folder.deep", {"plain.folder.deep"}, False),
        ("import broken", {"broken"}, False),
        ("import casa_lab", set(), False),
        ("def process(events):\n    import unused", {"unused"}, True),
        ("def process(events):\n    import numpy", set(), False),
        (
            "class A:\n    def process(self):\n        if 1:\n            import unused",
            {"unused"},
            True,
        ),
        ("try:\n    import unused\nexcept ImportError:\n    pass", {"unused"}, False),
        ("from . import unused", set(), False),
        ("from .. import above", set(), False),
        ("from .......... import above", set(), False),
    ],
)
def test_what_is_imported_from_the_folder(
    folder: Path, source: str, names: set[str], is_late: bool
) -> None:
    found = of(folder, source)
    inner = {name for name in names if name in ("electrons", "tables", "later")}
    expected = {f"corrections.{name}" for name in inner} | (names - inner) | {"analysis"}
    assert set(found.files) == expected | ({"corrections"} if inner else set())
    assert found.is_late == is_late


def test_what_is_imported_is_followed(folder: Path) -> None:
    found = of(folder, "import cuts")
    assert set(found.files) == {
        "analysis",
        "cuts",
        "corrections",
        "corrections.tables",
        "corrections.muons",
        "corrections.electrons",
        "corrections.later",
    }
    assert found.files["corrections"] == folder / "corrections" / "__init__.py"
    # Of a package all is kept: it may import its parts in ways that cannot be read.
    assert found.with_packages - set(found.files.values()) == {
        folder / "corrections" / "forgotten.py"
    }


def test_what_somebody_else_wants_counts(folder: Path) -> None:
    wanted = ("unused", "corrections.forgotten", "corrections.electrons.scale", "nonesuch")
    found = of(folder, "", *wanted)
    assert {"unused", "corrections.forgotten", "corrections.electrons"} < set(found.files)


def test_the_root_is_where_python_finds_a_module() -> None:
    assert root_of("cuts", Path("/a/cuts.py")) == Path("/a")
    assert root_of("corrections", Path("/a/corrections/__init__.py")) == Path("/a")
    assert root_of("corrections.muons", Path("/a/corrections/muons.py")) == Path("/a")
    assert root_of("a.b", Path("/x/a/b/__init__.py")) == Path("/x")
