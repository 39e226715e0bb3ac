"""What datasets and files must be called so that Coffea can process them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casa_lab.errors import BadInput
from casa_lab.wording import name as shown


def check_names(fileset: Mapping[str, Any]) -> None:
    """Make sure that Coffea can process the files of a fileset.

    Parameters
    ----------
    fileset
        In any form that ``coffea.processor.Runner`` takes.

    Raises
    ------
    BadInput
        When a name has other characters than ASCII: ``coffea.util._hash`` raises
        ``UnicodeEncodeError`` for it, which says nothing about what to do.
    """
    for dataset in fileset:
        if not dataset.isascii():
            raise BadInput(
                f"Coffea cannot process a dataset called '{shown(dataset)}': "
                f"{_strange(dataset)} is not an ASCII character. Rename the dataset in its fileset."
            )
    for dataset, content in fileset.items():
        for name in _names(content):
            if not name.isascii():
                raise BadInput(
                    f"Coffea cannot process '{shown(name)}' of {shown(dataset)}: "
                    f"{_strange(name)} is not an ASCII character. Rename what is called so, or "
                    "make a link with another name."
                )


def _names(content: Any) -> Iterator[str]:
    """Yield the files of a dataset, and the trees in them."""
    files = content.get("files") if isinstance(content, Mapping) else content
    if isinstance(files, Mapping):
        for file, about in files.items():
            tree = about.get("object_path") if isinstance(about, Mapping) else about
            yield from (name for name in (file, tree) if isinstance(name, str))
    elif isinstance(files, list | tuple):
        yield from (file for file in files if isinstance(file, str))


def _strange(name: str) -> str:
    return next(repr(character) for character in name if not character.isascii())
