"""A service that speaks TLS itself: its certificate, and that of whoever connects."""

import ssl
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from keys import clock
from tests.edge_builders import serving

pytestmark = pytest.mark.anyio


def write_certificate(folder: Path) -> Mapping[str, str]:
    """Write a certificate of `localhost` that signed itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = {
        "certificate": made.public_bytes(Encoding.PEM),
        "private_key": key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ),
    }
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return {file: str(folder / file) for file in files}


async def test_it_answers_over_tls_and_in_the_open_not_at_all(tmp_path: Path) -> None:
    said = write_certificate(tmp_path)
    trusted = ssl.create_default_context(cafile=said["certificate"])
    async with serving(**said) as served, httpx.AsyncClient(verify=trusted) as client:
        answer = await client.post(f"https://localhost:{served.port}/", content=b"four")
        assert answer.text == "4"
        with pytest.raises(httpx.TransportError):
            await client.get(f"http://localhost:{served.port}/")


async def test_who_connects_shows_a_certificate_where_it_asks(tmp_path: Path) -> None:
    said = write_certificate(tmp_path)
    asked = {**said, "client_authority": said["certificate"]}
    nobody = ssl.create_default_context(cafile=said["certificate"])
    proxy = ssl.create_default_context(cafile=said["certificate"])
    proxy.load_cert_chain(said["certificate"], said["private_key"])
    async with serving(**asked) as served:
        address = f"https://localhost:{served.port}/"
        async with httpx.AsyncClient(verify=proxy) as client:
            assert (await client.get(address)).text == "0"
        async with httpx.AsyncClient(verify=nobody) as client:
            with pytest.raises(httpx.TransportError):
                await client.get(address)
