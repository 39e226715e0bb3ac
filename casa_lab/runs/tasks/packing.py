"""Accumulators as bytes: how they travel from workers and lie in a run's log.

Only the environment that wrote them reads them; whatever leaves it goes as UHI.
"""

from __future__ import annotations

from typing import Any, cast

import cloudpickle
import lz4.frame


def pack(value: Any) -> bytes:
    """Return ``value`` pickled and compressed with LZ4."""
    return cast(bytes, lz4.frame.compress(cloudpickle.dumps(value), compression_level=1))


def unpack(data: bytes) -> Any:
    """Return the value that :func:`pack` was given."""
    return cloudpickle.loads(lz4.frame.decompress(data))
