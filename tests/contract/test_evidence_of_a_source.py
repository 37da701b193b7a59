"""What an agency sent is proven on its own machine, and every forgery is refused."""

import re
import sqlite3
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from signal_index.ledger import CheckpointKey, note_key
from signal_index.notice import (
    SignerKey,
    new_notice_key,
    parse_signer_key,
)
from signal_index.proof import NoteKey, origin_of
from signal_index.wire.values import Oin
from sources.errors import EvidenceRefused
from sources.evidence import Judged, judge_evidence
from sources.outbox.evidence import Evidence, find_evidence, find_unproven
from sources.profile import parse_profile
from sources.publisher.proofs import fetch_proofs
from tests.agency_world import Town, open_agency
from tests.ledger_builders import CHECKPOINT_KEY
from tests.reconcile_world import sequence
from tests.sources_builders import PROFILE, a_number, a_row, write_rows
from tests.world import LEDGER_ORIGIN

pytestmark = pytest.mark.anyio
_TEXT = PROFILE.replace('category = "bijstand"', 'category = "schuldhulpverlening"')
TOWNS_PROFILE = parse_profile(_TEXT.replace('["9901", "9902"]', '["9901"]'))
LEDGER = note_key(CHECKPOINT_KEY, origin_of(LEDGER_ORIGIN, 2026))


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_agency(tmp_path) as town:
        rows = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(3)]
        file = write_rows(town.folder / "delivery.csv", rows)
        await town.publish(file, TOWNS_PROFILE)
        await sequence(town.world, tmp_path)
        yield town


async def fetch(town: Town) -> int:
    async with town.world.http() as client:
        with town.outbox() as outbox:
            _, index = town._parties(client, outbox)
            later = town.world.clock() + timedelta(minutes=2)
            return await fetch_proofs(outbox, index, now=later)


def a_reference(town: Town) -> UUID:
    with sqlite3.connect(town.folder / "outbox.sqlite") as connection:
        (text,) = connection.execute("SELECT reference FROM signal").fetchone()
    return UUID(text)


def kept(town: Town) -> Evidence:
    with town.outbox() as outbox:
        (one,) = find_evidence(outbox, a_reference(town))
    return one


def own_signer(town: Town) -> SignerKey:
    agency = town.world.debt_help
    return parse_signer_key(Oin(agency.oin), agency.key.encode_public().decode())


def judge(town: Town, *, ledger: NoteKey = LEDGER) -> Judged:
    now = town.world.clock()
    signer = own_signer(town)
    return judge_evidence(kept(town), a_reference(town), signer, ledger, now=now)


def change(town: Town, statement: str, *values: object) -> None:
    with sqlite3.connect(town.folder / "outbox.sqlite") as connection:
        connection.execute(statement, values)


async def test_what_was_sent_is_proven_without_asking_anybody(town: Town) -> None:
    assert await fetch(town) == 1
    judged = judge(town)
    assert judged.minute is not None
    assert judged.said.reference == a_reference(town)


async def test_before_its_proof_came_nothing_is_claimed(town: Town) -> None:
    assert judge(town).minute is None


async def test_a_proof_is_fetched_once_and_not_before_its_minute(town: Town) -> None:
    now = town.world.clock()
    with town.outbox() as outbox:
        early = find_unproven(outbox, before=now - timedelta(hours=1), limit=9)
        due = find_unproven(outbox, before=now + timedelta(hours=1), limit=9)
    assert (len(early), len(due)) == (0, 1)
    assert await fetch(town) == 1
    assert await fetch(town) == 0


class Silent:
    """An index that gives no proof, and whom it was asked of."""

    def __init__(self) -> None:
        self.asked: list[UUID] = []

    async def fetch_proof(self, entry: UUID) -> str | None:
        self.asked.append(entry)
        return None


async def test_what_never_gets_a_proof_keeps_nothing_waiting(town: Town) -> None:
    with sqlite3.connect(town.folder / "outbox.sqlite") as connection:
        connection.executemany(
            "INSERT INTO evidence SELECT ?, ?, token, '2026-01-01', NULL FROM evidence"
            " LIMIT 1",
            [(str(uuid4()), str(uuid4())) for _ in range(600)],
        )
        (last,) = connection.execute(
            "SELECT entry FROM evidence ORDER BY settled_at DESC LIMIT 1"
        ).fetchone()
    index, later = Silent(), town.world.clock() + timedelta(minutes=2)
    with town.outbox() as outbox:
        await fetch_proofs(outbox, index, now=later)
    assert UUID(last) in index.asked


async def test_no_evidence_names_anybody(town: Town) -> None:
    await fetch(town)
    said = kept(town)
    assert not re.search(r"(?<![0-9])[0-9]{9}(?![0-9])", said.token + str(said.proof))
    assert a_number(0) not in said.token


def text_of_another(town: Town) -> None:
    agency = town.world.debt_help
    token = kept(town).token
    agency.key = new_notice_key()
    change(town, "UPDATE evidence SET token = ?", zlib.compress(token.encode()))


def another_place_in_the_tree(town: Town) -> None:
    proof = str(kept(town).proof)
    forged = re.sub(
        r"^index (\d+)$", lambda m: f"index {int(m[1]) + 1}", proof, flags=re.MULTILINE
    )
    change(town, "UPDATE evidence SET proof = ?", forged)


def no_opened_group(town: Town) -> None:
    proof = str(kept(town).proof)
    lines = [line for line in proof.split("\n") if not line.startswith("extra ")]
    change(town, "UPDATE evidence SET proof = ?", "\n".join(lines))


def another_entry(town: Town) -> None:
    other = "019b0000-0000-7000-8000-000000000000"
    change(town, "UPDATE evidence SET entry = ?", other)


@pytest.mark.parametrize(
    "forge",
    [text_of_another, another_place_in_the_tree, no_opened_group, another_entry],
)
async def test_a_forged_piece_of_evidence_is_refused(
    town: Town, forge: Callable[[Town], None]
) -> None:
    await fetch(town)
    forge(town)
    with pytest.raises(EvidenceRefused):
        judge(town)


async def test_another_ledgers_key_proves_nothing(town: Town) -> None:
    await fetch(town)
    stranger = note_key(CheckpointKey(b"\x07" * 32), LEDGER.name)
    with pytest.raises(EvidenceRefused):
        judge(town, ledger=stranger)


async def test_another_agency_cannot_fetch_the_proof(town: Town) -> None:
    world = town.world
    path = f"/publication-proofs/{kept(town).entry}"
    refused = await world.send("GET", path, world.a_source_token(world.income_support))
    assert refused.status_code == 404
