"""A passphrase is one text, however a keyboard or a file spells it."""

import unicodedata

import pytest

from keys.errors import KeyFileMalformed
from keys.sealing import PassphraseSealer, parse_passphrase

SAID = "café crème brûlée"


def test_what_one_machine_sealed_another_opens() -> None:
    composed = PassphraseSealer(parse_passphrase(SAID), cost=2**14)
    apart = unicodedata.normalize("NFD", SAID).replace(" ", "\N{NO-BREAK SPACE}")
    assert apart != SAID
    sealed = composed.seal(b"share", b"whose")
    other = PassphraseSealer(parse_passphrase(apart), cost=2**14)
    assert other.open(sealed, b"whose") == b"share"


def test_characters_that_only_look_alike_stay_apart() -> None:
    """NFKC would make them one, and a passphrase weaker than it was typed."""
    assert (
        parse_passphrase("\N{LATIN SMALL LIGATURE FI}" * 16).text
        != parse_passphrase("fi" * 16).text
    )


def test_its_length_is_that_of_its_one_spelling() -> None:
    with pytest.raises(KeyFileMalformed, match="at least 16"):
        parse_passphrase(unicodedata.normalize("NFD", "é" * 15))
