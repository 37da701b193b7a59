"""What an auditor asks a holder: the signed list of one day's tickets."""

from datetime import date

import httpx

from keys.client.transports import OK, HolderPlace, Signer, read_refusal, send
from keys.errors import HolderUnavailable
from keys.request import sign_statement_request


async def fetch_statement(
    client: httpx.AsyncClient, place: HolderPlace, signer: Signer, day: date
) -> str:
    """Give a holder's statement of a UTC day, unverified.

    Raises `HolderUnavailable`, `HolderBudgetSpent` or `HolderRefused`.
    """
    request = sign_statement_request(
        signer.key, signer.organisation, place.id, day, now=signer.now()
    )
    url = f"{place.url}/v1/statements/{day.isoformat()}"
    headers = {"Authorization": f"Bearer {request}"}
    response = await send(client, client.build_request("GET", url, headers=headers))
    if response.status_code != OK:
        raise read_refusal(response)
    try:
        return response.content.decode("ascii")
    except UnicodeDecodeError:
        raise HolderUnavailable from None
