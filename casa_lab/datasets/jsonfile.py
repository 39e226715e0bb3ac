"""JSON files that people write: what is wrong with them is said in a sentence."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casa_lab.errors import BadInput, NotFound

_GZIP_MAGIC = b"\x1f\x8b"


class JsonObject(dict[str, Any]):
    """A JSON object that remembers which of its keys were given more than once."""

    repeated: tuple[str, ...] = ()


def read_json_file(path: Path) -> Any:
    """Return the value in a JSON file, gzipped or not; its objects are :class:`JsonObject`.

    Raises
    ------
    NotFound
        When there is no such file.
    BadInput
        When it cannot be read, or is not JSON.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no fileset at {path}. Check the path.") from None
    except IsADirectoryError:
        raise BadInput(f"{path} is a folder; a fileset is a JSON file.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    try:
        if data.startswith(_GZIP_MAGIC):
            data = gzip.decompress(data)
        value = json.loads(data, object_pairs_hook=_object)
        # Escapes can write half of a character, which nobody can write down again.
        json.dumps(value, ensure_ascii=False).encode()
        return value
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise BadInput(f"{path.name} is damaged: it cannot be unpacked.") from None
    except json.JSONDecodeError as error:
        raise BadInput(
            f"{path.name} is not valid JSON: {error.msg.lower()} at line {error.lineno}, "
            f"column {error.colno}."
        ) from None
    except UnicodeEncodeError:
        raise BadInput(
            f"{path.name} holds half of a character (\\ud800 to \\udfff). Write it whole."
        ) from None
    except (ValueError, RecursionError):  # no text, or numbers of thousands of digits
        raise BadInput(f"{path.name} is not a JSON file.") from None


def refuse_repeated(value: Mapping[str, Any], owner: str, what: str) -> None:
    """Raise :class:`BadInput` for an object with a key that was given twice."""
    if isinstance(value, JsonObject) and value.repeated:
        raise BadInput(f"{owner} has the {what} '{value.repeated[0]}' twice.")


def is_text(value: Any) -> bool:
    """Tell whether a value is a text that says something."""
    return isinstance(value, str) and bool(value.strip())


def kind_of(value: Any) -> str:
    """Name what was found, in words for people."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, str):
        return "a text" if value.strip() else "an empty text"
    if isinstance(value, (int, float)):
        return "a number"
    return "a list" if isinstance(value, list) else "a mapping"


def _object(pairs: list[tuple[str, Any]]) -> JsonObject:
    result = JsonObject(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        result.repeated = tuple(key for key in result if keys.count(key) > 1)
    return result
