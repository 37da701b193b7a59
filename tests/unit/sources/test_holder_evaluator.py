"""The key holders asked directly, in memory but with real curves and signatures."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from keys.bsn import parse_bsn
from keys.client import Asked, HolderAnswer, HolderTransport
from keys.config import parse_pins
from keys.errors import HolderRefused, HolderUnavailable
from keys.holder.problems import PROBLEMS
from keys.quorum import Watch
from keys.request import Act
from sources.errors import EvaluationStopped
from sources.outbox.store import Outbox, get_meta
from sources.outbox_key import OutboxKey
from sources.publisher.holder_words import REFUSALS, explain
from sources.publisher.holders import HolderEvaluator, Trust
from sources.publisher.patience import Patience
from sources.publisher.silence import ToldTransport
from tests.holders_builders import Holders, some_holders
from tests.sources_builders import SECRET, a_number

pytestmark = pytest.mark.anyio
NUMBERS = [parse_bsn(a_number(n)) for n in range(1, 4)]


@dataclass
class Refusing:
    """Some holders refuse; the others are asked."""

    through: HolderTransport
    refuse: Collection[int]
    config_places: Sequence[int] = (1, 2, 3)

    @property
    def watch(self) -> Watch:
        return self.through.watch

    async def evaluate(self, holder: int, asked: Asked) -> HolderAnswer:
        if holder in self.refuse:
            raise HolderRefused("organisation-unknown")
        return await self.through.evaluate(holder, asked)

    async def key_config(self, place: int) -> bytes:
        return await self.through.key_config(place)


class Silent:
    """Takes its time, and then gives nothing."""

    watch = Watch()
    config_places: Sequence[int] = ()

    async def evaluate(self, holder: int, asked: Asked) -> HolderAnswer:  # noqa: ARG002
        await asyncio.sleep(0.1)
        raise HolderUnavailable

    async def key_config(self, place: int) -> bytes:  # noqa: ARG002
        raise HolderUnavailable


AN_ASKED = Asked(Act.PUBLISH, (1, 2), 1, 1, ())


@pytest.fixture
def holders() -> Holders:
    return some_holders()


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET))


def an_evaluator(
    holders: Holders,
    outbox: Outbox,
    told: list[str] | None = None,
    *,
    refuse: Collection[int] = (),
) -> HolderEvaluator:
    async def sleep(_: float) -> None: ...

    direct = holders.transport(holders.source, holders.source.oin)
    heard = [] if told is None else told
    return HolderEvaluator(
        Refusing(direct, refuse),
        outbox,
        Trust(lambda: [parse_pins(holders.dealing.pins)], "dealt", holders.clock),
        Patience(holders.clock, sleep=sleep),
        names={index: place.id for index, place in holders.places.items()},
        tell=heard.append,
    )


async def test_the_pseudonyms_are_those_of_every_other_client(
    holders: Holders, outbox: Outbox
) -> None:
    found = await an_evaluator(holders, outbox).evaluate(NUMBERS)
    assert found.pseudonyms == (await holders.look_up(NUMBERS)).pseudonyms
    assert found.key_version == holders.config.key_version


async def test_a_holder_that_is_down_is_passed_over(
    holders: Holders, outbox: Outbox
) -> None:
    holders.holders[1].down = True
    told: list[str] = []
    evaluator = an_evaluator(holders, outbox, told)
    for _ in range(2):
        assert len((await evaluator.evaluate(NUMBERS)).pseudonyms) == 3
    (says,) = told
    name = holders.places[1].id
    assert says.startswith(f"Sleutelhouder {name} is overgeslagen: hij antwoordt niet.")
    assert f"Meld het de beheerder van {name}." in says


async def test_a_holder_that_refuses_is_passed_over_by_name(outbox: Outbox) -> None:
    """The first of the pair no longer knows us; the two others do."""
    holders = some_holders()
    told: list[str] = []
    evaluator = an_evaluator(holders, outbox, told, refuse={1})
    assert len((await evaluator.evaluate(NUMBERS)).pseudonyms) == 3
    (says,) = told
    assert "kent uw organisatie niet" in says
    assert f"de beheerder van {holders.places[1].id}" in says


async def test_two_that_refuse_are_both_named(outbox: Outbox) -> None:
    holders = some_holders()
    evaluator = an_evaluator(holders, outbox, refuse={1, 2})
    with pytest.raises(EvaluationStopped, match="zijn twee") as stopped:
        await evaluator.evaluate(NUMBERS)
    for holder in (1, 2):
        assert f"{holders.places[holder].id} kent uw" in str(stopped.value)


async def test_a_holder_that_is_silent_is_told_of_while_one_waits() -> None:
    told: list[str] = []
    slow = ToldTransport(Silent(), {2: "holder-2"}, told.append, after=0.01)
    with pytest.raises(HolderUnavailable):
        await slow.evaluate(2, AN_ASKED)
    (says,) = told
    assert "holder-2 antwoordt nog niet" in says
    assert "hooguit 20 seconden" in says


async def test_two_holders_down_stops_the_run(holders: Holders, outbox: Outbox) -> None:
    holders.holders[1].down = holders.holders[2].down = True
    with pytest.raises(EvaluationStopped):
        await an_evaluator(holders, outbox).evaluate(NUMBERS)


async def test_a_spent_budget_stops_the_run_with_a_reason(outbox: Outbox) -> None:
    holders = some_holders(caseload=1)
    evaluator = an_evaluator(holders, outbox)
    await evaluator.evaluate(NUMBERS * 100)
    with pytest.raises(EvaluationStopped, match="budget"):
        await evaluator.evaluate(NUMBERS)


async def test_the_key_config_is_kept_for_the_next_run(
    holders: Holders, outbox: Outbox
) -> None:
    assert await an_evaluator(holders, outbox).find_key_version() == 1
    assert get_meta(outbox.connection, "key-config") == holders.config.encode()
    assert await an_evaluator(holders, outbox).find_key_version() == 1


async def test_a_key_of_another_origin_is_refused(
    holders: Holders, outbox: Outbox
) -> None:
    evaluator = HolderEvaluator(
        holders.transport(holders.source, holders.source.oin),
        outbox,
        Trust(lambda: [parse_pins(holders.dealing.pins)], "distributed", holders.clock),
        Patience(holders.clock),
    )
    with pytest.raises(EvaluationStopped, match="anders gemaakt dan"):
        await evaluator.find_key_version()


@pytest.mark.parametrize("code", [*REFUSALS, "something-newer"])
def test_why_a_holder_refuses_is_dutch_and_says_what_to_do(code: str) -> None:
    does, remedy = explain("holder-1", code)
    assert remedy
    assert "{" not in remedy
    assert (code in does) is (code == "something-newer")


def test_each_refusal_that_a_source_can_meet_has_its_sentence() -> None:
    codes = {
        problem.slug
        for problem in PROBLEMS.values()
        if problem.status in {401, 403, 409}
    }
    assert codes == REFUSALS.keys()
