"""A key config and its envelope: what is changed is refused, junk raises one error."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.config import parse_pins
from keys.errors import ConfigMalformed, ConfigRefused
from tests.keys_builders import (
    Client,
    payload_of,
    pins_of,
    sign_payload,
    signing_keys,
    the_dealing,
)

DEALING = the_dealing()
CLIENT = Client(pins=pins_of(DEALING), known=DEALING.config)
PAYLOAD = payload_of(DEALING.document)
# JSON.parse and json.loads both read a document with more white space as the same.
TEXT = json.dumps(json.loads(DEALING.document), separators=(",", ":")).encode()

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(at=st.integers(0, len(TEXT) - 1), mask=st.integers(1, 255))
def test_a_document_with_a_changed_byte_is_refused(at: int, mask: int) -> None:
    changed = bytearray(TEXT)
    changed[at] ^= mask
    with pytest.raises(ConfigRefused):
        CLIENT.accept(bytes(changed))


@given(member=st.sampled_from(sorted(PAYLOAD)), value=json_values)
def test_any_other_content_under_a_known_serial_is_refused(
    member: str, value: object
) -> None:
    changed: dict[str, Any] = PAYLOAD | {member: value}
    if changed == PAYLOAD and type(value) is type(PAYLOAD[member]):
        return
    if member == "serial" and isinstance(value, int) and value > 1:
        return  # a newer config with the same content is a fine one
    with pytest.raises(ConfigRefused):
        CLIENT.accept(sign_payload(changed, signing_keys(DEALING)))


@given(data=st.binary(max_size=200) | json_values.map(lambda v: json.dumps(v).encode()))
def test_junk_raises_only_config_malformed(data: bytes) -> None:
    with pytest.raises(ConfigMalformed):
        parse_pins(data)
    with pytest.raises(ConfigMalformed):
        CLIENT.accept(data)
