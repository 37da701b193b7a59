"""An agency tends whom to call: what its people saw or typed is what it signs."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from desk.agency.contact_signing import mark
from signal_index.notice import (
    parse_notice_key,
    parse_signed_contact,
    parse_signer_key,
    sign_contact,
)
from signal_index.wire.contact_holders import ContactHolder, OwnContactHolder
from signal_index.wire.own_registration import OwnRegistration
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import Oin, Phone
from tests.builders import a_contact_holder, a_stored_contact
from tests.contact_builders import SIGNED_BY, SIGNING_KEY
from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.unit.desk.test_relay import log_in_with_csrf, look_up

pytestmark = pytest.mark.anyio
PATH = "/v1/contact-holders"
PAGE = "/agency/contacts"
ID = UUID(int=9)
IMPOSTOR = "+31201234567"
NOBODY_SEES = "niemand ziet dit nummer"


def open_own(town: Town, body: dict[str, Any]) -> dict[str, Any]:
    """Read what the desk sent as the index would, and list it as the index does."""
    key = parse_notice_key((town.folder / "notice-key.jwk").read_bytes())
    signer = parse_signer_key(town.organisation.oin, key.encode_public())
    said, signed = parse_signed_contact(body["contactHolder"], signer, now=town.clock())
    return as_listed(said.contactHolder, said.source, said.id, signed.model_dump())


def as_listed(
    holder: ContactHolder, source: str, id_: UUID, signature: dict[str, Any]
) -> dict[str, Any]:
    own = {"staleFrom": "2027-05-22", "stale": False, "remind": False, "signals": 4}
    said = holder.model_dump(mode="json")
    return said | own | {"id": str(id_), "source": source, "signature": signature}


def a_signed(town: Town, holder: ContactHolder) -> dict[str, Any]:
    """A contact holder that this organisation signed, as the index lists it."""
    key = parse_notice_key((town.folder / "notice-key.jwk").read_bytes())
    own = Oin(town.organisation.oin)
    token = sign_contact(key, ID, own, holder, iss=own, now=town.clock())
    return open_own(town, {"contactHolder": token})


def seen_on(page: str) -> dict[str, str]:
    """What a form sends along: who sends it, and what it showed."""
    found = re.findall(r'name="(csrf|seen)" value="([^"]*)"', page)
    return dict(found)


def let_in(town: Town, *contacts: dict[str, Any]) -> None:
    town.provider.person["roles"] = ["source-administrator"]
    oin = town.organisation.oin
    source = {
        "source": oin,
        "kind": "municipality",
        "rhythmDays": 7,
        "active": True,
        "state": "live",
        "coverage": [],
        "liveUntil": None,
        "lastRehearsal": None,
        "lacks": [],
    }
    known = OwnRegistration(
        organisation=oin, name="x", signers=[], sources=[], contactFunctions=["IB-er"]
    )
    said = known.model_dump(mode="json") | {"sources": [source]}
    town.index.pages["/v1/own-registration"] = (200, said)
    town.index.pages[PATH] = (200, {"items": list(contacts)})
    town.index.pages["PUT"] = (200, a_stored_contact().model_dump(mode="json"))


async def test_a_contact_person_is_added_on_the_page_and_signed(
    town: Town, browser: Browser
) -> None:
    let_in(town)
    page = await log_in(browser, PAGE)
    assert "<option>IB-er</option>" in page.text, "a word is chosen, not typed"
    csrf = csrf_of(page)
    wrong = {"csrf": csrf, "function": "IB-er", "phone": ""}
    missed = await browser.post(PAGE, data=wrong)
    assert (missed.status_code, town.index.asked) == (400, [])
    typed = {"csrf": csrf, "function": "IB-er", "phone": "0182 555 401"}
    added = await browser.post(PAGE, data=typed)
    assert added.headers["location"].startswith("/agency/contacts/")
    stored = open_own(town, town.index.asked.pop())
    assert (stored["function"], stored["phone"]) == ("IB-er", "+31182555401")
    let_in(town, stored)
    shown = (await browser.get(PAGE)).text
    assert "openingstijden onbekend" in shown
    assert NOBODY_SEES not in shown


async def test_saving_keeps_every_set_of_hours_that_the_page_shows(
    town: Town, browser: Browser
) -> None:
    """The form as it stands, only with another number: nothing else is lost."""
    hours = [
        {"days": ["mon", "tue"], "from": "09:00", "to": "12:00"},
        {"days": ["mon", "tue"], "from": "13:00", "to": "17:00"},
        {"days": ["fri"], "from": "09:30", "to": "11:30"},
    ]
    holder = a_contact_holder(officeHours=hours, deputy=None)
    let_in(town, a_signed(town, holder))
    page = await log_in(browser, f"{PAGE}/{ID}")
    shown = page.text.partition('method="post" action="/agency/contacts/')[2]
    shown = shown.partition("</form>")[0]
    fields = re.findall("<input[^>]*>", shown)
    read = [(dict(re.findall(r'([a-z]+)="([^"]*)"', one)), one) for one in fields]
    typed = {
        said["name"]: said["value"]
        for said, field in read
        if said["type"] != "checkbox" or field.endswith(" checked>")
    }
    typed |= {"function": "IB-er", "phone": "0182 555 401"}
    await browser.post(f"{PAGE}/{ID}", data=typed)
    said = open_own(town, town.index.asked.pop())
    assert (said["phone"], said["officeHours"]) == ("+31182555401", hours)


async def test_what_is_confirmed_is_what_the_page_showed(
    town: Town, browser: Browser
) -> None:
    holder = a_contact_holder()
    let_in(town, a_signed(town, holder))
    page = await log_in(browser, PAGE)
    form = {
        "csrf": csrf_of(page),
        "seen": page.text.split('name="seen" value="')[1][:64],
    }
    let_in(town, a_signed(town, holder) | {"phone": IMPOSTOR})
    refused = await browser.post(f"{PAGE}/{ID}/confirm", data=form)
    assert "Er is niets bevestigd" in refused.text
    assert town.index.asked == []
    let_in(town, a_signed(town, holder))
    await browser.post(f"{PAGE}/{ID}/confirm", data=form)
    said = open_own(town, town.index.asked.pop())
    assert said["phone"] == holder.phone
    assert said["lastVerified"] == town.clock().date().isoformat()


async def test_an_agency_sees_that_its_own_number_was_changed(
    town: Town, browser: Browser
) -> None:
    let_in(town, a_signed(town, a_contact_holder()) | {"phone": IMPOSTOR})
    assert NOBODY_SEES in (await log_in(browser, PAGE)).text


@pytest.mark.parametrize(
    "change",
    [
        {"outOfHoursPhone": IMPOSTOR},
        {"deputy": {"function": "IB-er", "phone": IMPOSTOR}},
        {"officeHours": [{"days": ["mon"], "from": "00:00", "to": "23:59"}]},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_what_is_not_its_own_is_confirmed_by_no_press_beside_the_number(
    town: Town, browser: Browser, change: dict[str, Any]
) -> None:
    """Whoever changed it waits for somebody who knows the one number that is shown."""
    own = a_signed(town, a_contact_holder())
    let_in(town, own)
    page = await log_in(browser, PAGE)
    let_in(town, own | change)
    listed = await browser.get(PAGE)
    assert NOBODY_SEES in listed.text
    assert 'name="seen"' not in listed.text
    seen = mark(OwnContactHolder.model_validate(own | change))
    form = {"csrf": csrf_of(page), "seen": seen}
    pressed = await browser.post(f"{PAGE}/{ID}/confirm", data=form)
    assert pressed.headers["location"] == f"{PAGE}/{ID}"
    assert town.index.asked == []
    assert (
        "niet door uw organisatie bevestigd" in (await browser.get(f"{PAGE}/{ID}")).text
    )


async def test_the_day_of_confirming_is_not_the_indexs_to_say(
    town: Town, browser: Browser
) -> None:
    """It would have a number count as confirmed for years, of which nobody asks."""
    far = a_signed(town, a_contact_holder()) | {"lastVerified": "2035-01-01"}
    let_in(town, far)
    page = await log_in(browser, f"{PAGE}/{ID}")
    typed = seen_on(page.text) | {"function": "IB-er", "phone": "0182 555 401"}
    await browser.post(f"{PAGE}/{ID}", data=typed)
    said = open_own(town, town.index.asked.pop())
    assert said["lastVerified"] == town.clock().date().isoformat()


async def test_what_came_along_from_another_source_is_saved_where_all_is_seen(
    town: Town, browser: Browser
) -> None:
    """Its former source signed it, for its own signals; the new one signs it anew."""
    holder = a_contact_holder(phone=Phone("+31182555402"))
    token = sign_contact(
        SIGNING_KEY, ID, SIGNED_BY, holder, iss=SIGNED_BY, now=town.clock()
    )
    signer = parse_signer_key(SIGNED_BY, SIGNING_KEY.encode_public())
    _, signed = parse_signed_contact(token, signer, now=town.clock())
    let_in(town, as_listed(holder, SIGNED_BY, ID, signed.model_dump()))
    page = await log_in(browser, PAGE)
    assert NOBODY_SEES in page.text
    page = await browser.get(f"{PAGE}/{ID}")
    form = seen_on(page.text) | {"function": "IB-er", "phone": "0182 555 402"}
    await browser.post(f"{PAGE}/{ID}", data=form)
    said = open_own(town, town.index.asked.pop())
    assert (said["phone"], said["source"]) == (holder.phone, town.organisation.oin)


async def test_a_desk_without_a_key_shows_them_and_changes_nothing(
    town: Town, tmp_path: Path
) -> None:
    settings = (tmp_path / "desk.toml").read_text()
    assert 'notice_key = "notice-key.jwk"' in settings
    let_in(town, a_signed(town, a_contact_holder()))
    (tmp_path / "desk.toml").write_text(
        settings.replace('notice_key = "notice-key.jwk"\n', "")
    )
    async with town.serve() as desk:
        keyless = town.browser(desk)
        page = await log_in(keyless, PAGE)
        assert "er is geen sleutel om mee te ondertekenen" in page.text
        assert 'name="seen"' not in page.text
        typed = {"csrf": csrf_of(page), "function": "IB-er", "phone": "0182 555 401"}
        answer = await keyless.post(PAGE, data=typed)
    assert answer.status_code == 403
    assert town.index.asked == []


async def test_a_changed_number_is_in_no_answer_of_the_relay(
    town: Town, browser: Browser
) -> None:
    """Of a page and of a case system alike; the answer is as long as it was."""
    flag = town.index.flags[0]
    flag = {**flag, "contactHolder": {**flag["contactHolder"], "phone": IMPOSTOR}}
    whole = await _relayed(town, browser)
    town.index.flags = [flag]
    answer = await _relayed(town, browser)
    assert IMPOSTOR.encode() not in answer
    assert len(answer) == len(whole)
    part = json.loads(answer)["answers"][0]
    assert part["flags"][0]["contactHolder"] is None
    own = await browser.get("/own-lookups")
    assert IMPOSTOR not in own.text
    assert "Zoek opnieuw op" in own.text


async def _relayed(town: Town, browser: Browser) -> bytes:
    await log_in_with_csrf(browser)
    answer = await look_up(town, browser)
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


async def test_one_that_cannot_be_read_is_named_and_stored_anew_in_its_place(
    town: Town, browser: Browser
) -> None:
    """Somebody broke its row: the signals that name it have somebody to call again."""
    broken = {"id": str(UUID(int=10)), "signals": 3}
    let_in(town, a_signed(town, a_contact_holder()))
    town.index.pages[PATH][1]["unreadable"] = [broken]
    page = await log_in(browser, PAGE)
    assert "kan lezen: 1" in page.text
    assert "(00000000): 3 signalen" in page.text
    typed = {"function": "IB-er", "phone": "0182 555 401", "instead": broken["id"]}
    added = await browser.post(PAGE, data=typed | {"csrf": csrf_of(page)})
    assert added.headers["location"] == f"{PAGE}/{broken['id']}"
    other = typed | {"instead": str(UUID(int=11)), "csrf": csrf_of(page)}
    refused = await browser.post(PAGE, data=other)
    assert (refused.status_code, "Er is niets opgeslagen" in refused.text) == (
        400,
        True,
    )


async def test_who_only_sends_for_others_is_offered_no_number_of_its_own(
    town: Town, browser: Browser
) -> None:
    """The index takes none of it, and what it does not take is said."""
    let_in(town)
    (source,) = town.index.pages["/v1/own-registration"][1]["sources"]
    source["source"] = "00000001000000000088"
    page = await log_in(browser, PAGE)
    own = str(name_own_number(town.organisation.oin))
    assert own not in page.text
    problem = {
        "type": "x/invalid-input",
        "title": "x",
        "status": 400,
        "detail": "x",
        "errors": [{"field": "id", "code": "does-not-match", "message": "x"}],
    }
    town.index.pages["PUT"] = (400, problem)
    typed = {"function": "IB-er", "phone": "0182 555 400", "csrf": csrf_of(page)}
    refused = await browser.post(PAGE, data=typed)
    assert (refused.status_code, "nam dit niet aan" in refused.text) == (400, True)


async def test_the_number_of_the_organisation_itself_is_added_on_the_page(
    town: Town, browser: Browser
) -> None:
    let_in(town)
    page = await log_in(browser, PAGE)
    own = name_own_number(town.organisation.oin)
    assert f'<option value="{own}">Het nummer van de organisatie' in page.text
    typed = {"function": "IB-er", "phone": "0182 555 400", "instead": str(own)}
    added = await browser.post(PAGE, data=typed | {"csrf": csrf_of(page)})
    assert added.headers["location"] == f"{PAGE}/{own}"
    stored = open_own(town, town.index.asked.pop())
    assert (stored["id"], stored["phone"]) == (str(own), "+31182555400")
    let_in(town, stored)
    shown = (await browser.get(PAGE)).text
    assert "Nummer van de organisatie" in shown
    assert f'<option value="{own}"' not in shown, "there is one"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            {"how": "told-again", "on": "2026-12-03"},
            "Bevestigd op 3 december 2026: volgens {} loopt de hulp nog.",
        ),
        (
            {"how": "goes-on", "on": "2026-12-03"},
            "{} zei op 3 december 2026 dat de hulp nog loopt.",
        ),
        # why it ended is not told: nothing may sound as if it were
        (
            {"how": "ended", "on": None},
            "Is de hulp gestopt, of was het een vergissing? Dat weet {}.",
        ),
    ],
)
async def test_what_a_source_answered_stands_at_its_flag(
    town: Town, browser: Browser, answer: dict[str, object], says: str
) -> None:
    await _relayed(town, browser)
    town.index.spoil["answer"] = answer
    own = await browser.get("/own-lookups")
    assert says.format(town.index.flags[0]["organisation"]) in own.text


async def test_after_a_merger_a_lookup_names_whom_it_showed_and_who_it_is_now(
    town: Town, browser: Browser
) -> None:
    await _relayed(town, browser)
    town.index.spoil["shownBy"] = "Stadsbank"
    own = " ".join((await browser.get("/own-lookups")).text.split())
    now = town.index.flags[0]["organisation"]
    assert '<strong>Stadsbank</strong> <span class="desk-subtle">(' in own
    assert f", nu {now})</span>" in own
