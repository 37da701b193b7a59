"""What a source asks a holder about itself: whether, and how, it is registered."""

import httpx
from pydantic import ValidationError

from keys.client.transports import OK, HolderPlace, Signer, read_refusal, send
from keys.errors import HolderUnavailable
from keys.request import sign_registration_request
from keys.wire import OwnRegistration


async def fetch_registration(
    client: httpx.AsyncClient, place: HolderPlace, signer: Signer
) -> OwnRegistration:
    """Fetch how a holder knows the organisation that signs; it costs no budget.

    Raises `HolderUnavailable`, or `HolderRefused` with the holder's own word for why.
    """
    request = sign_registration_request(
        signer.key, signer.organisation, place.id, now=signer.now()
    )
    url = f"{place.url}/v1/own-registration"
    headers = {"Authorization": f"Bearer {request}"}
    response = await send(client, client.build_request("GET", url, headers=headers))
    if response.status_code != OK:
        raise read_refusal(response)
    try:
        return OwnRegistration.model_validate_json(response.content)
    except ValidationError:
        raise HolderUnavailable from None
