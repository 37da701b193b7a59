import traceback

import pytest

from keys.bsn import parse_bsn
from keys.errors import InvalidBsn


@pytest.mark.parametrize("text", ["123456782", "111222333", "010000008", "999990019"])
def test_a_number_that_passes_the_eleven_proof_is_read(text: str) -> None:
    assert parse_bsn(text).digits == text


@pytest.mark.parametrize(
    "text",
    [
        "123456789",
        "000000000",
        "12345678",
        "10000008",
        "1234567820",
        " 123456782",
        "12345678\n",
        "1234.56.782",
        "١٢٣٤٥٦٧٨٢",
        "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff12",
        "",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidBsn):
        parse_bsn(text)


def test_the_hashed_form_keeps_the_leading_zero_and_names_the_register() -> None:
    assert parse_bsn("010000008").registered == b"nl-bsn:010000008"


def test_neither_repr_nor_error_shows_the_number() -> None:
    assert "123456782" not in f"{parse_bsn('123456782')!r}"
    with pytest.raises(InvalidBsn) as refused:
        parse_bsn("123456789")
    shown = str(refused.value) + "".join(traceback.format_exception_only(refused.value))
    assert "123456789" not in shown
