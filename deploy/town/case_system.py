"""A case system (regiesysteem) that looks citizens up through the desk's relay.

It holds its own access token of the person who asks, pseudonymises with keys' Python
client, and sends the lookup to `/relay/v1/lookups`. The desk signs and forwards;
neither it nor the index ever gets a BSN.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from deploy.town.ceremony import KEY_ORIGIN
from deploy.town.login import KeptToken, fetch_access_token
from deploy.town.parties import MUNICIPALITY, Account
from deploy.town.places import Places
from deploy.town.provider import case_system_client
from keys import clock
from keys.base64url import encode_b64u
from keys.bsn import parse_bsn
from keys.client import Pseudonymised, RelayTransport, fetch_config, pseudonymise
from keys.config import KeyConfig
from keys.pins import read_pins
from keys.request import Act

CASE = "Z-2026-001234"
SCOPE = "openid lookup publish"


@dataclass(frozen=True)
class LookupQuestion:
    """What a person asks: the purpose and what it needs."""

    purpose: str = "wmo-onderzoek"
    legal_basis: str = "wmo-2015-2.3.2"
    case_reference: str | None = CASE
    informed: str | None = "discussed"
    municipality: str = MUNICIPALITY


@dataclass(frozen=True)
class Reply:
    """A status and a JSON body."""

    status: int
    body: dict[str, Any]

    @property
    def answers(self) -> list[dict[str, Any]]:
        """Give the parts of an answer, one per person."""
        parts: list[dict[str, Any]] = self.body["answers"]
        return parts


class CaseSystem:
    """One logged-in person's case system; use as an async context manager."""

    def __init__(self, places: Places, who: Account) -> None:
        self._places = places
        self._who = who
        self.login = KeptToken(self._log_in)
        self._http = httpx.AsyncClient(timeout=30, auth=self.login)
        self._config: KeyConfig | None = None

    async def __aenter__(self) -> Self:
        await self.login.get()
        return self

    async def _log_in(self) -> str:
        client = case_system_client(self._places)
        return await fetch_access_token(self._places.issuer, client, self._who, SCOPE)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def pseudonymise(
        self, bsns: Sequence[str], act: Act = Act.LOOKUP
    ) -> Pseudonymised:
        """Blind, have two holders evaluate through the relay, verify and combine."""
        config = self._config or await self.fetch_key()
        numbers = [parse_bsn(bsn) for bsn in bsns]
        return await pseudonymise(self._transport(), config, numbers, act)

    async def fetch_key(self) -> KeyConfig:
        """Fetch the newest key config, held against the one that is known."""
        self._config = await fetch_config(
            self._transport(),
            read_pins(self._places.keys / "pins.json"),
            accepted_origin=KEY_ORIGIN,
            known=self._config,
            now=clock.now(),
        )
        return self._config

    def _transport(self) -> RelayTransport:
        return RelayTransport(self._http, self._places.desk_url)

    async def look_up(
        self, bsns: Sequence[str], question: LookupQuestion | None = None
    ) -> Reply:
        """Do one complete lookup and give the desk's answer."""
        found = await self.pseudonymise(bsns)
        return await self.ask(build_body(found, question or LookupQuestion()))

    async def ask(self, body: dict[str, Any]) -> Reply:
        """Send one lookup to the relay."""
        answer = await self._http.post(
            f"{self._places.desk_url}/relay/v1/lookups", json=body
        )
        return _read(answer)

    async def say_outcome(self, entry: str, flag: int, outcome: str) -> int:
        """Say what came of a flag, by its place in the answer; give the status."""
        answer = await self._http.post(
            f"{self._places.desk_url}/relay/v1/lookups/{entry}/outcome",
            json={"flag": flag, "outcome": outcome},
        )
        return answer.status_code

    async def list_own_lookups(self) -> Reply:
        """Read what this person looked up, with what came of each flag."""
        return _read(
            await self._http.get(f"{self._places.desk_url}/relay/v1/own-lookups")
        )

    async def signal_by_hand(
        self, bsn: str, place: dict[str, Any], contact: str, case: str
    ) -> Reply:
        """Signal somebody by hand: of what kind, whom to call, the own case number."""
        found = await self.pseudonymise([bsn], Act.PUBLISH)
        body = {
            "reference": str(uuid4()),
            "keyVersion": found.key_version,
            "pseudonym": encode_b64u(found.pseudonyms[0].encoded),
            "category": place["category"],
            "municipality": place["municipality"],
            "contactHolder": contact,
            "informed": {
                "code": place["informed"][0]["code"],
                "on": clock.now().date().isoformat(),
            },
            "validUntil": place["latestEnd"],
            "caseReference": case,
        }
        return await self._relay("hand-signals", body)

    async def end_hand_signal(self, reference: str) -> Reply:
        """End a signal that was given by hand."""
        return await self._relay(
            f"hand-signals/{reference}/withdrawal", {"reason": "ended"}
        )

    async def read_hand_signals(self, what: str = "hand-signals") -> Reply:
        """Read what was given by hand, or `hand-signal-options`."""
        return _read(await self._http.get(f"{self._places.desk_url}/relay/v1/{what}"))

    async def follow(self, entry: str, found: Pseudonymised) -> Reply:
        """Follow the one person of one answer, who knows of it."""
        body = {
            "keyVersion": found.key_version,
            "pseudonym": encode_b64u(found.pseudonyms[0].encoded),
            "informed": "discussed",
        }
        return await self._relay(f"lookups/{entry}/follow", body)

    async def read_follows(self) -> Reply:
        """Read what this person follows, and whether something changed."""
        return _read(await self._http.get(f"{self._places.desk_url}/relay/v1/follows"))

    async def end_follow(self, follow: str) -> Reply:
        """End an own follow."""
        return await self._relay(f"follows/{follow}/end", {})

    async def _relay(self, path: str, body: dict[str, Any]) -> Reply:
        url = f"{self._places.desk_url}/relay/v1/{path}"
        return _read(await self._http.post(url, json=body))

    async def ask_index(self, body: dict[str, Any]) -> Reply:
        """Send one lookup straight to the index, as a desk would."""
        answer = await self._http.post(
            f"{self._places.index_url}/v1/lookups", json=body
        )
        return _read(answer)


def build_body(found: Pseudonymised, question: LookupQuestion) -> dict[str, Any]:
    """Make the body of a lookup at the relay (docs/wire-formats.md section 2)."""
    return {
        "keyVersion": found.key_version,
        "tickets": list(found.tickets),
        "subjects": [
            {"pseudonym": encode_b64u(n.encoded), "informed": question.informed}
            for n in found.pseudonyms
        ],
        "municipality": question.municipality,
        "purpose": question.purpose,
        "legalBasis": question.legal_basis,
        "caseReference": question.case_reference,
        "breakGlass": None,
    }


def _read(answer: httpx.Response) -> Reply:
    try:
        body = answer.json()
    except json.JSONDecodeError:
        body = {}
    return Reply(answer.status_code, body)
