"""Whoever has the holders' signatures, but no ceremony, brings no other key.

Keys that sign configs lie offline, and may be stolen or used under pressure: every
wrong config here bears all the signatures that it needs. Who an epoch's holders are,
and what their shares, every client keeps.
"""

import json
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from keys.errors import (
    ConfigForked,
    ConfigHoldersChanged,
    ConfigNotValidNow,
    ConfigRolledBack,
    ConfigUnsigned,
)
from keys.jose import PrivateKey
from tests.dealing import combine_shares, split_key
from tests.keys_builders import (
    Client,
    a_dealing,
    changed_config,
    encode_point,
    payload_of,
    pins_of,
    sign_payload,
    signing_keys,
    the_dealing,
)

DEALING = the_dealing()
HOLDERS = payload_of(DEALING.document)["holders"]
FRESH = Client(pins=pins_of(DEALING))
KNOWING = replace(FRESH, known=DEALING.config)
STRANGER = PrivateKey.generate()
NEXT = {"serial": 2, "validUntil": "2028-11-22T12:00:00Z"}


def holders_with(at: int, /, **members: object) -> list[dict[str, Any]]:
    """Give the holders, one of them changed."""
    holders = deepcopy(HOLDERS)
    holders[at - 1] |= members
    return list(holders)


def other_shares() -> list[dict[str, Any]]:
    """Split the same key anew: every pair gives K, and no share is what it was."""
    shares = [holder.share for holder in DEALING.holders]
    anew = split_key(combine_shares(shares), shares[0].sharing, len(shares))
    points = [encode_point(share.public.point.encoded) for share in anew]
    return [
        holder | {"publicShare": point}
        for holder, point in zip(HOLDERS, points, strict=True)
    ]


def test_what_holders_renew_is_accepted() -> None:
    new = PrivateKey.generate()
    keys = {"ticketKey": new.public.jwk, "formerTicketKey": HOLDERS[1]["ticketKey"]}
    config = KNOWING.accept(changed_config(**NEXT, holders=holders_with(2, **keys)))
    assert config.holders[1].ticket_keys == (
        new.public,
        DEALING.holders[1].ticket_key.public,
    )


def test_other_shares_of_the_same_key_are_refused() -> None:
    document = changed_config(**NEXT, holders=other_shares())
    assert FRESH.accept(document).serial == 2  # whoever knows nothing cannot tell
    with pytest.raises(ConfigHoldersChanged, match=r"^holder-1: publicShare$"):
        KNOWING.accept(document)


def test_another_name_in_a_holders_place_is_refused() -> None:
    document = changed_config(**NEXT, holders=holders_with(2, id="holder-9"))
    with pytest.raises(ConfigHoldersChanged, match=r"^holder-2: id$"):
        KNOWING.accept(document)


def test_another_holders_key_is_refused_also_where_the_pins_were_changed() -> None:
    keys = [signing_keys(DEALING)[0], STRANGER, signing_keys(DEALING)[2]]
    holders = holders_with(2, configKey=STRANGER.public.jwk)
    document = sign_payload(
        payload_of(DEALING.document) | NEXT | {"holders": holders}, keys
    )
    pins = FRESH.pins.model_copy(update={"keys": tuple(key.public for key in keys)})
    with pytest.raises(ConfigHoldersChanged, match=r"^holder-2: configKey$"):
        replace(KNOWING, pins=pins).accept(document)


def test_another_threshold_or_one_holder_fewer_is_refused() -> None:
    circle = a_dealing(holders=4, threshold=2)
    keys, payload = signing_keys(circle), payload_of(circle.document) | NEXT
    knowing = Client(pins=pins_of(circle), known=circle.config)
    with pytest.raises(ConfigHoldersChanged, match=r"^threshold$"):
        knowing.accept(sign_payload(payload | {"threshold": 3}, keys))
    fewer = replace(
        knowing, pins=knowing.pins.model_copy(update={"keys": knowing.pins.keys[:3]})
    )
    with pytest.raises(ConfigHoldersChanged, match=r"^holders$"):
        fewer.accept(
            sign_payload(payload | {"holders": payload["holders"][:3]}, keys[:3])
        )


def test_a_dealt_key_becomes_no_ceremonys_key_by_a_word() -> None:
    made = {"origin": "distributed", "ceremony": encode_point(b"1" * 32)}
    production = replace(KNOWING, accepted_origin="distributed")
    with pytest.raises(ConfigHoldersChanged, match=r"^origin$"):
        production.accept(changed_config(**NEXT, **made))


def test_another_ticket_key_that_its_holder_did_not_sign_is_refused() -> None:
    keys = signing_keys(DEALING)
    holders = holders_with(3, ticketKey=STRANGER.public.jwk)
    payload = payload_of(DEALING.document) | NEXT | {"holders": holders}
    for signers in ([keys[0], keys[1], STRANGER], keys[:2], [*keys[:2], keys[0]]):
        with pytest.raises(ConfigUnsigned):
            KNOWING.accept(sign_payload(payload, signers))


def test_a_config_that_an_operator_edited_is_refused() -> None:
    signed = json.loads(changed_config(**NEXT))
    edited = json.loads(changed_config(**NEXT | {"validUntil": "2036-11-22T12:00:00Z"}))
    with pytest.raises(ConfigUnsigned):
        KNOWING.accept(json.dumps(signed | {"payload": edited["payload"]}).encode())


def test_an_older_serial_is_not_taken_again() -> None:
    renewed = KNOWING.accept(changed_config(**NEXT))
    with pytest.raises(ConfigRolledBack):
        replace(KNOWING, known=renewed).accept(DEALING.document)


def test_of_two_configs_of_one_serial_the_second_is_refused() -> None:
    renewed = KNOWING.accept(changed_config(**NEXT))
    other = changed_config(**NEXT | {"validUntil": "2029-11-22T12:00:00Z"})
    assert KNOWING.accept(other).serial == renewed.serial
    with pytest.raises(ConfigForked):
        replace(KNOWING, known=renewed).accept(other)


def test_a_renewal_counts_until_its_own_end_and_no_longer() -> None:
    ends = DEALING.config.valid_until
    late = replace(KNOWING, now=ends + timedelta(days=1))
    with pytest.raises(ConfigNotValidNow):
        late.accept(DEALING.document)
    renewed = late.accept(changed_config(**NEXT))
    with pytest.raises(ConfigNotValidNow):
        replace(late, now=renewed.valid_until).accept(changed_config(**NEXT))
