"""A proof file opens exactly the groups that its reader may see, and proves them."""

from collections.abc import AsyncIterator, Collection
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from signal_index.errors import ProofNotReady, UnknownEntry
from signal_index.keyring import YearKeys
from signal_index.proof import (
    Group,
    Leaf,
    OpenedEntry,
    parse_tlog_proof,
    verify_proof_file,
)
from signal_index.store.connect import reading, transaction
from signal_index.store.ledger_proofs import prove_entry_for
from signal_index.store.ledger_reading import erase_disclosures
from tests.ledger_builders import NOON, a_disclosure_key, an_entry
from tests.ledger_world import LedgerWorld, a_ledger, key_of

pytestmark = pytest.mark.anyio

KEYS = YearKeys({2026: a_disclosure_key()})


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
        await world.record_some(range(1, 5))
        yield world


async def prove(ledger: LedgerWorld, groups: Collection[Group]) -> str:
    async with reading(ledger.web) as conn:
        return await prove_entry_for(conn, an_entry(2).id, groups, KEYS)


def opened(text: str) -> OpenedEntry:
    return verify_proof_file(parse_tlog_proof(text), [key_of()], origin=key_of().name)


@pytest.mark.parametrize(
    "groups", [(), (Group.WHY,), (Group.WHAT, Group.DECISION, Group.WHY), tuple(Group)]
)
async def test_a_proof_file_opens_exactly_the_groups_asked_for(
    ledger: LedgerWorld, groups: tuple[Group, ...]
) -> None:
    await ledger.sequence()
    text = await prove(ledger, groups)
    found = opened(text)
    assert isinstance(found.leaf, Leaf)
    assert found.leaf.entry == an_entry(2).id
    assert {one.group for one in found.groups} == set(groups)
    for group in set(Group) - set(groups):
        assert an_entry(2).disclosures[group] not in text


async def test_an_erased_entry_is_proven_and_says_nothing(ledger: LedgerWorld) -> None:
    await ledger.sequence()
    async with transaction(ledger.owner) as conn:
        await erase_disclosures(conn, before=NOON + timedelta(days=1), limit=10)
    found = opened(await prove(ledger, tuple(Group)))
    assert isinstance(found.leaf, Leaf)
    assert not found.groups


async def test_an_entry_that_is_not_there_is_unknown(ledger: LedgerWorld) -> None:
    async with reading(ledger.web) as conn:
        with pytest.raises(UnknownEntry):
            await prove_entry_for(conn, uuid4(), (), KEYS)


async def test_an_entry_whose_tree_is_not_signed_is_not_ready(
    ledger: LedgerWorld,
) -> None:
    with pytest.raises(ProofNotReady):
        await prove(ledger, ())
