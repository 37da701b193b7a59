"""When a record of DDAS was written: as text that sorts, or not known."""

import pytest

from sources.connectors.ddas_written import read_written
from sources.values import Aside


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2026-01-02T03:04:05.678+01:00", Aside(written="2026-01-02T02:04:05Z")),
        ("0999-01-02T03:04:05Z", Aside(written="0999-01-02T03:04:05Z")),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-01-02T03:04:05", None),
        ("gisteren", None),
    ],
)
def test_a_moment_is_read_where_it_has_a_zone(said: str, read: Aside | None) -> None:
    assert read_written(said) == read
