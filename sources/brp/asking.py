"""Ask a municipality's gateway to the population register something, over HTTPS.

Anything but a whole answer raises `GatewayStopped`, which repeats no word of question
or answer: an outage or a refusal never looks like an answer.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from sources.brp.settings import GatewayPlace
from sources.errors import (
    GatewayStopped,
    IndexUnreachable,
    InvalidAgencySettings,
)
from sources.key_files import read_agency_secret
from sources.publisher.patience import Patience, send_patiently

LARGEST: Final = 1 << 20
Shape = TypeVar("Shape", bound=BaseModel)


class Asker:
    """One gateway, which knows us by a key; at most so many questions a minute."""

    def __init__(
        self, client: httpx.AsyncClient, place: GatewayPlace, patience: Patience
    ) -> None:
        self._url = place.url
        self._client = client
        self._headers = {"X-API-Key": _read_key(place.key_file)}
        self._pause = 60.0 / place.per_minute
        self._patience = patience

    async def post(self, path: str, body: object, shape: type[Shape]) -> Shape:
        """Give the answer to a question; raises `GatewayStopped`."""
        url, headers = self._url + path, self._headers
        send = partial(self._client.post, url, json=body, headers=headers)
        return await self._ask(send, shape)

    async def get(
        self, path: str, params: Mapping[str, str], shape: type[Shape]
    ) -> Shape:
        """Give what stands at a place; raises `GatewayStopped`."""
        url, headers = self._url + path, self._headers
        send = partial(self._client.get, url, params=dict(params), headers=headers)
        return await self._ask(send, shape)

    async def _ask(
        self, send: Callable[[], Awaitable[httpx.Response]], shape: type[Shape]
    ) -> Shape:
        await self._patience.sleep(self._pause)
        try:
            response = await send_patiently(send, self._patience)
        except IndexUnreachable:
            raise GatewayStopped(
                "De BRP antwoordt niet. Er is niets verstuurd; probeer het later."
            ) from None
        if response.status_code != httpx.codes.OK:
            raise GatewayStopped(
                f"De BRP weigert de vraag ({response.status_code}). Er is niets "
                "verstuurd. Vraag de beheerder van de koppeling met de BRP."
            )
        try:
            return shape.model_validate_json(response.content[: LARGEST + 1])
        except ValidationError:
            raise GatewayStopped(
                "De BRP gaf geen bruikbaar antwoord. Er is niets verstuurd."
            ) from None


def _read_key(path: Path) -> str:
    try:
        text = read_agency_secret(path).decode("ascii").strip()
    except UnicodeDecodeError:
        text = ""
    if not text or not text.isprintable():
        raise InvalidAgencySettings("De sleutel van de BRP is niet te lezen.")
    return text
