"""Names that Coffea cannot process are told before anything starts."""

from __future__ import annotations

from typing import Any

import pytest
from coffea.processor.executor import FileMeta
from hypothesis import given
from hypothesis import strategies as st

from casa_lab.errors import BadInput
from casa_lab.runs.names import check_names

FILES: list[Any] = [
    {"files": {"NAME": "Events"}},
    {"files": {"NAME": {"object_path": "Events"}}},
    {"files": {"a.root": "NAME"}},
    {"files": {"a.root": {"object_path": "NAME"}}},
    {"files": ["a.root", "NAME"]},
    ["a.root", "NAME"],
]


def named(content: Any, name: str) -> Any:
    """Return the content of a dataset with a name in it."""
    if isinstance(content, dict):
        return {named(key, name): named(value, name) for key, value in content.items()}
    if isinstance(content, list):
        return [named(value, name) for value in content]
    return name if content == "NAME" else content


@pytest.mark.parametrize("content", FILES)
@given(name=st.text(min_size=1))
def test_what_coffea_cannot_hash_is_told(content: Any, name: str) -> None:
    fileset = {"Zmumu": named(content, name)}
    try:
        hash(FileMeta("Zmumu", name, name))
    except UnicodeEncodeError:
        with pytest.raises(BadInput, match="is not an ASCII character"):
            check_names(fileset)
    else:
        check_names(fileset)


def test_a_dataset_is_told_by_its_name() -> None:
    with pytest.raises(BadInput, match=r"a dataset called 'Zµµ': 'µ' is not .* Rename the dataset"):
        check_names({"Zµµ": {"files": {"a.root": "Events"}}})
