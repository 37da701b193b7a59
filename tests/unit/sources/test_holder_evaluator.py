"""The key holders asked directly, in memory but with real curves and signatures."""

from pathlib import Path

import pytest

from keys.bsn import parse_bsn
from keys.config import parse_pins
from keys.holder.problems import PROBLEMS
from sources.errors import EvaluationStopped
from sources.outbox.store import Outbox, get_meta
from sources.outbox_key import OutboxKey
from sources.publisher.holders import (
    REFUSALS,
    HolderEvaluator,
    Trust,
    say_refusal,
)
from sources.publisher.patience import Patience
from tests.holders_builders import Holders, some_holders
from tests.sources_builders import SECRET, a_number

pytestmark = pytest.mark.anyio
NUMBERS = [parse_bsn(a_number(n)) for n in range(1, 4)]


@pytest.fixture
def holders() -> Holders:
    return some_holders()


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox.sqlite", OutboxKey(SECRET))


def an_evaluator(holders: Holders, outbox: Outbox) -> HolderEvaluator:
    async def sleep(_: float) -> None: ...

    return HolderEvaluator(
        holders.transport(holders.source, holders.source.oin),
        outbox,
        Trust(parse_pins(holders.dealing.pins), "dealt", holders.clock),
        Patience(holders.clock, sleep=sleep),
    )


async def test_the_pseudonyms_are_those_of_every_other_client(
    holders: Holders, outbox: Outbox
) -> None:
    found = await an_evaluator(holders, outbox).evaluate(NUMBERS)
    assert found.pseudonyms == (await holders.look_up(NUMBERS)).pseudonyms
    assert found.key_version == holders.config.key_version
    assert found.fallback is None


async def test_a_holder_that_is_down_is_passed_over(
    holders: Holders, outbox: Outbox
) -> None:
    holders.holders[1].down = True
    found = await an_evaluator(holders, outbox).evaluate(NUMBERS)
    assert found.fallback
    assert len(found.pseudonyms) == 3


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
        Trust(parse_pins(holders.dealing.pins), "distributed", holders.clock),
        Patience(holders.clock),
    )
    with pytest.raises(EvaluationStopped, match="anders gemaakt dan"):
        await evaluator.find_key_version()


@pytest.mark.parametrize("code", [*REFUSALS, "something-newer"])
def test_why_a_holder_refuses_is_dutch_and_says_what_to_do(code: str) -> None:
    says = say_refusal(code)
    assert "signal-source doctor" in says
    assert (code in says) is (code == "something-newer")


def test_each_refusal_that_a_source_can_meet_has_its_sentence() -> None:
    codes = {
        problem.slug
        for problem in PROBLEMS.values()
        if problem.status in {401, 403, 409}
    }
    assert codes == REFUSALS.keys()
