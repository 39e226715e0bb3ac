"""Where a file can be read: at its first place, or at a replica when that fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

Replicas = Mapping[str, Sequence[str]]
"""Other places of files, by the first one, which names the file everywhere else."""


class Places:
    """In which order a worker tries the places of files.

    The first place comes first, unless it has failed: whatever failed goes to the
    end, so that a site that is down costs a worker its patience once, not once
    for each chunk.
    """

    def __init__(self) -> None:
        self._failing: set[str] = set()

    def order(self, file: str, replicas: Replicas) -> list[str]:
        """Return all places of a file, the one to be tried first at first."""
        return sorted((file, *replicas.get(file, ())), key=self._is_failing)

    def failed(self, place: str, is_silent: bool) -> None:
        """Learn that a file could not be read at a place.

        Parameters
        ----------
        place
            The place.
        is_silent
            Whether that is about its server, which other files have in common.
        """
        self._failing.add(place)
        if is_silent and (server := _server_of(place)):
            self._failing.add(server)

    def worked(self, place: str) -> None:
        """Learn that a file was read at a place."""
        self._failing -= {place, _server_of(place)}

    def _is_failing(self, place: str) -> bool:
        return place in self._failing or _server_of(place) in self._failing


def _server_of(place: str) -> str:
    """Return the server of a URL; empty for what is local."""
    try:
        return urlsplit(place).netloc
    except ValueError:  # brackets in a file's name
        return ""
