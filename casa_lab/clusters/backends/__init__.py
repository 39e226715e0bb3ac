"""Backends: the ways to run a Dask cluster.

Sites add their own through the entry-point group ``casa_lab.cluster_backends``,
whose names are backend names and whose values are :class:`Backend` subclasses.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from casa_lab.errors import BadInput

from .base import Backend, BackendOptions

__all__ = ["Backend", "BackendOptions", "load_backend"]

ENTRY_POINT_GROUP = "casa_lab.cluster_backends"

_BUILT_IN = (
    EntryPoint("local", "casa_lab.clusters.backends.local:LocalBackend", ENTRY_POINT_GROUP),
)


def load_backend(name: str) -> type[Backend[Any]]:
    """Return the backend of that name.

    Raises
    ------
    BadInput
        When there is none, or when it cannot be imported.
    """
    # A site may replace a built-in backend by one of the same name.
    known = {point.name: point for point in _BUILT_IN}
    known.update({point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)})
    if name not in known:
        raise BadInput(
            f"There is no cluster backend named {name!r}. Known are: {', '.join(sorted(known))}."
        )
    try:
        backend = known[name].load()
    except (ImportError, AttributeError) as error:
        raise BadInput(
            f"The cluster backend {name!r} cannot be imported from {known[name].value}: {error}. "
            "Repair or remove the package that provides it."
        ) from error
    if not (isinstance(backend, type) and issubclass(backend, Backend)):
        raise BadInput(
            f"The cluster backend {name!r} ({known[name].value}) is not a subclass of "
            "casa_lab.clusters.backends.Backend."
        )
    return backend
