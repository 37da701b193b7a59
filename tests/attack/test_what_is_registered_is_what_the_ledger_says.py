"""Who writes in the database changes what is registered: the ledger tells otherwise."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from signal_index.api import recording
from signal_index.days import day_of
from signal_index.identifiers import make_uuid7
from signal_index.ledger import Group, Kind
from signal_index.ledger.sealing import (
    NONCE_BYTES,
    open_disclosures,
    seal_disclosures,
)
from signal_index.proof import JsonObject, make_disclosure
from signal_index.store.acts import Act, Recorder
from signal_index.store.connect import transaction
from signal_index.store.endings import Because, end
from signal_index.store.registered import Difference, compare_registered
from signal_index.tables.ledger import ledger_disclosure, ledger_entry
from signal_index.upkeep.expiry import find_closed
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import Phone
from tests.builders import a_contact_holder
from tests.contact_desk import (
    IMPOSTOR,
    change_details,
    read_details,
    write_details,
)
from tests.index_office import Office
from tests.policy_officers import approving
from tests.store_builders import an_oin, owning
from tests.world import World

AGENCY = an_oin(2)
OPENS = "schuldhulp-toegang"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    for step in (("migrate",), ("keys", "create")):
        assert made.run(*step)[0] == 0
    assert made.load()[0] == 0
    return made


def test_what_was_registered_by_commands_is_as_the_ledger_says(office: Office) -> None:
    code, said = office.run("ledger", "compare")
    assert (code, said.splitlines()[-1].endswith("0 differ")) == (0, True), said
    for step in (
        ("source", "go-live", AGENCY, "--without-rehearsal", "Werk en Inkomen"),
        ("source", "to-trial", AGENCY),
        ("organisation", "end", AGENCY, "--because", "stopped"),
    ):
        assert office.run(*step)[0] == 0, step
        assert office.run("ledger", "compare")[0] == 0, step


@pytest.mark.anyio
async def test_an_older_number_is_not_put_back_by_hiding_the_newer(
    world: World,
) -> None:
    """Its signature holds: only the entry of the newer one tells."""
    own = name_own_number(world.debt_help.oin)
    old = a_contact_holder()
    assert (await world.put_contact(world.debt_help, old, contact=own)).is_success
    before = await read_details(world, str(own))
    world.clock.forward(timedelta(minutes=1))
    new = a_contact_holder(phone=Phone("+31101234599"))
    assert (await world.put_contact(world.debt_help, new, contact=own)).is_success
    await write_details(world, str(own), before)
    thing = ("contact-holder", str(own))
    assert Difference(thing, "changed", ("details",)) in await _differences(world)
    await world.run_sql(_HIDE_LAST)
    assert "hidden" in {one.how for one in await _differences(world)}


@pytest.mark.anyio
async def test_an_entry_sealed_anew_with_another_text_hides_nothing(
    world: World,
) -> None:
    """Who has the key of the year too leaves the digests in the leaf as they were."""
    own = name_own_number(world.debt_help.oin)
    said = await world.put_contact(world.debt_help, a_contact_holder(), contact=own)
    assert said.is_success
    await _reseal(world, {"act": "contact-holder", "id": str(own), "digest": "x"})
    assert "hidden" in {one.how for one in await _differences(world)}


@pytest.mark.anyio
async def test_of_one_minute_either_stands_and_the_tree_orders_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids of one minute may be in no order: the last may have the lowest."""
    drawn = iter([2**66 - 1, 0])
    monkeypatch.setattr(
        recording, "new_uuid7", lambda now: make_uuid7(now, next(drawn))
    )
    stood = []
    for last in "12":
        holder = a_contact_holder(phone=Phone(f"+3110123459{last}"))
        stored = await world.put_contact(world.debt_help, holder)
        assert stored.is_success, stored.text
        stood.append(await read_details(world, str(world.debt_help.contact)))
    assert await _contacts(world) == []
    await write_details(world, str(world.debt_help.contact), stood[0])
    assert await _contacts(world) == [], "as one of the two says"
    await change_details(world, {"phone": IMPOSTOR})
    assert [one.how for one in await _contacts(world)] == ["changed"]


@pytest.mark.anyio
async def test_what_stands_later_in_the_tree_was_said_later(world: World) -> None:
    """Whatever the ids say: of two processes one has a clock that is behind."""
    for at, phone in enumerate(("+31101234591", "+31101234592")):
        world.clock.forward(timedelta(milliseconds=-20 if at else 40))
        holder = a_contact_holder(phone=Phone(phone))
        assert (await world.put_contact(world.debt_help, holder)).is_success
        await world.run_sql(_BEGIN, _SEQUENCE)
    assert await _contacts(world) == []


_BEGIN = """
INSERT OR IGNORE INTO ledger_tree (year, origin, size)
SELECT DISTINCT year, 'index.test/ledger', 0 FROM ledger_entry
"""
_SEQUENCE = """
INSERT INTO ledger_leaf (year, position, entry_id, leaf_hash)
SELECT year, (SELECT count(*) FROM ledger_leaf) + row_number() OVER (), entry_id,
zeroblob(32)
FROM ledger_entry WHERE kind = 'administration'
AND entry_id NOT IN (SELECT entry_id FROM ledger_leaf)
"""


@pytest.mark.anyio
async def test_a_word_that_ended_is_not_put_back_by_sql(world: World) -> None:
    label = {"organisation": world.debt_help.oin, "label": "Klantmanager team Zuid"}
    asked = (
        await world.send("POST", "/contact-labels", world.an_officer(sub="anke"), label)
    ).json()
    path = f"/approvals/{asked['approvalId']}/decision"
    bram = world.an_officer(sub="bram")
    said = await approving(world, bram, asked["approvalId"])
    await world.send("POST", path, bram, said)
    assert await _words(world) == []
    world.clock.forward(timedelta(minutes=1))
    recorder = Recorder(world.index.keys, "root", world.clock)
    what: JsonObject = {
        "act": "contact-label-ended",
        "oin": world.debt_help.oin,
        "label": label["label"],
        "because": "mistake",
    }
    async with owning(world.engine) as conn:
        await end(conn, "contact-label", label, Because.MISTAKE, now=world.clock())
        await recorder.record(conn, Act(what, Kind.ADMINISTRATION))
    assert await _words(world) == []
    for ended, because, members in (
        (None, None, ("ended", "endedAt")),
        ("2026-11-23 12:00:00.000000", "lost", ("ended",)),
        ("2026-11-22 12:00:00.000000", "mistake", ("endedAt",)),
    ):
        await world.run_sql(
            "UPDATE contact_label_request SET ended_at = :at, ended_because = :why",
            at=ended,
            why=because,
        )
        assert [one.members for one in await _words(world)] == [members]


async def _words(world: World) -> list[Difference]:
    found = await _differences(world)
    return [one for one in found if one.thing[0] == "contact-label-request"]


_HIDE_LAST = (
    "DELETE FROM ledger_disclosure WHERE entry_id = "
    "(SELECT max(entry_id) FROM ledger_entry WHERE kind = 'administration')"
)


async def _reseal(world: World, what: JsonObject) -> None:
    """Seal another text for the newest entry, with the key of its year."""
    entry = ledger_entry.c.entry_id
    newest = select(entry, ledger_entry.c.year).where(
        ledger_entry.c.kind == Kind.ADMINISTRATION.value
    )
    async with owning(world.engine) as conn:
        await conn.execute(text("DROP TRIGGER refuse_ledger_disclosure_update"))
        row = (await conn.execute(newest.order_by(entry.desc()).limit(1))).one()
        key = world.index.keys.get_disclosure_key(row.year)
        own = ledger_disclosure.c.entry_id == row.entry_id
        sealed = await conn.scalar(select(ledger_disclosure.c.sealed).where(own))
        assert sealed is not None
        said = open_disclosures(row.entry_id, sealed, key=key)
        other = {**said, Group.WHAT: make_disclosure(Group.WHAT, bytes(16), what)}
        nonce = bytes(NONCE_BYTES)
        anew = seal_disclosures(row.entry_id, other, key=key, nonce=nonce)
        await conn.execute(update(ledger_disclosure).where(own).values(sealed=anew))


def _copy(found: sqlite3.Connection) -> sqlite3.Connection:
    copied = sqlite3.connect(":memory:")
    found.backup(copied)
    return copied


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An index in which something of every kind is registered, and some ended."""
    office = Office(tmp_path_factory.mktemp("registered"))
    for step in (("migrate",), ("keys", "create")):
        assert office.run(*step)[0] == 0
    assert office.load()[0] == 0
    _register_all(office)
    return office


def _register_all(office: Office) -> None:
    """Register by commands: all of it is as the ledger says."""
    by = ("--by", "college", "--on", "2026-01-01")
    account = ("--organisation", AGENCY)
    for step in (
        ("organisation", "admit", AGENCY, "--municipality", "9902", *by),
        ("organisation", "admit", AGENCY, "--municipality", "9903", *by),
        (
            *("organisation", "end-admission", AGENCY, "--municipality", "9903"),
            *("--because", "stopped"),
        ),
        ("contact-label", "approve", AGENCY, "Loket Noord", *by),
        ("contact-label", "end", AGENCY, "Loket Noord", "--because", "mistake"),
        ("contact-label", "approve", AGENCY, "Loket Noord", *by),
        ("contact-label", "end", AGENCY, "Loket Noord", "--because", "replaced"),
        ("account", "suspend", "sub-1", *account),
        ("account", "suspend", "sub-2", *account),
        ("account", "restore", "sub-2", *account),
        ("account", "mandate", "sub-3", *account, "--until", "2099-01-01"),
        ("account", "end-mandate", "sub-3", *account),
        ("purpose", "establish", OPENS, "--municipality", "9901", *by),
        (
            *("source", "add", AGENCY, "--kind", "income-support"),
            *("--municipality", "9901", "--municipality", "9902"),
            *("--category", "bijstand", "--rhythm-days", "7"),
        ),
    ):
        code, said = office.run(*step)
        assert code == 0, (step, said)
    code, said = office.run("ledger", "compare")
    assert code == 0, said


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE organisation SET name = 'Bank'", "organisation"),
        ("UPDATE client SET kind = 'machine', organisation = '{it}'", "client"),
        ("UPDATE signer SET jwk = '{{}}'", "signer"),
        ("UPDATE source SET state = 'live'", "source"),
        ("UPDATE coverage SET category = 'schuldhulpverlening'", "source"),
        ("UPDATE client SET ended_at = NULL, ended_because = NULL", ""),
        (
            "INSERT INTO signer (organisation, kid, municipality, jwk, registered_at) "
            "SELECT organisation, 'thief', municipality, jwk, registered_at "
            "FROM signer",
            "thief: not-recorded",
        ),
        ("DELETE FROM signer", "gone"),
        ("DELETE FROM admission", "admission {it} 9902: gone"),
        ("UPDATE admission SET admitted_on = '2020-01-01'", "changed (on)"),
        (
            "UPDATE admission SET municipality = '9904' WHERE ended_at IS NULL",
            "9904: not-recorded",
        ),
        (
            "UPDATE admission SET ended_at = NULL, ended_because = NULL",
            "admission {it} 9903: changed (ended, endedAt)",
        ),
        (
            "INSERT INTO admission SELECT organisation, '9909', admitted_on, by_role, "
            "recorded_at, NULL, NULL FROM admission LIMIT 1",
            "admission {it} 9909: not-recorded",
        ),
        ("UPDATE organisation SET municipality = '9903'", "changed (municipality)"),
        ("UPDATE coverage SET rhythm_days = 366", "changed (rhythmDays)"),
        (
            "UPDATE coverage SET active = 0 WHERE municipality = '9902'"
            " AND category = 'bijstand'",
            "source {it}: changed (municipalities)",
        ),
        ("DELETE FROM account_suspension", "account {it} sub-1: gone"),
        (
            "INSERT INTO account_mandate (organisation, subject, municipality, until, "
            "given_at) SELECT organisation, subject, municipality, '2099-01-01', "
            "suspended_at FROM account_suspension",
            "mandate {it} sub-1: not-recorded",
        ),
        (
            "UPDATE contact_label SET ended_at = NULL, ended_because = NULL",
            "changed (ended, endedAt)",
        ),
        (
            "UPDATE admission SET ended_at = '2020-01-01 00:00:00.000000' "
            "WHERE ended_at IS NOT NULL",
            "admission {it} 9903: changed (endedAt)",
        ),
        (
            "UPDATE contact_label SET ended_at = '2020-01-01 00:00:00.000000'",
            "contact-label {it} Loket Noord: changed (endedAt)",
        ),
        ("DELETE FROM establishment", "establishment 9901 {opens} 2026-01-01: gone"),
        (
            "UPDATE establishment SET by_role = 'mayor'",
            "establishment 9901 {opens} 2026-01-01: changed (byRole)",
        ),
        (
            "UPDATE establishment SET established_on = '2020-01-01'",
            "establishment 9901 {opens} 2020-01-01: not-recorded",
        ),
        (
            "INSERT INTO establishment SELECT '9902', opens, established_on, by_role, "
            "staatsblad, recorded_at FROM establishment WHERE opens = '{opens}'",
            "9902 {opens} 2026-01-01: not-recorded",
        ),
        ("UPDATE contact_label SET approved_on = '2030-01-01'", "changed (on)"),
        (
            "DELETE FROM ledger_disclosure WHERE entry_id = "
            "(SELECT max(entry_id) FROM ledger_disclosure)",
            "hidden",
        ),
        ("DELETE FROM ledger_disclosure", "hidden"),
    ],
)
def test_what_sql_changed_is_named(registered: Office, change: str, named: str) -> None:
    file = registered.folder / "data" / "index.sqlite"
    with closing(sqlite3.connect(file)) as found, closing(_copy(found)) as before:
        found.execute(change.format(it=AGENCY, opens=OPENS))
        found.commit()
        code, said = registered.run("ledger", "compare")
        before.backup(found)
    is_named = named.format(it=AGENCY, opens=OPENS) in said
    assert (code == 1, is_named) == (bool(named), True), said


@pytest.mark.anyio
async def test_whom_to_call_is_held_by_what_its_organisation_stored(
    world: World,
) -> None:
    other = uuid.uuid4()
    for contact in (None, other):
        stored = await world.put_contact(
            world.debt_help, a_contact_holder(), contact=contact
        )
        assert stored.is_success
    assert await _contacts(world) == []
    await change_details(world, {"phone": IMPOSTOR})
    thing = ("contact-holder", str(world.debt_help.contact))
    assert await _contacts(world) == [Difference(thing, "changed", ("details",))]
    world.clock.forward(timedelta(minutes=1))
    mended = a_contact_holder(phone=Phone("+31101234599"))
    assert (await world.put_contact(world.debt_help, mended)).status_code == 200
    assert await _contacts(world) == []


@pytest.mark.anyio
async def test_a_day_of_confirming_beside_the_details_is_held_too(
    world: World,
) -> None:
    assert (
        await world.put_contact(world.debt_help, a_contact_holder())
    ).status_code == 200
    await world.run_sql(
        "UPDATE contact_holder SET last_verified = '2026-11-22' WHERE id = :id",
        id=world.debt_help.contact.hex,
    )
    assert [one.how for one in await _contacts(world)] == ["changed"]


@pytest.mark.anyio
async def test_a_contact_holder_that_nobody_recorded_is_named(world: World) -> None:
    """Also one whose details are those of another, but for a number."""
    contact = uuid.uuid4()
    stored = await world.put_contact(
        world.debt_help, a_contact_holder(), contact=contact
    )
    assert stored.status_code == 201
    copied = (
        "INSERT INTO contact_holder (id, organisation, municipality, details, "
        "last_verified, updated_at) SELECT :new, organisation, municipality, :said, "
        "last_verified, updated_at FROM contact_holder WHERE id = :id"
    )
    details = json.dumps({"phone": IMPOSTOR, "lastVerified": "2026-11-23"})
    new = uuid.uuid4()
    await world.run_sql(copied, new=new.hex, said=details, id=contact.hex)
    thing = ("contact-holder", str(new))
    assert await _contacts(world) == [Difference(thing, "not-recorded")]


async def _differences(world: World) -> Sequence[Difference]:
    async with transaction(world.engine) as conn:
        found = await compare_registered(
            conn,
            world.index.keys,
            first_kept_year=2022,
            closed=find_closed(day_of(world.clock())),
        )
    return found.differences


async def _contacts(world: World) -> list[Difference]:
    """What differs of contact holders, but for those that the tests set up by SQL."""
    set_up = {str(agency.contact) for agency in world.agencies.values()}
    set_up.remove(str(world.debt_help.contact))
    return [
        one
        for one in await _differences(world)
        if one.thing[0] == "contact-holder" and one.thing[1] not in set_up
    ]
