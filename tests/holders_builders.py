"""Three key holders in memory: a dealt key, their apps, and organisations that ask.

    holders = some_holders()
    transport = holders.transport(holders.lookup, subject="user-1")
    result = await pseudonymise(transport, holders.config, [a_bsn(1)], Act.LOOKUP)

Everything but the disk is real: routes, signatures, budgets, proofs. The clock stands
still until somebody sets it (`holders.clock.moment`).
"""

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import httpx
from starlette.applications import Starlette

from keys.bsn import Bsn, parse_bsn
from keys.client import HolderPlace, HolderTransport, Signer, pseudonymise
from keys.client.asking import Pseudonymised
from keys.config import KeyConfig
from keys.errors import InvalidBsn
from keys.events import EventLog
from keys.holder.building import build_app
from keys.holder.evaluations import Holder
from keys.holder.opening import HolderKeys, match_keys
from keys.holder.organisations import (
    AnyOrganisation,
    AuditorOrganisation,
    LookupOrganisation,
    Organisations,
    PortalOrganisation,
    SourceOrganisation,
    collect_organisations,
)
from keys.holder.store import Meter
from keys.jose import PublicKey
from keys.quorum import Watch
from keys.request import Act, RequestKey, RequestTerms, new_request_key
from tests.dealing import Dealing, DealingPlan, deal_key
from tests.holder_fakes import INDEX_KEYS, NOON, FakeClock, FakeMeter
from tests.unreachable import unreachable

__all__ = [
    "AUDIENCE",
    "AUDITOR_OIN",
    "LOOKUP_OIN",
    "NOON",
    "PORTAL_OIN",
    "SOURCE_OIN",
    "FakeClock",
    "FakeHolder",
    "FakeMeter",
    "Holders",
    "Organisation",
    "a_bsn",
    "a_lookup_organisation",
    "a_portal",
    "a_source",
    "an_auditor",
    "some_dealing",
    "some_holders",
    "some_point",
]

AUDIENCE = "https://index.test"
LOOKUP_OIN = "00000001000000000001"
SOURCE_OIN = "00000001000000000002"
AUDITOR_OIN = "00000001000000000003"
PORTAL_OIN = "00000001000000000004"


@dataclass(frozen=True)
class Organisation:
    """An organisation as holders know it, with the key only it has."""

    entry: AnyOrganisation
    key: RequestKey

    @property
    def oin(self) -> str:
        return self.entry.oin


@dataclass
class FakeHolder:
    """One holder: its keys, memory, log and app."""

    keys: HolderKeys
    meter: Meter
    log: io.StringIO
    app: Starlette
    down: bool = False
    fault: "Fault | None" = None
    ahead: timedelta = timedelta()
    """How far its clock is from everybody else's."""

    @property
    def place(self) -> HolderPlace:
        id_ = self.keys.identity.id
        return HolderPlace(id_, f"https://{id_}")


@dataclass
class Holders:
    """Three holders, those they know, and ways to reach them."""

    dealing: Dealing
    clock: FakeClock
    holders: dict[int, FakeHolder]
    lookup: Organisation
    portal: Organisation
    source: Organisation
    auditor: Organisation
    known: Organisations

    @property
    def config(self) -> KeyConfig:
        return self.dealing.config

    @property
    def places(self) -> dict[int, HolderPlace]:
        return {index: each.place for index, each in self.holders.items()}

    def client(self) -> httpx.AsyncClient:
        """An HTTP client that finds holder i at https://holder-i."""
        mounts = {each.place.url: _Wire(each) for each in self.holders.values()}
        return httpx.AsyncClient(mounts=mounts, transport=unreachable())

    def transport(self, organisation: Organisation, subject: str) -> HolderTransport:
        signer = Signer(organisation.oin, subject, organisation.key, self.clock)
        return HolderTransport(self.client(), self.places, signer, Watch(turn=0))

    async def look_up(
        self, numbers: Sequence[Bsn], subject: str = "user-1", act: Act = Act.LOOKUP
    ) -> Pseudonymised:
        """Pseudonyms and two tickets, as a lookup by `subject` needs them."""
        transport = self.transport(self.lookup, subject)
        return await pseudonymise(transport, self.config, numbers, act)

    async def view_own(self, number: Bsn, subject: str = "portal") -> Pseudonymised:
        """A pseudonym and two tickets, as a citizen's own view needs them."""
        transport = self.transport(self.portal, subject)
        return await pseudonymise(transport, self.config, [number], Act.OWN_VIEW)

    async def prepare_publication(self, numbers: Sequence[Bsn]) -> Pseudonymised:
        """Pseudonyms as the source publishes them; no tickets."""
        transport = self.transport(self.source, self.source.oin)
        return await pseudonymise(transport, self.config, numbers, Act.PUBLISH)

    def terms(self, holder: int = 1, /, **changed: object) -> RequestTerms:
        """Valid terms of a request to one holder; override what the test is about."""
        terms = RequestTerms(
            issuer=self.lookup.oin,
            audience=self.holders[holder].keys.identity.id,
            subject="user-1",
            act=Act.LOOKUP,
            key_version=self.config.key_version,
            epoch=self.config.epoch,
            pair=(1, 2),
            points=(some_point(),),
        )
        return replace(terms, **changed)  # type: ignore[arg-type]  # fields by name


class Fault(Protocol):
    """What is wrong with a holder: it answers instead, or changes what it says."""

    async def __call__(
        self, request: httpx.Request, honest: httpx.AsyncBaseTransport
    ) -> httpx.Response: ...


class _Wire(httpx.AsyncBaseTransport):
    """The network in front of a holder: closed when it is down."""

    def __init__(self, holder: FakeHolder) -> None:
        self._holder = holder

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._holder.down:
            raise httpx.ConnectError("down")
        honest = httpx.ASGITransport(self._holder.app, raise_app_exceptions=False)
        if self._holder.fault is not None:
            return await self._holder.fault(request, honest)
        return await honest.handle_async_request(request)


def some_holders(
    *,
    per_user: int = 200,
    per_organisation: int = 100_000,
    per_portal: int = 100_000,
    caseload: int = 100_000,
    audience: str = AUDIENCE,
    moment: datetime = NOON,
    organisations: Sequence[AnyOrganisation] = (),
    notice_keys: Sequence[PublicKey] = (),
) -> Holders:
    """Deal a key to three holders that know one organisation of each kind, and more.

    `notice_keys`: by which the one source signs.
    """
    clock = FakeClock(moment)
    lookup = a_lookup_organisation(per_user=per_user, per_organisation=per_organisation)
    portal = a_portal(LOOKUP_OIN, per_day=per_portal)
    source = a_source(caseload=caseload, notice_keys=notice_keys)
    auditor = an_auditor()
    dealing = some_dealing(moment)
    known = collect_organisations(
        [lookup.entry, portal.entry, source.entry, auditor.entry, *organisations]
    )
    holders = {}
    for dealt in dealing.holders:
        keys = match_keys(
            dealing.config, dealing.document, dealt.id, dealt.share, dealt.ticket_key
        )
        made = FakeHolder(keys, FakeMeter(), io.StringIO(), Starlette())
        now = partial(_tell_time, clock, made)
        made.app = build_app(
            Holder(keys, audience, known, made.meter, now, INDEX_KEYS),
            EventLog(made.log),
        )
        holders[keys.identity.index] = made
    return Holders(dealing, clock, holders, lookup, portal, source, auditor, known)


def _tell_time(clock: FakeClock, holder: FakeHolder) -> datetime:
    return clock() + holder.ahead


def some_dealing(moment: datetime = NOON) -> Dealing:
    plan = DealingPlan(
        holders=3,
        threshold=2,
        valid_from=moment - timedelta(days=1),
        valid_until=moment + timedelta(days=365),
    )
    return deal_key(plan)


def a_lookup_organisation(
    oin: str = LOOKUP_OIN, *, per_user: int = 200, per_organisation: int = 100_000
) -> Organisation:
    key = new_request_key()
    entry = LookupOrganisation(
        kind="lookup",
        oin=oin,
        name="Gemeente Voorbeeld",
        request_key=key.public,
        per_user_per_day=per_user,
        per_organisation_per_day=per_organisation,
    )
    return Organisation(entry, key)


def a_portal(oin: str = PORTAL_OIN, *, per_day: int = 100_000) -> Organisation:
    key = new_request_key()
    entry = PortalOrganisation(
        kind="portal",
        oin=oin,
        name="Gemeente Voorbeeld, eigen pagina",
        request_key=key.public,
        per_day=per_day,
    )
    return Organisation(entry, key)


def a_source(
    oin: str = SOURCE_OIN,
    *,
    caseload: int = 100_000,
    notice_keys: Sequence[PublicKey] = (),
) -> Organisation:
    key = new_request_key()
    entry = SourceOrganisation(
        kind="source",
        oin=oin,
        name="Schuldhulp Voorbeeld",
        request_key=key.public,
        declared_caseload=caseload,
        notice_keys=tuple(notice_keys),
    )
    return Organisation(entry, key)


def an_auditor(oin: str = AUDITOR_OIN) -> Organisation:
    key = new_request_key()
    entry = AuditorOrganisation(
        kind="auditor", oin=oin, name="Rekenkamer", request_key=key.public
    )
    return Organisation(entry, key)


def a_bsn(number: int) -> Bsn:
    """A valid number, another one for each `number` up to a few million."""
    prefixes = range(10_000_000 + 3 * number, 10_000_003 + 3 * number)
    for candidate in (f"{prefix}{check}" for prefix in prefixes for check in range(10)):
        with suppress(InvalidBsn):
            return parse_bsn(candidate)
    raise AssertionError("of three neighbours at most two lack a check digit")


def some_point() -> bytes:
    """A valid point: the generator of the group."""
    return bytes.fromhex(
        "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
    )
