"""A stray quote swallows rows; a remark of several lines does not."""

import pytest

from sources.connectors.swallowed import NARROW, count_swallowed
from tests.sources_builders import a_number

NUMBER = a_number(1)


@pytest.mark.parametrize(
    ("row", "swallowed"),
    [
        (["Z-1", "999990019", "goed"], 0),
        (["Z-1", "999990019", "belt\nop maandag; en dinsdag"], 0),
        (["Z-1", "999990019", "goed\nZ-2;999990020;goed\nZ-3;999990032;goed"], 2),
        (["Z-1", "999990019", "goed\r\nZ-2;999990020;goed"], 1),
    ],
)
def test_a_line_inside_a_field_is_a_row_when_it_has_as_many_fields(
    row: list[str], swallowed: int
) -> None:
    assert count_swallowed(row, 3, ";") == swallowed


@pytest.mark.parametrize("at", [0, 1, 2])
def test_in_a_narrow_table_a_row_is_seen_wherever_the_quote_stood(at: int) -> None:
    """One quote in a row and one in the next: all but the person tells them apart."""
    first, second = ["999990019", "Z-1", "03-03-2026", ""], [NUMBER, "Z-2", "", ""]
    swallowed = ";".join(first[at:]) + "\n" + ";".join(second[: at + 1])
    row = [*first[:at], swallowed, *second[at + 1 :]]
    assert len(row) == NARROW
    assert count_swallowed(row, NARROW, ";") == 1


def test_in_a_narrow_table_a_remark_has_signs_and_names_nobody() -> None:
    remark = "belt op maandag; dinsdag;\nen woensdag; dossier 123456789"
    row = [NUMBER, "Z-1", "03-03-2026", remark]
    assert count_swallowed(row, NARROW, ";") == 0
