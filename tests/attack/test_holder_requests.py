"""Attacks on a key holder by those who can reach it: each is refused, at no gain."""

import asyncio
import json
from datetime import timedelta

import httpx
import pytest

from keys.base64url import encode_b64u
from keys.client import pseudonymise
from keys.errors import HolderBudgetSpent
from keys.holder.errors import HolderNotReady
from keys.jose import PrivateKey
from keys.request import (
    Act,
    RequestKey,
    RequestTerms,
    sign_registration_request,
    sign_request,
    sign_statement_request,
)
from tests.holders_builders import FakeMeter, Holders, a_bsn, some_holders, some_point

POINTS = [encode_b64u(some_point())]


@pytest.fixture
def holders() -> Holders:
    return some_holders()


def signed(holders: Holders, terms: RequestTerms, key: RequestKey | None = None) -> str:
    return sign_request(key or holders.lookup.key, terms, now=holders.clock())


async def send(
    holders: Holders, holder: int, request: str, points: list[str] | None = None
) -> httpx.Response:
    body = {"request": request, "points": points or POINTS}
    async with holders.client() as client:
        return await client.post(f"https://holder-{holder}/v1/evaluations", json=body)


def slug(response: httpx.Response) -> str:
    return str(response.json()["type"]).rpartition("/")[2]


@pytest.mark.anyio
async def test_request_for_another_holder_is_refused(holders: Holders) -> None:
    """A holder that passes on what it got learns nothing from its colleague."""
    request = signed(holders, holders.terms(1))
    assert (await send(holders, 1, request)).status_code == 200
    refused = await send(holders, 2, request)
    assert (refused.status_code, slug(refused)) == (403, "wrong-holder")
    assert "evaluations" not in refused.json()


@pytest.mark.anyio
async def test_replayed_request_is_refused(holders: Holders) -> None:
    request = signed(holders, holders.terms(1))
    await send(holders, 1, request)
    refused = await send(holders, 1, request)
    assert (refused.status_code, slug(refused)) == (409, "request-replayed")


@pytest.mark.anyio
async def test_replay_at_the_same_moment_is_answered_once(holders: Holders) -> None:
    request = signed(holders, holders.terms(1))
    answers = await asyncio.gather(*(send(holders, 1, request) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


@pytest.mark.anyio
async def test_request_kept_for_later_is_refused(holders: Holders) -> None:
    request = signed(holders, holders.terms(1))
    holders.clock.forward(timedelta(seconds=60))
    assert slug(await send(holders, 1, request)) == "request-expired"


@pytest.mark.anyio
async def test_points_cannot_be_swapped_under_a_signed_request(
    holders: Holders,
) -> None:
    request = signed(holders, holders.terms(1))
    refused = await send(holders, 1, request, POINTS * 2)
    assert slug(refused) == "request-mismatch"


@pytest.mark.anyio
async def test_request_in_another_organisation_s_name_is_refused(
    holders: Holders,
) -> None:
    for key in (holders.source.key, PrivateKey.generate(holders.lookup.key.kid)):
        request = signed(holders, holders.terms(1), key)
        assert slug(await send(holders, 1, request)) == "request-signature"


@pytest.mark.anyio
async def test_publisher_gets_no_lookup_ticket(holders: Holders) -> None:
    """A source can blind any number; without a ticket the index tells it nothing."""
    source = holders.source
    terms = holders.terms(1, issuer=source.oin, subject=source.oin, act=Act.LOOKUP)
    assert slug(await send(holders, 1, signed(holders, terms, source.key))) == (
        "act-not-allowed"
    )
    terms = holders.terms(1, issuer=source.oin, subject=source.oin, act=Act.PUBLISH)
    answer = await send(holders, 1, signed(holders, terms, source.key))
    assert answer.status_code == 200
    assert "ticket" not in answer.json()


@pytest.mark.anyio
async def test_lookup_organisation_cannot_draw_on_a_source_s_bucket(
    holders: Holders,
) -> None:
    request = signed(holders, holders.terms(1, act=Act.PUBLISH))
    assert slug(await send(holders, 1, request)) == "act-not-allowed"


@pytest.mark.anyio
async def test_only_an_auditor_reads_who_asked(holders: Holders) -> None:
    day = holders.clock().date()
    async with holders.client() as client:
        for asking in (holders.lookup, holders.source):
            request = sign_statement_request(
                asking.key, asking.oin, "holder-1", day, now=holders.clock()
            )
            refused = await client.get(
                f"https://holder-1/v1/statements/{day}",
                headers={"Authorization": f"Bearer {request}"},
            )
            assert slug(refused) == "act-not-allowed"


@pytest.mark.anyio
async def test_auditor_cannot_evaluate(holders: Holders) -> None:
    auditor = holders.auditor
    request = signed(holders, holders.terms(1, issuer=auditor.oin), auditor.key)
    assert slug(await send(holders, 1, request)) == "act-not-allowed"


@pytest.mark.anyio
async def test_user_gets_at_most_one_and_a_half_times_a_holder_s_limit() -> None:
    """Two of three: whoever spreads over all pairs gains half, not double."""
    holders = some_holders(per_user=20)
    transport = holders.transport(holders.lookup, "greedy")
    persons = 0
    while True:
        try:
            await pseudonymise(transport, holders.config, [a_bsn(persons)], Act.LOOKUP)
        except HolderBudgetSpent:
            break
        persons += 1
    assert persons == 30


@pytest.mark.anyio
async def test_budgets_fail_closed(holders: Holders) -> None:
    """A holder that cannot write down what is spent evaluates nothing."""
    meter = holders.holders[1].meter
    assert isinstance(meter, FakeMeter)
    for fault in (HolderNotReady(), MemoryError()):
        meter.broken = fault
        refused = await send(holders, 1, signed(holders, holders.terms(1)))
        assert refused.status_code in {500, 503}
        assert "evaluations" not in refused.json()


@pytest.mark.parametrize(
    "point",
    [
        bytes(32),
        bytes.fromhex("01" + "00" * 31),
        bytes.fromhex(
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
        ),
        bytes.fromhex(
            "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"
        ),
    ],
)
@pytest.mark.anyio
async def test_small_order_and_non_canonical_points_are_refused_unspent(
    holders: Holders, point: bytes
) -> None:
    request = signed(holders, holders.terms(1, points=(point,)))
    refused = await send(holders, 1, request, [encode_b64u(point)])
    assert slug(refused) == "invalid-input"
    meter = holders.holders[1].meter
    assert isinstance(meter, FakeMeter)
    assert not meter.spent


@pytest.mark.anyio
async def test_refusal_never_repeats_what_was_sent(holders: Holders) -> None:
    body = json.dumps({"request": "123456782", "points": ["123456782"]})
    async with holders.client() as client:
        refused = await client.post(
            "https://holder-1/v1/evaluations",
            content=body,
            headers={"Content-Type": "application/json"},
        )
    assert refused.status_code == 400
    assert "123456782" not in refused.text + holders.holders[1].log.getvalue()


async def ask_registration(holders: Holders, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    async with holders.client() as client:
        return await client.get("https://holder-1/v1/own-registration", headers=headers)


def about_oneself(holders: Holders, key: RequestKey | None = None) -> str:
    source = holders.source
    return sign_registration_request(
        key or source.key, source.oin, "holder-1", now=holders.clock()
    )


@pytest.mark.anyio
async def test_a_source_hears_its_own_registration_and_spends_nothing(
    holders: Holders,
) -> None:
    answer = await ask_registration(holders, about_oneself(holders))
    assert answer.json() == {
        "holder": "holder-1",
        "organisation": holders.source.oin,
        "name": holders.source.entry.name,
        "declaredCaseload": 100_000,
    }
    meter = holders.holders[1].meter
    assert isinstance(meter, FakeMeter)
    assert not meter.buckets


@pytest.mark.anyio
async def test_nobody_hears_the_registration_of_another(holders: Holders) -> None:
    """Not who signs with another key, nor who is known here for another kind."""
    stranger = about_oneself(holders, holders.lookup.key)
    assert slug(await ask_registration(holders, stranger)) == "request-signature"
    lookup = holders.lookup
    other = sign_registration_request(
        lookup.key, lookup.oin, "holder-1", now=holders.clock()
    )
    assert slug(await ask_registration(holders, other)) == "act-not-allowed"


@pytest.mark.anyio
async def test_an_overheard_question_about_oneself_opens_nothing(
    holders: Holders,
) -> None:
    token = about_oneself(holders)
    await ask_registration(holders, token)
    assert slug(await ask_registration(holders, token)) == "request-replayed"
    fresh = about_oneself(holders)
    assert slug(await send(holders, 1, fresh)) == "invalid-input"
    holders.clock.forward(timedelta(seconds=60))
    assert slug(await ask_registration(holders, fresh)) == "request-expired"
