"""Signalling by hand at a desk: what is kept, what is sent, and what breaks off."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from keys.base64url import encode_b64u
from tests.desk_builders import Browser, Town, csrf_of, log_in, some_town
from tests.desk_hand_builders import (
    CASE,
    a_signal,
    forget_notes,
    give,
    log_in_anew,
    read_page,
)
from tests.desk_hand_index import COLLEAGUE, FakeHandSignals
from tests.unit.desk.test_relay import look_up

pytestmark = pytest.mark.anyio


async def test_a_signal_is_given_and_listed_by_the_own_case_number(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    answer = await give(browser, a_signal(town))
    assert answer.json()["outcome"] == "accepted"
    page = await read_page(browser)
    assert (CASE in page, "Leerplicht en verzuim" in page) == (True, True)
    (told,) = (await browser.get("/relay/v1/hand-signals")).json()["items"]
    assert (told["caseReference"], told["isOwn"]) == (CASE, True)
    assert len(index.stored) == 1


async def test_contact_began_on_the_day_that_is_said_or_else_today(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    await give(browser, a_signal(town, since="2026-01-05"))
    assert "5 januari 2026" in await read_page(browser)
    await give(browser, a_signal(town, caseReference="Z-2026-001235"))
    days = {str(one.notice.validFrom) for one in index.stored.values()}
    assert days == {"2026-01-05", town.clock().date().isoformat()}


async def test_what_is_taken_back_at_once_can_be_given_again(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    body = a_signal(town)
    await give(browser, body)
    path = f"/relay/v1/hand-signals/{body['reference']}/withdrawal"
    undone = await browser.post(path, json={"reason": "entered-in-error"})
    assert (undone.status_code, index.stored) == (204, {})
    again = await give(browser, a_signal(town))
    assert (again.json()["outcome"], len(index.stored)) == ("accepted", 1)


async def test_an_answer_that_got_lost_gives_no_second_signal(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    body = a_signal(town)
    index.loses_answers = True
    assert (await give(browser, body)).status_code == 502
    index.loses_answers = False
    town.clock.forward(timedelta(hours=20))  # the next day: the same signal
    await log_in_anew(browser)
    assert (await give(browser, body)).json()["outcome"] == "unchanged"
    assert len(index.stored) == 1


async def test_what_broke_off_after_the_index_had_it_is_mended_by_looking(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    index.loses_answers = True
    await give(browser, a_signal(town))
    page = await read_page(browser)
    assert (CASE in page, "Niet zeker" in page) == (True, False)


async def test_what_broke_off_before_the_index_had_it_keeps_its_case_number(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    body = a_signal(town)
    index.is_away = True
    await give(browser, body)
    index.is_away = False
    page = await read_page(browser)
    assert (CASE in page, "Niet zeker" in page) == (True, True)
    again = await read_page(browser, f"/involved/new?again={body['reference']}")
    assert f'data-case="{CASE}"' in again
    changed = {"pseudonym": encode_b64u(bytes([1]) * 32), "validUntil": "2027-01-01"}
    other = body | changed
    assert (await give(browser, other)).json()["outcome"] == "accepted"
    assert "Niet zeker" not in await read_page(browser)


async def test_another_person_under_a_known_reference_is_a_newer_version(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    body = a_signal(town)
    await give(browser, body)
    corrected = body | {"pseudonym": encode_b64u(bytes([1]) * 32)}
    assert (await give(browser, corrected)).json()["outcome"] == "accepted"
    (one,) = index.stored.values()
    assert (one.notice.version, one.person) == (2, bytes([1]) * 16)


async def test_what_the_index_refuses_leaves_nothing_behind(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    index.refusal = (403, {"type": "x/category-not-established", "title": "Dicht"})
    answer = await give(browser, a_signal(town))
    assert answer.json()["title"] == "Dicht"
    assert CASE not in await read_page(browser)


async def test_a_refusal_later_does_not_lose_what_may_have_arrived(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    body = a_signal(town)
    index.loses_answers = True
    await give(browser, body)
    index.refusal = (403, {"type": "x/category-not-established", "title": "Dicht"})
    await give(browser, body)
    assert CASE in await read_page(browser)


async def test_a_change_that_is_refused_leaves_the_case_number_as_it_was(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    body = a_signal(town)
    await give(browser, body)
    index.refusal = (403, {"type": "x/category-not-established", "title": "Dicht"})
    await give(browser, body | {"caseReference": "Z-2026-009999"})
    page = await read_page(browser)
    assert (CASE in page, "Z-2026-009999" in page) == (True, False)


@pytest.mark.parametrize(
    "statement", ["DELETE FROM hand_signals", "UPDATE hand_signals SET version = 1"]
)
async def test_ending_ends_the_version_that_stands_whatever_the_desk_knows(
    town: Town, browser: Browser, index: FakeHandSignals, statement: str
) -> None:
    body = a_signal(town)
    await give(browser, body)
    await give(browser, body | {"pseudonym": encode_b64u(bytes([1]) * 32)})
    forget_notes(town, statement)
    path = f"/relay/v1/hand-signals/{body['reference']}/withdrawal"
    assert (await browser.post(path, json={"reason": "ended"})).status_code == 204
    assert index.stored == {}


async def test_what_was_ended_is_not_called_given_when_it_comes_again(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    body = a_signal(town)
    await give(browser, body)
    path = f"/relay/v1/hand-signals/{body['reference']}/withdrawal"
    await browser.post(path, json={"reason": "ended"})
    again = await give(browser, body)
    problem = (again.status_code, again.json()["type"])
    assert problem == (409, "/problems/hand-signal-outdated")
    assert (index.stored, "Niet zeker" in await read_page(browser)) == ({}, False)


async def test_the_same_case_and_kind_again_is_asked_about_first(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    await give(browser, a_signal(town))
    answer = await give(browser, a_signal(town))
    assert answer.json()["type"] == "/problems/case-reference-in-use"
    await give(browser, a_signal(town, anotherPerson=True))
    assert len(index.stored) == 2


async def test_the_same_citizen_again_is_named_by_case_and_kept_only_knowingly(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    first = a_signal(town)
    await give(browser, first)
    second = first | {"reference": str(uuid4()), "caseReference": "Z-2026-000777"}
    asked = await give(browser, second)
    told = asked.json()
    assert (asked.status_code, len(index.stored)) == (409, 1)
    assert (
        f"U gaf dit al door op 23 november 2026, zaaknummer {CASE}." in told["detail"]
    )
    assert told["references"] == [first["reference"]]
    assert (
        told["given"][0] | {"caseReference": CASE, "byHand": True} == told["given"][0]
    )
    assert "Z-2026-000777" not in await read_page(browser)
    kept = await give(browser, second | {"beside": told["references"]})
    assert (kept.status_code, len(index.stored)) == (200, 2)


async def test_what_a_colleague_gave_is_named_as_theirs_and_a_delivery_as_such(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    first = a_signal(town)
    await give(browser, first)
    index.delivered = [str(uuid4())]
    town.provider.person["sub"] = "user-2"
    browser.kept.clear()
    await log_in_anew(browser)
    asked = await give(
        browser, first | {"reference": str(uuid4()), "anotherPerson": True}
    )
    detail = asked.json()["detail"]
    assert (
        f"Een collega gaf dit al door op 23 november 2026, zaaknummer {CASE}." in detail
    )
    assert "Het kwam uit een levering van uw organisatie." in detail
    assert [one["byHand"] for one in asked.json()["given"]] == [True, False]


async def test_after_half_a_year_the_menu_counts_and_one_press_confirms(
    town: Town, browser: Browser
) -> None:
    body = a_signal(town, validUntil="2027-11-01")
    await give(browser, body)
    assert "Ik ben betrokken (1)" not in await read_page(browser)
    town.clock.forward(timedelta(days=182))
    await log_in_anew(browser)
    assert "Ik ben betrokken (1)" in await read_page(browser)
    done = await browser.post(f"/involved/{body['reference']}/confirmation")
    assert "Vastgelegd: het klopt nog." in await read_page(
        browser, done.headers["location"]
    )
    assert "Ik ben betrokken (1)" not in await read_page(browser)


async def test_a_signal_is_handed_over_made_longer_and_ended(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    body = a_signal(town)
    await give(browser, body)
    path = f"/involved/{body['reference']}"
    await browser.post(f"{path}/hand-over", data={"to": COLLEAGUE})
    assert "Directeur" in await read_page(browser)
    await browser.post(f"{path}/confirmation", data={"until": "2027-05-01"})
    assert "1 mei 2027" in await read_page(browser)
    unsaid = await browser.post(f"{path}/end", data={})
    assert (unsaid.status_code, len(index.stored)) == (400, 1)
    await browser.post(f"{path}/end", data={"reason": "ended"})
    page = await read_page(browser)
    assert (index.stored, "Niet meer doorgegeven" in page) == ({}, True)


async def test_two_of_one_household_are_told_apart_and_what_ended_is_named(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    """A second of one case, whom the lookup asked about as person 2 of 2."""
    town.provider.person["roles"] = ["generalist", "hand-signaller"]
    await log_in_anew(browser)
    asked = (await look_up(town, browser, people=2)).json()["answers"]
    bodies = [
        a_signal(town, entryId=part["entryId"], anotherPerson=True) for part in asked
    ]
    for body in bodies:
        assert (await give(browser, body)).status_code == 200
    page = await read_page(browser)
    for place in (1, 2):
        assert f"{CASE}, persoon {place} (opgezocht ma 23 nov 2026, 13:00)<" in page
    assert "doorgegeven" in page
    path = f"/involved/{bodies[1]['reference']}"
    whom = f"{CASE}, persoon 2 (opgezocht ma 23 nov 2026, 13:00)"
    assert f"{whom}<" in await read_page(browser, path)
    ended = await browser.post(f"{path}/end", data={"reason": "ended"})
    page = await read_page(browser, ended.headers["location"])
    assert f"<strong>{whom}, Leerplicht en verzuim.</strong>" in page
    assert "Beëindigd. Het vlaggetje is weg." in page
    assert len(index.stored) == 1


@pytest.mark.parametrize(
    ("reason", "says"),
    [("ended", "dát er contact was"), ("entered-in-error", "Het vlaggetje is weg")],
)
async def test_what_others_still_see_after_the_end_is_said(
    town: Town, browser: Browser, index: FakeHandSignals, reason: str, says: str
) -> None:
    index.shown_after_end = 12
    body = a_signal(town)
    await give(browser, body)
    path = f"/involved/{body['reference']}"
    assert "nog hooguit 12 maanden dát er contact was" in await read_page(browser, path)
    ended = await browser.post(f"{path}/end", data={"reason": reason})
    assert says in await read_page(browser, ended.headers["location"])


async def test_a_signal_is_called_given_for_as_long_as_it_stands(
    town: Town, browser: Browser
) -> None:
    body = a_signal(town)
    await give(browser, body)
    address = f"/involved?given={body['reference']}"
    assert "Doorgegeven. Andere" in await read_page(browser, address)
    await browser.post(f"/involved/{body['reference']}/end", data={"reason": "ended"})
    assert "Doorgegeven. Andere" not in await read_page(browser, address)


async def test_where_nobody_can_take_over_the_page_says_why(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    body = a_signal(town)
    await give(browser, body)
    path = f"/involved/{body['reference']}"
    assert "heeft geen andere contactpersoon" not in await read_page(browser, path)
    index.contacts = index.contacts[:1]
    page = await read_page(browser, path)
    assert "Dat kan nu niet: uw organisatie heeft geen andere contactpersoon" in page
    assert f'action="{path}/hand-over"' not in page
    assert "Vraag de beheerder van uw organisatie" in page
    town.provider.person["roles"] = ["hand-signaller", "source-administrator"]
    browser.kept.clear()
    await log_in(browser, "/involved")
    page = await read_page(browser, path)
    assert 'href="/agency/contacts">Voeg er een toe bij Contactpersonen</a>' in page
    assert "Vraag de beheerder" not in page


async def test_a_colleague_sees_it_among_all_and_not_among_their_own(
    town: Town, browser: Browser
) -> None:
    await give(browser, a_signal(town))
    town.provider.person["sub"] = "user-2"
    browser.kept.clear()
    await log_in(browser, "/involved")
    assert CASE not in await read_page(browser)
    assert CASE in await read_page(browser, "/involved?whose=all")


async def test_a_desk_that_is_not_set_up_for_it_says_so(tmp_path: Path) -> None:
    town = some_town(tmp_path)
    town.provider.person["roles"] = ["hand-signaller"]
    async with town.serve() as desk, town.browser(desk) as client:
        page = await log_in(client, "/involved")
        assert (page.status_code, "geeft hier niets door" in page.text) == (403, True)
        client.headers["X-CSRF-Token"] = csrf_of(page)
        answer = await give(client, a_signal(town))
        assert json.loads(answer.text)["type"] == "/problems/hand-signals-off"


async def test_who_gives_by_hand_is_not_told_that_nothing_was_delivered(
    town: Town, browser: Browser
) -> None:
    town.provider.person["roles"] = ["source-administrator"]
    own = {"organisation": town.settings.organisation, "name": "School", "signers": []}
    town.index.pages |= {
        "/v1/own-registration": (200, own | {"sources": []}),
        "/v1/agents": (200, {"items": []}),
        "/v1/deliveries": (200, {"items": []}),
    }
    browser.kept.clear()
    page = (await log_in(browser, "/agency/deliveries")).text
    assert "Uw organisatie geeft signalen met de hand door." in page
    assert "Er is nog niets aangeleverd." not in page


async def test_what_the_index_cannot_read_is_named_and_not_called_ended(
    town: Town, browser: Browser, index: FakeHandSignals
) -> None:
    body = a_signal(town)
    await give(browser, body)
    await read_page(browser)
    index.broken = [body["reference"]]
    page = await read_page(browser)
    assert "Niet leesbaar" in page
    assert (CASE in page, body["reference"] in page) == (True, True)
    assert "Niet meer doorgegeven" not in page
    told = (await browser.get("/relay/v1/hand-signals")).json()
    assert (told["items"], told["unreadable"]) == ([], [body["reference"]])
    index.broken = []
    assert "Niet leesbaar" not in await read_page(browser)
