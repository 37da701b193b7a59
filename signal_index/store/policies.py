"""Policies that were proposed, and what each municipality adopted.

- A bundle is found by its SHA-256 and gives that digest again, or it is not given: what
  was changed in the database is `PolicyUnusable`.
- The newest serial of a municipality holds. Of two adoptions at the same moment one is
  `ProposalOutdated`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Table, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.bundle import Bundle, parse_bundle
from policy.catalogue import Catalogue, parse_catalogue
from policy.errors import InvalidBundle, InvalidPolicy
from signal_index.errors import (
    PolicyUnusable,
    ProposalOutdated,
    UnknownApproval,
    UnknownPolicy,
)
from signal_index.ledger import Kind
from signal_index.proof import Leaf, parse_leaf
from signal_index.store.ledger_order import newest_first
from signal_index.tables.ledger import OFFICERS_KINDS, ledger_entry
from signal_index.tables.policies import (
    policy_adoption,
    policy_bundle,
    policy_proposal,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A bundle that waits for its second person, and what held when it was proposed."""

    approval: UUID
    municipality: str
    digest: bytes
    base: bytes


@dataclass(frozen=True, slots=True)
class StoredAdoption:
    """An adoption as the database has it; only its statement makes it count."""

    municipality: str
    serial: int
    digest: bytes
    approval: UUID
    activated_at: datetime
    statement: str


async def insert_bundle(
    conn: AsyncConnection, bundle: Bundle, *, now: datetime
) -> None:
    """Keep a bundle under its digest; the same one again changes nothing."""
    row = {
        "digest": bundle.digest,
        "document": bundle.encode().decode(),
        "received_at": now,
    }
    await _insert_new(conn, policy_bundle, row)


async def get_bundle(conn: AsyncConnection, digest: bytes) -> Bundle:
    """Give the bundle with this SHA-256, or raise `UnknownPolicy`.

    Raises `PolicyUnusable` where the database holds another text under it.
    """
    document = await conn.scalar(
        select(policy_bundle.c.document).where(policy_bundle.c.digest == digest)
    )
    if document is None:
        raise UnknownPolicy
    try:
        bundle = parse_bundle(str(document).encode())
    except InvalidBundle as fault:
        raise PolicyUnusable from fault
    if bundle.digest != digest:
        raise PolicyUnusable
    return bundle


async def verify_proposed(
    conn: AsyncConnection, digest: bytes, municipality: str
) -> None:
    """Raise `UnknownPolicy` unless this text was proposed in this municipality."""
    found = await conn.scalar(
        select(policy_proposal.c.digest)
        .where(policy_proposal.c.digest == digest)
        .where(policy_proposal.c.municipality == municipality)
        .limit(1)
    )
    if found is None:
        raise UnknownPolicy


async def insert_proposal(conn: AsyncConnection, proposal: Proposal) -> None:
    """Keep what an approval is about."""
    row = {
        "approval": proposal.approval,
        "municipality": proposal.municipality,
        "digest": proposal.digest,
        "base": proposal.base,
    }
    await _insert_new(conn, policy_proposal, row)


async def get_proposal(
    conn: AsyncConnection, approval: UUID, municipality: str
) -> Proposal:
    """Give a proposal of this municipality, or raise `UnknownApproval`."""
    rows = await conn.execute(
        select(policy_proposal).where(
            policy_proposal.c.approval == approval,
            policy_proposal.c.municipality == municipality,
        )
    )
    row = rows.mappings().one_or_none()
    if row is None:
        raise UnknownApproval
    return Proposal(
        row["approval"], row["municipality"], bytes(row["digest"]), bytes(row["base"])
    )


async def insert_adoption(conn: AsyncConnection, made: StoredAdoption) -> None:
    """Put a policy in force, unless another one was adopted just before."""
    row = {
        "municipality": made.municipality,
        "serial": made.serial,
        "digest": made.digest,
        "approval": made.approval,
        "activated_at": made.activated_at,
        "statement": made.statement,
    }
    if not await _insert_new(conn, policy_adoption, row):
        raise ProposalOutdated


async def find_adoptions(
    conn: AsyncConnection, municipality: str
) -> tuple[StoredAdoption, ...]:
    """Give a municipality's adoptions, newest first."""
    rows = await conn.execute(
        select(policy_adoption)
        .where(policy_adoption.c.municipality == municipality)
        .order_by(policy_adoption.c.serial.desc())
    )
    return tuple(_read(row) for row in rows.mappings())


async def find_newest_adoptions(
    conn: AsyncConnection,
) -> Mapping[str, StoredAdoption]:
    """Give the adoption that each municipality holds to now, if it has one."""
    table = policy_adoption
    newest = (
        select(table.c.municipality, func.max(table.c.serial).label("serial"))
        .group_by(table.c.municipality)
        .subquery()
    )
    rows = await conn.execute(
        select(table).join(
            newest,
            (table.c.municipality == newest.c.municipality)
            & (table.c.serial == newest.c.serial),
        )
    )
    found = [_read(row) for row in rows.mappings()]
    return {one.municipality: one for one in found}


async def find_recorded_digest(conn: AsyncConnection, municipality: str) -> str | None:
    """Give the digest (b64u) that the newest activation in the ledger names there."""
    activations = (
        select(ledger_entry.c.leaf)
        .where(text(OFFICERS_KINDS))  # the words that its index is found by
        .where(ledger_entry.c.municipality == municipality)
        .where(ledger_entry.c.kind == Kind.POLICY.value)
    )
    leaf = await conn.scalar(newest_first(activations).limit(1))
    if leaf is None:
        return None
    found = parse_leaf(bytes(leaf))
    return found.policy if isinstance(found, Leaf) else None


async def find_recorded_places(conn: AsyncConnection) -> frozenset[str]:
    """Give the municipalities for which the ledger records an activation."""
    found = await conn.scalars(
        select(ledger_entry.c.municipality)
        .where(text(OFFICERS_KINDS))
        .where(ledger_entry.c.kind == Kind.POLICY.value)
        .where(ledger_entry.c.municipality.is_not(None))
        .distinct()
    )
    return frozenset(str(one) for one in found)


async def find_bundles(
    conn: AsyncConnection, digests: Collection[bytes]
) -> Mapping[bytes, Bundle]:
    """Give these bundles, each checked against its digest."""
    return {digest: await get_bundle(conn, digest) for digest in sorted(set(digests))}


async def read_catalogues(conn: AsyncConnection) -> Mapping[str, Catalogue]:
    """Give the catalogue that each municipality adopted, where it can be read.

    For the administrator's commands and the upkeep, which decide no lookup: whoever can
    write these rows can write what they work on too. A serving index goes by the
    signature (`api.policy_view`).
    """
    found = {}
    for municipality, adoption in (await find_newest_adoptions(conn)).items():
        try:
            bundle = await get_bundle(conn, adoption.digest)
            found[municipality] = parse_catalogue(bundle.catalogue)
        except (PolicyUnusable, UnknownPolicy, InvalidPolicy):
            continue
    return found


def _read(row: RowMapping) -> StoredAdoption:
    return StoredAdoption(
        municipality=row["municipality"],
        serial=row["serial"],
        digest=bytes(row["digest"]),
        approval=row["approval"],
        activated_at=row["activated_at"],
        statement=row["statement"],
    )


async def _insert_new(
    conn: AsyncConnection, table: Table, row: Mapping[str, Any]
) -> bool:
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    done = await conn.execute(
        dialect.insert(table).values(row).on_conflict_do_nothing()
    )
    return bool(done.rowcount)
