from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
import pytest

from keys.client import (
    Asked,
    EvaluationTransport,
    HolderAnswer,
    RelayTransport,
    fetch_config,
    pseudonymise,
)
from keys.config import parse_pins
from keys.errors import (
    ConfigOriginRefused,
    HolderBudgetSpent,
    HolderRefused,
    HolderUnavailable,
    InvalidBatch,
)
from keys.quorum import Watch
from keys.request import Act
from keys.ticket import verify_ticket_pair
from tests.holders_builders import AUDIENCE, NOON, Holders, a_bsn, some_holders

NUMBERS = [a_bsn(1), a_bsn(2), a_bsn(1)]


@pytest.fixture
def holders() -> Holders:
    return some_holders()


@dataclass
class Meddling:
    """A transport that changes what chosen holders answer, and remembers."""

    inner: EvaluationTransport
    change: dict[int, Callable[[HolderAnswer], HolderAnswer]] = field(
        default_factory=dict
    )
    fail: dict[int, Exception] = field(default_factory=dict)
    asked: list[tuple[int, Asked]] = field(default_factory=list)
    watch: Watch = field(default_factory=lambda: Watch(turn=0))
    config_places: Sequence[int] = (1, 2, 3)

    async def evaluate(self, holder: int, asked: Asked) -> HolderAnswer:
        self.asked.append((holder, asked))
        if holder in self.fail:
            raise self.fail[holder]
        answer = await self.inner.evaluate(holder, asked)
        change = self.change.get(holder)
        return change(answer) if change else answer

    async def key_config(self, place: int) -> bytes:
        return await self.inner.key_config(place)


def meddling(holders: Holders) -> Meddling:
    return Meddling(holders.transport(holders.lookup, "user-1"))


@pytest.mark.anyio
async def test_a_number_has_one_pseudonym_whoever_evaluates(holders: Holders) -> None:
    found = set()
    for down in (None, 1, 2, 3):
        for index, holder in holders.holders.items():
            holder.down = index == down
        found.add((await holders.look_up([a_bsn(1)])).pseudonyms)
    assert len(found) == 1


@pytest.mark.anyio
async def test_pseudonyms_come_in_the_order_of_the_numbers(holders: Holders) -> None:
    first, second, third = (await holders.look_up(NUMBERS)).pseudonyms
    assert first == third != second


@pytest.mark.anyio
async def test_a_lookup_brings_a_pair_of_tickets(holders: Holders) -> None:
    result = await holders.look_up(NUMBERS)
    pair = verify_ticket_pair(
        result.tickets, [holders.config], audience=AUDIENCE, now=NOON
    )
    assert {ticket.count for ticket in pair} == {3}
    assert (result.pair, result.passed_over) == ((1, 2), {})


@pytest.mark.anyio
async def test_publishing_brings_no_tickets(holders: Holders) -> None:
    assert (await holders.prepare_publication(NUMBERS)).tickets == ()


@pytest.mark.anyio
async def test_a_holder_that_is_down_is_passed_over_and_named(
    holders: Holders,
) -> None:
    holders.holders[1].down = True
    result = await holders.look_up(NUMBERS)
    assert (result.pair, result.passed_over) == ((2, 3), {1: "unavailable"})


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: replace(answer, evaluations=answer.evaluations[::-1]),
        lambda answer: replace(answer, evaluations=answer.evaluations[:2]),
        lambda answer: replace(answer, evaluations=(bytes(32),) * 3),
        lambda answer: replace(answer, evaluations=()),
        lambda answer: replace(answer, proof=bytes(64)),
        lambda answer: replace(answer, proof=answer.proof[:63]),
        lambda answer: replace(answer, epoch=2),
        lambda answer: replace(answer, key_version=2),
    ],
)
@pytest.mark.anyio
async def test_a_holder_that_proves_nothing_is_passed_over_and_named(
    holders: Holders, change: Callable[[HolderAnswer], HolderAnswer]
) -> None:
    honest = await holders.look_up(NUMBERS)
    transport = meddling(holders)
    transport.change[2] = change
    result = await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)
    assert (result.pair, result.passed_over) == ((1, 3), {2: "proof-refused"})
    assert result.pseudonyms == honest.pseudonyms


@pytest.mark.anyio
async def test_a_spent_budget_at_one_holder_leaves_the_others(
    holders: Holders,
) -> None:
    transport = meddling(holders)
    transport.fail[1] = HolderBudgetSpent(timedelta(hours=1))
    result = await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)
    assert result.passed_over == {1: "budget-spent"}


@pytest.mark.anyio
async def test_two_holders_down_is_said(holders: Holders) -> None:
    holders.holders[1].down = holders.holders[3].down = True
    with pytest.raises(HolderUnavailable) as failed:
        await holders.look_up(NUMBERS)
    assert failed.value.failures[1] == "unavailable"


@pytest.mark.anyio
async def test_two_spent_budgets_are_said_with_the_wait() -> None:
    holders = some_holders(per_user=2)
    for _ in range(1):
        await holders.look_up(NUMBERS[:2])
    with pytest.raises(HolderBudgetSpent) as refused:
        await holders.look_up(NUMBERS[:2])
    assert refused.value.retry_after == timedelta(hours=12)


@pytest.mark.anyio
async def test_a_holder_that_refuses_is_passed_over(holders: Holders) -> None:
    transport = meddling(holders)
    transport.fail[1] = HolderRefused("organisation-unknown")
    result = await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)
    assert result.pair == (2, 3)
    assert result.passed_over == {1: "organisation-unknown"}


@pytest.mark.anyio
async def test_a_key_that_two_holders_renewed_is_said(holders: Holders) -> None:
    transport = meddling(holders)
    for holder in (1, 2):
        transport.fail[holder] = HolderRefused("stale-key-version")
    with pytest.raises(HolderRefused, match="stale-key-version"):
        await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)


@pytest.mark.anyio
async def test_a_refusal_of_the_request_asks_nobody_else(holders: Holders) -> None:
    transport = Meddling(holders.transport(holders.source, "user-1"))
    with pytest.raises(HolderRefused, match="act-not-allowed"):
        await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)
    assert {holder for holder, _ in transport.asked} == {1, 2}


@pytest.mark.anyio
async def test_every_pair_has_its_turn(holders: Holders) -> None:
    transport = meddling(holders)
    pairs = {
        (await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)).pair
        for _ in range(3)
    }
    assert pairs == {(1, 2), (1, 3), (2, 3)}


@pytest.mark.anyio
async def test_no_point_is_sent_twice_to_two_pairs(holders: Holders) -> None:
    transport = meddling(holders)
    transport.fail[2] = HolderUnavailable()
    await pseudonymise(transport, holders.config, NUMBERS, Act.LOOKUP)
    by_pair = {asked.pair: set(asked.points) for _, asked in transport.asked}
    assert len(by_pair) == 2
    assert len(set.union(*by_pair.values())) == 2 * len(NUMBERS)


@pytest.mark.parametrize("count", [0, 4097])
@pytest.mark.anyio
async def test_a_batch_has_bounds(holders: Holders, count: int) -> None:
    with pytest.raises(InvalidBatch):
        await holders.look_up([a_bsn(1)] * count)


@pytest.mark.anyio
async def test_a_batch_that_is_split_over_threads_comes_back_in_order(
    holders: Holders,
) -> None:
    numbers = [a_bsn(each) for each in range(200)]
    forward = await holders.prepare_publication(numbers)
    backward = await holders.prepare_publication(numbers[::-1])
    assert forward.pseudonyms == backward.pseudonyms[::-1]


@pytest.mark.anyio
async def test_the_key_config_is_fetched_and_verified(holders: Holders) -> None:
    holders.holders[1].down = True
    pins = parse_pins(holders.dealing.pins)
    config = await fetch_config(
        meddling(holders), [pins], accepted_origin="dealt", known=None, now=NOON
    )
    assert config == holders.config


@pytest.mark.anyio
async def test_a_client_in_production_refuses_a_dealt_key(holders: Holders) -> None:
    pins = parse_pins(holders.dealing.pins)
    with pytest.raises(ConfigOriginRefused):
        await fetch_config(
            meddling(holders),
            [pins],
            accepted_origin="distributed",
            known=None,
            now=NOON,
        )


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(502), HolderUnavailable),
        (httpx.Response(503, headers={"Retry-After": "5"}), HolderUnavailable),
        (httpx.Response(200, text="<html>"), HolderUnavailable),
        (httpx.Response(200, json={}), HolderUnavailable),
        (httpx.Response(302, headers={"Location": "/login"}), HolderRefused),
        (httpx.Response(403, text="no"), HolderRefused),
        (httpx.Response(400, json=[]), HolderRefused),
        (httpx.Response(429, headers={"Retry-After": "60"}), HolderBudgetSpent),
        (httpx.Response(429, headers={"Retry-After": "soon"}), HolderBudgetSpent),
    ],
)
@pytest.mark.anyio
async def test_what_a_relay_answers_becomes_a_fact(
    response: httpx.Response, error: type[Exception]
) -> None:
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: response)
    ) as client:
        relay = RelayTransport(client, "https://desk.test")
        with pytest.raises(error):
            await relay.evaluate(1, Asked(Act.LOOKUP, (1, 2), 1, 1, (bytes(32),)))


@pytest.mark.anyio
async def test_a_holder_s_words_are_not_repeated() -> None:
    problem = {"type": "/problems/<b>0123 456 789</b>", "title": "echo"}
    response = httpx.Response(403, json=problem)
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: response)
    ) as client:
        relay = RelayTransport(client, "https://desk.test")
        with pytest.raises(HolderRefused, match=r"^unknown$"):
            await relay.evaluate(1, Asked(Act.LOOKUP, (1, 2), 1, 1, (bytes(32),)))
