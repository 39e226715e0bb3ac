"""Whatever a run is called and given, its texts ask for exactly that again."""

from __future__ import annotations

import ast
import subprocess
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casa_lab.cli.analysis import parse_arguments
from casa_lab.cli.main import _parser
from casa_lab.errors import Conflict
from casa_lab.runs.history.again import asked_for, request_of
from casa_lab.runs.history.transcript import transcript
from casa_lab.runs.models import ProcessorReference

# Neither half a character nor a null byte can be in a word of a command line.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
names = texts.filter(str.strip)
tags = st.lists(names.map(str.strip), unique=True, max_size=3)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
keys = st.from_regex("[a-z_][a-z0-9_]{0,5}", fullmatch=True)
numbers = count(1)


def words_in(command: str) -> list[str]:
    """Return what a shell makes of the words after ``casa-lab``."""
    shown = command.replace("casa-lab ", r"printf '%s\0' ", 1)
    printed = subprocess.run(["sh", "-c", shown], capture_output=True, check=True).stdout
    return printed.decode().split("\0")[:-1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=names,
    note=texts,
    tags=tags,
    dataset=names,
    arguments=st.dictionaries(
        st.from_regex("[a-z_][a-z0-9_]{0,5}", fullmatch=True), values, max_size=3
    ),
    fail_fast=st.booleans(),
    maxchunks=st.none() | st.integers(1, 9),
    column_bytes=st.none() | st.integers(1, 10**12),
)
def test_texts_say_what_was_asked_for(put_run: Any, arguments: Any, **given: Any) -> None:
    dataset = given.pop("dataset")
    folder = put_run(
        next(numbers),
        processor=ProcessorReference(location="mod.sub:Mass", arguments=arguments),
        fileset={dataset: {"files": {"/data/dy's.root": "Events"}, "metadata": {"x": dataset}}},
        **given,
    )
    copied = transcript(folder.id)

    assert copied.command.startswith("cd / && \\\ncasa-lab run mod.sub:Mass")
    options = _parser().parse_args(words_in(copied.command))
    assert parse_arguments(options.arguments) == arguments
    said = {key: getattr(options, key) for key in given}
    assert said == given
    assert (options.fileset_of, options.chunksize) == (folder.id, 100_000)

    module = ast.parse(copied.code)
    (fileset,) = (node.value for node in module.body if ast.unparse(node).startswith("fileset ="))
    assert ast.literal_eval(fileset) == folder.spec().fileset
    (call,) = (node for node in ast.walk(module) if isinstance(node, ast.Call))
    keywords = {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}
    assert keywords.pop("arguments", {}) == arguments
    assert keywords == {
        "schema": "NanoAODSchema",
        "chunksize": 100_000,
        **{key: value for key, value in given.items() if value},
    }


def test_what_only_a_notebook_had_cannot_be_had_again(put_run: Any) -> None:
    folder = put_run(1, processor=ProcessorReference(location="notebook:Mass"), door="notebook")
    for ask in (lambda: asked_for(folder), lambda: request_of(folder.id, {})):
        with pytest.raises(Conflict, match="Run its cell again"):
            ask()


def test_the_automatic_chunk_size_stays_automatic(put_run: Any) -> None:
    assert asked_for(put_run(1, chunksize=200_000)).chunksize is None
    assert asked_for(put_run(2, chunksize=5)).chunksize == 5
