"""Every way in which one holder can be sick, at every client: the others serve.

2 of 3 survives a dead holder; it must survive a wrong one. The browser's module asks
through the same relay as a case system: what the relay answers of a sick holder, it
passes over (desk/browser/test/pseudonymise.test.ts).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from keys.client import (
    HolderTransport,
    RelayTransport,
    Signer,
    fetch_config,
    pseudonymise,
)
from keys.config import parse_pins
from keys.errors import HolderBudgetSpent
from keys.quorum import Watch
from keys.quorum.configs import GRACE
from keys.quorum.watch import PATIENCE
from keys.request import Act
from keys.ticket import verify_ticket_pair
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.publisher.holders import HolderEvaluator, Trust
from sources.publisher.patience import Patience
from tests.desk_builders import BASE, csrf_of, log_in, some_town
from tests.holders_builders import AUDIENCE, NOON, Holders, a_bsn, some_holders
from tests.sick_holders import ALL, make_sick, make_well
from tests.sources_builders import SECRET

pytestmark = pytest.mark.anyio
NUMBERS = [a_bsn(1), a_bsn(2)]
HURRY = 0.15
OF_CONFIG = {"garbage-for-config", "older-config"}
OF_TICKETS = {"bad-ticket-signature", "ticket-of-other-points", "clock-fast"}
"""Publishing brings no ticket: there is nothing of these to be seen."""


def transport_of(holders: Holders, turn: int, act: Act = Act.LOOKUP) -> HolderTransport:
    asking = holders.source if act is Act.PUBLISH else holders.lookup
    subject = asking.oin if act is Act.PUBLISH else "user-1"
    signer = Signer(asking.oin, subject, asking.key, holders.clock)
    watch = Watch(turn=turn, patience=HURRY)
    return HolderTransport(holders.client(), holders.places, signer, watch)


async def ask_directly(
    transport: HolderTransport, holders: Holders
) -> tuple[object, ...]:
    """A lookup with the Python client, from the config on; the index takes it."""
    pins = parse_pins(holders.dealing.pins)
    config = await fetch_config(
        transport, [pins], accepted_origin="dealt", known=None, now=NOON
    )
    found = await pseudonymise(transport, config, NUMBERS, Act.LOOKUP)
    verify_ticket_pair(found.tickets, [config], audience=AUDIENCE, now=NOON)
    return found.pseudonyms


@asynccontextmanager
async def an_agency(
    transport: HolderTransport, holders: Holders, folder: Path
) -> AsyncIterator[HolderEvaluator]:
    async def sleep(_: float) -> None: ...

    trust = Trust(lambda: [parse_pins(holders.dealing.pins)], "dealt", holders.clock)
    with Outbox(folder / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        yield HolderEvaluator(
            transport, outbox, trust, Patience(holders.clock, sleep=sleep)
        )


@pytest.mark.parametrize("fault", ALL)
async def test_a_case_system_and_an_agency_do_not_notice(
    fault: str, tmp_path: Path
) -> None:
    holders = some_holders()
    well = (await holders.look_up(NUMBERS)).pseudonyms
    make_sick(holders, 1, fault)
    direct = transport_of(holders, 0)
    assert await ask_directly(direct, holders) == well
    assert direct.watch.sick.keys() == {1}
    publishing = transport_of(holders, 0, Act.PUBLISH)
    async with an_agency(publishing, holders, tmp_path) as agency:
        assert (await agency.evaluate(NUMBERS)).pseudonyms == well
    assert publishing.watch.sick.keys() == (set() if fault in OF_TICKETS else {1})


@pytest.mark.parametrize("fault", ALL)
async def test_whoever_asks_through_a_desk_does_not_notice(
    fault: str, tmp_path: Path
) -> None:
    """The desk signs, judges and remembers: its health names the holder and why."""
    town = some_town(tmp_path)
    make_sick(town.holders, 1, fault)
    async with town.serve() as desk, town.browser(desk) as browser:
        browser.headers["X-CSRF-Token"] = csrf_of(await log_in(browser))
        relay = RelayTransport(browser, BASE, Watch(turn=0))
        pins = parse_pins(town.holders.dealing.pins)
        config = await fetch_config(
            relay, [pins], accepted_origin="dealt", known=None, now=NOON
        )
        found = await pseudonymise(relay, config, NUMBERS, Act.LOOKUP)
        verify_ticket_pair(found.tickets, [config], audience=AUDIENCE, now=NOON)
        health = (await browser.get("/health")).json()["holders"]
        asked_last = (await browser.get("/relay/v1/pins")).json()["avoid"]
    # With an older config, or none, it evaluates as well as the others.
    assert found.pair == ((1, 2) if fault in OF_CONFIG else (2, 3))
    sick = [one["holder"] for one in health if one["sick"]]
    # A proof is what the client checks, and the desk cannot: it has no curve.
    assert fault == "bad-proof" or (sick, asked_last) == (["holder-1"], [1])


@pytest.mark.parametrize("fault", ["hung", "unknown-organisation", "clock-fast"])
@pytest.mark.parametrize("sick", [1, 2, 3])
async def test_whichever_holder_it_is_and_whosever_turn_it_is(
    fault: str, sick: int
) -> None:
    holders = some_holders()
    make_sick(holders, sick, fault)
    transport = transport_of(holders, turn=sick)
    for _ in range(3):
        found = await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)
        assert sick not in found.pair
    assert transport.watch.sick.keys() == {sick}


async def test_a_sick_holder_costs_the_others_once_and_has_its_turn_again() -> None:
    moment = 0.0
    holders = some_holders()
    transport = transport_of(holders, 0)
    watch = transport.watch = Watch(turn=0, patience=HURRY, seconds=lambda: moment)
    make_sick(holders, 1, "unknown-organisation")
    for _ in range(6):
        await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)
    assert watch.passed_over == {(1, "organisation-unknown"): 1}
    make_well(holders, 1)
    moment = 31.0
    for _ in range(3):
        await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)
    assert watch.sick == {}


async def test_what_is_about_who_asks_is_remembered_of_no_holder() -> None:
    holders = some_holders(per_user=2)
    transport = transport_of(holders, 0)
    for pair in ((1, 2), (2, 3)):  # the second has one holder with a budget
        assert transport.watch.order_pairs([1, 2, 3], 2)[0] == pair
    await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)
    with pytest.raises(HolderBudgetSpent):
        await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)
    assert transport.watch.sick == {}
    assert {reason for _, reason in transport.watch.passed_over} == {"budget-spent"}


async def test_an_older_config_never_beats_a_newer_one() -> None:
    holders = some_holders()
    make_sick(holders, 1, "older-config")
    pins = parse_pins(holders.dealing.pins)
    transport = transport_of(holders, 0)
    config = await fetch_config(
        transport, [pins], accepted_origin="dealt", known=None, now=NOON
    )
    assert config.serial == holders.config.serial + 1
    assert transport.watch.sick == {1: "config-old"}


def test_another_pair_is_asked_within_two_seconds_in_all() -> None:
    assert GRACE + PATIENCE < 2
