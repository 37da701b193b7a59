"""The operator shows a desk another ledger than the rest of the world.

It is signed with the true key. The desk holds it against what counted before, asks for
witnesses, and keeps both trees once they contradict each other.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from desk.desk import Desk
from desk.events import LOG
from desk.receipt_checks import check_receipts
from keys.events import LoggedEvent
from signal_index.proof import hash_leaf
from tests.desk_builders import Browser, Town, csrf_of, some_town
from tests.unit.desk.test_receipt_checks import states
from tests.unit.desk.test_relay import log_in_with_csrf, look_up

pytestmark = pytest.mark.anyio

ANOTHER = [hash_leaf(b"first"), hash_leaf(b"somebody else"), hash_leaf(b"and more")]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return some_town(tmp_path)


@pytest.fixture
async def app(town: Town) -> AsyncIterator[FastAPI]:
    async with town.serve() as app:
        yield app


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    found: Desk = app.state.desk
    return found


@pytest.fixture
async def browser(town: Town, app: FastAPI) -> AsyncIterator[Browser]:
    async with town.browser(app) as client:
        await log_in_with_csrf(client)
        yield client


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what the desk writes for a SOC."""
    lines: list[str] = []

    def write(event: LoggedEvent, **fields: str | float) -> None:
        lines.append(f"{event} {fields.get('rule', '')}".strip())

    monkeypatch.setattr(LOG, "write", write)
    return lines


def state_of(desk: Desk) -> str:
    return desk.ledger_watch.state.value


async def test_another_tree_of_the_same_size_is_found_at_the_next_look(
    town: Town, desk: Desk, browser: Browser, said: list[str]
) -> None:
    await look_up(town, browser)
    await desk.ledger_watch.look()
    assert state_of(desk) == "proven"
    town.index.other = ANOTHER[:2]
    await desk.ledger_watch.look()
    assert state_of(desk) == "forked"
    assert said.count("ledger-forked") == said.count("alarm ledger-forked") == 1


async def test_a_larger_tree_that_does_not_extend_it_is_found_too(
    town: Town, desk: Desk, browser: Browser
) -> None:
    await look_up(town, browser)
    await desk.ledger_watch.look()
    town.index.other = ANOTHER
    town.index.cosigners = []  # the witnesses are left out: the signature convicts
    await desk.ledger_watch.look()
    assert desk.ledger_watch.is_forked


async def test_only_emergencies_are_passed_on_from_then_on(
    town: Town, desk: Desk, browser: Browser
) -> None:
    await look_up(town, browser)
    await desk.ledger_watch.look()
    town.index.other = ANOTHER
    await desk.ledger_watch.look()
    count = len(town.index.asked)
    refused = await look_up(town, browser)
    assert refused.status_code == 503
    assert refused.json()["type"] == "/problems/ledger-forked"
    assert len(town.index.asked) == count
    emergency = await look_up(town, browser, breakGlass={"reason": "eviction-today"})
    assert emergency.status_code == 200
    page = await browser.get("/lookup")
    assert desk.texts.get("ledger.forked.text") in page.text
    town.index.other = None  # the true one, larger than before
    await desk.ledger_watch.look()
    assert (await look_up(town, browser)).status_code == 503


async def test_a_restart_forgets_no_fork_and_both_trees_are_kept(
    town: Town, desk: Desk, browser: Browser
) -> None:
    await look_up(town, browser)
    await desk.ledger_watch.look()
    honest = desk.ledger_watch.newest
    town.index.other = ANOTHER
    await desk.ledger_watch.look()
    town.index.other = None  # the operator takes it back
    async with town.serve() as again, town.browser(again) as client:
        await log_in_with_csrf(client)
        kept: Desk = again.state.desk
        assert kept.ledger_watch.is_forked
        assert (await look_up(town, client)).status_code == 503
        newest = kept.ledger_watch.newest
    assert honest is not None
    assert newest is not None
    assert newest.checkpoint == honest.checkpoint
    assert newest.other is not None
    assert newest.other.startswith(f"{town.index.origin}/2026\n3\n")


async def test_a_tree_that_nobody_cosigned_proves_nothing(
    town: Town, desk: Desk, browser: Browser
) -> None:
    town.index.cosigners = []
    await look_up(town, browser)
    town.clock.forward(timedelta(minutes=11))
    await desk.ledger_watch.look()
    await check_receipts(desk, town.clock())
    assert state_of(desk) == "unproven"
    assert states(town) == ["promised"]
    page = (await browser.get("/own-lookups")).text
    assert "Nog niet bewezen: na " in page
    assert desk.texts.get("own-lookups.proof.promised") in page


async def test_what_no_witness_ever_saw_is_said_to_be_unproven(town: Town) -> None:
    town.index.cosigners = []
    async with town.serve() as app, town.browser(app) as client:
        await log_in_with_csrf(client)
        page = (await client.get("/own-lookups")).text
        assert app.state.desk.texts.get("own-lookups.proof.never") in page


async def test_a_tree_of_before_that_is_shown_again_and_again_proves_nothing(
    town: Town, desk: Desk, browser: Browser
) -> None:
    await desk.ledger_watch.look()
    town.clock.forward(timedelta(minutes=11))
    town.index.seen_ago = timedelta(minutes=11)
    await desk.ledger_watch.look()
    assert state_of(desk) == "unproven"
    page = (await browser.get("/own-lookups")).text
    assert "Nog niet bewezen" in page


async def test_who_shows_no_growth_has_proven_nothing_and_is_no_fork(
    town: Town, desk: Desk, browser: Browser
) -> None:
    await desk.ledger_watch.look()
    for _ in range(3):
        await look_up(town, browser)
    town.index.keeps_tiles_back = True
    town.clock.forward(timedelta(minutes=11))
    await desk.ledger_watch.look()
    await check_receipts(desk, town.clock())
    assert state_of(desk) == "unproven"
    assert set(states(town)) == {"promised"}


async def test_another_tree_in_a_proof_alone_is_found_as_well(
    town: Town, desk: Desk, browser: Browser
) -> None:
    await look_up(town, browser)
    await desk.ledger_watch.look()
    town.clock.forward(timedelta(minutes=5))
    town.index.other = [hash_leaf(b"another first"), town.index.leaf_hashes[1]]
    await check_receipts(desk, town.clock())
    assert desk.ledger_watch.is_forked
    assert states(town) == ["promised"]


async def test_a_receipt_is_proven_by_what_the_witnesses_saw(
    town: Town, desk: Desk, browser: Browser
) -> None:
    await look_up(town, browser)
    town.clock.forward(timedelta(minutes=5))
    await desk.ledger_watch.look()
    await check_receipts(desk, town.clock())
    assert states(town) == ["proven"]
    page = await browser.get("/own-lookups")
    assert csrf_of(page)
    assert desk.texts.get("own-lookups.proof.proven") in page.text
    assert "Nog niet bewezen" not in page.text
