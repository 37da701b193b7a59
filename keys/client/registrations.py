"""What a source asks a holder about itself: whether, and how, it is registered."""

import httpx
from pydantic import ValidationError

from keys.client.transports import (
    EVALUATION_SECONDS,
    OK,
    HolderPlace,
    Signer,
    read_refusal,
)
from keys.errors import HolderUnavailable
from keys.quorum import send
from keys.request import sign_registration_request
from keys.wire import OwnRegistration


async def fetch_registration(
    client: httpx.AsyncClient, place: HolderPlace, signer: Signer
) -> OwnRegistration:
    """Fetch how a holder knows the organisation that signs; it costs no budget.

    Raises `HolderUnavailable`, or `HolderRefused` with the holder's own word for why.
    """
    signed = sign_registration_request(
        signer.key, signer.organisation, place.id, now=signer.now()
    )
    url = f"{place.url}/v1/own-registration"
    headers = {"Authorization": f"Bearer {signed}"}
    request = client.build_request("GET", url, headers=headers)
    response = await send(client, request, seconds=EVALUATION_SECONDS)
    if response.status_code != OK:
        raise read_refusal(response)
    try:
        return OwnRegistration.model_validate_json(response.content)
    except ValidationError:
        raise HolderUnavailable from None
