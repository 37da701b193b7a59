"""Who writes in the database, or runs the index, puts a lookup under another's name.

The database's columns are held against what the tree covers (`ledger compare`); what
the index itself writes, the desk holds against whom it asked about, and a citizen
against their own pseudonym.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.base64url import decode_b64u
from keys.pseudonym import KeyVersion, parse_pseudonym
from signal_index.ledger import note_key
from signal_index.proof import (
    AboutRefused,
    Group,
    JsonObject,
    MalformedProof,
    mark_about,
    parse_tlog_proof,
    verify_about,
    verify_proof_file,
)
from signal_index.signals import say_about
from signal_index.store.connect import transaction
from signal_index.store.found_entries import (
    EntryDifference,
    compare_entries,
    note_differences,
)
from signal_index.tables.completeness import completeness_finding
from tests.citizen_builders import CHECKPOINT_KEY, CitizensDesk
from tests.holders_builders import a_bsn
from tests.world import LEDGER_ORIGIN, World

pytestmark = pytest.mark.anyio

ONE, TWO = a_bsn(1), a_bsn(2)
_LOOKUPS = "SELECT entry_id FROM ledger_entry WHERE kind = 'lookup' ORDER BY rowid"
LOOKUP = f"({_LOOKUPS} LIMIT 1)"
"""Of the first person; the last lookup is of the second."""
LAST = f"({_LOOKUPS} DESC LIMIT 1)"
OTHERS = f"(SELECT find_person FROM ledger_disclosure WHERE entry_id = {LAST})"  # noqa: S608 - ours


@pytest.fixture
def desk(world: World, tmp_path: Path) -> CitizensDesk:
    return CitizensDesk(world, tmp_path)


@pytest.fixture
async def asked(desk: CitizensDesk) -> CitizensDesk:
    """Two persons who were looked up, and one of them once more."""
    await desk.world.look_up([ONE])
    await desk.world.look_up([ONE, TWO])
    await desk.world.look_up([TWO])
    return desk


async def write(world: World, statement: str) -> None:
    """Write as the database's owner can, who takes the guard away."""
    guard = "DROP TRIGGER refuse_ledger_disclosure_update"
    await world.run_sql(guard, statement)


async def differences(world: World) -> Sequence[EntryDifference]:
    async with transaction(world.engine) as conn:
        found, held = await compare_entries(
            conn, world.index.keys, first_kept_year=2022
        )
    assert held
    return found


async def test_what_everybody_did_is_found_as_the_tree_says(
    asked: CitizensDesk,
) -> None:
    await asked.place_embargo(TWO)
    await asked.report(ONE)
    assert await differences(asked.world) == []


@pytest.mark.parametrize("to", [OTHERS, "NULL"])
async def test_a_lookup_that_was_put_under_another_name_is_named(
    asked: CitizensDesk, to: str
) -> None:
    await write(
        asked.world,
        f"UPDATE ledger_disclosure SET find_person = {to} WHERE entry_id = {LOOKUP}",  # noqa: S608 - ours
    )
    (one,) = await differences(asked.world)
    assert (one.how, one.members) == ("changed", ("find_person",))
    assert (await asked.report(ONE))["missing"] == 1
    report = await asked.report(TWO)
    assert report["missing"] == 0
    foreign = [one for one in report["lookups"] if one["outcome"] == "unreadable"]
    assert len(foreign) == (to == OTHERS)


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ("ledger_disclosure SET find_user = NULL", "find_user"),
        ("ledger_disclosure SET year = 2025", "kept_year"),
        ("ledger_disclosure SET municipality = '9902'", "place"),
    ],
)
async def test_a_lookup_that_is_hidden_from_who_looks_is_named(
    asked: CitizensDesk, change: str, member: str
) -> None:
    await write(asked.world, f"UPDATE {change} WHERE entry_id = {LOOKUP}")
    (one,) = await differences(asked.world)
    assert (one.how, one.members) == ("changed", (member,))


async def test_what_another_entry_says_put_in_its_place_is_named(
    asked: CitizensDesk,
) -> None:
    await write(
        asked.world,
        "UPDATE ledger_disclosure SET sealed = (SELECT sealed FROM ledger_disclosure "  # noqa: S608 - ours
        f"WHERE entry_id = {LAST}) WHERE entry_id = {LOOKUP}",
    )
    assert "unreadable" in {one.how for one in await differences(asked.world)}


async def test_a_lookup_that_says_nothing_any_more_is_named(
    asked: CitizensDesk,
) -> None:
    await asked.world.run_sql(
        f"DELETE FROM ledger_disclosure WHERE entry_id = {LOOKUP}"  # noqa: S608 - ours
    )
    found = await differences(asked.world)
    assert {one.how for one in found} == {"hidden", "numbers"}


async def test_officers_hear_of_it_once_each_day_that_it_is_looked_at(
    asked: CitizensDesk,
) -> None:
    await write(
        asked.world,
        f"UPDATE ledger_disclosure SET find_person = NULL WHERE entry_id = {LOOKUP}",  # noqa: S608 - ours
    )
    found = await differences(asked.world)
    now = asked.world.clock()
    async with transaction(asked.world.engine) as conn:
        assert await note_differences(conn, found, now) == 1
        assert await note_differences(conn, found, now) == 0
        rows = await find_findings(conn)
    assert [(one.code, one.weight, one.municipality) for one in rows] == [
        ("entry-altered", "alarm", "9901")
    ]


async def find_findings(conn: AsyncConnection) -> Sequence[Row[*tuple[Any, ...]]]:
    return (await conn.execute(select(completeness_finding))).all()


async def test_a_line_that_is_gone_shows_as_a_gap(asked: CitizensDesk) -> None:
    assert (await asked.report(ONE))["missing"] == 0
    await asked.world.run_sql(
        f"DELETE FROM ledger_disclosure WHERE entry_id = {LOOKUP}"  # noqa: S608 - ours
    )
    assert (await asked.report(ONE))["missing"] == 1
    assert (await asked.report(TWO))["missing"] == 0


async def test_what_an_embargo_leaves_out_is_no_gap(asked: CitizensDesk) -> None:
    await asked.world.publish(asked.world.debt_help, [ONE])
    before = await asked.report(ONE)
    await asked.place_embargo(ONE)
    after = await asked.report(ONE)
    assert (before["missing"], after["missing"]) == (0, 0)


async def test_numbers_that_were_turned_back_are_named(asked: CitizensDesk) -> None:
    await asked.world.run_sql("UPDATE ledger_person SET number = number - 1")
    assert {one.how for one in await differences(asked.world)} == {"numbers"}


async def test_the_proof_of_a_line_is_of_its_citizen_and_of_nobody_else(
    asked: CitizensDesk,
) -> None:
    report = await asked.report(ONE)
    person, other = await asked.person(ONE), await asked.person(TWO)
    lines = [*report["lookups"], *report["checks"]]
    assert len(report["lookups"]) == 2
    for line in lines:
        value = opened_about(line["proof"])
        verify_about(value, pseudonym_of(person), 1)
        with pytest.raises(AboutRefused):
            verify_about(value, pseudonym_of(other), 1)


async def test_what_is_opened_gives_nobody_a_pseudonym(asked: CitizensDesk) -> None:
    report = await asked.report(ONE)
    pseudonym = (await asked.person(ONE))["pseudonym"]
    proofs = [line["proof"] for line in report["lookups"]]
    marks = [str((opened_about(one) or {})["mark"]) for one in proofs]
    assert len(set(marks)) == len(marks)
    assert all(pseudonym not in one for one in proofs)


def test_a_mark_is_of_one_salt_and_one_key_version() -> None:
    pseudonym = parse_pseudonym(bytes.fromhex(RISTRETTO))
    said = say_about(pseudonym, KeyVersion(2))
    assert said.mark != say_about(pseudonym, KeyVersion(2)).mark
    assert said.mark != mark_about(pseudonym.encoded, 1, said.salt)
    verify_about(said.value(), pseudonym.encoded, 2)
    with pytest.raises(MalformedProof):
        verify_about(said.value(), pseudonym.encoded, 1)


RISTRETTO = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"


def pseudonym_of(person: dict[str, object]) -> bytes:
    return decode_b64u(str(person["pseudonym"]))


def opened_about(text: str) -> JsonObject | None:
    origin = f"{LEDGER_ORIGIN}/2026"
    key = note_key(CHECKPOINT_KEY, origin)
    opened = verify_proof_file(parse_tlog_proof(text), [key], origin=origin)
    (value,) = (one.value for one in opened.groups if one.group is Group.ABOUT)
    return value
