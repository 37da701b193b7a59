"""What a client has in hand before the clock starts: users logged in, tickets fetched.

Tickets come from the real holders, one lookup at a time, each metered on the user who
asks. Access tokens live five minutes: they are fetched last.
"""

import asyncio
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle

import httpx

from deploy.measure.citizens import NEWCOMERS_FROM, STRANGERS_FROM, number_citizens
from deploy.measure.load import build_post
from deploy.measure.town import MeasuredTown, subject_of
from deploy.town.case_system import LookupQuestion, build_body
from deploy.town.login import fetch_access_token
from deploy.town.parties import TEAM, Account
from deploy.town.places import HOLDERS, Places
from deploy.town.provider import case_system_client
from keys.base64url import decode_b64u, encode_b64u
from keys.bsn import parse_bsn
from keys.client import (
    HolderPlace,
    HolderTransport,
    Pseudonymised,
    Signer,
    pseudonymise,
)
from keys.request import Act, load_request_key

AT_ONCE = 8
LOGIN_TRIES = 5
TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Asked:
    """One citizen to look up, and whether a flag must be found."""

    bsn: str
    known: bool


@dataclass(frozen=True, repr=False)
class Lookup:
    """One lookup ready to send, and what must be true of its answer."""

    request: bytes
    tickets: tuple[str, ...]
    subject: str
    known: bool


class Crowd:
    """Whom to ask about: known citizens and strangers by turns, always others."""

    def __init__(self, citizens: int) -> None:
        self._known = cycle(number_citizens(citizens))
        self._strangers = self._number_strangers()
        self._newcomers = NEWCOMERS_FROM

    def take_pairs(self, count: int) -> list[Asked]:
        """Give so many pairs of a known citizen and a stranger, in either order."""
        asked: list[Asked] = []
        for _ in range(count):
            pair = [
                Asked(next(self._known), known=True),
                Asked(next(self._strangers), known=False),
            ]
            asked += reversed(pair) if secrets.randbelow(2) else pair
        return asked

    def take_newcomers(self, count: int) -> list[str]:
        """Give so many citizens of whom no agency has told yet, each time others."""
        found = number_citizens(count, start=self._newcomers)
        self._newcomers += 2 * count
        return found

    @staticmethod
    def _number_strangers() -> Iterator[str]:
        start = STRANGERS_FROM
        while True:
            yield from number_citizens(100, start=start)
            start += 1_000


async def prepare_lookups(town: MeasuredTown, asked: Sequence[Asked]) -> list[Lookup]:
    """Fetch a pair of tickets for each, then log the users in, then write it down."""
    users = town.users.take(len(asked))
    found = await _fetch_tickets(town, asked, users)
    tokens = await log_in(town.places, list(dict.fromkeys(users)))
    return [
        write_lookup(result, one, user, tokens[user.username])
        for one, user, result in zip(asked, users, found, strict=True)
    ]


def write_lookup(found: Pseudonymised, one: Asked, user: Account, token: str) -> Lookup:
    """Write down a lookup whose tickets were fetched."""
    question = LookupQuestion(case_reference=encode_b64u(secrets.token_bytes(32)))
    body = json.dumps(build_body(found, question), separators=(",", ":")).encode()
    request = build_post("/v1/lookups", body, token=token)
    tickets = tuple(sorted(_read_jti(ticket) for ticket in found.tickets))
    return Lookup(request, tickets, subject_of(user), one.known)


async def log_in(places: Places, accounts: Sequence[Account]) -> dict[str, str]:
    """Give an access token of each user, by the provider's own login page.

    The provider is no part of what is measured: who is cut off asks again.
    """
    client = case_system_client(places)
    gate = asyncio.Semaphore(AT_ONCE)

    async def fetch(account: Account) -> str:
        async with gate:
            for _ in range(LOGIN_TRIES - 1):
                with suppress(httpx.TransportError):
                    return await fetch_access_token(places.issuer, client, account)
            return await fetch_access_token(places.issuer, client, account)

    tokens = await asyncio.gather(*(fetch(account) for account in accounts))
    names = [account.username for account in accounts]
    return dict(zip(names, tokens, strict=True))


def holder_places(places: Places) -> dict[int, HolderPlace]:
    """Give the holders as a client's settings name them."""
    return {
        index: HolderPlace(f"holder-{index}", places.holder_url(index))
        for index in HOLDERS
    }


async def _fetch_tickets(
    town: MeasuredTown, asked: Sequence[Asked], users: Sequence[Account]
) -> list[Pseudonymised]:
    key = load_request_key(town.places.desk / "keys" / "request-key.jwk")
    gate, config = asyncio.Semaphore(AT_ONCE), town.config
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:

        async def fetch(one: Asked, user: Account) -> Pseudonymised:
            signer = Signer(TEAM, subject_of(user), key)
            transport = HolderTransport(client, holder_places(town.places), signer)
            async with gate:
                return await pseudonymise(
                    transport, config, [parse_bsn(one.bsn)], Act.LOOKUP
                )

        tasks = (fetch(one, user) for one, user in zip(asked, users, strict=True))
        return list(await asyncio.gather(*tasks))


def _read_jti(ticket: str) -> str:
    payload = ticket.split(".")[1]
    return str(json.loads(decode_b64u(payload))["jti"])
