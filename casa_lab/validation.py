"""Turns what was sent, typed or kept into models, and says in a sentence what is wrong with it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from .errors import BadInput

Model = TypeVar("Model", bound=BaseModel)

_log = logging.getLogger(__name__)


def parse(model: type[Model], values: Any) -> Model:
    """Return values as a model.

    Raises
    ------
    BadInput
        With a sentence that names the field.
    """
    with _told():
        return model.model_validate(values)


def parse_json(model: type[Model], text: str | bytes) -> Model:
    """Return JSON that somebody sent as a model.

    Raises
    ------
    BadInput
        With a sentence that names the field.
    """
    with _told():
        return model.model_validate_json(text)


def read_kept(model: type[Model], path: Path) -> Model:
    """Return what a file holds; an empty model where it is missing or cannot be read.

    For what may be lost without harm, such as measurements.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return model()
    except ValueError:  # of another version of Casa
        _log.warning("%s cannot be read, and is left out.", path, exc_info=True)
        return model()


def is_unicode(name: str) -> bool:
    """Tell whether a name can be written down: that of a file may be bytes that are no text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise BadInput(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    """Say what is wrong with the first field that is, and how many more there are."""
    first, *others = error.errors(include_url=False, include_input=False)
    field = ".".join(str(part) for part in first["loc"])
    problem = first["msg"][:1].lower() + first["msg"][1:]
    sentence = f"Field '{field}': {problem}." if field else f"The request is not valid: {problem}."
    if others:
        sentence += f" ({len(others)} more such problem{'s' if len(others) > 1 else ''}.)"
    return sentence
