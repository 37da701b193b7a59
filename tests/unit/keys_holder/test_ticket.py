from datetime import timedelta

import pytest

from keys.base64url import encode_b64u
from keys.errors import (
    TicketExpired,
    TicketInvalid,
    TicketMisdirected,
    TicketPairBroken,
    TicketStale,
)
from keys.jose import PrivateKey, sign_compact
from keys.request import Act
from keys.ticket import TICKET_TYPE, Ticket, verify_ticket, verify_ticket_pair
from tests.holders_builders import AUDIENCE, NOON, some_holders

HOLDERS = some_holders()
CONFIG = HOLDERS.config
ISSUED = int(NOON.timestamp())


def some_claims(**changed: object) -> dict[str, object]:
    claims: dict[str, object] = {
        "jti": "6fd2a3f6-3c9e-4d7c-8a29-1d0c8c7f5a11",
        "iss": "holder-1",
        "aud": AUDIENCE,
        "sub": "user-1",
        "org": HOLDERS.lookup.oin,
        "act": "lookup",
        "count": 1,
        "keyVersion": 1,
        "epoch": 1,
        "req": encode_b64u(bytes(32)),
        "iat": ISSUED,
        "exp": ISSUED + 900,
    }
    return claims | changed


def a_ticket(holder: int = 1, /, **changed: object) -> str:
    keys = HOLDERS.holders[holder].keys
    claims = some_claims(**{"iss": keys.identity.id, **changed})
    return sign_compact(keys.ticket_key, TICKET_TYPE, claims)


def verified(token: str) -> Ticket:
    return verify_ticket(token, CONFIG, audience=AUDIENCE, now=NOON)


def test_a_ticket_in_order_is_read() -> None:
    ticket = verified(a_ticket())
    assert (ticket.issuer, ticket.act, ticket.count) == ("holder-1", Act.LOOKUP, 1)
    assert ticket.issued_at == NOON


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"iss": "holder-9"}, TicketInvalid),
        ({"iss": "holder-2"}, TicketInvalid),
        ({"iss": ["holder-1"]}, TicketInvalid),
        ({"aud": "https://other.test"}, TicketMisdirected),
        ({"aud": [AUDIENCE]}, TicketInvalid),
        ({"keyVersion": 2}, TicketStale),
        ({"epoch": 2}, TicketStale),
        ({"count": 0}, TicketInvalid),
        ({"count": 4097}, TicketInvalid),
        ({"count": "1"}, TicketInvalid),
        ({"act": "everything"}, TicketInvalid),
        ({"org": "1"}, TicketInvalid),
        ({"jti": "1"}, TicketInvalid),
        ({"req": "short"}, TicketInvalid),
        ({"extra": 1}, TicketInvalid),
        ({"exp": ISSUED + 901}, TicketExpired),
        ({"exp": ISSUED}, TicketExpired),
        ({"iat": ISSUED + 31, "exp": ISSUED + 60}, TicketExpired),
        ({"iat": ISSUED - 900, "exp": ISSUED}, TicketExpired),
        ({"iat": 2**50, "exp": 2**50 + 1}, TicketInvalid),
    ],
)
def test_a_ticket_out_of_order_is_refused(
    changed: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        verified(a_ticket(1, **changed))


def test_a_ticket_holds_by_the_former_key_of_its_holder_and_no_other() -> None:
    old, new = HOLDERS.holders[1].keys.ticket_key, PrivateKey.generate()
    changed = {"ticket_key": new.public, "former_ticket_key": old.public}
    first = CONFIG.holders[0].model_copy(update=changed)
    config = CONFIG.model_copy(update={"holders": (first, *CONFIG.holders[1:])})
    for key in (old, new):
        token = sign_compact(key, TICKET_TYPE, some_claims())
        ticket = verify_ticket(token, config, audience=AUDIENCE, now=NOON)
        assert ticket.issuer == "holder-1"
    without = first.model_copy(update={"former_ticket_key": None})
    config = CONFIG.model_copy(update={"holders": (without, *CONFIG.holders[1:])})
    for key in (old, PrivateKey.generate(new.kid)):
        token = sign_compact(key, TICKET_TYPE, some_claims())
        with pytest.raises(TicketInvalid):
            verify_ticket(token, config, audience=AUDIENCE, now=NOON)


def test_a_token_of_another_type_is_no_ticket() -> None:
    key = HOLDERS.holders[1].keys.ticket_key
    with pytest.raises(TicketInvalid):
        verified(sign_compact(key, "signal-request+jwt", some_claims()))


def test_two_holders_tickets_of_one_request_are_a_pair() -> None:
    tokens = [a_ticket(1), a_ticket(2, iat=ISSUED - 5, exp=ISSUED + 800)]
    pair = verify_ticket_pair(tokens, [CONFIG], audience=AUDIENCE, now=NOON)
    assert [ticket.issuer for ticket in pair] == ["holder-1", "holder-2"]


@pytest.mark.parametrize(
    "changed",
    [
        {"sub": "user-2"},
        {"org": HOLDERS.source.oin},
        {"act": "archive"},
        {"count": 2},
        {"req": encode_b64u(b"\x01" * 32)},
    ],
)
def test_tickets_of_two_requests_are_no_pair(changed: dict[str, object]) -> None:
    tokens = [a_ticket(1), a_ticket(2, **changed)]
    with pytest.raises(TicketPairBroken):
        verify_ticket_pair(tokens, [CONFIG], audience=AUDIENCE, now=NOON)


@pytest.mark.parametrize("holders", [(), (1,), (1, 1), (1, 2, 3)])
def test_only_two_of_different_holders_are_a_pair(holders: tuple[int, ...]) -> None:
    tokens = [a_ticket(holder) for holder in holders]
    with pytest.raises(TicketPairBroken):
        verify_ticket_pair(tokens, [CONFIG], audience=AUDIENCE, now=NOON)


def test_a_pair_with_one_expired_ticket_is_refused() -> None:
    later = NOON + timedelta(minutes=14)
    tokens = [a_ticket(1), a_ticket(2, exp=ISSUED + 60)]
    with pytest.raises(TicketExpired):
        verify_ticket_pair(tokens, [CONFIG], audience=AUDIENCE, now=later)
