"""The municipality's gateway to the population register, asked over HTTPS.

- A question is a POST: nobody stands in an address, and so in no log of a server.
- Anything but a whole answer to this very question raises `GatewayStopped`. So an
  outage, a refusal or an answer to something else never means "nobody found".
- No message holds a word of question or answer.
"""

from datetime import date
from pathlib import Path
from typing import Final, Protocol

import httpx
from pydantic import ValidationError

from keys.errors import KeyringRefused
from keys.files import read_secret
from sources.brp.settings import BrpPlace
from sources.brp.wire import Answer, Person, make_question
from sources.errors import (
    GatewayStopped,
    IndexUnreachable,
    InvalidAgencySettings,
    UnsafeKeyFile,
)
from sources.publisher.patience import Patience, send_patiently

LARGEST: Final = 1 << 20
MOST_PERSONS: Final = 100


class Gateway(Protocol):
    """Gives who has a surname and birth date."""

    async def find(self, surname: str, born: date) -> tuple[Person, ...]:
        """Give everybody found; raises `GatewayStopped`."""
        ...


class HttpGateway:
    """A gateway that speaks BRP API Personen 2.x, and knows us by a key."""

    def __init__(
        self, client: httpx.AsyncClient, place: BrpPlace, patience: Patience
    ) -> None:
        self._client = client
        self._url = f"{place.url}/personen"
        self._headers = {"X-API-Key": _read_key(place.key_file)}
        self._pause = 60.0 / place.per_minute
        self._patience = patience

    async def find(self, surname: str, born: date) -> tuple[Person, ...]:
        """Give everybody with this surname and birth date; raises `GatewayStopped`."""
        question = make_question(surname, born)
        await self._patience.sleep(self._pause)
        try:
            response = await send_patiently(lambda: self._ask(question), self._patience)
        except IndexUnreachable:
            raise GatewayStopped(
                "De BRP antwoordt niet. Er is niets verstuurd; probeer het later."
            ) from None
        if response.status_code != httpx.codes.OK:
            raise GatewayStopped(
                f"De BRP weigert de vraag ({response.status_code}). Er is niets "
                "verstuurd. Vraag de beheerder van de koppeling met de BRP."
            )
        return _parse(response.content)

    async def _ask(self, question: dict[str, object]) -> httpx.Response:
        return await self._client.post(
            self._url, json=question, headers=self._headers, follow_redirects=False
        )


def _parse(content: bytes) -> tuple[Person, ...]:
    try:
        found = Answer.model_validate_json(content[: LARGEST + 1]).personen
    except ValidationError:
        raise GatewayStopped(
            "De BRP gaf geen bruikbaar antwoord. Er is niets verstuurd."
        ) from None
    if len(found) > MOST_PERSONS:
        raise GatewayStopped("De BRP gaf te veel personen. Er is niets verstuurd.")
    return found


def _read_key(path: Path) -> str:
    try:
        text = read_secret(path).decode("ascii").strip()
    except KeyringRefused as error:
        raise UnsafeKeyFile(f"Sleutel van de BRP geweigerd: {error}") from None
    except UnicodeDecodeError:
        text = ""
    if not text or not text.isprintable():
        raise InvalidAgencySettings("De sleutel van de BRP is niet te lezen.")
    return text
