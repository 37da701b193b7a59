"""The page Volledigheid: what leads to an entry, and what has none to lead to."""

from typing import Any
from uuid import UUID

import pytest

from signal_index.wire.completeness import Misfit
from tests.desk_builders import Browser, Town, log_in

pytestmark = pytest.mark.anyio
ENTRY = str(UUID(int=7))


def a_finding(code: Misfit) -> dict[str, Any]:
    without = ("organisation", "user", "req", "count", "total", "reported", "gap")
    still_open = ("organisationName", "closedAt", "closedBy", "reason")
    return dict.fromkeys([*without, *still_open]) | {
        "id": str(UUID(int=1)),
        "code": code,
        "weight": code.weight,
        "day": "2026-11-22",
        "entryId": ENTRY,
        "foundAt": "2026-11-23T08:00:00Z",
    }


@pytest.mark.parametrize(
    ("code", "leads"),
    [
        (Misfit.RECEIPT_WITHOUT_ENTRY, False),
        (Misfit.OPENED_WITHOUT_LEAF, False),
        (Misfit.TICKET_NOT_STATED, True),
    ],
)
async def test_an_entry_that_is_missing_is_named_in_a_fold(
    town: Town, browser: Browser, code: Misfit, *, leads: bool
) -> None:
    """Nothing leads to what does not exist, and no row of signs stands in sight."""
    town.provider.person["roles"] = ["privacy-officer"]
    page = {"days": [], "alarms": [a_finding(code)], "items": [], "next": None}
    counted = {"open": {"alarm": 1, "finding": 0}}
    town.index.pages["/v1/completeness"] = (200, page | counted)
    shown = " ".join((await log_in(browser, "/officer/completeness")).text.split())
    assert (f'href="/officer/entries/{ENTRY}"' in shown) is leads
    named = "<summary>Kenmerk van de regel die ontbreekt</summary><span"
    assert (named in shown) is not leads
