"""Addresses of other parties: https, or http on this machine."""

from typing import Annotated

from pydantic import AfterValidator

from keys.reaching import parse_address
from sources.faults import Unfit


def _check_url(url: str) -> str:
    try:
        return parse_address(url).rstrip("/")
    except ValueError:
        raise Unfit(
            "hier hoort een adres met https://; http:// mag alleen naar deze machine "
            "zelf"
        ) from None


Url = Annotated[str, AfterValidator(_check_url)]
