import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any

import pytest

from keys.base64url import encode_b64u
from keys.dleq import parse_proof
from keys.errors import ProofRefused
from keys.group import Point, parse_point
from keys.holder.errors import (
    HolderNotReady,
    RequestMalformed,
    RequestReplayed,
    UserBudgetSpent,
)
from keys.holder.evaluations import Evaluated, Holder, answer_evaluation
from keys.holder.organisations import collect_organisations
from keys.oprf import Evaluation, blind_batch, verify_evaluation
from keys.request import Act, sign_request
from keys.shares import get_public_share
from keys.ticket import TICKET_LIFETIME, verify_ticket
from tests.holder_fakes import INDEX_KEYS
from tests.holders_builders import (
    AUDIENCE,
    NOON,
    FakeClock,
    FakeMeter,
    Holders,
    Organisation,
    some_holders,
)


class Asking:
    """One holder, called without HTTP, and what was asked of it."""

    def __init__(self, holders: Holders) -> None:
        self.holders = holders
        self.meter = FakeMeter()
        self.clock = FakeClock()
        known = collect_organisations([holders.lookup.entry, holders.source.entry])
        keys = holders.holders[1].keys
        self.holder = Holder(keys, AUDIENCE, known, self.meter, self.clock, INDEX_KEYS)
        self.blinded: tuple[Point, ...] = blind_batch([b"a", b"b", b"c"]).points

    def body(
        self, organisation: Organisation | None = None, /, **terms: object
    ) -> bytes:
        who = organisation or self.holders.lookup
        points = tuple(point.encoded for point in self.blinded)
        given = {"issuer": who.oin, "points": points, **terms}
        request = sign_request(who.key, self.holders.terms(**given), now=self.clock())
        document = {
            "request": request,
            "points": [encode_b64u(each) for each in points],
        }
        return json.dumps(document).encode()

    def ask(
        self, organisation: Organisation | None = None, /, **terms: object
    ) -> Evaluated:
        return answer_evaluation(self.holder, self.body(organisation, **terms))


@pytest.fixture
def asking() -> Asking:
    return Asking(some_holders(per_user=10))


def _decode(text: object) -> bytes:
    return urlsafe_b64decode(str(text) + "==")


def _read(answer: dict[str, Any]) -> Evaluation:
    points = tuple(parse_point(_decode(each)) for each in answer["evaluations"])
    return Evaluation(points, parse_proof(_decode(answer["proof"])))


def test_an_answer_is_proven_under_the_public_share(asking: Asking) -> None:
    evaluation = _read(asking.ask().body)
    share = get_public_share(asking.holders.config, 1)
    verified = verify_evaluation(share, asking.blinded, evaluation)
    assert len(verified.points) == 3


def test_an_answer_is_not_proven_under_another_holder_s_share(asking: Asking) -> None:
    evaluation = _read(asking.ask().body)
    share = get_public_share(asking.holders.config, 2)
    with pytest.raises(ProofRefused):
        verify_evaluation(share, asking.blinded, evaluation)


def test_a_ticket_says_who_asked_how_many_for_what(asking: Asking) -> None:
    token = str(asking.ask().body["ticket"])
    config = asking.holders.config
    ticket = verify_ticket(token, config, audience=AUDIENCE, now=NOON)
    assert (ticket.subject, ticket.organisation) == (
        "user-1",
        asking.holders.lookup.oin,
    )
    assert (ticket.act, ticket.count, ticket.issuer) == (Act.LOOKUP, 3, "holder-1")
    assert ticket.expires_at == NOON + TICKET_LIFETIME


def test_publishing_gets_no_ticket(asking: Asking) -> None:
    source = asking.holders.source
    answer = asking.ask(source, act=Act.PUBLISH, subject=source.oin)
    assert "ticket" not in answer.body


def test_what_is_answered_was_spent_before(asking: Asking) -> None:
    asking.ask()
    spent = asking.meter.spent
    assert set(spent.values()) == {3}


def test_a_used_request_is_refused(asking: Asking) -> None:
    body = asking.body()
    answer_evaluation(asking.holder, body)
    with pytest.raises(RequestReplayed):
        answer_evaluation(asking.holder, body)


def test_a_spent_budget_refuses_and_the_next_day_begins_anew(asking: Asking) -> None:
    for _ in range(3):
        asking.ask()
    with pytest.raises(UserBudgetSpent):
        asking.ask()
    asking.clock.forward(timedelta(hours=12))
    assert asking.ask().count == 3


def test_one_user_s_budget_is_not_another_s(asking: Asking) -> None:
    for _ in range(3):
        asking.ask()
    assert asking.ask(subject="user-2").count == 3


def test_an_expired_key_config_answers_nobody(asking: Asking) -> None:
    asking.clock.moment = asking.holders.config.valid_until
    with pytest.raises(HolderNotReady):
        asking.ask()


@pytest.mark.parametrize(
    "point",
    [
        bytes(32),
        b"\x01" + bytes(31),
        b"\xff" * 32,
        (2**255 - 19).to_bytes(32, "little"),
    ],
)
def test_an_invalid_point_costs_nothing(asking: Asking, point: bytes) -> None:
    who = asking.holders.lookup
    terms = asking.holders.terms(points=(point,))
    request = sign_request(who.key, terms, now=NOON)
    body = json.dumps({"request": request, "points": [encode_b64u(point)]})
    with pytest.raises(RequestMalformed):
        answer_evaluation(asking.holder, body.encode())
    assert not asking.meter.spent


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"points":[]}',
        b'{"request":"a.b.c","points":[]}',
        b'{"request":"a.b.c","points":["AA"]}',
        b'{"request":"a.b.c","points":["' + b"A" * 42 + b'B"]}',
        b'{"request":"a.b.c","points":["' + b"\xc3\xa9" * 43 + b'"]}',
        b'{"request":"a.b.c","points":["' + b"A" * 43 + b'"],"more":1}',
        b"\xff\xfe",
    ],
)
def test_a_body_of_another_shape_is_refused(asking: Asking, body: bytes) -> None:
    with pytest.raises(RequestMalformed):
        answer_evaluation(asking.holder, body)
