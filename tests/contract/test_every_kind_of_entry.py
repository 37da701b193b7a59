"""Every kind of act, written by what records it and read back from the database.

tests/unit/signal_index/test_ledger_kinds.py holds that no other place records, and that
each does so in a form of the table; here is what each form comes to on disk.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, Uuid, text
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.pseudonym import KeyVersion, StoredPoint
from keys.request import Act as HolderAct
from keys.ticket import Ticket
from signal_index.api.acting import Acting
from signal_index.api.person_asked import PersonAct, PersonAsked, record_about_person
from signal_index.api.recording import SpecialAct, record_act, record_special
from signal_index.ledger import KINDS, Kind, WhyGroup, open_disclosures
from signal_index.ledger.kinds import (
    ABOUT_PERSON,
    BY_CALLER,
    BY_OPERATOR,
    WITH_PURPOSE,
    Form,
)
from signal_index.proof import (
    FirstLeaf,
    Group,
    JsonObject,
    parse_disclosure,
    parse_leaf,
)
from signal_index.store.acts import Act, Recorder
from signal_index.store.connect import reading, transaction
from signal_index.store.ledger import insert_entries
from tests.holders_builders import a_bsn
from tests.policy_builders import a_caller, a_pseudonym
from tests.world import World

pytestmark = pytest.mark.anyio

_ALL = text(
    "SELECT e.entry_id, e.year, e.kind, e.leaf, d.sealed FROM ledger_entry e "
    "JOIN ledger_disclosure d ON d.entry_id = e.entry_id"
).columns(entry_id=Uuid(), leaf=LargeBinary(), sealed=LargeBinary())
CHOSEN = WhyGroup("supervision", "officer")


@dataclass(frozen=True)
class Written:
    """What stands in the database of one entry."""

    kind: Kind
    activity: str
    form: Form
    why: JsonObject | None


async def read_all(world: World) -> list[Written]:
    async with reading(world.engine) as conn:
        rows = (await conn.execute(_ALL)).all()
    found = []
    for row in rows:
        key = world.index.keys.get_disclosure_key(row.year)
        texts = open_disclosures(row.entry_id, row.sealed, key=key)
        groups = {group: parse_disclosure(said).value for group, said in texts.items()}
        leaf = parse_leaf(row.leaf)
        assert not isinstance(leaf, FirstLeaf)
        assert leaf.kind == row.kind
        form = frozenset(group for group, value in groups.items() if value is not None)
        found.append(Written(leaf.kind, leaf.activity, form, groups[Group.WHY]))
    return found


def activity_of(world: World, lookup: Written) -> str:
    catalogue = world.index.catalogue
    asked = catalogue.parse_purpose(str((lookup.why or {})["purpose"]))
    return str(catalogue.purposes[asked].activity)


async def write(conn: AsyncConnection, world: World, kind: Kind, form: Form) -> None:
    """Record an act of a kind in one of its forms, by what records it when serving."""
    index, caller, now = world.index, a_caller(), world.clock()
    if form == BY_OPERATOR:
        recorder = Recorder(index.keys, "operator:somebody", world.clock)
        await recorder.record(conn, Act({"act": "tried"}, kind))
    elif form == ABOUT_PERSON:
        chosen = None if KINDS[kind].why else CHOSEN
        act = Acting(conn, index, caller, kind, now)
        done = PersonAct({"act": "tried"}, why=chosen)
        await record_about_person(act, a_person(world), done)
    elif form == WITH_PURPOSE:
        special = SpecialAct(kind, {"act": "tried"}, why=CHOSEN)
        entry = record_special(special, caller, index.keys, now)
        await insert_entries(conn, [entry])
    else:
        assert form == BY_CALLER
        entry = record_act(kind, caller, {"act": "tried"}, index.keys, now)
        await insert_entries(conn, [entry])


def a_person(world: World) -> PersonAsked:
    now = world.clock()
    tickets = [
        Ticket(
            jti=str(uuid.uuid4()),
            issuer=f"holder-{number}",
            audience="index",
            subject="user-1",
            organisation=a_caller().organisation,
            act=HolderAct.OFFICER_SEARCH,
            count=1,
            key_version=1,
            epoch=1,
            req="q" * 43,
            issued_at=now,
            expires_at=now + timedelta(minutes=1),
        )
        for number in (1, 2)
    ]
    point = StoredPoint(b"\x07" * 32)
    pair = (tickets[0], tickets[1])
    return PersonAsked(a_caller(), KeyVersion(1), a_pseudonym(), point, pair, now)


async def test_what_is_written_has_the_activity_and_the_groups_of_the_table(
    world: World,
) -> None:
    await world.look_up([a_bsn(1)])
    async with transaction(world.engine) as conn:
        for kind, rule in KINDS.items():
            for form in rule.forms:
                if kind is not Kind.LOOKUP:
                    await write(conn, world, kind, form)
    found = await read_all(world)
    for one in found:
        fixed = KINDS[one.kind].activity
        own = fixed if isinstance(fixed, str) else activity_of(world, one)
        assert (one.kind, one.activity) == (one.kind, own)
    lines = {(kind, form) for kind, rule in KINDS.items() for form in rule.forms}
    assert {(one.kind, one.form) for one in found} == lines


async def test_a_kind_with_one_purpose_is_written_with_it(world: World) -> None:
    fixed = [kind for kind, rule in KINDS.items() if rule.why is not None]
    async with transaction(world.engine) as conn:
        for kind in fixed:
            await write(conn, world, kind, ABOUT_PERSON)
    found = {one.kind: one.why for one in await read_all(world) if one.kind in fixed}
    assert found == {
        kind: rule.why.value() for kind, rule in KINDS.items() if rule.why is not None
    }
