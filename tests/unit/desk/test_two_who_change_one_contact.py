"""Two tabs, or two colleagues, with one contact person: the second is told."""

from __future__ import annotations

import pytest

from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import Phone
from tests.builders import a_contact_holder
from tests.desk_builders import Browser, Town, log_in
from tests.unit.desk.test_contact_persons import (
    ID,
    PAGE,
    a_signed,
    let_in,
    open_own,
    seen_on,
)

pytestmark = pytest.mark.anyio
TYPED = {"function": "IB-er", "phone": "0182 555 401"}


async def test_the_second_reads_what_the_first_stored_and_overwrites_nothing(
    town: Town, browser: Browser
) -> None:
    let_in(town, a_signed(town, a_contact_holder()))
    form = seen_on((await log_in(browser, f"{PAGE}/{ID}")).text) | TYPED
    other = a_contact_holder(phone=Phone("+31182555499"), absentUntil="2026-12-24")
    let_in(town, a_signed(town, other))
    refused = await browser.post(f"{PAGE}/{ID}", data=form)
    assert (refused.status_code, town.index.asked) == (400, [])
    assert "Er is niets opgeslagen" in refused.text
    assert "Telefoon: 0182 555 499" in refused.text
    assert "24 december 2026" in refused.text
    assert 'value="0182 555 401"' in refused.text, "what was typed is not lost"


async def test_who_adds_what_another_added_meanwhile_overwrites_nothing(
    town: Town, browser: Browser
) -> None:
    """The organisation's own number, in two tabs: the second wrote over the first."""
    let_in(town)
    await log_in(browser, PAGE)
    own = str(name_own_number(town.organisation.oin))
    form = seen_on((await browser.get(PAGE)).text) | TYPED | {"instead": own}
    assert f'value="{own}"' in (await browser.get(PAGE)).text
    let_in(town, a_signed(town, a_contact_holder()) | {"id": own})
    refused = await browser.post(PAGE, data=form)
    assert (refused.status_code, town.index.asked) == (400, [])
    assert "Er is niets opgeslagen" in refused.text


async def test_who_read_it_saves_once_more_and_says_what_it_replaces(
    town: Town, browser: Browser
) -> None:
    let_in(town, a_signed(town, a_contact_holder()))
    form = seen_on((await log_in(browser, f"{PAGE}/{ID}")).text) | TYPED
    stands = a_signed(town, a_contact_holder(phone=Phone("+31182555499")))
    let_in(town, stands)
    refused = await browser.post(f"{PAGE}/{ID}", data=form)
    await browser.post(f"{PAGE}/{ID}", data=form | seen_on(refused.text))
    sent = town.index.asked.pop()
    assert open_own(town, sent)["phone"] == "+31182555401"
    assert sent["replaces"] == stands["signature"]["value"]


async def test_who_was_overtaken_on_the_way_is_told_as_well(
    town: Town, browser: Browser
) -> None:
    """Between reading and storing another may store: the index holds one to it."""
    let_in(town, a_signed(town, a_contact_holder()))
    form = seen_on((await log_in(browser, f"{PAGE}/{ID}")).text) | TYPED
    town.index.pages["PUT"] = (
        409,
        {"type": "x/contact-changed", "title": "x", "status": 409, "detail": "x"},
    )
    refused = await browser.post(f"{PAGE}/{ID}", data=form)
    assert refused.status_code == 400
    assert "Er is niets opgeslagen" in refused.text
