"""Nobody but the user can reach a cluster: certificates, permissions, loopback."""

from __future__ import annotations

import socket
import ssl
import stat
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from distributed import Client
from patience import PATIENCE_SECONDS

from casa_lab.clusters import manager
from casa_lab.clusters.certificates import make_certificate, security
from casa_lab.clusters.models import Cluster
from casa_lab.folders import clusters_dir

from .processes import host_of


def addresses(cluster: Cluster) -> list[tuple[str, int]]:
    """Where the scheduler and the workers listen."""
    named = [cluster.scheduler_address, *(worker.address for worker in cluster.workers)]
    parts = [urlsplit(address) for address in named]
    return [(str(part.hostname), int(part.port or 0)) for part in parts]


def stranger(certificate: Path | None = None) -> ssl.SSLContext:
    """A TLS client that trusts anybody, without a certificate or with a foreign one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate is not None:
        context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    return context


def talk(address: tuple[str, int], context: ssl.SSLContext) -> bytes:
    """Return what a server says first."""
    with (
        socket.create_connection(address, timeout=PATIENCE_SECONDS) as plain,
        context.wrap_socket(plain) as secured,
    ):
        return secured.recv(1)


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """The folder of another cluster, with a certificate just as good."""
    make_certificate(tmp_path)
    return tmp_path


def test_the_certificate_opens_the_door(shared_cluster: Cluster) -> None:
    own = clusters_dir() / shared_cluster.id / "tls"
    for address in addresses(shared_cluster):
        assert len(talk(address, stranger(own))) == 1


def test_nobody_gets_in_without_the_certificate(shared_cluster: Cluster, foreign: Path) -> None:
    assert len(addresses(shared_cluster)) == 2
    for address in addresses(shared_cluster):
        with pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"):
            talk(address, stranger())
        with pytest.raises(ssl.SSLError, match=r"UNKNOWN_CA|BAD_SIGNATURE|DECRYPT_ERROR"):
            talk(address, stranger(foreign / "tls"))


def test_no_dask_client_connects_without_the_certificate(
    shared_cluster: Cluster, foreign: Path
) -> None:
    host, port = addresses(shared_cluster)[0]
    with pytest.raises(OSError, match=r"Timed out|reset by peer|closed"):
        Client(f"tcp://{host}:{port}", timeout=1)
    with pytest.raises(OSError, match="TLS certificate does not match"):
        Client(f"tls://{host}:{port}", security=security(foreign), timeout=PATIENCE_SECONDS)


def test_the_files_are_private(shared_cluster: Cluster) -> None:
    folder = clusters_dir() / shared_cluster.id
    for directory in (folder, folder / "tls"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    files = sorted((folder / "tls").iterdir())
    assert [file.name for file in files] == ["certificate.pem", "key.pem"]
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nothing_listens_beyond_loopback(shared_cluster: Cluster) -> None:
    host = host_of(clusters_dir() / shared_cluster.id)
    listening = [
        connection.laddr.ip
        for process in (host, *host.children(recursive=True))
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    # Scheduler, dashboard, nanny and worker at least.
    assert len(listening) >= 4
    assert set(listening) == {"127.0.0.1"}


def test_the_dashboard_is_no_proxy(shared_cluster: Cluster) -> None:
    base = manager.get(shared_cluster.id).dashboard_url
    with urllib.request.urlopen(f"{base}/health", timeout=PATIENCE_SECONDS) as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{base}/proxy/22/127.0.0.1/", timeout=PATIENCE_SECONDS)


def test_workers_spill_where_nobody_else_can_look(shared_cluster: Cluster) -> None:
    with Client(
        shared_cluster.scheduler_address,
        security=security(clusters_dir() / shared_cluster.id),
    ) as client:
        (scratch,) = client.run(lambda dask_worker: dask_worker.local_directory).values()
    private = next(path for path in Path(scratch).parents if path.name.startswith("casa-scratch-"))
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
