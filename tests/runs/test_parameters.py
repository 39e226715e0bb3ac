"""What a processor's arguments are, read from its source."""

from __future__ import annotations

import ast
from textwrap import dedent
from typing import Any

import pytest

from casa_lab.errors import BadInput
from casa_lab.runs.models import Parameter, Processor
from casa_lab.runs.processors.arguments import check_arguments, read_argument
from casa_lab.runs.processors.definitions import Definition, find_definitions


def read(source: str) -> list[Definition]:
    return find_definitions(ast.parse(dedent(source)))


def parameters(signature: str) -> dict[str, Parameter]:
    (found,) = read(
        f"""
        from coffea.processor import ProcessorABC
        CUTS = (20, 30)

        class Mass(ProcessorABC):
            def __init__(self, {signature}):
                pass

            def process(self, events): ...
        """
    )
    return {parameter.name: parameter for parameter in found.signature.parameters}


@pytest.mark.parametrize(
    ("annotation", "kind", "items", "choices", "optional"),
    [
        ("bool", "bool", "any", [], False),
        ("int", "int", "any", [], False),
        ("float", "float", "any", [], False),
        ("int | float", "float", "any", [], False),
        ("str", "str", "any", [], False),
        ("Path", "str", "any", [], False),
        ("str | None", "str", "any", [], True),
        ("Optional[int]", "int", "any", [], True),
        ("typing.Union[None, float]", "float", "any", [], True),
        ("'float'", "float", "any", [], False),
        ("Literal['a', 'b']", "choice", "any", ["a", "b"], False),
        ("Literal[2016, 2017, None]", "choice", "any", [2016, 2017], True),
        ("Literal['a'] | Literal['b']", "choice", "any", ["a", "b"], False),
        ("list[str]", "list", "str", [], False),
        ("Sequence[int] | None", "list", "int", [], True),
        ("tuple[float, ...]", "list", "float", [], False),
        ("tuple[int, str]", "list", "any", [], False),
        ("list", "list", "any", [], False),
        ("Annotated[float, 'GeV']", "float", "any", [], False),
        ("dict[str, float]", "any", "any", [], False),
        ("int | str", "any", "any", [], False),
        ("Weights", "any", "any", [], False),
        ("'not (python'", "any", "any", [], False),
    ],
)
def test_annotations_say_the_kind(
    annotation: str, kind: str, items: str, choices: list[Any], optional: bool
) -> None:
    found = parameters(f"x: {annotation}")["x"]
    assert (found.kind, found.items, found.choices) == (kind, items, choices)
    assert found.optional == optional
    assert found.promised == (kind != "any")
    assert found.required


@pytest.mark.parametrize(
    ("default", "kind", "value", "optional"),
    [
        ("True", "bool", True, False),
        ("25", "float", 25, False),
        ("-1.5", "float", -1.5, False),
        ("'2018'", "str", "2018", False),
        ("('a', 'b')", "list", ["a", "b"], False),
        ("CUTS", "list", [20, 30], False),
        ("None", "any", None, True),
        ("np.pi", "any", None, False),
        ("{'pt': 20}", "any", {"pt": 20}, False),
        ("1e999", "any", None, False),
        ("{1, 2}", "any", None, False),
    ],
)
def test_defaults_give_a_hint(default: str, kind: str, value: Any, optional: bool) -> None:
    found = parameters(f"x={default}")["x"]
    assert (found.kind, found.default, found.optional) == (kind, value, optional)
    assert (found.promised, found.required) == (False, False)
    assert found.default_source == ast.unparse(ast.parse(default, mode="eval").body)


def test_all_ways_to_write_arguments() -> None:
    found = parameters("a, b: int = 1, *rest, c: str, d=None, **more")
    assert {name: parameter.required for name, parameter in found.items()} == {
        "a": True,
        "b": False,
        "c": True,
        "d": False,
    }


@pytest.mark.parametrize(
    "docstring",
    [
        """
        Parameters
        ----------
        year, era : str
            When the data were
            taken: ``xy``.
        mode : {'fast', 'exact'}, optional
            How.
        """,
        """
        Args:
            year (str): When the data were taken: ``xy``.
            era (str): When the data were taken: ``xy``.
            mode (Literal['fast', 'exact']): How.
        """,
    ],
)
def test_docstrings_describe_and_give_a_hint(docstring: str) -> None:
    (found,) = read(
        f"""
class Mass(ProcessorABC):
    '''The mass.
{dedent(docstring)}
    '''
    def __init__(self, year, era="A", mode="fast"): ...
    def process(self, events): ...
"""
    )
    year, era, mode = found.signature.parameters
    assert year.description == era.description == "When the data were taken: xy."
    assert (year.kind, mode.kind, mode.choices) == ("str", "choice", ["fast", "exact"])
    assert not year.promised


def test_dataclasses_take_their_fields() -> None:
    (found,) = read(
        """
        @dataclass
        class Base(ProcessorABC):
            year: str
            schema_name: ClassVar[str] = "NanoAODSchema"

        @dataclasses.dataclass(frozen=True)
        class Mass(Base):
            pt: float = field(default=20.0)
            seen: int = field(default=0, init=False)
            cuts: list[float] = field(default_factory=list)
            def process(self, events): ...
        """
    )
    assert found.name == "Mass"
    assert [
        (parameter.name, parameter.required, parameter.default)
        for parameter in found.signature.parameters
    ] == [("year", True, None), ("pt", False, 20.0), ("cuts", False, None)]


def test_what_is_passed_on_to_a_base_class() -> None:
    base, mass, mixed = read(
        """
        class Base(ProcessorABC):
            '''Base.

            Parameters
            ----------
            year
                The year.
            '''
            def __init__(self, year, scale=1.0): ...
            def process(self, events): ...

        class Mass(Base):
            def __init__(self, pt, **kwargs):
                super().__init__(year="2018", **kwargs)

        class Mixed(Unknown, Base):
            pass
        """
    )
    assert [parameter.name for parameter in base.signature.parameters] == ["year", "scale"]
    assert [(parameter.name, parameter.required) for parameter in mass.signature.parameters] == [
        ("pt", True),
        ("year", False),
        ("scale", False),
    ]
    assert mass.signature.parameters[1].description == "The year."
    assert (base.signature.open_ended, mass.signature.open_ended) == (False, True)
    assert [parameter.name for parameter in mixed.signature.parameters] == ["year", "scale"]


def test_a_class_whose_constructor_is_elsewhere_takes_anything() -> None:
    (found,) = read("class Mass(Mixin, ProcessorABC):\n    def process(self, events): ...")
    assert (found.signature.parameters, found.signature.open_ended) == ((), True)


def test_functions_of_the_events_are_found_and_helpers_are_not() -> None:
    (found,) = read(
        """
        def spectrum(events, cut: float = 20.0):
            "Fills it."
            return {"n": helper(events)}

        def helper(events): return len(events)
        def weight(events, luminosity): return luminosity
        def show(events): print(events)
        def _hidden(events): return {}
        def test_it(events): return {}
        def other(muons): return {}
        """
    )
    assert (found.name, found.summary) == ("spectrum", "Fills it.")
    assert [parameter.name for parameter in found.signature.parameters] == ["cut"]


def processor(signature: str, open_ended: bool = False) -> Processor:
    return Processor(
        location="mass.py:Mass",
        name="Mass",
        file="mass.py",
        summary="",
        parameters=list(parameters(signature).values()),
        open_ended=open_ended,
    )


@pytest.mark.parametrize(
    ("signature", "arguments"),
    [
        ("year", {"year": 2018}),
        ("pt: float = 1.0", {"pt": 2}),
        ("pt: float | None = 1.0", {"pt": None}),
        ("pt=1", {"pt": "text"}),
        ("mode: Literal['a', 'b'] = 'a'", {"mode": "b"}),
        ("cuts: list[float] = ()", {"cuts": [1, 2.5]}),
        ("cuts: dict[str, float] = {}", {"cuts": {"pt": 1}}),
    ],
)
def test_arguments_that_fit(signature: str, arguments: dict[str, Any]) -> None:
    check_arguments(processor(signature), arguments)


@pytest.mark.parametrize(
    ("signature", "arguments", "sentence"),
    [
        ("luminosity=1", {"luminsity": 2}, "no argument 'luminsity'. Did you mean 'luminosity'?"),
        ("a=1, b=2", {"year": 2}, "no argument 'year'. It takes a, b."),
        ("*, a", {}, "Mass needs a value for the argument 'a'."),
        ("pt: float", {"pt": "high"}, "'pt' of Mass must be a number, not \"high\"."),
        ("pt: float", {"pt": True}, "must be a number, not true."),
        ("pt: float", {"pt": None}, "must be a number, not null."),
        ("n: int | None", {"n": 1.5}, "must be a whole number, or null for None, not 1.5."),
        ("on: bool", {"on": 1}, "must be true or false, not 1."),
        ("year: str", {"year": 2018}, "must be a text, not 2018."),
        ("m: Literal['a', 2]", {"m": "2"}, 'must be one of "a", 2, not "2".'),
        ("m: Literal[1]", {"m": True}, "must be one of 1, not true."),
        ("c: list[int]", {"c": [1, "x"]}, 'must be a list of whole numbers, not [1, "x"].'),
        ("c: list", {"c": "x" * 500}, 'must be a list, not "xxx'),
    ],
)
def test_arguments_that_do_not_fit(
    signature: str, arguments: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadInput) as caught:
        check_arguments(processor(signature), arguments)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 200


def test_an_open_ended_processor_takes_more() -> None:
    check_arguments(processor("a=1", open_ended=True), {"anything": 1})


@pytest.mark.parametrize(
    ("signature", "text", "value"),
    [
        ("x: str", "2018", "2018"),
        ("x: str", '"2018"', "2018"),
        ("x: str | None", "null", None),
        ("x: Literal['1', '2']", "2", "2"),
        ("x: float", "2", 2),
        ("x", "2", 2),
        ("x", "two", "two"),
        ("y", "[1]", [1]),
    ],
)
def test_typed_arguments_are_json_unless_they_must_be_text(
    signature: str, text: str, value: Any
) -> None:
    assert read_argument(processor(signature), "x", text) == value
