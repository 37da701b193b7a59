"""What entries say can be erased; that they were made cannot."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from signal_index.ledger import Kind
from signal_index.proof import (
    Group,
    Leaf,
    digest_disclosure,
    make_disclosure,
    parse_leaf,
    parse_tlog_proof,
    verify_tlog_proof,
)
from signal_index.store.connect import reading, transaction
from signal_index.store.ledger_proofs import prove_entry
from signal_index.store.ledger_reading import (
    Owner,
    Page,
    erase_disclosures,
    find_own_entries,
)
from signal_index.upkeep.export import export_year
from signal_index.verify.judge import Trust, judge_ledger
from signal_index.verify.sources import open_source
from tests.ledger_builders import NOON, OIN, a_disclosure_key, an_entry, some_facts
from tests.ledger_world import LedgerWorld, a_ledger, key_of

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", "postgresql"])
async def erased(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[LedgerWorld]:
    """Give a ledger in which everything that entries say was erased."""
    url = (
        f"sqlite+aiosqlite:///{tmp_path}/ledger.db"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres")
    )
    async with a_ledger(url, tmp_path) as world:
        await world.record_some(range(1, 301))
        await world.sequence()
        kept = await world.checkpoint()
        async with transaction(world.owner) as conn:
            later = NOON + timedelta(minutes=1)
            assert await erase_disclosures(conn, before=later, limit=1000) == 300
        await world.record_some([301])
        await world.sequence()
        (tmp_path / "kept").write_text(kept)
        yield world


async def test_the_tree_still_verifies(erased: LedgerWorld, tmp_path: Path) -> None:
    into = tmp_path / "export.zip"
    await export_year(
        erased.owner, 2026, into, keys={}, progress=lambda _done, _size: None
    )
    with open_source(str(into)) as source:
        kept = (tmp_path / "kept").read_text()
        assert judge_ledger(source, Trust(key_of(), [kept])).size == 302


async def test_an_erased_entry_is_still_proven(erased: LedgerWorld) -> None:
    async with reading(erased.web) as conn:
        proof = parse_tlog_proof(await prove_entry(conn, an_entry(7).id, OIN))
    verify_tlog_proof(proof, an_entry(7).leaf, [key_of()], origin=key_of().name)


async def test_nothing_is_found_by_user_case_team_or_person(
    erased: LedgerWorld,
) -> None:
    owner = Owner(OIN, "user-1", {2026: a_disclosure_key()})
    async with reading(erased.web) as conn:
        found = await find_own_entries(conn, owner, Kind.LOOKUP, Page(999))
        left = await conn.scalar(text("SELECT count(*) FROM ledger_disclosure"))
    assert [entry.entry for entry in found] == [an_entry(301).id]
    assert left == 1


async def test_what_is_left_cannot_be_guessed(erased: LedgerWorld) -> None:
    """Knowing everything but the salt does not confirm who was asked about."""
    async with reading(erased.web) as conn:
        rows = await conn.scalars(text("SELECT leaf FROM ledger_entry"))
        leaves = [parse_leaf(bytes(leaf)) for leaf in rows]
    person = some_facts(7).person
    assert person is not None
    guess = make_disclosure(Group.PERSON, bytes(16), person.value())
    digests = [leaf.groups[Group.PERSON] for leaf in leaves if isinstance(leaf, Leaf)]
    assert digest_disclosure(guess) not in digests
