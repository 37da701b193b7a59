"""Where a value stands, also where the text makes it hard."""

import pytest

from policy.catalogue.lines import TomlPath, find_line

TEXT = '''# first line
title = """
[not.a.table]
key = 1
"""
numbers = [
  1,
  2, # two
]

[[row]]
id = "a"

[row.inner]
x = 1
[[row]]
id = "b" # [[row]]
nested = { y = [1, 2] }

[other."quoted.key"]
z = 0
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("numbers",), 6),
        (("numbers", 1), 6),
        (("row",), 11),
        (("row", 0, "id"), 12),
        (("row", 0, "inner", "x"), 15),
        (("row", 1), 16),
        (("row", 1, "id"), 17),
        (("row", 1, "nested", "y", 1), 18),
        (("other", "quoted.key", "z"), 21),
        (("row", 1, "missing"), 16),
        (("row", 7, "id"), 11),
        (("missing",), 1),
        ((), 1),
    ],
)
def test_a_value_is_found_on_the_line_where_it_begins(
    path: TomlPath, line: int
) -> None:
    assert find_line(TEXT, path) == line


def test_an_empty_text_has_one_line() -> None:
    assert find_line("", ("a",)) == 1
