"""Who reaches those who replace a key reads on every page that it was forked."""

import pytest

from keys.pinned_keys import find_fork
from tests.desk_builders import Browser, Town, log_in

pytestmark = pytest.mark.anyio

WARNING = "Een sleutel van de index heeft twee opvolgers."


@pytest.fixture(autouse=True)
def _look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """At each page, not once a second."""
    monkeypatch.setattr("keys.watching.LOOK_SECONDS", 0.0)


async def test_a_fork_is_on_every_page_of_an_officer_at_once(
    town: Town, browser: Browser
) -> None:
    town.provider.person["roles"] = ["privacy-officer"]
    await log_in(browser)
    assert WARNING not in (await browser.get("/officer/keys")).text
    fork = find_fork(town.settings.ledger.checkpoint_key)
    fork.write_text("{}")
    assert WARNING in (await browser.get("/officer/keys")).text
    fork.unlink()  # by a person who has looked
    assert WARNING not in (await browser.get("/officer/keys")).text


async def test_who_looks_up_can_do_nothing_about_it_and_goes_on(
    town: Town, browser: Browser
) -> None:
    await log_in(browser)
    find_fork(town.settings.ledger.receipt_key).write_text("{}")
    assert WARNING not in (await browser.get("/lookup")).text
