"""What a processor needs of a notebook becomes a module; the rest stays where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casa_lab.errors import BadInput
from casa_lab.runs.processors.finding import processors_in, read_processor
from casa_lab.runs.processors.ipynb import module_name, module_source

MASS = """
class Mass(processor.ProcessorABC):
    'Plots a mass.'
    schema_name = "BaseSchema"

    def __init__(self, scale: float = 1.0):
        self.edges = edges

    def process(self, events):
        out = {"n": len(events), "edges": self.edges, "lumi": lumis[2018]}
        return out

    def postprocess(self, accumulator):
        return accumulator
"""


SECOND = MASS.replace("1.0", "2.0")


def write(path: Path, *cells: str, **metadata: Any) -> Path:
    """Write a notebook, with a text cell before each cell of code."""
    parts = [part for cell in cells for part in (("markdown", "# Text"), ("code", cell))]
    found = [{"cell_type": kind, "source": source.splitlines(True)} for kind, source in parts]
    path.write_text(json.dumps({"cells": found, "metadata": metadata, "nbformat": 4}))
    return path


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return write(
        tmp_path / "01 it's 🎉.ipynb",
        "%load_ext autoreload\nfrom __future__ import annotations\n!ls\nimport sys",
        "from coffea import processor; import missing_module\nraise SystemExit",
        "edges = list(range(START))\nout = fill(edges)\nprint(edges); events = open('x')",
        "%%time\nlumis = {}\nfor year in (2017, 2018):\n    lumis[year] = luminosity(year)",
        "%%bash\nlumis=()",
        "def unfinished(:",
        "START = 3",
        MASS,
        "result = run(Mass())\nresult",
    )


def test_a_module_gets_what_the_processor_needs_and_nothing_else(tmp_path: Path) -> None:
    path = write(
        tmp_path / "n.ipynb",
        "START = 2\ndef luminosity(year):\n    return UNIT * year",
        "UNIT = 1",
        "START += 1\nevents = forbidden()\nforbidden()",
        "from __future__ import annotations\nfrom coffea import processor",
        "edges = list(range(START)); other = forbidden()\nedges[0] = -1",
        "%%time\nlumis = {}\nfor year in (2017, 2018):\n    lumis[year] = luminosity(year)",
        "%matplotlib inline\n!rm x\nfor year in lumis: forbidden()",
        MASS,
        "out = Mass().process(forbidden)",
    )
    source = module_source(path, "Mass")
    assert "forbidden" not in source
    assert source.index("__future__") < source.index("START")
    assert "# Code cell 8\nclass Mass" in source
    module: dict[str, Any] = {"__name__": "n"}
    exec(source, module)
    output = module["Mass"]().process([1, 2])
    assert output == {"n": 2, "edges": [-1, 1, 2], "lumi": 2018}


def test_processors_of_a_notebook_are_found_by_reading(notebook: Path) -> None:
    (found,) = processors_in(notebook)
    assert (found.name, found.location) == ("Mass", f"{notebook}:Mass")
    assert (found.summary, found.schema_name) == ("Plots a mass.", "BaseSchema")
    assert [parameter.name for parameter in found.parameters] == ["scale"]


def test_of_two_versions_the_last_one_counts(tmp_path: Path) -> None:
    path = write(
        tmp_path / "n.ipynb", "from coffea import processor", MASS, MASS.replace("1.", "2.")
    )
    (found,) = processors_in(path)
    assert found.parameters[0].default == 2.0


def test_functions_are_found_though_they_were_tried(tmp_path: Path) -> None:
    path = write(tmp_path / "n.ipynb", "def count(events):\n    return {}", "out = count(events)")
    assert [found.name for found in processors_in(path)] == ["count"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Mas", r"has no 'Mas'\. Did you mean 'Mass'\?"),
        ("Other", r"has no 'Other'\. It has Mass\."),
        ("run", "has no 'run'"),
        ("unfinished", r"Code cell 6 of .* is not valid Python"),
    ],
)
def test_what_is_not_there_is_told(notebook: Path, name: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_processor(f"{notebook}:{name}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is not a notebook"),
        ("[" * 100_000, "is not a notebook"),
        ("[]", "has no 'Mass'"),
        ('{"cells": [1, {"cell_type": "code"}, {"cell_type": "code", "source": [2]}]}', "has no"),
        ('{"metadata": {"language_info": {"name": "julia"}}}', "is a notebook for julia"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(text)
    with pytest.raises(BadInput, match=sentence):
        read_processor(f"{path}:Mass")
    assert processors_in(path) == []


def test_a_missing_notebook_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_processor(f"{tmp_path}/gone.ipynb:Mass")


@pytest.mark.parametrize("name", ["01 it's 🎉", "a" * 200, "数", "", "import"])
def test_any_name_of_a_notebook_gives_one_of_a_module(name: str) -> None:
    assert module_name(Path(f"{name}.ipynb")).isidentifier()
