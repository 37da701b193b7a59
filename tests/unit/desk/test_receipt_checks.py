"""The check within a day: proven, broken, or asked again."""

import sqlite3
from datetime import timedelta

import pytest
from fastapi import FastAPI

from desk import receipt_checks, receipts
from desk.errors import IndexUnreachable, ProviderUnreachable
from desk.events import Event
from desk.holders import Passed
from desk.receipt_checks import check_receipts
from keys import watching
from keys.pinned_keys import take_successors
from keys.successor import Successor, sign_successor
from signal_index.ledger import CheckpointKey
from tests import desk_index
from tests.desk_builders import Browser, Town
from tests.ledger_builders import private_of
from tests.unit.desk.test_relay import log_in_with_csrf, look_up

pytestmark = pytest.mark.anyio


def states(town: Town) -> list[str]:
    found = sqlite3.connect(town.folder / "desk.sqlite3").execute(
        "SELECT state FROM receipts"
    )
    return [state for (state,) in found]


async def test_an_entry_in_the_tree_is_marked_proven(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    town.clock.forward(timedelta(minutes=5))
    await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["proven"]


async def test_a_promise_is_given_its_time(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["promised"]


async def test_a_proof_of_another_leaf_breaks_the_promise(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    town.index.spoil = {"leaf": b"another"}
    town.clock.forward(timedelta(minutes=5))
    await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["broken"]


async def test_an_entry_that_never_came_breaks_the_promise_after_a_day(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    town.index.forgotten = True
    town.clock.forward(timedelta(minutes=5))
    await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["promised"]
    town.clock.forward(timedelta(hours=24))
    await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["broken"]


async def test_a_tree_of_a_key_that_was_not_taken_yet_convicts_nobody(
    town: Town, browser: Browser, desk: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its desk takes the successor after the former key's end: then it is proven."""
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    now, first, second = (
        town.clock(),
        private_of(b"\x01" * 32),
        private_of(b"\x09" * 32),
    )
    said = Successor(
        use="checkpoint",
        number=2,
        former=first.public,
        key=second.public,
        made=now - timedelta(days=50),
        begins=now - timedelta(days=40),
        ends=now - timedelta(days=1),
    )
    monkeypatch.setattr(desk_index, "CHECKPOINT_KEY", CheckpointKey(b"\x09" * 32))
    told: list[Event] = []
    monkeypatch.setattr(
        receipt_checks, "log_event", lambda event, **_: told.append(event)
    )
    town.clock.forward(timedelta(minutes=5))
    await check_receipts(desk.state.desk, town.clock())
    assert (states(town), Event.RECEIPT_UNPROVEN in told) == (["promised"], False)
    town.clock.forward(timedelta(hours=25))
    await check_receipts(desk.state.desk, town.clock())
    assert (states(town), Event.RECEIPT_UNPROVEN in told) == (["promised"], True)
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0)
    step = sign_successor(said, first, second)
    take_successors(town.folder / "checkpoint.vkey", [step])
    await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["proven"]


async def test_a_provider_that_is_down_breaks_nothing(
    town: Town, browser: Browser, desk: FastAPI
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    town.down.add(town.provider.issuer)
    town.clock.forward(timedelta(hours=25))
    with pytest.raises(ProviderUnreachable):
        await check_receipts(desk.state.desk, town.clock())
    assert states(town) == ["promised"]


OTHERS = [f"00000000-0000-4000-8000-{number:012d}" for number in range(3)]


def add_open(town: Town) -> None:
    """Have some receipts that came earlier, of which the index says nothing yet."""
    with sqlite3.connect(town.folder / "desk.sqlite3") as kept:
        found = kept.execute("SELECT * FROM receipts LIMIT 1")
        names = [column[0] for column in found.description]
        row = dict(zip(names, found.fetchone(), strict=True))
        marks = ", ".join("?" for _ in names)
        for entry in OTHERS:
            earlier = row | {"entry_id": entry, "received_at": row["received_at"] - 5}
            kept.execute(
                f"INSERT INTO receipts VALUES ({marks})",  # noqa: S608 - marks alone
                [earlier[name] for name in names],
            )


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    heard: list[dict[str, object]] = []
    monkeypatch.setattr(
        receipt_checks, "log_event", lambda _event, **said: heard.append(said)
    )
    return heard


@pytest.fixture
def by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "BATCH", 2)


@pytest.mark.usefixtures("by_two")
async def test_what_stays_open_holds_up_nothing_that_came_later(
    town: Town, browser: Browser, desk: FastAPI, told: list[dict[str, object]]
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    add_open(town)
    town.clock.forward(timedelta(minutes=5))
    await check_receipts(desk.state.desk, town.clock())
    assert sorted(states(town)) == [*["promised"] * 3, "proven"]
    assert told == [{"proven": 1, "open": 3, "unasked": 0}]


@pytest.mark.usefixtures("by_two")
async def test_a_check_without_time_says_what_it_did_not_ask_and_goes_on_there(
    town: Town, browser: Browser, desk: FastAPI, told: list[dict[str, object]]
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    add_open(town)
    town.clock.forward(timedelta(minutes=5))
    hours = iter(range(0, 1_000_000, 3600))
    for _ in range(2):
        await check_receipts(desk.state.desk, town.clock(), lambda: next(hours))
    assert told == [
        {"proven": 0, "open": 4, "unasked": 2},
        {"proven": 1, "open": 3, "unasked": 2},
    ]


async def test_an_entry_of_which_the_index_says_nothing_does_not_stop_the_rest(
    town: Town, browser: Browser, desk: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gives 500 for one of them, each time."""
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    add_open(town)
    town.clock.forward(timedelta(minutes=5))
    honest = desk.state.desk.index.proof

    async def proof(token: str, entry: str) -> Passed:
        if entry == OTHERS[0]:
            return Passed(500, "text/plain", b"")
        found: Passed = await honest(token, entry)
        return found

    monkeypatch.setattr(desk.state.desk.index, "proof", proof)
    with pytest.raises(IndexUnreachable):
        await check_receipts(desk.state.desk, town.clock())
    await check_receipts(desk.state.desk, town.clock())
    assert sorted(states(town)) == [*["promised"] * 3, "proven"]
