"""Reading files again only once they have changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import TypeVar

Content = TypeVar("Content")

Reader = Callable[[Path], Content]


def read_once(most: int) -> Callable[[Reader[Content]], Reader[Content]]:
    """Decorate what reads a file: it reads that again only once it was written or replaced.

    Parameters
    ----------
    most
        How many files are remembered, the last used of them. What is returned is shared, and
        not to be changed.
    """

    def decorate(read: Reader[Content]) -> Reader[Content]:
        @lru_cache(maxsize=most)
        def remembered(path: Path, _state: tuple[int, int, int]) -> Content:
            return read(path)

        @wraps(read)
        def look(path: Path) -> Content:
            facts = path.stat()
            return remembered(path, (facts.st_ino, facts.st_mtime_ns, facts.st_size))

        return look

    return decorate
