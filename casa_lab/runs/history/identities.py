"""Which files a run really read: the UUID that each had, kept when the run ends."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from casa_lab.folders import read_json
from casa_lab.folders.files import replace_file
from casa_lab.runs.folder import RunFolder

if TYPE_CHECKING:
    from casa_lab.runs.counting.plan import FileKey

Identities = dict[str, dict[str, str]]
"""UUIDs by file, by dataset."""


def write_identities(folder: RunFolder, known: Mapping[FileKey, str]) -> None:
    """Write which files were read, as the ledger knows them."""
    named: Identities = {}
    for key, identity in known.items():
        named.setdefault(key.dataset, {})[key.filename] = _readable(identity)
    text = json.dumps(named, ensure_ascii=False).encode()
    replace_file(folder.identities, lambda stream: stream.write(text))


def read_identities(folder: RunFolder) -> Identities:
    """Return the UUIDs of the files that were read; empty where nobody knows."""
    try:
        found = read_json(folder.identities)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        str(dataset): {str(file): str(identity) for file, identity in files.items()}
        for dataset, files in found.items()
        if isinstance(files, dict)
    }


def _readable(identity: str) -> str:
    """Return bytes, of which the ledger keeps what Python prints, as people write UUIDs."""
    with suppress(ValueError, SyntaxError):
        value = ast.literal_eval(identity)
        if isinstance(value, bytes):
            return value.hex()
    return identity
