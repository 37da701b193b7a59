"""Who sends for another source lists what it sent, and no other organisation does.

Otherwise an outbox that was lost would go unnoticed where a municipality delivers for a
partner: what it told stands under the partner's name.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from signal_index.proof import Group
from signal_index.store.registry import SourceRecord, add_source
from signal_index.wire.agents import HeldDelivery
from sources.errors import IndexRefused
from sources.publisher.http_index import HttpIndex
from sources.publisher.patience import Patience
from tests.agency_world import CATEGORIES, HOME, Town, open_agency
from tests.contract.test_nothing_wedges_at_an_agency import a_town_profile
from tests.ledger_reading import open_entries
from tests.source_administrators import an_administrator
from tests.sources_builders import a_number, a_row, write_rows
from tests.store_builders import owning
from tests.world import Agency

pytestmark = pytest.mark.anyio


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """The town, in which another agency may send for the debt-help agency."""
    async with open_agency(tmp_path) as town:
        world = town.world
        record = SourceRecord(
            world.debt_help.oin,
            "debt-help",
            CATEGORIES,
            frozenset({HOME}),
            7,
            submitters=frozenset({world.debt_help.oin, world.income_support.oin}),
        )
        async with owning(world.engine) as conn:
            await add_source(conn, record, now=world.clock())
        world.clock.forward(timedelta(minutes=1))  # who is registered is read anew
        rows = [a_row(Zaak=f"Z-{n}", BSN=a_number(n)) for n in range(1, 4)]
        await town.publish(write_rows(tmp_path / "f.csv", rows), a_town_profile())
        yield town


@dataclass
class Tokens:
    """The tokens of one agency."""

    town: Town
    agency: Agency

    async def get(self) -> str:
        return self.town.world.a_source_token(self.agency)

    def forget(self) -> None: ...


async def count_listed(
    town: Town, agency: Agency, partner: str | None
) -> tuple[int, int]:
    world = town.world
    async with world.http() as client:
        tokens, patience = Tokens(town, agency), Patience(world.clock)
        url = "http://index.test"
        index = HttpIndex(client, url, tokens, patience, partner=partner)
        signals = await index.fetch_signals(None)
        return len(signals.items), len(await index.fetch_deliveries())


async def test_who_sends_for_a_partner_lists_what_stands_of_it(town: Town) -> None:
    world = town.world
    other, partner = world.income_support, world.debt_help.oin
    assert await count_listed(town, other, partner) == (3, 1)
    assert await count_listed(town, other, None) == (0, 0)


async def test_who_does_not_send_for_a_source_lists_nothing_of_it(town: Town) -> None:
    world = town.world
    with pytest.raises(IndexRefused, match="unknown-source"):
        await count_listed(town, world.veilig_thuis, world.debt_help.oin)


async def test_who_lets_a_partners_delivery_go_is_recorded_under_the_partner(
    town: Town,
) -> None:
    """The ledger says of which source it was, and not who sent it."""
    world = town.world
    sender, partner = world.income_support, world.debt_help.oin
    held = {
        "delivery": str(UUID(int=7)),
        "source": partner,
        "mark": "a" * 64,
        "heldAt": world.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "findings": [{"finding": "other-person", "count": 11, "of": 12}],
    }
    feed: dict[str, object] = {"feed": "partner", "backlog": 0, "held": held}
    feed |= dict.fromkeys(("lastRun", "lastReconciled", "nextRun"))
    told = {"feeds": [feed | {"state": "held"}], "unsent": []}
    bearer = world.a_source_token(sender)
    assert (await world.send("PUT", "/agents/office", bearer, told)).is_success
    digest = HeldDelivery.model_validate_json(json.dumps(held)).digest
    path = f"/agents/office/held-deliveries/{held['delivery']}/answer"
    said = {"digest": digest, "answer": "approved"}
    done = await world.send("POST", path, an_administrator(world, sender), said)
    assert done.status_code == 204, done.text
    entries = [
        entry[Group.WHAT] or {} for entry in await open_entries(world, "delivery")
    ]
    acts = [(what["act"], what["source"]) for what in entries if "act" in what]
    assert acts == [("held-approved", partner)]
