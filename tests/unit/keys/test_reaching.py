"""Another party is reached over TLS, or on this machine; a core is never dumped."""

import ctypes
import resource
import ssl
from pathlib import Path

import pytest

from keys.edge.errors import CannotListen
from keys.edge.limits import EdgeLimits
from keys.edge.server import make_server
from keys.memory import refuse_core_dumps
from keys.reaching import (
    make_database_tls,
    parse_address,
    verify_database_place,
)

OPEN = [
    "http://index.example.nl",
    "http://10.0.0.4:8100",
    "http://localhost.example.nl",
    "http://127.0.0.1.example.nl",
    "ftp://index.example.nl",
    "https://",
    "https://user:geheim@index.example.nl",
    "index.example.nl",
    "http://[",
    "https://index..example.nl",
    "https://index.example.nl:99999/",
    "https://index.example.nl:abc/",
    "https://index.example.nl:0/",
    "https://index example.nl/",
    "https://index.example.nl/\n",
]


@pytest.mark.parametrize("address", OPEN)
def test_an_address_in_the_open_is_refused_without_being_echoed(address: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        parse_address(address)
    assert "example" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["https://index.example.nl/", "http://localhost:8100", "http://[::1]:8100"],
)
def test_an_address_over_tls_or_of_this_machine_is_taken_as_written(
    address: str,
) -> None:
    assert parse_address(address) == address


@pytest.mark.parametrize(
    ("host", "query"),
    [
        ("db.example.nl", {"ssl": "disable"}),
        ("db.example.nl", {"sslmode": "prefer"}),
        ("db.example.nl", {"host": "other.example.nl"}),
        (None, {"host": "other.example.nl"}),
        (None, {"host": ("/run/postgresql", "other.example.nl")}),
        (None, {"dsn": "postgresql://other.example.nl"}),
        (None, {}),
        ("", {}),
    ],
)
def test_what_else_an_address_of_a_database_may_say_is_refused(
    host: str | None, query: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="host"):
        verify_database_place(host, query)


def test_a_database_elsewhere_is_spoken_to_over_tls_by_its_name() -> None:
    for host in ("db.example.nl", "10.0.0.4"):
        verify_database_place(host, {})
        tls = make_database_tls(host, None)
        assert tls is not None
        assert (tls.verify_mode, tls.check_hostname) == (ssl.CERT_REQUIRED, True)
        assert tls.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_database_of_this_machine_needs_none() -> None:
    verify_database_place(None, {"host": "/run/postgresql"})
    for host in ("localhost", "127.0.0.1", "::1", None):
        assert make_database_tls(host, None) is None


def test_certificates_that_are_none_open_no_database(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "absent.pem"):
        with pytest.raises(OSError, match=r"."):
            make_database_tls("db.example.nl", tmp_path / name)


async def _app(*_asgi: object) -> None:
    """Never called: no server of these tests listens."""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.4", "index.example.nl"])  # noqa: S104 - refused
def test_a_service_listens_to_others_with_a_certificate_alone(host: str) -> None:
    with pytest.raises(CannotListen, match=r"^host: .*edge\.certificate"):
        make_server(_app, (host, 8100), EdgeLimits(), lambda _: None)


@pytest.mark.parametrize(
    "said",
    [
        {"certificate": "/etc/signal/certificate.pem"},
        {"private_key": "/etc/signal/certificate.key"},
        {"client_authority": "/etc/signal/proxies.pem"},
        {"certificate": "certificate.pem", "private_key": "certificate.key"},
    ],
)
def test_half_a_certificate_is_refused(said: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"certificate|private_key"):
        EdgeLimits.model_validate(said)


def test_a_process_of_ours_leaves_no_core() -> None:
    """Asked of the system itself; dumpable before, whatever a test before this left."""
    prctl, get_dumpable, set_dumpable = ctypes.CDLL(None).prctl, 3, 4
    assert prctl(set_dumpable, 1, 0, 0, 0) == 0
    refuse_core_dumps()
    assert prctl(get_dumpable, 0, 0, 0, 0) == 0
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
