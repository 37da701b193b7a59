"""The ledger does the same on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from signal_index.errors import LeadershipLost, ProofNotReady, UnknownEntry
from signal_index.ledger import Kind, person_find_key
from signal_index.merkle import consistency_ranges
from signal_index.proof import (
    FirstLeaf,
    Group,
    TileRef,
    hash_leaf,
    list_bundles,
    list_tiles,
    parse_bundle,
    parse_leaf,
    parse_tlog_proof,
    split_tile,
    verify_checkpoint,
    verify_consistency,
    verify_tlog_proof,
)
from signal_index.store.connect import reading, transaction
from signal_index.store.ledger import insert_entries, raise_person_numbers
from signal_index.store.ledger_proofs import prove_entry
from signal_index.store.ledger_reading import (
    Owner,
    Page,
    erase_disclosures,
    find_organisation_entries,
    find_own_entries,
)
from signal_index.store.ledger_tiles import find_tile, prove_ranges
from signal_index.store.ledger_tree import Growth, NewLeaf, append_leaves
from signal_index.tables.ledger import ledger_pending
from signal_index.upkeep.sequencer import sequence_once, verify_start
from tests.ledger_builders import NOON, OIN, a_disclosure_key, an_entry
from tests.ledger_world import LedgerWorld, a_ledger, key_of

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", "postgresql"])
async def ledger(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[LedgerWorld]:
    url = (
        f"sqlite+aiosqlite:///{tmp_path}/ledger.db"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres")
    )
    async with a_ledger(url, tmp_path) as world:
        yield world


async def test_a_recorded_entry_is_proven_after_the_next_second(
    ledger: LedgerWorld,
) -> None:
    entry = an_entry(1)
    await ledger.record(entry, an_entry(2))
    assert await ledger.sequence() == 2
    async with reading(ledger.web) as conn:
        proof = parse_tlog_proof(await prove_entry(conn, entry.id, OIN))
    verify_tlog_proof(proof, entry.leaf, [key_of()], origin=key_of().name)


async def test_an_entry_is_not_proven_before_its_tree_is_signed(
    ledger: LedgerWorld,
) -> None:
    await ledger.record(an_entry(1))
    async with reading(ledger.web) as conn:
        with pytest.raises(ProofNotReady):
            await prove_entry(conn, an_entry(1).id, OIN)


async def test_another_organisation_gets_no_proof(ledger: LedgerWorld) -> None:
    await ledger.record(an_entry(1))
    await ledger.sequence()
    async with reading(ledger.web) as conn:
        with pytest.raises(UnknownEntry):
            await prove_entry(conn, an_entry(1).id, "0" * 20)


async def test_every_tile_and_bundle_of_a_signed_tree_can_be_read(
    ledger: LedgerWorld,
) -> None:
    await ledger.record_some(range(1, 600))
    await ledger.sequence()
    checkpoint = verify_checkpoint(await ledger.checkpoint(), [key_of()])
    assert checkpoint.size == 600
    async with reading(ledger.web) as conn:
        for level in (0, 1):
            for ref in list_tiles(level, 600):
                data = await find_tile(conn, 2026, ref)
                assert data is not None
                split_tile(data, ref.width)
        for ref in list_bundles(600):
            data = await find_tile(conn, 2026, ref)
            tile = await find_tile(conn, 2026, TileRef(0, ref.position, ref.width))
            assert data is not None
            assert tile is not None
            leaves = parse_bundle(data, ref.width)
            assert [hash_leaf(leaf) for leaf in leaves] == split_tile(tile, ref.width)
        assert await find_tile(conn, 2026, TileRef(0, 9)) is None
        assert await find_tile(conn, 2026, TileRef(None, 9)) is None


async def test_a_later_tree_provably_extends_an_earlier_one(
    ledger: LedgerWorld,
) -> None:
    signed = []
    for numbers in (range(1, 4), range(4, 300), range(300, 301)):
        await ledger.record_some(numbers)
        await ledger.sequence()
        signed.append(verify_checkpoint(await ledger.checkpoint(), [key_of()]))
    last = signed[-1]
    for earlier in signed:
        ranges = consistency_ranges(earlier.size, last.size)
        async with reading(ledger.web) as conn:
            path = await prove_ranges(conn, 2026, last.size, ranges)
        verify_consistency(earlier.size, last.size, path, earlier.root, last.root)


async def test_entries_keep_the_order_in_which_they_were_made(
    ledger: LedgerWorld,
) -> None:
    await ledger.record_some([3, 1, 2])
    await ledger.sequence()
    async with reading(ledger.web) as conn:
        data = await find_tile(conn, 2026, TileRef(None, 0, 4))
    assert data is not None
    first, *rest = parse_bundle(data, 4)
    assert isinstance(parse_leaf(first), FirstLeaf)
    assert rest == [an_entry(n).leaf for n in (3, 1, 2)], "whatever their ids say"


async def test_two_sequencers_at_once_make_one_tree(ledger: LedgerWorld) -> None:
    await ledger.record_some(range(1, 300))
    done = await asyncio.gather(*(ledger.sequence() for _ in range(4)))
    assert sum(done) + await ledger.sequence() == 299
    assert verify_checkpoint(await ledger.checkpoint(), [key_of()]).size == 300
    await verify_start(ledger.sequencer, now=NOON)


async def test_a_sequencer_that_was_overtaken_writes_nothing(
    ledger: LedgerWorld,
) -> None:
    await ledger.record_some(range(1, 4))
    await ledger.sequence()
    late = Growth(2026, 3, [NewLeaf(an_entry(9).id, hash_leaf(b"late"))], [])
    await ledger.record(an_entry(9))
    with pytest.raises(LeadershipLost):
        async with transaction(ledger.sequencer.engine) as conn:
            await append_leaves(conn, late)
    assert await ledger.sequence() == 1


async def test_nothing_new_signs_nothing(ledger: LedgerWorld) -> None:
    await ledger.record(an_entry(1))
    await ledger.sequence()
    before = await ledger.checkpoint()
    assert await ledger.sequence() == 0
    assert await ledger.checkpoint() == before


async def test_an_entry_that_rolls_back_leaves_nothing(ledger: LedgerWorld) -> None:
    async with ledger.web.connect() as conn, conn.begin() as unfinished:
        await insert_entries(conn, [an_entry(1)])
        await unfinished.rollback()
    async with reading(ledger.owner) as conn:
        assert (await conn.execute(select(ledger_pending))).all() == []


async def test_the_numbers_of_a_person_run_without_gaps(ledger: LedgerWorld) -> None:
    key = a_disclosure_key()
    names = (bytes([1]) * 32, bytes([2]) * 32)
    anna, bram = (person_find_key(key, name, Kind.LOOKUP) for name in names)
    async with transaction(ledger.web) as conn:
        assert await raise_person_numbers(conn, 2026, [anna, bram, anna]) == [1, 1, 2]
        assert await raise_person_numbers(conn, 2026, [bram, anna]) == [2, 3]
        assert await raise_person_numbers(conn, 2027, [anna]) == [1]
        assert await raise_person_numbers(conn, 2027, []) == []


async def test_a_user_finds_own_entries_without_the_person(
    ledger: LedgerWorld,
) -> None:
    await ledger.record(an_entry(1), an_entry(2, who="user-2"), an_entry(3))
    owner = Owner(OIN, "user-1", {2026: a_disclosure_key()})
    async with reading(ledger.web) as conn:
        newest = await find_own_entries(conn, owner, Kind.LOOKUP, Page(1))
        older = await find_own_entries(
            conn, owner, Kind.LOOKUP, Page(9, before=newest[0].entry)
        )
    assert [entry.entry for entry in (*newest, *older)] == [
        an_entry(3).id,
        an_entry(1).id,
    ]
    assert newest[0].groups is not None
    assert Group.PERSON not in newest[0].groups
    assert newest[0].text(Group.WHY, "purpose") == "wmo-onderzoek"


async def test_the_same_name_elsewhere_finds_nothing(ledger: LedgerWorld) -> None:
    await ledger.record(an_entry(1))
    owner = Owner("0" * 20, "user-1", {2026: a_disclosure_key()})
    async with reading(ledger.web) as conn:
        assert await find_own_entries(conn, owner, Kind.LOOKUP, Page(9)) == []


async def test_an_organisation_finds_its_own_entries(ledger: LedgerWorld) -> None:
    await ledger.record(an_entry(1), an_entry(2, organisation="9" * 20), an_entry(3))
    async with reading(ledger.web) as conn:
        found = await find_organisation_entries(conn, OIN, Page(9))
        older = await find_organisation_entries(conn, OIN, Page(9, found[0].entry))
    assert [header.entry for header in found] == [an_entry(3).id, an_entry(1).id]
    assert [header.leaf for header in older] == [an_entry(1).leaf]


async def test_erasing_takes_only_what_is_old_enough(ledger: LedgerWorld) -> None:
    await ledger.record(an_entry(1))
    async with transaction(ledger.owner) as conn:
        assert await erase_disclosures(conn, before=NOON, limit=9) == 0
        within = NOON + timedelta(seconds=59)
        assert await erase_disclosures(conn, before=within, limit=9) == 0
        later = NOON + timedelta(minutes=1)
        assert await erase_disclosures(conn, before=later, limit=9) == 1


async def test_a_new_year_begins_with_the_last_checkpoint_of_the_old(
    ledger: LedgerWorld,
) -> None:
    await ledger.record(an_entry(1))
    await ledger.sequence()
    old = await ledger.checkpoint(2026)
    new_year = datetime(2027, 1, 1, 0, 0, 10, tzinfo=UTC)
    await ledger.record(an_entry(2, recorded_at=new_year))
    assert await ledger.sequence(new_year) == 0
    assert await ledger.sequence(new_year + timedelta(seconds=30)) == 1
    async with reading(ledger.web) as conn:
        data = await find_tile(conn, 2027, TileRef(None, 0, 2))
    assert data is not None
    first = parse_leaf(parse_bundle(data, 2)[0])
    assert isinstance(first, FirstLeaf)
    assert first.previous == old
    verify_checkpoint(await ledger.checkpoint(2027), [key_of(2027)])


async def test_a_straggler_of_midnight_stands_in_its_own_year(
    ledger: LedgerWorld,
) -> None:
    new_year = datetime(2027, 1, 1, 0, 1, tzinfo=UTC)
    await ledger.record(an_entry(1))
    await ledger.sequence()
    await ledger.record(an_entry(2, recorded_at=new_year))
    await ledger.sequence(new_year)
    straggler = an_entry(3)
    await ledger.record(straggler)
    assert await sequence_once(ledger.sequencer, now=new_year) == 1
    async with reading(ledger.web) as conn:
        proof = parse_tlog_proof(await prove_entry(conn, straggler.id, OIN))
    verify_tlog_proof(proof, straggler.leaf, [key_of()], origin=key_of().name)
