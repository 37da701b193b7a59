"""A file in another encoding is told which; what is no text is told no encoding."""

import io

import pytest

from sources.connectors.text_file import refuse_encoding


@pytest.mark.parametrize("stated", ["windows-1252", "utf-8", "ascii"])
def test_what_is_no_text_is_not_told_to_be_in_an_encoding(stated: str) -> None:
    """No advice that leads nowhere: windows-1252 lacks five of these bytes."""
    file = io.BytesIO(b"Zaak;BSN\n" + bytes(range(0x80, 0x100)) + b"\n")
    said = str(refuse_encoding(file, stated))
    assert "Regel 2 is geen tekst." in said
    assert "encoding" not in said


@pytest.mark.parametrize(
    ("word", "likely"), [(b"Caf\xe9", "windows-1252"), (b"Caf\x82", "cp850")]
)
def test_another_encoding_is_named(word: bytes, likely: str) -> None:
    said = str(refuse_encoding(io.BytesIO(b"Zaak\n" + word + b"\n"), "ascii"))
    assert f"Het lijkt op {likely}" in said
