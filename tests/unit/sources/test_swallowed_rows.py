"""A stray quote swallows rows; a remark of several lines does not."""

import pytest

from sources.connectors.swallowed import count_swallowed


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
