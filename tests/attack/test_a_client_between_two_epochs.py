"""Clients while holders change over, in any order: served, never mixed, never led back.

For each client that asks holders itself or serves others: an agency's evaluator, and
what desk and case system stand on.
"""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

from keys.client import fetch_config, pseudonymise_anew
from keys.config import ConfigPins, KeyConfig, parse_pins
from keys.errors import (
    ConfigRolledBack,
    EvaluationFailed,
    HolderRefused,
    HolderUnavailable,
)
from keys.pins import read_pins
from keys.pseudonym import KeyVersion
from keys.request import Act
from keys.ticket import verify_ticket_pair
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.publisher.holders import HolderEvaluator, Trust
from sources.publisher.known_config import find_known_config
from sources.publisher.patience import Patience
from tests.dealing import Dealing
from tests.holders_builders import AUDIENCE, NOON, Holders, a_bsn
from tests.overlap_builders import (
    change_over,
    share_anew,
    some_distributed_holders,
)
from tests.sources_builders import SECRET

NUMBERS = [a_bsn(1), a_bsn(2)]


class Desk:
    """Whoever keeps the config that it knows, and asks for people."""

    def __init__(self, holders: Holders, *pins: ConfigPins) -> None:
        self.holders = holders
        self.pins = pins or (parse_pins(holders.dealing.pins),)
        self.known: KeyConfig | None = None

    async def fetch(self) -> KeyConfig:
        transport = self.holders.transport(self.holders.lookup, "user-1")
        self.known = await fetch_config(
            transport,
            self.pins,
            accepted_origin="distributed",
            known=self.known,
            now=NOON,
        )
        return self.known

    async def ask(self, config: KeyConfig) -> tuple[KeyConfig, Sequence[bytes]]:
        transport = self.holders.transport(self.holders.lookup, "user-1")
        used, found = await pseudonymise_anew(
            transport, config, self.fetch, NUMBERS, Act.LOOKUP
        )
        verify_ticket_pair(found.tickets, [used], audience=AUDIENCE, now=NOON)
        return used, [one.encoded for one in found.pseudonyms]


@pytest.fixture
def holders() -> Holders:
    return some_distributed_holders()


@pytest.fixture
def second(holders: Holders) -> Dealing:
    return share_anew(holders.dealing)


@pytest.mark.anyio
@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
async def test_in_any_order_everybody_is_served_and_goes_on_when_two_have_it(
    holders: Holders, second: Dealing, order: Sequence[int]
) -> None:
    desk = Desk(holders)
    _, before = await desk.ask(await desk.fetch())
    epochs = []
    for index in order:
        change_over(holders, second, index)
        config, found = await desk.ask(await desk.fetch())
        assert found == before
        epochs.append(config.epoch)
    assert epochs == [1, 2, 2]


@pytest.mark.anyio
async def test_one_that_changed_over_alone_leads_nobody_on(
    holders: Holders, second: Dealing
) -> None:
    """Also when the others do not answer: it alone can answer nobody."""
    desk = Desk(holders)
    await desk.fetch()
    change_over(holders, second, 1)
    assert (await desk.fetch()).epoch == 1
    holders.holders[2].down = holders.holders[3].down = True
    with pytest.raises(HolderUnavailable):
        await desk.fetch()
    assert desk.known == holders.dealing.config


@pytest.mark.anyio
async def test_who_has_gone_on_is_never_led_back(
    holders: Holders, second: Dealing
) -> None:
    """Two holders were put back to what they had, and two suffice."""
    desk, first = Desk(holders), holders.dealing
    change_over(holders, second, 1, 2, 3)
    assert (await desk.fetch()).epoch == 2
    change_over(holders, first, 1, 2, alone=True)
    assert await desk.fetch() == second.config
    holders.holders[3].down = True
    with pytest.raises(ConfigRolledBack):
        await desk.fetch()


@pytest.mark.anyio
async def test_whoever_has_the_former_config_fetches_it_anew_once_and_asks_anew(
    holders: Holders, second: Dealing
) -> None:
    desk = Desk(holders)
    known = await desk.fetch()
    _, before = await desk.ask(known)
    change_over(holders, second, 1, 2, 3, alone=True)
    config, found = await desk.ask(known)
    assert (config.epoch, found) == (2, before)


@pytest.mark.anyio
async def test_what_was_found_keeps_its_version_where_the_next_config_has_another(
    holders: Holders, second: Dealing
) -> None:
    """Else a source files a person under a key that their pseudonym is not of."""
    known = await Desk(holders).fetch()
    transport = holders.transport(holders.lookup, "user-1")
    change_over(holders, second, 1, alone=True)

    async def fetch_another() -> KeyConfig:
        return known.model_copy(update={"key_version": KeyVersion(2)})

    used, found = await pseudonymise_anew(
        transport, known, fetch_another, NUMBERS, Act.LOOKUP
    )
    assert 1 in found.passed_over
    assert (used.key_version, found.key_version) == (2, 1)


@pytest.mark.anyio
async def test_it_is_fetched_once_and_no_more(
    holders: Holders, second: Dealing
) -> None:
    """Holders that say forever that a config is stale keep nobody busy."""
    desk = Desk(holders)
    known = await desk.fetch()
    change_over(holders, second, 1, 2, 3, alone=True)
    fetched: list[int] = []

    async def fetch_the_same() -> KeyConfig:
        fetched.append(1)
        return known

    transport = holders.transport(holders.lookup, "user-1")
    with pytest.raises(HolderRefused, match="stale-key-version"):
        await pseudonymise_anew(transport, known, fetch_the_same, NUMBERS, Act.LOOKUP)
    assert fetched == [1]


@pytest.mark.anyio
async def test_answers_of_two_epochs_are_never_combined(
    holders: Holders, second: Dealing
) -> None:
    """One has gone on, one has not: the pair that is left is of one epoch, or none."""
    desk = Desk(holders)
    known = await desk.fetch()
    _, before = await desk.ask(known)
    change_over(holders, second, 1, alone=True)
    config, found = await desk.ask(known)
    assert (config.epoch, found) == (1, before)
    holders.holders[3].down = True
    with pytest.raises(EvaluationFailed):
        await desk.ask(known)


@pytest.mark.anyio
async def test_a_replaced_holder_is_asked_by_its_own_name_and_pins_lie_side_by_side(
    holders: Holders, tmp_path: Path
) -> None:
    second = share_anew(holders.dealing, replaced=3)
    first = tmp_path / "pins.json"
    first.write_bytes(holders.dealing.pins)
    (tmp_path / "pins-2.json").write_bytes(second.pins)
    desk = Desk(holders, *read_pins(first))
    known = await desk.fetch()
    _, before = await desk.ask(known)
    change_over(holders, second, 1, 2, 3, alone=True)
    holders.holders[1].down = True
    config, found = await desk.ask(known)
    assert (config.holders[2].id, found) == ("holder-3-new", before)
    first.unlink()
    assert [one.keys for one in read_pins(first)] == [desk.pins[1].keys]


@pytest.mark.anyio
async def test_an_agency_goes_on_in_the_middle_of_a_run(
    holders: Holders, second: Dealing, tmp_path: Path
) -> None:
    pins = [parse_pins(holders.dealing.pins)]
    trust = Trust(lambda: pins, "distributed", holders.clock)
    transport = holders.transport(holders.source, holders.source.oin)
    with Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET)) as outbox:
        evaluator = HolderEvaluator(transport, outbox, trust, Patience(holders.clock))
        before = await evaluator.evaluate(NUMBERS)
        change_over(holders, second, 1, 2, 3, alone=True)
        assert await evaluator.evaluate(NUMBERS) == before
        assert find_known_config(outbox) == second.config
        # Another key: what comes of it says of which version it is, and goes apart.
        third = share_anew(second, rotated=True)
        change_over(holders, third, 1, 2, 3, alone=True)
        after = await evaluator.evaluate(NUMBERS)
        assert (before.key_version, after.key_version) == (1, 2)
        assert not set(after.pseudonyms) & set(before.pseudonyms)
        assert find_known_config(outbox) == third.config
