"""What the population register publishes, read page by page and told once."""

import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
import pytest

from keys.config import parse_pins
from signal_index.wire.person_events import PersonEventKind
from signal_index.wire.values import Oin
from sources.brp.asking import Asker
from sources.brp.events import (
    ABROAD,
    DECEASED,
    ELSEWHERE,
    Subscription,
    Told,
    find_cursor,
    keep_cursor,
)
from sources.brp.settings import RegisterPlace
from sources.errors import GatewayStopped
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.person_events import EventCounts, tell_mutations
from sources.publisher.holders import HolderEvaluator, Trust
from sources.publisher.http_index import HttpIndex
from sources.publisher.patience import Patience
from sources.publisher.pipeline import Sender
from sources.reasons import Reason
from tests.brp_builders import no_sleep
from tests.contract.test_a_population_register_tells import Giver, count
from tests.contract.test_person_events import Town, open_town
from tests.holders_builders import a_bsn
from tests.sources_builders import NOW, SECRET, a_number, a_wrong_number

pytestmark = pytest.mark.anyio
TODAY = date(2026, 11, 22)
WHOLE = {"type": "Datum", "datum": "2026-11-01"}


def an_event(number: str, kind: str = DECEASED, **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    """An event as the register publishes it; `day` and any member may be changed."""
    day = changed.pop("day", WHOLE)
    inside = (
        {"overlijden": {"datum": day}}
        if kind == DECEASED
        else {"verblijfplaats": {"datumVan": day}}
    )
    event = {
        "specversion": "1.0",
        "id": str(uuid5(NAMESPACE_URL, number + kind)),
        "source": "/brp",
        "type": kind,
        "data": {"burgerservicenummer": number, **inside},
    }
    return event | changed


class Register:
    """Publishes events to a subscriber, and says where people live."""

    def __init__(self, *events: dict[str, Any], page: int = 100) -> None:
        self.events = list(events)
        self.page = page
        self.homes: dict[str, str] = {}
        self.status = 200
        self.asked: list[httpx.Request] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.status != 200:
            return httpx.Response(self.status, json={})
        if request.method == "POST":
            asked = json.loads(request.content)
            found = [
                {
                    "burgerservicenummer": number,
                    "gemeenteVanInschrijving": {"code": self.homes[number]},
                }
                for number in asked["burgerservicenummer"]
                if number in self.homes
            ]
            return httpx.Response(200, json={"type": asked["type"], "personen": found})
        cursor = request.url.params.get("cursor")
        ids = [event["id"] for event in self.events]
        start = ids.index(cursor) + 1 if cursor else 0
        part = self.events[start : start + self.page]
        return httpx.Response(200, json={"gebeurtenissen": part})


def subscribe(folder: Path, register: Register) -> Subscription:
    key = folder / "register.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text("sleutel")
    place = RegisterPlace(
        url="https://brp.test/api/brp",
        key_file=key,
        subscriber="signaalindex",
        municipality="9901",
    )
    client = httpx.AsyncClient(transport=httpx.MockTransport(register.answer))
    patience = Patience(lambda: NOW, attempts=2, sleep=no_sleep)
    return Subscription(Asker(client, place, patience), "signaalindex", "9901")


async def read(folder: Path, register: Register, cursor: str = "") -> list[Told]:
    notices = subscribe(folder, register)
    return [page async for page in notices.read(cursor, today=TODAY)]


async def test_each_kind_of_event_says_what_it_means(tmp_path: Path) -> None:
    register = Register(
        an_event(a_number(1)),
        an_event(a_number(2), ABROAD),
        an_event(a_number(3), ELSEWHERE),
        an_event(a_number(4), ELSEWHERE),
    )
    register.homes = {a_number(3): "0599", a_number(4): "9901"}
    (page,) = await read(tmp_path, register)
    assert [(one.bsn.digits, one.kind) for one in page.mutations] == [
        (a_number(1), PersonEventKind.DECEASED),
        (a_number(2), PersonEventKind.MOVED_AWAY),
        (a_number(3), PersonEventKind.MOVED_AWAY),
        (a_number(4), PersonEventKind.MOVED_IN),
    ]
    assert {one.on for one in page.mutations} == {date(2026, 11, 1)}
    assert page.rejects == []


async def test_where_somebody_went_is_never_guessed(tmp_path: Path) -> None:
    (page,) = await read(tmp_path, Register(an_event(a_number(3), ELSEWHERE)))
    assert page.mutations == []
    assert [one.reason for one in page.rejects] == [Reason.MUNICIPALITY_UNKNOWN]


@pytest.mark.parametrize(
    ("day", "on"),
    [
        ({"type": "JaarDatum", "jaar": 2026}, date(2026, 1, 1)),
        ({"type": "JaarMaandDatum", "jaar": 2026, "maand": 10}, date(2026, 10, 1)),
        ({"type": "DatumOnbekend", "onbekend": True}, date(2026, 11, 20)),
    ],
)
async def test_a_death_counts_also_where_its_day_is_not_known(
    tmp_path: Path, day: dict[str, Any], on: date
) -> None:
    event = an_event(a_number(1), day=day, time="2026-11-20T10:00:00Z")
    (page,) = await read(tmp_path, Register(event))
    assert [one.on for one in page.mutations] == [on]


async def test_what_cannot_be_used_is_named_and_the_rest_goes_through(
    tmp_path: Path,
) -> None:
    register = Register(
        an_event(a_wrong_number()),
        an_event(a_number(1), day={"type": "DatumOnbekend"}),
        an_event(a_number(2), day={"type": "Datum", "datum": "2026-12-24"}),
        an_event(a_number(3)),
    )
    (page,) = await read(tmp_path, register)
    assert [(one.place.record, one.reason) for one in page.rejects] == [
        ("bericht 1", Reason.BSN_INVALID),
        ("bericht 2", Reason.DATE_INVALID),
        ("bericht 3", Reason.DATE_IN_FUTURE),
    ]
    assert len(page.mutations) == 1


async def test_a_type_that_nobody_knows_is_counted_and_ends_nothing(
    tmp_path: Path,
) -> None:
    births = [
        an_event(a_number(n), "nl.brp.geboren", id=f"g-{n}", data={}) for n in (1, 2)
    ]
    (page,) = await read(tmp_path, Register(*births))
    assert page.unknown == {"nl.brp.geboren": 2}
    assert (page.mutations, page.rejects) == ([], [])


async def test_pages_are_read_to_the_end_and_then_from_there(tmp_path: Path) -> None:
    events = [an_event(a_number(n)) for n in range(1, 6)]
    register = Register(*events[:4], page=2)
    pages = await read(tmp_path, register)
    assert [len(page.mutations) for page in pages] == [2, 2]
    register.events.append(events[4])
    (page,) = await read(tmp_path, register, pages[-1].cursor)
    assert [one.bsn.digits for one in page.mutations] == [a_number(5)]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 503])
async def test_a_register_that_refuses_is_no_register_without_events(
    tmp_path: Path, status: int
) -> None:
    register = Register(an_event(a_number(1)))
    register.status = status
    with pytest.raises(GatewayStopped):
        await read(tmp_path, register)


async def test_no_number_stands_in_an_address(tmp_path: Path) -> None:
    register = Register(an_event(a_number(3), ELSEWHERE))
    await read(tmp_path, register)
    addresses = [str(request.url) for request in register.asked]
    assert len(addresses) == 3
    assert [one for one in addresses if a_number(3) in one] == []


def test_how_far_was_read_is_kept(tmp_path: Path) -> None:
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        assert find_cursor(outbox, "signaalindex") == ""
        keep_cursor(outbox, "signaalindex", "e-7")
        assert find_cursor(outbox, "signaalindex") == "e-7"
        assert find_cursor(outbox, "ander") == ""


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, None) as town:
        yield town


async def test_an_event_that_comes_again_is_told_once(
    town: Town, tmp_path: Path
) -> None:
    await town.world.publish(town.world.debt_help, [a_bsn(1), a_bsn(2)])
    day = {"type": "Datum", "datum": "2026-10-01"}
    register = Register(an_event(a_bsn(1).digits, day=day))
    assert await tell(town, tmp_path, register) == EventCounts(new=1)
    entries = await count(town, "ledger_entry")
    assert await count(town, "signal") == 1
    assert await tell(town, tmp_path, register) == EventCounts(known=1)
    assert await count(town, "ledger_entry") == entries


async def tell(town: Town, folder: Path, register: Register) -> EventCounts:
    """Tell the index of all events from the first one on."""
    world, oin = town.world, Oin(town.register.oin)
    trust = Trust(
        lambda: [parse_pins(world.holders.dealing.pins)], "dealt", world.clock
    )
    sender = Sender(oin, oin, town.register.key, world.clock)
    key, source = OutboxKey(SECRET), world.holders.source
    told = EventCounts()
    async with world.http() as client:
        patience = Patience(world.clock)
        index = HttpIndex(client, "http://index.test", Giver(town), patience)
        with Outbox(folder / "outbox.sqlite", key) as outbox:
            transport = world.holders.transport(source, source.oin)
            evaluator = HolderEvaluator(transport, outbox, trust, patience)
            for page in await read(folder, register):
                told += await tell_mutations(
                    page.mutations, (evaluator, index), sender, key, "9901"
                )
    return told
