"""What came back about a signal by hand leads to where that signal is ended."""

import pytest

from tests.desk_builders import Browser, Town
from tests.desk_hand_builders import a_signal, give, read_page
from tests.desk_hand_index import FakeHandSignals
from tests.unit.desk.test_notices_page import PATH, a_notice

pytestmark = pytest.mark.anyio


async def test_who_gave_it_by_hand_ends_it_by_hand(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    """No delivery takes it away: nobody delivers it."""
    given = a_signal(town)
    await give(browser, given)
    about = {"signals": [{"reference": given["reference"], "case": None}]}
    ended = {"outcome": "citizen-says-ended", "outcomeLabel": "Afgerond"}
    due = {"facts": {"on": "2026-12-01"}}
    items = [
        a_notice(1, "outcome", **ended, **about),
        a_notice(2, "signal-expires-soon", **due, **about),
    ]
    page = {"items": items, "next": None, "unreadable": 0, "padding": ""}
    town.index.pages["/v1/notices"] = (200, page)
    shown = await read_page(browser, PATH)
    assert "Beëindig het dan zelf" in shown
    assert "Kies dan een latere dag" in shown
    assert shown.count(f'href="/involved/{given["reference"]}"') == 2
    assert "levering" not in shown
    assert len(index.stored) == 1
