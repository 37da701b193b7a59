"""Writing who takes part: organisations, clients, signers and sources.

- Registering the same again changes nothing, so that a load file may be loaded twice.
- A name, a source's coverage and who may submit for it can be changed by
  registering anew; an id that is registered with any other fact is a
  `RegistrationConflict`.
- What ended (`store.endings`) is not registered again: `RegistrationConflict`.
- Registering anew never changes whether a source is in trial or live: that is
  `store.source_states`.
- The caller records each `Change` in the ledger, in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import RegistrationConflict, UnknownOrganisation
from signal_index.store.signals import lock_source
from signal_index.tables.registry import (
    client,
    coverage,
    organisation,
    signer,
    source,
    source_submitter,
)
from signal_index.wire.sources import SourceState

REGISTER: Final = "population-register"
"""The kind of source that publishes nothing and tells of persons."""


class Change(StrEnum):
    """What registering did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class OrganisationRecord:
    """An organisation, and the municipality responsible for admitting it."""

    oin: str
    name: str
    kind: str
    municipality: str


class ClientKind(StrEnum):
    """What a client is for: people log in through it, or a machine calls by itself.

    A machine's client never speaks for a person, whatever `sub` its tokens carry.
    """

    PERSON_FACING = "person-facing"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """A client (`azp`, `client_id`) through which an organisation calls."""

    client_id: str
    organisation: str
    kind: ClientKind


@dataclass(frozen=True, slots=True)
class SignerRecord:
    """A public key with which an organisation signs what it publishes."""

    organisation: str
    kid: str
    jwk: str


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source: what it publishes where, how often, and who may send for it.

    `by_hand`: it has no export; only its people signal, and no delivery is expected.

    `state` None: in trial where it is new, and whatever it is where it is known.
    """

    oin: str
    kind: str
    categories: frozenset[str]
    municipalities: frozenset[str]
    rhythm_days: int
    submitters: frozenset[str] = frozenset()
    state: SourceState | None = None
    by_hand: bool = False


async def add_organisation(
    conn: AsyncConnection, record: OrganisationRecord, *, now: datetime
) -> Change:
    """Register an organisation; its name may be changed, nothing else."""
    values = {
        "oin": record.oin,
        "name": record.name,
        "kind": record.kind,
        "municipality": record.municipality,
    }
    found = await _find(conn, organisation, {"oin": record.oin})
    if found is None:
        await conn.execute(insert(organisation).values(**values, registered_at=now))
        return Change.ADDED
    _verify_stands(organisation, found)
    if (found["kind"], found["municipality"]) != (record.kind, record.municipality):
        raise RegistrationConflict("the organisation is registered with other facts")
    if found["name"] == record.name:
        return Change.UNCHANGED
    await conn.execute(
        update(organisation)
        .where(organisation.c.oin == record.oin)
        .values(name=record.name)
    )
    return Change.CHANGED


async def add_client(
    conn: AsyncConnection, record: ClientRecord, *, now: datetime
) -> Change:
    """Register a client of an organisation."""
    values = {
        "client_id": record.client_id,
        "organisation": record.organisation,
        "municipality": await get_municipality(conn, record.organisation),
        "kind": record.kind.value,
    }
    return await _add(conn, client, {"client_id": record.client_id}, values, now)


async def add_signer(
    conn: AsyncConnection, record: SignerRecord, *, now: datetime
) -> Change:
    """Register a public signing key of an organisation."""
    key = {"organisation": record.organisation, "kid": record.kid}
    home = await get_municipality(conn, record.organisation)
    values = {**key, "jwk": record.jwk, "municipality": home}
    return await _add(conn, signer, key, values, now)


async def add_source(
    conn: AsyncConnection, record: SourceRecord, *, now: datetime
) -> Change:
    """Register a source with its coverage; coverage left out becomes inactive.

    A register shows no flag that could be tried: it is live from the start. Raises
    `RegistrationConflict` where it is registered with another kind or state.
    """
    await lock_source(conn, record.oin)
    home = await get_municipality(conn, record.oin)
    values = {
        "oin": record.oin,
        "kind": record.kind,
        "municipality": home,
        "by_hand": record.by_hand,
    }
    key = {"oin": record.oin}
    state = record.state
    if state is None and await _find(conn, source, key) is None:
        state = SourceState.LIVE if record.kind == REGISTER else SourceState.TRIAL
    if state is not None:
        values["state"] = state.value
    added = await _add(conn, source, key, values, now)
    covered = await _set_coverage(conn, record)
    submitting = await _set_submitters(conn, record, home)
    if added is Change.ADDED:
        return Change.ADDED
    return Change.CHANGED if covered or submitting else Change.UNCHANGED


async def get_municipality(conn: AsyncConnection, oin: str) -> str:
    """Give the municipality that admitted an organisation, or `UnknownOrganisation`."""
    found = await _find(conn, organisation, {"oin": oin})
    if found is None:
        raise UnknownOrganisation("register the organisation first")
    return str(found["municipality"])


async def get_client(conn: AsyncConnection, client_id: str) -> str:
    """Give whose client this is, or raise `UnknownOrganisation`."""
    found = await _find(conn, client, {"client_id": client_id})
    if found is None:
        raise UnknownOrganisation("no such client is registered")
    return str(found["organisation"])


async def get_name(conn: AsyncConnection, oin: str) -> str:
    """Give what an organisation is called, or `UnknownOrganisation`."""
    found = await _find(conn, organisation, {"oin": oin})
    if found is None:
        raise UnknownOrganisation("register the organisation first")
    return str(found["name"])


async def _set_coverage(conn: AsyncConnection, record: SourceRecord) -> bool:
    wanted = {
        (municipality, category): (record.rhythm_days, True)
        for municipality in record.municipalities
        for category in record.categories
    }
    own = coverage.c.source == record.oin
    present = {
        (row.municipality, row.category): (row.rhythm_days, row.active)
        for row in await conn.execute(select(coverage).where(own))
    }
    for place in present.keys() - wanted.keys():
        wanted[place] = (present[place][0], False)
    for (municipality, category), (rhythm, active) in sorted(wanted.items()):
        values = {"rhythm_days": rhythm, "active": active}
        key = {"municipality": municipality, "category": category, "source": record.oin}
        if (municipality, category) not in present:
            await conn.execute(insert(coverage).values(**key, **values))
        elif present[municipality, category] != (rhythm, active):
            await conn.execute(update(coverage).filter_by(**key).values(**values))
    return wanted != present


async def _set_submitters(
    conn: AsyncConnection, record: SourceRecord, home: str
) -> bool:
    own = source_submitter.c.source == record.oin
    rows = await conn.scalars(select(source_submitter.c.submitter).where(own))
    present = set(rows)
    for oin in sorted(record.submitters - present):
        await get_municipality(conn, oin)
        await conn.execute(
            insert(source_submitter).values(
                source=record.oin, submitter=oin, municipality=home
            )
        )
    gone = present - record.submitters
    if gone:
        await conn.execute(
            delete(source_submitter).where(own, source_submitter.c.submitter.in_(gone))
        )
    return present != record.submitters


async def _add(
    conn: AsyncConnection,
    table: Table,
    key: Mapping[str, str],
    values: Mapping[str, object],
    now: datetime,
) -> Change:
    found = await _find(conn, table, key)
    if found is None:
        await conn.execute(insert(table).values(**values, registered_at=now))
        return Change.ADDED
    _verify_stands(table, found)
    if any(found[name] != value for name, value in values.items()):
        raise RegistrationConflict(f"the {table.name} is registered with other facts")
    return Change.UNCHANGED


def _verify_stands(table: Table, found: Mapping[str, Any]) -> None:
    if found.get("ended_at") is not None:
        raise RegistrationConflict(
            f"this {table.name} was ended: take it out of what you register"
        )


async def _find(
    conn: AsyncConnection, table: Table, key: Mapping[str, str]
) -> Mapping[str, Any] | None:
    rows = await conn.execute(select(table).filter_by(**key))
    found = rows.mappings().one_or_none()
    return None if found is None else dict(found)
