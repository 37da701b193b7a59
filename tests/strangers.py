"""Everybody who is not of here: other organisations, with every role that there is.

Each stranger carries the `sub` of somebody at work in the world, so that an account
alone opens nothing either.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.jose import sign_compact
from keys.request import Act
from keys.ticket import TICKET_TYPE
from signal_index.api.subjects import openapi_text
from signal_index.store.connect import reading
from signal_index.store.registry import (
    OrganisationRecord,
    SourceRecord,
    add_client,
    add_organisation,
    add_source,
)
from signal_index.tables.metadata import metadata
from signal_index.wire.sources import SourceState
from tests.holders_builders import AUDIENCE
from tests.live_world import BusyWorld, Claims, Operation, Sent
from tests.store_builders import owning
from tests.tokens import ISSUER
from tests.world_registry import TEAM_OIN, a_desk, a_machine

HOME, ELSEWHERE = "9901", "9902"
Rows = Mapping[str, frozenset[str]]

OFFICES = {
    "privacy-officer": "privacy-officer-1",
    "data-protection-officer": "data-protection-officer-1",
    "municipality-administrator": "bram",
    "auditor": "auditor-1",
}
AGENCYS = {"source-administrator": "administrator-1", "hand-signaller": "ib-1"}
# Rows that name nobody: they belong to an entry, or a ticket, of whoever asked. A
# person's number (`ledger_person`) counts each entry about them, whoever asked.
OF_AN_ENTRY = frozenset(
    {"ledger_disclosure", "ledger_pending", "review_act", "spent_ticket"}
)


@dataclass(frozen=True)
class Party:
    """An organisation that is not the one whose things are asked for."""

    oin: str
    kind: str
    municipality: str
    machine: str
    desk: str

    def claims(self, sub: str, roles: list[str], scope: str) -> Claims:
        return {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "jti": "some-token",
            "sub": sub,
            "client_id": self.machine if sub == self.machine else self.desk,
            "org": self.oin,
            "roles": roles,
            "scope": scope,
            "municipality": self.municipality,
            "trainings": [],
            "loa": "substantial",
        }

    def everybody(self) -> Iterator[Claims]:
        """Everybody there: its machine, and a person in each role."""
        is_agency = self.kind == "source-agency"
        machines = ["source-publisher"] if is_agency else []
        yield self.claims(self.machine, machines, "publish lookup ledger")
        if not is_agency:
            yield self.claims("user-1", ["generalist"], "openid lookup")
        for role, sub in (AGENCYS if is_agency else OFFICES).items():
            scope = "openid publish" if is_agency else "openid lookup ledger"
            yield self.claims(sub, [role], scope)


def _party(oin: str, kind: str, municipality: str) -> Party:
    return Party(oin, kind, municipality, f"agent-{oin[-4:]}", f"desk-{oin[-4:]}")


PARTIES = (
    _party("00000001000000000051", "municipality", ELSEWHERE),
    _party("00000001000000000052", "neighbourhood-team", ELSEWHERE),
    _party("00000001000000000053", "source-agency", ELSEWHERE),
    _party("00000001000000000055", "supervisor", ELSEWHERE),
    _party("00000001000000000054", "source-agency", HOME),
    Party(TEAM_OIN, "neighbourhood-team", HOME, "desk-team", "desk-team"),
)


async def register_strangers(world: BusyWorld) -> None:
    """Register all of them; the agencies publish what others here publish too."""
    now = world.clock()
    async with owning(world.engine) as conn:
        for one in PARTIES:
            if one.oin == TEAM_OIN:
                continue
            place = one.municipality
            record = OrganisationRecord(one.oin, "Elders", one.kind, place)
            await add_organisation(conn, record, now=now)
            for client in (a_machine(one.oin), a_desk(one.oin)):
                await add_client(conn, client, now=now)
            if one.kind == "source-agency":
                await add_source(conn, _source(one), now=now)
    world.index.standing.forget()


def _source(one: Party) -> SourceRecord:
    return SourceRecord(
        one.oin,
        "debt-help",
        frozenset({"schuldhulpverlening"}),
        frozenset({one.municipality}),
        7,
        state=SourceState.LIVE,
    )


def operations() -> list[Operation]:
    """Every operation of the document."""
    paths = json.loads(openapi_text())["paths"].items()
    return [Operation(verb.upper(), path) for path, said in paths for verb in said]


def a_request(world: BusyWorld, operation: Operation) -> Sent:
    """A request as it succeeded for somebody here, or one that names what is here."""
    sent = world.memory.sent.get(operation)
    if sent:
        return sent[-1]
    collection = operation.path.split("/")[1]
    known = world.memory.ids.get(collection, [])
    named = {}
    for part in operation.path.split("/"):
        if part.startswith("{"):
            named[part.strip("{}")] = known[-1]
    return Sent({}, named, None)


def with_tickets(
    world: BusyWorld, body: object, claims: Claims, act: Act = Act.OFFICER_SEARCH
) -> object:
    """The same body with two tickets that holders gave this caller."""
    if not isinstance(body, dict):
        return body
    made: dict[str, Any] = {
        name: with_tickets(world, below, claims) for name, below in body.items()
    }
    if made.get("tickets"):
        persons = made.get("subjects", [None])
        made["tickets"] = _tickets(world, claims, act, len(persons))
    return copy.deepcopy(made)


def _tickets(world: BusyWorld, claims: Claims, act: Act, count: int) -> list[str]:
    now, config = int(world.clock().timestamp()), world.holders.config
    said = {
        "aud": world.index.names.audience,
        "sub": claims["sub"],
        "org": claims["org"],
        "act": act.value,
        "count": count,
        "keyVersion": config.key_version,
        "epoch": config.epoch,
        "req": (uuid4().hex * 2)[:42] + "A",
        "iat": now,
        "exp": now + 600,
    }
    return [
        sign_compact(
            holder.keys.ticket_key,
            TICKET_TYPE,
            {**said, "iss": holder.keys.identity.id, "jti": str(uuid4())},
        )
        for holder in (world.holders.holders[1], world.holders.holders[2])
    ]


async def read_rows(world: BusyWorld) -> Rows:
    """Every row of every table, as text."""
    async with reading(world.engine) as conn:
        return {table.name: await _rows(conn, table.name) for table in TABLES}


TABLES = tuple(one for one in metadata.sorted_tables if one.name != "ledger_person")


async def _rows(conn: AsyncConnection, name: str) -> frozenset[str]:
    found = await conn.execute(select(metadata.tables[name]))
    return frozenset(repr(tuple(row)) for row in found)


def find_harm(before: Rows, after: Rows, one: Party) -> list[str]:
    """Say which tables changed in anything that is not this party's own."""
    own = (one.oin, one.municipality) if one.municipality != HOME else (one.oin,)
    return [
        name
        for name in before
        if (before[name] - after[name])
        or any(
            not any(word in row for word in own)
            for row in after[name] - before[name]
            if name not in OF_AN_ENTRY
        )
    ]


def as_of(claims: Claims, municipality: str) -> Claims:
    """The same, with a token that names another municipality."""
    return {**claims, "municipality": municipality}


__all__ = [
    "ELSEWHERE",
    "HOME",
    "PARTIES",
    "Party",
    "a_request",
    "as_of",
    "find_harm",
    "operations",
    "read_rows",
    "register_strangers",
    "with_tickets",
]
