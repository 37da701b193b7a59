"""Attacks with tickets: forged, borrowed, doubled, and sent elsewhere."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest

from keys.errors import (
    TicketExpired,
    TicketInvalid,
    TicketMisdirected,
    TicketPairBroken,
    TicketRefused,
)
from keys.jose import PrivateKey, sign_compact
from keys.ticket import TICKET_TYPE, verify_ticket, verify_ticket_pair
from tests.holders_builders import AUDIENCE, NOON, Holders, a_bsn, some_holders


@pytest.fixture
def holders() -> Holders:
    return some_holders()


def claims_of(token: str) -> dict[str, object]:
    payload = token.split(".")[1]
    claims: dict[str, object] = json.loads(
        urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    )
    return claims


@pytest.mark.anyio
async def test_ticket_signed_by_an_organisation_is_refused(holders: Holders) -> None:
    """Whoever may ask for tickets cannot write them."""
    ticket, _ = (await holders.look_up([a_bsn(1)])).tickets
    own = PrivateKey.generate(holders.config.holders[0].ticket_key.kid)
    for key in (own, holders.lookup.key, holders.dealing.holders[0].config_key):
        forged = sign_compact(key, TICKET_TYPE, claims_of(ticket))
        with pytest.raises(TicketInvalid):
            verify_ticket(forged, holders.config, audience=AUDIENCE, now=NOON)


@pytest.mark.anyio
async def test_one_holder_cannot_ticket_for_two(holders: Holders) -> None:
    """A holder that turned bad signs as itself, twice, or as its colleague."""
    first, second = (await holders.look_up([a_bsn(1)])).tickets
    bad = holders.holders[1].keys.ticket_key
    twice = sign_compact(
        bad,
        TICKET_TYPE,
        claims_of(first) | {"jti": "00000000-0000-4000-8000-000000000001"},
    )
    as_colleague = sign_compact(bad, TICKET_TYPE, claims_of(second))
    for pair, refusal in (
        ([first, twice], TicketPairBroken),
        ([first, as_colleague], TicketInvalid),
        ([first, first], TicketPairBroken),
    ):
        with pytest.raises(refusal):
            verify_ticket_pair(pair, [holders.config], audience=AUDIENCE, now=NOON)


@pytest.mark.anyio
async def test_tickets_of_two_users_do_not_combine(holders: Holders) -> None:
    mine, _ = (await holders.look_up([a_bsn(1)], "user-1")).tickets
    _, yours = (await holders.look_up([a_bsn(1)], "user-2")).tickets
    with pytest.raises(TicketPairBroken):
        verify_ticket_pair([mine, yours], [holders.config], audience=AUDIENCE, now=NOON)


@pytest.mark.anyio
async def test_tickets_of_two_lookups_do_not_combine(holders: Holders) -> None:
    one, _ = (await holders.look_up([a_bsn(1)])).tickets
    _, other = (await holders.look_up([a_bsn(1)])).tickets
    with pytest.raises(TicketPairBroken):
        verify_ticket_pair([one, other], [holders.config], audience=AUDIENCE, now=NOON)


@pytest.mark.anyio
async def test_ticket_for_another_index_is_refused(holders: Holders) -> None:
    pair = (await holders.look_up([a_bsn(1)])).tickets
    with pytest.raises(TicketMisdirected):
        verify_ticket_pair(
            pair, [holders.config], audience="https://other.test", now=NOON
        )


@pytest.mark.anyio
async def test_ticket_kept_for_later_is_refused(holders: Holders) -> None:
    pair = (await holders.look_up([a_bsn(1)])).tickets
    later = NOON + timedelta(minutes=15)
    with pytest.raises(TicketExpired):
        verify_ticket_pair(pair, [holders.config], audience=AUDIENCE, now=later)


@pytest.mark.anyio
async def test_ticket_of_another_set_of_holders_is_refused(holders: Holders) -> None:
    strangers = await some_holders().look_up([a_bsn(1)])
    with pytest.raises(TicketRefused):
        verify_ticket_pair(
            strangers.tickets, [holders.config], audience=AUDIENCE, now=NOON
        )
