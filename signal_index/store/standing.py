"""Who takes part and what is open, read whole: small, and never about a subject.

Organisations, clients, suspensions, sources, coverage and establishments are a few
thousand rows at most. The edge keeps one copy for less than ten seconds
(`api.standing`), so that a lookup asks none of it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.municipality import MunicipalityCode
from policy.catalogue import Catalogue
from policy.errors import UnknownPurpose
from policy.vocabulary import Establishment, LoopActId, PurposeId
from signal_index.answers import Contact
from signal_index.overview.days import FOLLOW_UP_DAYS
from signal_index.store.accounts import EVERYONE
from signal_index.store.admissions import find_admitted
from signal_index.store.contacts import find_contacts
from signal_index.store.emptied import find_emptied
from signal_index.store.endings import find_refused
from signal_index.store.policies import StoredAdoption, find_newest_adoptions
from signal_index.store.registry import ClientKind
from signal_index.store.transfers import find_successions
from signal_index.store.witnessing import find_refused as find_refused_ledger
from signal_index.store.witnessing import find_unwitnessed_since
from signal_index.successions import Succession
from signal_index.tables import registry
from signal_index.taking_part import Coverage
from signal_index.wire.lookups import Freshness
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.sources import SourceState

MAXIMUM_AGE: Final = timedelta(seconds=10)
"""How old a copy may be that a request reads; what changes counts for all after it."""
_TOLD_FOR: Final = timedelta(days=FOLLOW_UP_DAYS)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A registered organisation."""

    oin: str
    name: str
    kind: str
    municipality: str
    admitted: frozenset[str] = frozenset()
    """Where it may ask beside its own municipality, by that one's own admission."""

    def may_ask_in(self, municipality: str) -> bool:
        """Tell whether its people may ask for this municipality."""
        return municipality == self.municipality or municipality in self.admitted


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """A registered source: its kind in the catalogue, and who may send for it.

    Its state is here for what the source itself is told. What others may see follows
    from the rows that a reading finds (`tables.signals.shown_signals`), never from this
    copy, which may be ten seconds old.
    """

    oin: str
    kind: str
    active: bool
    state: SourceState
    submitters: frozenset[str]


@dataclass(frozen=True, slots=True)
class Client:
    """Whose client it is, and whether people log in through it."""

    organisation: str
    kind: ClientKind


@dataclass(frozen=True, slots=True)
class Signer:
    """A public key that signs notices, and whose it is."""

    organisation: str
    jwk: str


@dataclass(frozen=True, slots=True)
class RecordedEstablishment:
    """An establishment as it was recorded, whatever catalogue it was made with."""

    opens: str
    municipality: str
    by_role: str
    on: date
    staatsblad: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Who takes part and what is open, as of one moment.

    `establishments` are those of the shipped catalogue; what a municipality's adopted
    catalogue makes of `recorded` is `establishments_of`'s to say.
    """

    read_at: datetime
    organisations: Mapping[str, Organisation]
    clients: Mapping[str, Client]
    suspended: frozenset[tuple[str, str]]
    signers: Mapping[tuple[str, str], Signer]
    sources: Mapping[str, SourceStanding]
    coverage: Mapping[tuple[str, str], tuple[Coverage, ...]]
    stopped: frozenset[tuple[str, str]]
    """Of what a source that was live told, and ended: (municipality, category)."""
    establishments: tuple[Establishment, ...]
    recorded: tuple[RecordedEstablishment, ...] = ()
    adoptions: Mapping[str, StoredAdoption] = field(default_factory=dict)
    unwitnessed_since: datetime | None = None
    is_refused: bool = False
    """Whether nothing is signed on the ledger any more: it is not what was signed."""
    freshness: dict[Hashable, tuple[Freshness, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """What answers said of sources since this was read, by question."""
    own_numbers: Mapping[str, Contact] = field(default_factory=dict)
    """By organisation, of no person: as it signed them."""
    successions: Sequence[Succession] = ()
    """What passed on as long ago as flags of an answer are told, the oldest first."""

    def find_places(self, source: str) -> frozenset[tuple[str, str]]:
        """Find where a source publishes what: (municipality, category)."""
        return frozenset(
            place
            for place, covered in self.coverage.items()
            if any(one.source == source for one in covered)
        )


async def read_standing(
    conn: AsyncConnection, catalogue: Catalogue, *, now: datetime
) -> Standing:
    """Read who takes part and what is open, in one transaction."""
    recorded = await find_recorded(conn)
    refused = await find_refused(conn)
    return Standing(
        read_at=now,
        unwitnessed_since=await find_unwitnessed_since(conn),
        is_refused=await find_refused_ledger(conn) is not None,
        organisations=dict(await _organisations(conn, now)),
        clients={
            row.client_id: Client(row.organisation, ClientKind(row.kind))
            for row in await conn.execute(
                select(registry.client).where(registry.client.c.ended_at.is_(None))
            )
        },
        suspended=refused,
        signers={
            (row.organisation, row.kid): Signer(row.organisation, row.jwk)
            for row in await conn.execute(
                select(registry.signer).where(registry.signer.c.ended_at.is_(None))
            )
        },
        sources=dict(await _sources(conn, refused)),
        coverage=await _coverage(conn),
        stopped=await _stopped(conn),
        establishments=establishments_of(recorded, catalogue),
        recorded=recorded,
        adoptions=await find_newest_adoptions(conn),
        own_numbers=await _own_numbers(conn),
        successions=await find_successions(conn, since=now - _TOLD_FOR),
    )


async def _own_numbers(conn: AsyncConnection) -> Mapping[str, Contact]:
    organisations = await conn.scalars(select(registry.organisation.c.oin))
    named = {name_own_number(oin): oin for oin in organisations}
    return {named[id_]: one for id_, one in (await find_contacts(conn, named)).items()}


async def _organisations(
    conn: AsyncConnection, now: datetime
) -> Iterator[tuple[str, Organisation]]:
    admitted = await find_admitted(conn, now=now)
    rows = await conn.execute(
        select(
            registry.organisation.c.oin,
            registry.organisation.c.name,
            registry.organisation.c.kind,
            registry.organisation.c.municipality,
        )
    )
    return (
        (row.oin, Organisation(*row, admitted=admitted.get(row.oin, frozenset())))
        for row in rows
    )


async def _sources(
    conn: AsyncConnection, refused: frozenset[tuple[str, str]]
) -> Iterator[tuple[str, SourceStanding]]:
    submitters: dict[str, set[str]] = defaultdict(set)
    for row in await conn.execute(select(registry.source_submitter)):
        submitters[row.source].add(row.submitter)
    rows = await conn.execute(select(registry.source))
    return (
        (
            row.oin,
            SourceStanding(
                row.oin,
                row.kind,
                row.ended_at is None and (row.oin, EVERYONE) not in refused,
                SourceState(row.state),
                frozenset({row.oin, *submitters[row.oin]}),
            ),
        )
        for row in rows
    )


async def _coverage(
    conn: AsyncConnection,
) -> Mapping[tuple[str, str], tuple[Coverage, ...]]:
    table = registry.coverage
    source = registry.source
    rows = await conn.execute(
        select(table, source.c.by_hand)
        .join(source, source.c.oin == table.c.source)
        .where(table.c.active, source.c.ended_at.is_(None))
        .order_by(table.c.municipality, table.c.category, table.c.source)
    )
    found: dict[tuple[str, str], tuple[Coverage, ...]] = {}
    emptied = await find_emptied(conn)
    for row in rows:
        place = (row.municipality, row.category)
        one = Coverage(
            row.source,
            row.rhythm_days,
            row.last_heard,
            row.by_hand,
            (row.source, *place) in emptied,
        )
        found[place] = (*found.get(place, ()), one)
    return found


async def _stopped(conn: AsyncConnection) -> frozenset[tuple[str, str]]:
    table, source = registry.coverage, registry.source
    rows = await conn.execute(
        select(table.c.municipality, table.c.category)
        .join(source, source.c.oin == table.c.source)
        .where(source.c.ended_at.is_not(None), source.c.live_until.is_not(None))
    )
    return frozenset((row.municipality, row.category) for row in rows)


def establishments_of(
    recorded: Iterable[RecordedEstablishment], catalogue: Catalogue
) -> tuple[Establishment, ...]:
    """Give what was established of the purposes and acts that this catalogue has.

    A purpose that has left the catalogue is closed, whatever was once recorded.
    """
    return tuple(
        Establishment(
            opens=opened,
            municipality=MunicipalityCode(row.municipality),
            by_role=row.by_role,
            on=row.on,
            staatsblad=row.staatsblad,
        )
        for row in recorded
        if (opened := _find_opened(catalogue, row.opens)) is not None
    )


async def find_recorded(
    conn: AsyncConnection,
) -> tuple[RecordedEstablishment, ...]:
    """Give what was established, as it was recorded."""
    rows = await conn.execute(select(registry.establishment))
    return tuple(
        RecordedEstablishment(
            row.opens,
            row.municipality,
            row.by_role,
            row.established_on,
            row.staatsblad,
        )
        for row in rows
    )


def _find_opened(catalogue: Catalogue, text: str) -> PurposeId | LoopActId | None:
    try:
        return catalogue.parse_opened(text)
    except UnknownPurpose:
        return None
