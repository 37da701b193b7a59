"""The quick keyed hash is HMAC-SHA-256, for every key it takes."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.keyed_hash import KeyedHash


@given(key=st.binary(max_size=64), messages=st.lists(st.binary(), max_size=4))
def test_it_is_hmac_for_each_message(key: bytes, messages: list[bytes]) -> None:
    made = KeyedHash(key)
    for message in messages:
        assert made.digest(message) == hmac.digest(key, message, "sha256")


def test_a_longer_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 64"):
        KeyedHash(bytes(65))


def test_it_does_not_show_its_key() -> None:
    assert repr(KeyedHash(b"secret")) == "<KeyedHash>"
