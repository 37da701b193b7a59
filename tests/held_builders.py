"""Deliveries that are held: make one, look at it, answer about it."""

from collections.abc import Mapping

import pytest

from sources.errors import DeliveryHeld, OutboxUnsure
from sources.judging.rules import Doubt
from sources.outbox.holding import (
    Held,
    find_held,
    get_named_cases,
    record_answer,
)
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.publisher.pipeline import Sender
from sources.restarting import Successor, take_over
from tests.sources_builders import (
    NOW,
    SECRET,
    Agency,
    a_number,
    a_row,
)
from tests.sources_parties import NOTICE_KEY, OIN

Row = Mapping[str, str]


def rows(count: int, **changed: str) -> list[dict[str, str]]:
    return [
        a_row(Zaak=f"Z-{n}", BSN=a_number(n), **changed) for n in range(1, count + 1)
    ]


async def publish(agency: Agency, *written: Row) -> None:
    agency.write(*written)
    await agency.publish()


async def hold(agency: Agency, *written: Row) -> Held:
    """Publish what must be held; nothing may have changed at the index."""
    before = agency.index.shown_often()
    deliveries = len(agency.index.state["deliveries"])
    agency.write(*written)
    with pytest.raises(DeliveryHeld):
        await agency.publish()
    assert agency.index.shown_often() == before
    assert len(agency.index.state["deliveries"]) == deliveries
    return waiting(agency)[0]


def waiting(agency: Agency) -> list[Held]:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        return find_held(outbox)


def answer(agency: Agency, held: Held, said: str) -> bool:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        return record_answer(outbox, held.delivery, held.digest, said)  # type: ignore[arg-type]  # one of two words


def named(agency: Agency, held: Held, doubt: Doubt) -> list[str]:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        return [case.name for case in get_named_cases(outbox, held)[doubt]]


async def take_over_lost(outbox: Outbox, index: Successor) -> int:
    """Begin anew, saying that every other outbox is gone."""
    sender = Sender(OIN, OIN, NOTICE_KEY, lambda: NOW)
    try:
        return await take_over(outbox, index, sender)
    except OutboxUnsure as unsure:
        return await take_over(outbox, index, sender, [*unsure.told])
