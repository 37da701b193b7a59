"""Where another party is reached, and where we are: over TLS, or on this machine.

- An address is `https`, or `http` to this machine itself; it holds no login, and its
  host and port are some that a connection can be asked for.
- A PostgreSQL is named by a host, or by the folder of its socket here. Off this machine
  it is spoken to over TLS, with its certificate and name verified: no setting says
  otherwise.

Every package takes these and no rules of its own. Proven by
tests/unit/keys/test_reaching.py.
"""

import re
import ssl
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

_NO_PLACE: Final = "is no address: look at its host and port"
_HOST: Final = re.compile(rb"[0-9A-Za-z_.:%-]+")


def is_this_machine(host: str | None) -> bool:
    """Tell whether a host is the loopback interface; a name is only `localhost`."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def parse_address(
    text: str, tls: Collection[str] = ("https",), clear: Collection[str] = ("http",)
) -> str:
    """Give an address of a party as it is written, or raise `ValueError`.

    `tls`: the schemes that go anywhere; `clear`: those for this machine alone.
    """
    parts = _split(text)
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a login, which does not belong in an address")
    if parts.scheme in tls and parts.hostname:
        return text
    if parts.scheme in clear and is_this_machine(parts.hostname):
        return text
    said = (" or ".join(tls), " or ".join(clear))
    raise ValueError("must be {} ({} only on this machine)".format(*said))


def _split(text: str) -> SplitResult:
    """Take an address apart; what no connection could be asked for raises."""
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna")
        is_one = parts.port != 0 and (not host or _HOST.fullmatch(host))
    except ValueError:
        raise ValueError(_NO_PLACE) from None
    if not is_one or not text.isprintable() or " " in text:
        raise ValueError(_NO_PLACE)
    return parts


def verify_database_place(host: str | None, query: Mapping[str, object]) -> None:
    """Raise `ValueError` unless a PostgreSQL's address says where it is, no more.

    What a driver would take after the question mark could name another host, or switch
    TLS off.
    """
    folder = query.get("host")
    if set(query) - {"host"}:
        raise ValueError("after ? may stand host= alone: TLS is always verified")
    if folder is None and not host:
        raise ValueError("names no host")
    if folder is not None and (host or not str(folder).startswith("/")):
        raise ValueError("host= is the folder of a socket here, without another host")


def make_database_tls(
    host: str | None, authority: Path | None
) -> ssl.SSLContext | None:
    """Give how a PostgreSQL is spoken to: None on this machine, else TLS, verified.

    `authority`: the certificates that may have signed its own; those of the system
    without it. Raises `OSError` where that file is no such thing.
    """
    if not host or is_this_machine(host):
        return None
    return ssl.create_default_context(cafile=authority)
