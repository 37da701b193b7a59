"""What a key config and a file of pins may look like; everything else is refused.

Every wrong config here is signed by all three holders.
"""

import json
from collections.abc import Callable

import pytest

from keys.config import parse_pins
from keys.errors import ConfigMalformed, ConfigRefused, ConfigUnsigned
from keys.group import generate_scalar, multiply_base
from keys.jose import PrivateKey
from tests.dealing import Dealing, encode_pins
from tests.keys_builders import (
    Client,
    changed_config,
    config_with_holder,
    encode_point,
    pins_of,
    signing_keys,
    the_dealing,
)

DEALING = the_dealing()
DIGEST = encode_point(b"1" * 32)
CLIENT = Client(pins=pins_of(DEALING))
STRANGER = PrivateKey.generate()
RANDOM_POINT = encode_point(multiply_base(generate_scalar()).encoded)


def _with_unprotected_header() -> bytes:
    envelope = json.loads(DEALING.document)
    envelope["signatures"][0]["header"] = {"kid": "x"}
    return json.dumps(envelope).encode()


def _respelled(text: str) -> str:
    """Set a bit that base64url leaves unused: a lax reader sees the same bytes."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


def _with_respelled_signature() -> bytes:
    envelope = json.loads(DEALING.document)
    first = envelope["signatures"][0]
    first["signature"] = _respelled(first["signature"])
    return json.dumps(envelope).encode()


def _respelled_key() -> str:
    return _respelled(encode_point(DEALING.config.public_key))


MALFORMED: dict[str, Callable[[], bytes]] = {
    "unknown member": lambda: changed_config(note="hello"),
    "another format": lambda: changed_config(format="signal-keys/config/2"),
    "unknown state": lambda: changed_config(state="paused"),
    "unknown origin": lambda: changed_config(origin="found"),
    "serial of zero": lambda: changed_config(serial=0),
    "serial in text": lambda: changed_config(serial="1"),
    "boolean version": lambda: changed_config(keyVersion=True),
    "version above 32 bits": lambda: changed_config(keyVersion=2**32),
    "threshold of one": lambda: changed_config(threshold=1),
    "threshold above the holders": lambda: changed_config(threshold=4),
    "no holders": lambda: changed_config(holders=[]),
    "local time": lambda: changed_config(validFrom="2026-11-21T13:00:00+01:00"),
    "fractions of a second": lambda: changed_config(validFrom="2026-11-21T12:00:00.5Z"),
    "a day that is none": lambda: changed_config(validFrom="2026-02-30T12:00:00Z"),
    "time as a number": lambda: changed_config(validFrom=1_700_000_000),
    "ends before it begins": lambda: changed_config(validUntil="2020-01-01T00:00:00Z"),
    "point too short": lambda: changed_config(publicKey="AAAA"),
    "point with padding": lambda: changed_config(publicKey=RANDOM_POINT + "="),
    "point as a number": lambda: changed_config(publicKey=5),
    "index out of order": lambda: config_with_holder(1, index=2),
    "the same id twice": lambda: config_with_holder(1, id="holder-2"),
    "an id with blanks": lambda: config_with_holder(1, id="holder 1"),
    "the same ticket key twice": lambda: config_with_holder(
        1, ticketKey=DEALING.config.holders[1].ticket_key.jwk
    ),
    "one key in two roles": lambda: config_with_holder(
        1, ticketKey=DEALING.config.holders[0].config_key.jwk
    ),
    "a private key": lambda: config_with_holder(1, ticketKey=STRANGER.jwk),
    "a key of another type": lambda: config_with_holder(
        1, ticketKey={"kty": "oct", "k": "AAAA", "kid": "x"}
    ),
    "no JSON": lambda: b"{",
    "no object": lambda: b"[]",
    "an unprotected header": _with_unprotected_header,
    "a second spelling of a signature": _with_respelled_signature,
    "a ceremony of a dealt key": lambda: changed_config(ceremony=DIGEST),
    "no ceremony": lambda: changed_config(origin="distributed"),
    "a ceremony that is none": lambda: changed_config(ceremony=None),
    "a short digest": lambda: changed_config(origin="distributed", ceremony="AAAA"),
    "a former ticket key that is none": lambda: config_with_holder(
        2, formerTicketKey=None
    ),
    "a former ticket key of another": lambda: config_with_holder(
        2, formerTicketKey=DEALING.holders[0].ticket_key.public.jwk
    ),
    "a second spelling of a point": lambda: changed_config(publicKey=_respelled_key()),
    "too large": lambda: DEALING.document + b" " * 65_536,
}


@pytest.mark.parametrize("make", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_document_of_another_form_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(ConfigMalformed):
        CLIENT.accept(make())


def test_a_refusal_does_not_repeat_what_it_refused() -> None:
    with pytest.raises(ConfigRefused) as refusal:
        CLIENT.accept(changed_config(note="999990019"))
    assert "999990019" not in str(refusal.value)


# The pins

BAD_PINS: dict[str, Callable[[Dealing], object]] = {
    "none": lambda _: {"pins": []},
    "one": lambda d: {"pins": [d.holders[0].config_key.public.jwk]},
    "the same twice": lambda d: {"pins": [d.holders[0].config_key.public.jwk] * 2},
    "a private key": lambda d: {"pins": [h.config_key.jwk for h in d.holders]},
    "no object": lambda _: [],
    "another name": lambda d: {"keys": [h.config_key.public.jwk for h in d.holders]},
}


@pytest.mark.parametrize("make", BAD_PINS.values(), ids=BAD_PINS.keys())
def test_pins_that_prove_nothing_are_refused(make: Callable[[Dealing], object]) -> None:
    with pytest.raises(ConfigMalformed):
        parse_pins(json.dumps(make(DEALING)).encode())


def test_pins_in_another_order_are_refused() -> None:
    keys = signing_keys(DEALING)[::-1]
    with pytest.raises(ConfigUnsigned):
        Client(pins=parse_pins(encode_pins(keys))).accept(DEALING.document)
