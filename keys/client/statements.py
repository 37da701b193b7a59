"""What an auditor asks a holder: the signed list of one day's tickets."""

from datetime import date
from typing import Final

import httpx

from keys.client.transports import (
    OK,
    HolderPlace,
    Signer,
    read_refusal,
)
from keys.errors import HolderUnavailable
from keys.quorum import send
from keys.request import sign_statement_request

STATEMENT_SECONDS: Final = 120
STATEMENT_BYTES: Final = 256 * 1024 * 1024
"""A day of a large holder: some 400 bytes a ticket."""


async def fetch_statement(
    client: httpx.AsyncClient, place: HolderPlace, signer: Signer, day: date
) -> str:
    """Give a holder's statement of a UTC day, unverified.

    Raises `HolderUnavailable`, `HolderBudgetSpent` or `HolderRefused`.
    """
    signed = sign_statement_request(
        signer.key, signer.organisation, place.id, day, now=signer.now()
    )
    url = f"{place.url}/v1/statements/{day.isoformat()}"
    headers = {"Authorization": f"Bearer {signed}"}
    request = client.build_request("GET", url, headers=headers)
    response = await send(
        client, request, seconds=STATEMENT_SECONDS, most=STATEMENT_BYTES
    )
    if response.status_code != OK:
        raise read_refusal(response)
    try:
        return response.content.decode("ascii")
    except UnicodeDecodeError:
        raise HolderUnavailable from None
