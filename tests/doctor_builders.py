"""A patient for the doctor: an agency, its outbox and the parties that answer it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx

from keys.client import Signer
from keys.request import new_request_key
from signal_index.wire.contact_holders import ContactHolders, OwnContactHolder
from signal_index.wire.own_registration import (
    OwnRegistration,
)
from sources.doctor import look_over
from sources.findings import Finding, Patient
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import Profile
from sources.publisher.http_index import HttpIndex, TokenGiver
from sources.publisher.patience import Patience
from sources.settings import AgencySettings
from tests.builders import a_stored_contact
from tests.sources_builders import (
    NOW,
    SECRET,
)
from tests.sources_parties import NOTICE_KEY, OIN, REGISTERED, FakeEvaluator

Route = Callable[[httpx.Request], Any]


REQUEST_KEY = new_request_key()


CONTACT = OwnContactHolder(
    **dict(a_stored_contact()),
    staleFrom=NOW.date(),
    stale=False,
    remind=False,
    signals=0,
)


def a_list(*items: OwnContactHolder) -> str:
    return ContactHolders(items=list(items)).model_dump_json()


class Tokens:
    """Gives a token that every index takes."""

    async def get(self) -> str:
        return "t"

    def forget(self) -> None: ...


def registered(
    request: httpx.Request, known: OwnRegistration = REGISTERED
) -> httpx.Response:
    """As the index and a holder say how they know the agency."""
    if request.url.host == "index.test":
        return httpx.Response(200, content=known.model_dump_json())
    holder = request.url.host.removesuffix(".test")
    said = {"holder": holder, "organisation": OIN, "name": "Bureau Voorbeeld"}
    return httpx.Response(200, json={**said, "declaredCaseload": 1_000})


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/v1/contact-holders":
        return httpx.Response(200, content=a_list(CONTACT))
    if request.url.path == "/v1/own-registration":
        return registered(request)
    if request.url.path == "/v1/signals":
        return httpx.Response(200, json={"items": [], "next": None})
    if request.url.path == "/v1/deliveries":
        return httpx.Response(200, json={"items": []})
    return httpx.Response(200, json={}, headers={"date": format_datetime(NOW)})


def some_settings(folder: Path) -> AgencySettings:
    place = {"url": "https://holder-1.test", "id": "holder-1", "index": 1}
    other = {"url": "https://holder-2.test", "id": "holder-2", "index": 2}
    keys = dict.fromkeys(("request", "notice", "client", "outbox"), folder / "key")
    return AgencySettings.model_validate(
        {
            "organisation": OIN,
            "source": OIN,
            "outbox": folder / "outbox.db",
            "rejects": folder / "rejects",
            "keys": keys,
            "index": {"url": "https://index.test", "audience": "index"},
            "identity": {"issuer": "https://login.test", "client_id": "agency"},
            "holders": {
                "pins": folder / "pins.json",
                "accepted_origin": "dealt",
                "places": [place, other],
            },
        }
    )


@asynccontextmanager
async def a_patient(
    folder: Path,
    route: Route = answer,
    evaluator: FakeEvaluator | None = None,
    profiles: Sequence[Profile] = (),
    tokens: TokenGiver | None = None,
) -> AsyncIterator[Patient]:
    client = httpx.AsyncClient(transport=httpx.MockTransport(route))
    patience = Patience(lambda: NOW, attempts=1)
    index = HttpIndex(client, "https://index.test", tokens or Tokens(), patience)
    with Outbox(folder / "outbox.db", OutboxKey(SECRET)) as outbox:
        yield Patient(
            settings=some_settings(folder),
            profiles=profiles,
            outbox=outbox,
            client=client,
            evaluator=evaluator or FakeEvaluator(),
            index=index,
            signer=Signer(OIN, OIN, REQUEST_KEY, lambda: NOW),
            notice=NOTICE_KEY,
            now=lambda: NOW,
        )


async def find(patient: Patient, about: str) -> Finding:
    return next(one for one in await look_over(patient) if one.about == about)
