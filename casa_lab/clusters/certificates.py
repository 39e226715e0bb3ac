"""The TLS certificate of one cluster, kept in the cluster's folder.

Every cluster has a key pair of its own, and its self-signed certificate is the
only authority that its scheduler, workers and clients accept. The files are
private to the user: whoever can read the folder may connect, nobody else.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed import Security

_CERTIFICATE = "certificate.pem"
_KEY = "key.pem"


def make_certificate(folder: Path) -> None:
    """Make the key and the certificate of the cluster in ``folder``."""
    from distributed import Security

    temporary = Security.temporary()
    directory = _directory(folder)
    directory.mkdir(mode=0o700)
    _write_private(directory / _KEY, temporary.tls_client_key)
    _write_private(directory / _CERTIFICATE, temporary.tls_client_cert)


def security(folder: Path) -> Security:
    """Return what a scheduler, worker or client of the cluster in ``folder`` needs."""
    from distributed import Security

    certificate = str(_directory(folder) / _CERTIFICATE)
    key = str(_directory(folder) / _KEY)
    return Security(
        require_encryption=True,
        tls_ca_file=certificate,
        tls_client_cert=certificate,
        tls_client_key=key,
        tls_scheduler_cert=certificate,
        tls_scheduler_key=key,
        tls_worker_cert=certificate,
        tls_worker_key=key,
    )


def _directory(folder: Path) -> Path:
    return folder / "tls"


def _write_private(path: Path, text: str) -> None:
    # Private from the first byte on: a chmod afterwards would leave a gap.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
