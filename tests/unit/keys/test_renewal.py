"""Anyone drafts a renewal, each holder signs it, and what is none is named."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from keys.config import KeyConfig
from keys.config_document import parse_document
from keys.errors import RenewalRefused
from keys.jose import PrivateKey
from keys.renewal import assemble, draft_renewal, sign_alone, sign_draft
from keys.renewal import join as join_parts
from tests.keys_builders import (
    NOW,
    Client,
    encode_point,
    pins_of,
    signing_keys,
    the_dealing,
)

DEALING = the_dealing()
KNOWN = DEALING.config
PINS = pins_of(DEALING)
KEYS = signing_keys(DEALING)
NEW = PrivateKey.generate()
ENDS = NOW + timedelta(days=700)
DRAFT = draft_renewal(KNOWN, ENDS, {"holder-2": NEW.public})


def sign_all(*drafts: KeyConfig) -> dict[str, bytes]:
    """Have each holder sign: one draft for all, or one for each."""
    each = drafts * 3 if len(drafts) == 1 else drafts
    return {
        f"signed-{place}.json": join_parts([sign_alone(draft, key)])
        for place, (draft, key) in enumerate(zip(each, KEYS, strict=True), start=1)
    }


def changed(draft: KeyConfig, **members: object) -> KeyConfig:
    payload = json.loads(draft.encode()) | members
    return parse_document(KeyConfig, json.dumps(payload).encode())


def changed_holder(draft: KeyConfig, at: int, /, **members: object) -> KeyConfig:
    holders = json.loads(draft.encode())["holders"]
    holders[at - 1] |= members
    return changed(draft, holders=holders)


def test_a_draft_changes_serial_end_and_the_ticket_keys_that_are_given() -> None:
    assert (DRAFT.serial, DRAFT.valid_until) == (2, ENDS)
    assert DRAFT.valid_from == KNOWN.valid_from
    second = DRAFT.holders[1]
    assert second.ticket_keys == (NEW.public, KNOWN.holders[1].ticket_key)
    assert DRAFT.holders[0] == KNOWN.holders[0]


def test_what_three_sign_is_what_clients_take() -> None:
    parts = {
        f"signed-{at}.json": sign_draft(
            DRAFT, KNOWN, key, NEW.public if at == 2 else None
        )
        for at, key in enumerate(KEYS, start=1)
    }
    reversed_parts = dict(reversed(parts.items()))
    document = assemble(reversed_parts, KNOWN, PINS, now=NOW)
    assert Client(pins=PINS, known=KNOWN).accept(document) == DRAFT


def test_a_config_that_is_over_can_be_renewed() -> None:
    late = KNOWN.valid_until + timedelta(days=100)
    assert assemble(sign_all(DRAFT), KNOWN, PINS, now=late)


def test_the_next_renewal_lets_a_former_ticket_key_go() -> None:
    after = draft_renewal(DRAFT, ENDS + timedelta(days=1), {})
    assert after.holders[1].ticket_keys == (NEW.public,)
    sign_draft(after, DRAFT, KEYS[1], None)


def test_a_new_ticket_key_of_nobody_is_refused() -> None:
    with pytest.raises(RenewalRefused, match=r"^holder-9: no holder"):
        draft_renewal(KNOWN, ENDS, {"holder-9": NEW.public})


OTHER_SHARE = encode_point(KNOWN.holders[1].public_share)
NO_RENEWAL: dict[str, tuple[Callable[[], KeyConfig], str]] = {
    "serial": (lambda: changed(DRAFT, serial=3), "^serial: 3, and the next one is 2$"),
    "same serial": (
        lambda: changed(DRAFT, serial=1),
        "carry the same serial",
    ),
    "state": (lambda: changed(DRAFT, state="retired"), "^state: retired$"),
    "epoch": (lambda: changed(DRAFT, epoch=2), "^epoch: a ceremony changes it"),
    "version": (lambda: changed(DRAFT, keyVersion=2), "^keyVersion: a ceremony"),
    "threshold": (
        lambda: changed(DRAFT, threshold=3),
        "changed within it: threshold",
    ),
    "another beginning": (
        lambda: DRAFT.model_copy(
            update={"valid_from": KNOWN.valid_from + timedelta(days=1)}
        ),
        "^validFrom: a renewal begins when its key began$",
    ),
    "share": (
        lambda: changed_holder(DRAFT, 1, publicShare=OTHER_SHARE),
        "changed within it: holder-1: publicShare",
    ),
    "name": (
        lambda: changed_holder(DRAFT, 3, id="holder-4"),
        "changed within it: holder-3: id",
    ),
    "key of another as former": (
        lambda: changed_holder(
            DRAFT, 1, formerTicketKey=PrivateKey.generate().public.jwk
        ),
        "^holder-1: formerTicketKey is not the key of before$",
    ),
    "new key without the former": (
        lambda: changed_holder(KNOWN, 1, ticketKey=NEW.public.jwk).model_copy(
            update={"serial": 2}
        ),
        "^holder-1: formerTicketKey is not the key of before$",
    ),
}


@pytest.mark.parametrize(("make", "said"), NO_RENEWAL.values(), ids=NO_RENEWAL.keys())
def test_a_holder_signs_nothing_but_a_renewal(
    make: Callable[[], KeyConfig], said: str
) -> None:
    with pytest.raises(RenewalRefused, match=said):
        sign_draft(make(), KNOWN, KEYS[2], None)
    with pytest.raises(RenewalRefused, match=said):
        assemble(sign_all(make()), KNOWN, PINS, now=NOW)


def test_a_holder_signs_no_other_ticket_key_of_its_own_than_it_knows() -> None:
    said = "^holder-2: ticketKey is (another than you use|not the one that you gave)"
    for known in (None, PrivateKey.generate().public):
        with pytest.raises(RenewalRefused, match=said):
            sign_draft(DRAFT, KNOWN, KEYS[1], known)
    with pytest.raises(RenewalRefused, match=r"^holder-1: ticketKey"):
        sign_draft(DRAFT, KNOWN, KEYS[0], NEW.public)  # made, and not in the draft


def test_a_key_of_no_holder_signs_nothing() -> None:
    with pytest.raises(RenewalRefused, match="for no holder"):
        sign_draft(DRAFT, KNOWN, PrivateKey.generate(KEYS[0].kid), None)


def without(names: Sequence[str]) -> dict[str, bytes]:
    return {name: data for name, data in sign_all(DRAFT).items() if name not in names}


def test_who_has_not_signed_is_named() -> None:
    with pytest.raises(RenewalRefused, match=r"^not signed yet by holder-1, holder-3$"):
        assemble(without(["signed-1.json", "signed-3.json"]), KNOWN, PINS, now=NOW)


def test_who_signed_twice_is_named_with_both_files() -> None:
    twice = {
        **without(["signed-1.json"]),
        "again.json": sign_all(DRAFT)["signed-2.json"],
    }
    with pytest.raises(
        RenewalRefused, match=r"^two files of holder-2: signed-2.json and again"
    ):
        assemble(twice, KNOWN, PINS, now=NOW)


def test_who_signed_another_draft_is_named_with_what_differs() -> None:
    other = draft_renewal(KNOWN, ENDS + timedelta(days=1), {"holder-2": NEW.public})
    parts = sign_all(DRAFT, DRAFT, other)
    with pytest.raises(
        RenewalRefused,
        match=r"^signed-3\.json: holder-3 signed another draft .*: validUntil$",
    ):
        assemble(parts, KNOWN, PINS, now=NOW)


def test_a_stranger_in_a_holders_place_is_named_by_the_file() -> None:
    stranger = PrivateKey.generate(KEYS[0].kid)
    parts = {
        **sign_all(DRAFT),
        "signed-1.json": join_parts([sign_alone(DRAFT, stranger)]),
    }
    with pytest.raises(RenewalRefused, match=r"^signed-1\.json: signed by no holder"):
        assemble(parts, KNOWN, PINS, now=NOW)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b'{"payload":"e30","signatures":[]}',
        b'{"payload":"*","signatures":[]}',
    ],
)
def test_what_is_no_signed_draft_is_named_by_the_file(data: bytes) -> None:
    with pytest.raises(RenewalRefused, match=r"^signed-2\.json: "):
        assemble({**sign_all(DRAFT), "signed-2.json": data}, KNOWN, PINS, now=NOW)


def test_a_file_with_all_signatures_is_no_part() -> None:
    whole = assemble(sign_all(DRAFT), KNOWN, PINS, now=NOW)
    with pytest.raises(RenewalRefused, match="3 signatures, not one"):
        assemble({"key-config.json": whole}, KNOWN, PINS, now=NOW)
