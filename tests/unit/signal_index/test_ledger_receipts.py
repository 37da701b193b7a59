"""A receipt is worth what its checks are worth: each one has its forgery."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import pytest
from joserfc import jws

from keys.base64url import encode_b64u
from signal_index.ledger import ReceiptKey, make_receipt
from signal_index.proof import (
    DisclosureRefused,
    Group,
    Json,
    MalformedProof,
    OriginRefused,
    Promise,
    ProofError,
    SignatureRefused,
    decode_b64u,
    encode_json,
    hash_leaf,
    origin_of,
    parse_receipt_key,
    promise_header,
    verify_receipt,
)
from tests.ledger_builders import NOON, ORIGIN, RECEIPT_KEY, a_shown, an_entry, an_id

KEYS = [parse_receipt_key(RECEIPT_KEY.public_jwk)]


def a_receipt(number: int = 1, **changes: object) -> dict[str, Json]:
    entry = an_entry(number, **changes)
    return dict(make_receipt(entry, key=RECEIPT_KEY, origin_base=ORIGIN, now=NOON))


def verify(receipt: Json) -> Mapping[Group, object]:
    return verify_receipt(receipt, keys=KEYS, origin_base=ORIGIN).groups


def a_promise(
    changes: Mapping[str, object] = MappingProxyType({}),
    *,
    key: ReceiptKey = RECEIPT_KEY,
    typ: str | None = None,
) -> str:
    """Sign a promise about entry 1, with something about it changed."""
    claims = {
        **Promise(
            origin_of(ORIGIN, 2026), an_id(1), hash_leaf(an_entry(1).leaf), NOON
        ).claims(),
        **changes,
    }
    header = promise_header(key.kid) | ({} if typ is None else {"typ": typ})
    return jws.serialize_compact(
        header,
        encode_json(claims),  # type: ignore[arg-type] # junk on purpose
        key.jose,
        algorithms=["Ed25519"],
    )


def test_a_receipt_opens_what_was_asked_and_shown() -> None:
    opened = verify_receipt(a_receipt(), keys=KEYS, origin_base=ORIGIN)
    assert opened.entry == an_id(1)
    assert opened.groups[Group.WHO] == {"sub": "user-1"}
    assert opened.leaf_bytes == an_entry(1).leaf
    assert opened.promise.made_at == NOON


def test_a_receipt_never_opens_the_person() -> None:
    assert Group.PERSON not in verify(a_receipt())


@pytest.mark.parametrize("flags", [1, 5, 20])
def test_the_receipts_of_a_hit_and_a_miss_have_one_length(flags: int) -> None:
    hit = a_receipt(1, what=a_shown(flags))
    miss = a_receipt(1, what=a_shown(0))
    assert len(encode_json(hit)) == len(encode_json(miss))


def test_a_receipt_that_opens_the_person_is_refused() -> None:
    receipt = a_receipt()
    texts = an_entry(1).disclosures
    receipt["disclosures"] = [texts[group] for group in Group]
    with pytest.raises(DisclosureRefused):
        verify(receipt)


def test_a_receipt_that_keeps_a_group_closed_is_refused() -> None:
    receipt = a_receipt()
    receipt["disclosures"] = list(a_receipt()["disclosures"])[:-1]  # type: ignore[arg-type] # a list here
    with pytest.raises(DisclosureRefused):
        verify(receipt)


def test_a_receipt_with_a_group_of_another_entry_is_refused() -> None:
    receipt = a_receipt()
    receipt["disclosures"] = a_receipt(2)["disclosures"]
    with pytest.raises(DisclosureRefused):
        verify(receipt)


def test_a_receipt_with_the_leaf_of_another_entry_is_refused() -> None:
    receipt = a_receipt()
    receipt["leaf"] = a_receipt(2)["leaf"]
    with pytest.raises(OriginRefused):
        verify(receipt)


def test_a_receipt_with_a_changed_leaf_is_refused() -> None:
    receipt = a_receipt()
    leaf = an_entry(1).leaf.replace(b"9901", b"9902")
    receipt["leaf"] = encode_b64u(leaf)
    with pytest.raises(OriginRefused):
        verify(receipt)


def test_a_receipt_of_another_ledger_is_refused() -> None:
    with pytest.raises(OriginRefused):
        verify_receipt(a_receipt(), keys=KEYS, origin_base="other.example/ledger")


def test_a_promise_for_another_year_is_refused() -> None:
    receipt = a_receipt() | {"promise": a_promise({"origin": origin_of(ORIGIN, 2027)})}
    with pytest.raises(OriginRefused):
        verify(receipt)


def test_a_promise_of_another_key_is_refused() -> None:
    stranger = ReceiptKey(b"\x09" * 32, RECEIPT_KEY.kid)
    with pytest.raises(SignatureRefused):
        verify(a_receipt() | {"promise": a_promise(key=stranger)})


def test_a_promise_of_another_type_is_refused() -> None:
    with pytest.raises(SignatureRefused):
        verify(a_receipt() | {"promise": a_promise(typ="signal-ticket+jwt")})


def test_without_a_key_no_receipt_holds() -> None:
    with pytest.raises(SignatureRefused):
        verify_receipt(a_receipt(), keys=[], origin_base=ORIGIN)


def test_a_promise_of_an_older_key_holds_beside_the_newer_one() -> None:
    newer = ReceiptKey(b"\x09" * 32, "receipt-2")
    keys = [parse_receipt_key(newer.public_jwk), *KEYS]
    assert verify_receipt(a_receipt(), keys=keys, origin_base=ORIGIN).entry == an_id(1)


@pytest.mark.parametrize(
    "changes",
    [
        {"extra": 1},
        {"time": "now"},
        {"entryId": "one"},
        {"leafHash": "AAAA"},
        {"origin": None},
    ],
)
def test_a_promise_of_another_form_is_malformed(changes: dict[str, object]) -> None:
    with pytest.raises(MalformedProof):
        verify(a_receipt() | {"promise": a_promise(changes)})


@pytest.mark.parametrize(
    "junk",
    [
        None,
        [],
        {},
        "receipt",
        {"leaf": "", "disclosures": [], "promise": ""},
        {"leaf": 1, "disclosures": [], "promise": ""},
    ],
)
def test_junk_is_no_receipt(junk: Json) -> None:
    with pytest.raises(ProofError):
        verify(junk)


def test_a_receipt_with_more_in_it_is_malformed() -> None:
    with pytest.raises(MalformedProof):
        verify(a_receipt() | {"person": "x"})


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "OKP", "crv": "X25519", "x": "A" * 43, "kid": "k"},
        {"kty": "OKP", "crv": "Ed25519", "x": "A", "kid": "k"},
        {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43},
    ],
)
def test_a_receipt_key_that_is_none_is_malformed(jwk: dict[str, str]) -> None:
    with pytest.raises(MalformedProof):
        parse_receipt_key(jwk)


def test_the_promise_names_the_leaf_hash_of_the_tree() -> None:
    receipt = a_receipt()
    opened = verify_receipt(receipt, keys=KEYS, origin_base=ORIGIN)
    leaf = decode_b64u(str(receipt["leaf"]))
    assert opened.promise.leaf_hash == hash_leaf(leaf)


def test_the_time_of_a_promise_is_in_utc_seconds() -> None:
    promise = Promise("o", an_id(1), bytes(32), NOON + timedelta(microseconds=5))
    assert promise.claims()["time"] == "2026-11-22T12:00:00Z"
