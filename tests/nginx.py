"""Debian's nginx with the settings of `deploy/proxy`, before services that run."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.town.ports import Ports
from deploy.town.readiness import LOOK_AGAIN_SECONDS, PATIENCE_SECONDS

SETTINGS = Path(__file__).parents[1] / "deploy" / "proxy"
DEFAULT_PORTS = {
    "index": 8100,
    "holder": 8101,
    "desk": 8000,
    "witness": 8200,
    "receiver": 8300,
}
MAIN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/*.conf;
}}
"""


@contextmanager
def running_nginx(
    folder: Path, ports: Ports, services: Mapping[str, int]
) -> Iterator[Mapping[str, int]]:
    """Run it before the services at these ports; gives the port before each."""
    (folder / "signal").mkdir(parents=True)
    _write_certificate(folder / "signal")
    before = {name: ports.hold() for name in services}
    for name, port in services.items():
        _write(
            folder / f"{name}.conf",
            (SETTINGS / f"{name}.conf").read_text(),
            {
                "listen 443": f"listen 127.0.0.1:{before[name]}",
                f"127.0.0.1:{DEFAULT_PORTS[name]}": f"127.0.0.1:{port}",
                "/etc/nginx/signal": f"{folder}/signal",
            },
        )
    shutil.copy(SETTINGS / "limits.conf", folder)
    shutil.copy(SETTINGS / "to-service.conf", folder / "signal")
    main = folder / "main.nginx"
    main.write_text(MAIN.format(folder=folder))
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin") or "nginx"
    process = subprocess.Popen([program, "-c", str(main), "-e", f"{folder}/error.log"])  # noqa: S603 - our own command
    try:
        _wait(before, folder, process)
        yield before
    finally:
        process.terminate()
        process.wait(20)


def _write(path: Path, settings: str, own: Mapping[str, str]) -> None:
    """Write one file with this machine's own values, each of which must stand there."""
    for said, value in own.items():
        assert said in settings, (path.name, said)
        settings = settings.replace(said, value)
    path.write_text(settings)


def _write_certificate(folder: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)  # noqa: TID251 - it is judged by the real clock
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "certificate.key").write_bytes(private)


def _wait(
    before: Mapping[str, int], folder: Path, process: "subprocess.Popen[bytes]"
) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    for port in before.values():
        while process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(LOOK_AGAIN_SECONDS)
    assert process.poll() is None, (folder / "error.log").read_text()
