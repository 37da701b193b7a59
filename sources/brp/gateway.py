"""The municipality's gateway to the population register, asked who somebody is.

- A question is a POST: nobody stands in an address, and so in no log of a server.
- An answer to another question than was asked, or one without persons, is none.
"""

from datetime import date
from typing import Final, Protocol

import httpx

from sources.brp.asking import Asker
from sources.brp.settings import BrpPlace
from sources.brp.wire import Answer, Person, make_question
from sources.errors import GatewayStopped
from sources.publisher.patience import Patience

MOST_PERSONS: Final = 100


class Gateway(Protocol):
    """Gives who has a surname and birth date."""

    async def find(self, surname: str, born: date) -> tuple[Person, ...]:
        """Give everybody found; raises `GatewayStopped`."""
        ...


class HttpGateway:
    """A gateway that speaks BRP API Personen 2.x."""

    def __init__(
        self, client: httpx.AsyncClient, place: BrpPlace, patience: Patience
    ) -> None:
        self._asker = Asker(client, place, patience)

    async def find(self, surname: str, born: date) -> tuple[Person, ...]:
        """Give everybody with this surname and birth date; raises `GatewayStopped`."""
        question = make_question(surname, born)
        found = (await self._asker.post("/personen", question, Answer)).personen
        if len(found) > MOST_PERSONS:
            raise GatewayStopped("De BRP gaf te veel personen. Er is niets verstuurd.")
        return found
