"""A register's export, read and told over the real API, and told only once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from keys.config import parse_pins
from signal_index.store.connect import reading
from signal_index.wire.values import Oin
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.passed_over import PassedOver
from sources.person_events import (
    EventCounts,
    Mutation,
    RegisterLayout,
    UnknownKind,
    read_mutations,
    tell_mutations,
)
from sources.publisher.holders import HolderEvaluator, Trust
from sources.publisher.http_index import HttpIndex
from sources.publisher.patience import Patience
from sources.publisher.pipeline import Sender
from sources.reasons import Reason
from sources.values import Reject
from tests.contract.test_person_events import Town, open_town
from tests.holders_builders import a_bsn
from tests.sources_builders import SECRET

pytestmark = pytest.mark.anyio
LAYOUT = RegisterLayout(
    municipality="9901",
    delimiter=";",
    encoding="utf-8",
    dates=("%Y%m%d",),
    bsn="BSN",
    kind="Soort",
    day="Ingang",
    deceased=("O",),
    moved_away=("V",),
    moved_in=("I",),
)
ROWS = """Soort;Ingang;BSN;Naam
O;20261101;{one};Jansen
V;20261101;{two};De Vries
H;20261101;{two};Huwelijk zegt ons niets
O;20261101;123456789;Verkeerd nummer
V;morgen;{two};Verkeerde dag
O;20991231;{two};Nog niet
V;20261101
"""


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, None) as town:
        yield town


def write(folder: Path) -> Path:
    file = folder / "mutations.csv"
    one, two = a_bsn(1).digits, a_bsn(2).digits
    file.write_text(ROWS.format(one=one, two=two))
    return file


def read(town: Town, folder: Path) -> list[Mutation | UnknownKind | Reject]:
    today = town.world.clock().date()
    found = read_mutations(write(folder), LAYOUT, today=today)
    return [each for each in found if not isinstance(each, PassedOver)]


class Giver:
    """The town's issuer, as the register's software sees it."""

    def __init__(self, town: Town) -> None:
        self._town = town

    async def get(self) -> str:
        return self._town.world.a_source_token(self._town.register)

    def forget(self) -> None: ...


async def tell(town: Town, folder: Path) -> EventCounts:
    world, oin = town.world, Oin(town.register.oin)
    patience = Patience(world.clock)
    trust = Trust(
        lambda: [parse_pins(world.holders.dealing.pins)], "dealt", world.clock
    )
    source = world.holders.source
    sender = Sender(oin, oin, town.register.key, world.clock)
    key = OutboxKey(SECRET)
    async with world.http() as client:
        index = HttpIndex(client, "http://index.test", Giver(town), patience)
        with Outbox(folder / "outbox.sqlite", key) as outbox:
            transport = world.holders.transport(source, source.oin)
            evaluator = HolderEvaluator(transport, outbox, trust, patience)
            mutations = [x for x in read(town, folder) if isinstance(x, Mutation)]
            return await tell_mutations(
                mutations, (evaluator, index), sender, key, LAYOUT.municipality
            )


async def count(town: Town, table: str) -> int:
    async with reading(town.world.engine) as conn:
        return int(await conn.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608 - ours


async def test_each_wrong_row_is_named_and_the_rest_goes_through(
    town: Town, tmp_path: Path
) -> None:
    found = read(town, tmp_path)
    rejects = [(x.place.line, x.reason) for x in found if isinstance(x, Reject)]
    assert rejects == [
        (5, Reason.BSN_INVALID),
        (6, Reason.DATE_INVALID),
        (7, Reason.DATE_IN_FUTURE),
        (8, Reason.RECORD_MALFORMED),
    ]
    assert [x.code for x in found if isinstance(x, UnknownKind)] == ["H"]
    assert sum(isinstance(x, Mutation) for x in found) == 2


async def test_a_file_told_twice_is_told_once(town: Town, tmp_path: Path) -> None:
    await town.world.publish(town.world.debt_help, [a_bsn(1), a_bsn(2)])
    assert await tell(town, tmp_path) == EventCounts(new=2)
    entries = await count(town, "ledger_entry")
    assert await count(town, "signal") == 0
    assert await tell(town, tmp_path) == EventCounts(known=2)
    assert await count(town, "ledger_entry") == entries


async def test_no_row_of_the_file_leaves_the_register(
    town: Town, tmp_path: Path
) -> None:
    await tell(town, tmp_path)
    async with reading(town.world.engine) as conn:
        (kept, *_) = list(await conn.scalars(text("SELECT jws FROM evidence")))
    assert a_bsn(1).digits not in kept
    assert a_bsn(1).digits not in town.world.log.getvalue()
