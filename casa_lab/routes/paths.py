"""Paths that the browser gives, kept inside the folders that are allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from casa_lab.errors import BadInput, NotFound


class AllowedFolders:
    """Resolves paths inside the server's root and the folders a site allows besides.

    Parameters
    ----------
    root
        The server's root directory; relative paths start there.
    others
        Further folders, which absolute paths may lead into.
    """

    def __init__(self, root: Path, others: Iterable[Path] = ()) -> None:
        self.root = root.resolve()
        self._folders = (self.root, *(folder.resolve() for folder in others))

    def __iter__(self) -> Iterator[Path]:
        """Go through the allowed folders, the root first."""
        return iter(self._folders)

    def resolve(self, path: str) -> Path:
        """Return the file or folder that ``path`` names.

        Raises
        ------
        BadInput
            When it lies outside the allowed folders, links followed.
        NotFound
            When it lies inside but does not exist.
        """
        try:
            resolved = (self.root / Path(path).expanduser()).resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links, no such user, a null byte
            raise BadInput(f"{path!r} is not a path.") from None
        if not any(resolved.is_relative_to(folder) for folder in self._folders):
            allowed = ", ".join(str(folder) for folder in self._folders)
            raise BadInput(
                f"{path!r} lies outside the folders that Casa may read ({allowed}). Move the file "
                "there, or add its folder to CasaApp.allowed_folders in the server's configuration."
            )
        try:
            exists = resolved.exists()
        except OSError as error:  # e.g. a name too long, a folder that may not be read
            raise BadInput(f"{path!r} cannot be read: {error.strerror}.") from None
        if not exists:
            raise NotFound(f"There is no {path!r} in {self.root}. Check the spelling.")
        return resolved
