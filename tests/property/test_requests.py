from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.base64url import encode_b64u
from keys.bsn import parse_bsn
from keys.errors import InvalidBsn, InvalidToken, TicketRefused
from keys.holder.budgets import Bucket, check_bucket, outstanding
from keys.holder.errors import RequestRefused, SourceBudgetSpent
from keys.holder.evaluations import Holder, answer_evaluation
from keys.holder.organisations import collect_organisations
from keys.jose import PrivateKey, PublicKey, open_compact, sign_compact
from keys.request import Act, compute_req
from keys.ticket import verify_ticket
from tests.holder_fakes import INDEX_KEYS
from tests.holders_builders import AUDIENCE, NOON, FakeClock, FakeMeter, some_holders

HOLDERS = some_holders()
KEY = PrivateKey.generate()
TOKEN = sign_compact(KEY, "signal-test+jwt", {"count": 1, "sub": "user"})
HOLDER = Holder(
    HOLDERS.holders[1].keys,
    AUDIENCE,
    collect_organisations([HOLDERS.lookup.entry]),
    FakeMeter(),
    FakeClock(),
    INDEX_KEYS,
)

points = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=6)
numbers = st.integers(min_value=1, max_value=2**32 - 1)
pairs = st.lists(
    st.integers(min_value=1, max_value=255), min_size=2, max_size=4, unique=True
).map(sorted)
terms = st.tuples(st.sampled_from(Act), numbers, numbers, pairs, points)


def find_key(_claims: Mapping[str, Any]) -> PublicKey:
    return KEY.public


@given(terms, terms)
def test_two_different_requests_never_share_a_req(
    one: tuple[Any, ...], other: tuple[Any, ...]
) -> None:
    assert (compute_req(*one) == compute_req(*other)) == (one == other)


@given(st.text(max_size=12))
def test_junk_is_no_number(text: str) -> None:
    try:
        assert parse_bsn(text).digits == text
    except InvalidBsn:
        return


@given(st.integers(min_value=0, max_value=10**9 - 1), st.integers(1, 9))
def test_changing_one_digit_breaks_the_eleven_proof(number: int, step: int) -> None:
    text = f"{number:09d}"
    try:
        parse_bsn(text)
    except InvalidBsn:
        return
    for place in range(9):
        changed = str((int(text[place]) + step) % 10)
        with pytest.raises(InvalidBsn):
            parse_bsn(text[:place] + changed + text[place + 1 :])


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("ABCdef012-_.=é\x00"))
def test_every_mutated_token_fails(place: int, character: str) -> None:
    mutated = TOKEN[:place] + character + TOKEN[place + 1 :]
    if mutated == TOKEN:
        return
    with pytest.raises(InvalidToken):
        open_compact(mutated, "signal-test+jwt", find_key)


@given(st.text(max_size=200))
def test_junk_raises_nothing_but_a_refusal(text: str) -> None:
    with pytest.raises(InvalidToken):
        open_compact(text, "signal-test+jwt", find_key)
    with pytest.raises(TicketRefused):
        verify_ticket(text, HOLDERS.config, audience=AUDIENCE, now=NOON)


@given(st.binary(max_size=300))
def test_a_holder_refuses_junk_and_never_stumbles(body: bytes) -> None:
    with pytest.raises(RequestRefused):
        answer_evaluation(HOLDER, body)


@given(st.binary())
def test_base64url_comes_back(data: bytes) -> None:
    text = encode_b64u(data)
    assert urlsafe_b64decode(text + "=" * (-len(text) % 4)) == data


@given(
    st.integers(1, 10_000),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4096)), max_size=40),
)
def test_a_source_never_gets_more_than_its_bucket_and_refills(
    caseload: int, requests: list[tuple[int, int]]
) -> None:
    bucket, spent, granted, days = Bucket(caseload), 0, 0, 0
    today = NOON.date()
    for later, count in requests:
        days += later
        since, today = today, type(today).fromordinal(today.toordinal() + later)
        spent = outstanding(bucket, spent, since, today)
        try:
            check_bucket(bucket, spent + count, now=NOON)
        except SourceBudgetSpent:
            continue
        spent, granted = spent + count, granted + count
    assert granted <= bucket.capacity + days * bucket.refill


@given(st.integers(1, 150))
def test_a_small_source_publishes_and_corrects_everybody_on_one_day(
    caseload: int,
) -> None:
    bucket = Bucket(caseload)
    check_bucket(bucket, 2 * caseload, now=NOON)
    assert bucket.capacity == 300
