"""Addresses of other parties: https, or http on this machine."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

from sources.faults import Unfit

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url.rstrip("/")
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return url.rstrip("/")
    raise Unfit(
        "hier hoort een adres met https://; http:// mag alleen naar deze machine zelf"
    )


Url = Annotated[str, AfterValidator(_check_url)]
