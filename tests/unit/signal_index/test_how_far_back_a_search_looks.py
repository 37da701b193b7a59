"""A search of the ledger says how far back it could look."""

from datetime import UTC, datetime

import pytest

from policy.vocabulary import parse_municipality
from signal_index.store.scope import OfficerScope
from signal_index.store.search import LedgerSearch, find_first_readable
from tests.store_builders import some_year_keys

SCOPE = OfficerScope(parse_municipality("9901"), None)
SINCE, UNTIL = (datetime(year, 3, 1, tzinfo=UTC) for year in (2024, 2027))


@pytest.mark.parametrize(
    ("years", "first"),
    [
        ((2024, 2026), None),
        ((2026,), datetime(2026, 1, 1, tzinfo=UTC)),
        ((2028,), UNTIL),
        ((), UNTIL),
    ],
)
def test_years_that_can_be_read_no_more_were_not_searched(
    years: tuple[int, ...], first: datetime | None
) -> None:
    search = LedgerSearch(SCOPE, SINCE, UNTIL)
    assert find_first_readable(search, some_year_keys(years)) == first
