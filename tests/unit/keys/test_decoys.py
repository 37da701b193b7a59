"""Decoys are ten or more together, and no fault repeats a number."""

import pytest

from keys.client.decoys import parse_numbers
from keys.decoys import LEAST, read_decoys, write_decoys
from keys.errors import DecoysRefused
from keys.pseudonym import Pseudonym
from tests.holders_builders import a_bsn, some_point

NUMBERS = [a_bsn(number).digits for number in range(LEAST)]


def test_numbers_are_read_a_line_each() -> None:
    assert [one.digits for one in parse_numbers([*NUMBERS, ""])] == NUMBERS


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (NUMBERS[:-1], "give 10 to 1000 numbers, together"),
        ([*NUMBERS, NUMBERS[0]], "line 11: the same as line 1"),
        ([*NUMBERS, "123456789"], "line 11: does not pass the 11-proof"),
    ],
)
def test_a_fault_names_the_line_and_never_the_number(
    lines: list[str], said: str
) -> None:
    with pytest.raises(DecoysRefused) as refused:
        parse_numbers(lines)
    assert str(refused.value) == said


def test_a_file_of_fewer_is_not_taken() -> None:
    """One alone would tell who asked for that person."""
    one = Pseudonym(some_point())
    with pytest.raises(ValueError, match="pseudonyms"):
        write_decoys(1, [one])
    with pytest.raises(DecoysRefused, match="twice"):
        read_decoys(write_decoys(1, [one] * LEAST))
    with pytest.raises(DecoysRefused, match="pseudonyms: Tuple should have at least"):
        read_decoys(
            b'{"format": "signal-decoys/1", "key_version": 1, "pseudonyms": []}'
        )
