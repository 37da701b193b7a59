"""Who takes part and what is open, read whole: small, and never about a subject.

Organisations, clients, suspensions, sources, coverage and establishments are a few
thousand rows at most. The edge keeps one copy for less than ten seconds
(`api.standing`), so that a lookup asks none of it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.catalogue import Catalogue
from policy.errors import UnknownPurpose
from policy.vocabulary import Establishment, MunicipalityCode, PurposeId
from signal_index.tables import registry


@dataclass(frozen=True, slots=True)
class Organisation:
    """A registered organisation."""

    oin: str
    name: str
    kind: str
    municipality: str


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """A registered source: its kind in the catalogue, and who may send for it."""

    oin: str
    kind: str
    active: bool
    submitters: frozenset[str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """That a source publishes a category in a municipality, and when it last spoke."""

    source: str
    rhythm_days: int
    last_heard: datetime | None


@dataclass(frozen=True, slots=True)
class Signer:
    """A public key that signs notices, and whose it is."""

    organisation: str
    jwk: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Who takes part and what is open, as of one moment."""

    read_at: datetime
    organisations: Mapping[str, Organisation]
    clients: Mapping[str, str]
    suspended: frozenset[tuple[str, str]]
    signers: Mapping[tuple[str, str], Signer]
    sources: Mapping[str, SourceStanding]
    coverage: Mapping[tuple[str, str], tuple[Coverage, ...]]
    establishments: tuple[Establishment, ...]


async def read_standing(
    conn: AsyncConnection, catalogue: Catalogue, *, now: datetime
) -> Standing:
    """Read who takes part and what is open, in one transaction."""
    return Standing(
        read_at=now,
        organisations=dict(await _organisations(conn)),
        clients={
            row.client_id: row.organisation
            for row in await conn.execute(
                select(registry.client.c.client_id, registry.client.c.organisation)
            )
        },
        suspended=frozenset(
            (row.organisation, row.subject)
            for row in await conn.execute(
                select(
                    registry.account_suspension.c.organisation,
                    registry.account_suspension.c.subject,
                )
            )
        ),
        signers={
            (row.organisation, row.kid): Signer(row.organisation, row.jwk)
            for row in await conn.execute(select(registry.signer))
        },
        sources=dict(await _sources(conn)),
        coverage=await _coverage(conn),
        establishments=tuple(await _establishments(conn, catalogue)),
    )


async def verify_reachable(conn: AsyncConnection) -> None:
    """Ask the database for nothing, or raise what its driver raises."""
    await conn.execute(select(1))


async def _organisations(
    conn: AsyncConnection,
) -> Iterator[tuple[str, Organisation]]:
    rows = await conn.execute(
        select(
            registry.organisation.c.oin,
            registry.organisation.c.name,
            registry.organisation.c.kind,
            registry.organisation.c.municipality,
        )
    )
    return ((row.oin, Organisation(*row)) for row in rows)


async def _sources(conn: AsyncConnection) -> Iterator[tuple[str, SourceStanding]]:
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
                row.active,
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
        select(table)
        .join(source, source.c.oin == table.c.source)
        .where(table.c.active, source.c.active)
        .order_by(table.c.municipality, table.c.category, table.c.source)
    )
    found: dict[tuple[str, str], tuple[Coverage, ...]] = {}
    for row in rows:
        place = (row.municipality, row.category)
        one = Coverage(row.source, row.rhythm_days, row.last_heard)
        found[place] = (*found.get(place, ()), one)
    return found


async def _establishments(
    conn: AsyncConnection, catalogue: Catalogue
) -> Iterator[Establishment]:
    # A purpose that has left the catalogue is closed, whatever was once recorded.
    rows = await conn.execute(select(registry.establishment))
    return (
        Establishment(
            purpose=purpose,
            municipality=MunicipalityCode(row.municipality),
            by_role=row.by_role,
            on=row.established_on,
            staatsblad=row.staatsblad,
        )
        for row in rows
        if (purpose := _find_purpose(catalogue, row.purpose)) is not None
    )


def _find_purpose(catalogue: Catalogue, text: str) -> PurposeId | None:
    try:
        return catalogue.parse_purpose(text)
    except UnknownPurpose:
        return None
