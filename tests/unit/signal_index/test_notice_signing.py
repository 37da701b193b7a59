"""What a source signs opens for its own key alone, and names nobody."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from keys.pseudonym import parse_pseudonym
from signal_index.notice import (
    Batch,
    InvalidSignature,
    NoticeKey,
    SignedInTheFuture,
    SignerKey,
    new_notice_key,
    parse_notice_key,
    parse_signed_batch,
    parse_signed_notice,
    parse_signed_withdrawal,
    parse_signer_key,
    read_kid,
    sign_batch,
    sign_notice,
    sign_withdrawal,
    subject_commitment,
)
from signal_index.wire.errors import InvalidField
from signal_index.wire.model import parse_value
from signal_index.wire.signals import Notice
from signal_index.wire.values import Oin
from tests.builders import a_notice, a_withdrawal, anew
from tests.holders_builders import NOON, SOURCE_OIN, some_point

US = Oin(SOURCE_OIN)
KEY = new_notice_key()
NOTICE = a_notice(uuid.uuid4())


def _public(key: NoticeKey, organisation: str = SOURCE_OIN) -> SignerKey:
    return parse_signer_key(organisation, key.encode_public())


def test_a_signed_notice_opens_as_it_was() -> None:
    token = sign_notice(KEY, NOTICE, iss=US, now=NOON)
    opened = parse_signed_notice(token, _public(KEY), now=NOON)
    assert (opened.notice, opened.iss) == (NOTICE, US)


def test_a_signed_withdrawal_opens_as_it_was() -> None:
    withdrawal = a_withdrawal(NOTICE)
    token = sign_withdrawal(KEY, withdrawal, iss=US, now=NOON)
    assert (
        parse_signed_withdrawal(token, _public(KEY), now=NOON).withdrawal == withdrawal
    )


def test_a_batch_of_a_thousand_opens_as_it_was() -> None:
    notices = tuple(anew(NOTICE, reference=uuid.uuid4()) for _ in range(1_000))
    batch = Batch(uuid.uuid4(), notices)
    token = sign_batch(KEY, batch, iss=US, now=NOON)
    assert parse_signed_batch(token, _public(KEY), now=NOON).notices == notices


@pytest.mark.parametrize("count", [0, 1_001])
def test_a_batch_is_neither_empty_nor_larger_than_a_thousand(count: int) -> None:
    with pytest.raises(InvalidField):
        sign_batch(KEY, Batch(uuid.uuid4(), (NOTICE,) * count), iss=US, now=NOON)


def test_another_key_is_refused() -> None:
    token = sign_notice(KEY, NOTICE, iss=US, now=NOON)
    with pytest.raises(InvalidSignature):
        parse_signed_notice(token, _public(new_notice_key()), now=NOON)


def test_a_key_of_another_organisation_is_refused() -> None:
    token = sign_notice(KEY, NOTICE, iss=US, now=NOON)
    with pytest.raises(InvalidSignature):
        parse_signed_notice(token, _public(KEY, "9" * 20), now=NOON)


def test_a_signed_notice_does_not_pass_for_a_batch() -> None:
    token = sign_notice(KEY, NOTICE, iss=US, now=NOON)
    with pytest.raises(InvalidSignature):
        parse_signed_batch(token, _public(KEY), now=NOON)


def test_a_changed_byte_is_refused() -> None:
    head, payload, signature = sign_notice(KEY, NOTICE, iss=US, now=NOON).split(".")
    changed = payload[:-1] + ("A" if payload[-1] != "A" else "B")
    with pytest.raises((InvalidSignature, InvalidField)):
        parse_signed_notice(f"{head}.{changed}.{signature}", _public(KEY), now=NOON)


def test_a_signature_from_the_future_is_refused() -> None:
    token = sign_notice(KEY, NOTICE, iss=US, now=NOON + timedelta(minutes=5))
    with pytest.raises(SignedInTheFuture):
        parse_signed_notice(token, _public(KEY), now=NOON)


@pytest.mark.parametrize("token", ["", "a.b.c", "é", "e30.e30.e30"])
def test_what_is_no_signed_message_names_no_key(token: str) -> None:
    with pytest.raises(InvalidSignature):
        read_kid(token)


def test_a_key_comes_back_from_its_file() -> None:
    again = parse_notice_key(KEY.encode())
    assert again.encode() == KEY.encode()


def test_a_private_key_is_not_taken_for_a_public_one() -> None:
    with pytest.raises(InvalidField):
        parse_signer_key(SOURCE_OIN, KEY.encode())


def test_keys_do_not_print() -> None:
    assert (repr(KEY), repr(_public(KEY))) == ("<NoticeKey>", "<SignerKey>")


def test_the_commitment_needs_the_salt() -> None:
    n = parse_pseudonym(some_point())
    assert subject_commitment(bytes(16), n) != subject_commitment(b"\1" * 16, n)


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(InvalidField):
        subject_commitment(bytes(15), parse_pseudonym(some_point()))


def test_a_notice_that_ends_before_it_begins_is_refused() -> None:
    wire = NOTICE.model_dump(mode="json") | {"validUntil": "2020-01-01"}
    with pytest.raises(InvalidField):
        parse_value(Notice, wire)


def test_a_notice_takes_no_free_text() -> None:
    with pytest.raises(InvalidField):
        parse_value(Notice, NOTICE.model_dump(mode="json") | {"remark": "iets"})
