"""The page Berichten: who looked, whom to call, what is due; covers are nothing."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from desk.numbers import write_phone
from tests.builders import a_contact_holder
from tests.contact_builders import a_told_contact
from tests.desk_builders import Browser, Town, log_in

pytestmark = pytest.mark.anyio
PATH = "/agency/notices"
REFERENCE = str(UUID(int=5))
IMPOSTOR = "+31201234567"


def a_notice(number: int, kind: str, **changed: object) -> dict[str, Any]:
    """A notice as the index hands it out."""
    signal = {"reference": REFERENCE, "case": None}
    is_about_lookup = kind in {"looked-up", "outcome"}
    looker = {
        "organisation": "Wijkteam Oost",
        "team": "centrum",
        "purpose": "wmo-onderzoek",
        "purposeLabel": "Onderzoek na een melding",
        "at": "2026-11-22T13:04:00Z",
    }
    return {
        "id": str(UUID(int=number)),
        "kind": kind,
        "source": "00000001000000000011",
        "municipality": "9901",
        "madeIn": "2026-11-22T13:00:00Z",
        "expires": "2026-12-22",
        "acknowledged": False,
        "signals": [] if kind == "cover" else [signal],
        "lookedUp": looker if is_about_lookup else None,
        "outcome": None,
        "outcomeLabel": None,
        "saidAt": "2026-11-22T14:21:00Z" if kind == "outcome" else None,
        "callBack": a_told_contact() if is_about_lookup else None,
        "facts": {},
        **changed,
    }


async def _page(town: Town, browser: Browser, *notices: dict[str, Any]) -> str:
    town.provider.person["roles"] = ["source-administrator"]
    page = {"items": list(notices), "next": None, "unreadable": 0, "padding": ""}
    town.index.pages["/v1/notices"] = (200, page)
    await log_in(browser)
    answer = await browser.get(PATH)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


async def test_it_says_who_looked_why_when_and_whom_to_call(
    town: Town, browser: Browser
) -> None:
    said = {
        "outcome": "citizen-says-ended",
        "outcomeLabel": "Volgens de inwoner afgerond",
    }
    page = await _page(
        town, browser, a_notice(1, "looked-up"), a_notice(2, "outcome", **said)
    )
    assert "Wijkteam Oost zag dat u betrokken bent." in page
    assert "Onderzoek na een melding; team centrum" in page
    assert write_phone(a_contact_holder().phone) in page
    assert "Zaaknummer nog niet bekend" in page
    assert "/agency/signals?reference=" in page
    assert ">…00000005</a>" in page
    assert "Volgens de inwoner afgerond" in page
    assert "Sluit de zaak dan in uw eigen systeem" in page


async def test_what_is_due_leads_to_where_it_is_mended(
    town: Town, browser: Browser
) -> None:
    contact = str(UUID(int=9))
    due = {"contactHolder": contact, "on": "2026-12-01"}
    wrong = {"reason": "no-contact", "reasonLabel": "Er is geen contact"}
    page = await _page(
        town,
        browser,
        a_notice(1, "contact-stale-soon", facts=due, signals=[]),
        a_notice(2, "signal-expires-soon", facts={"on": "2026-12-01"}),
        a_notice(
            3,
            "correction",
            facts={"reference": "7KQ-4TM", "dueOn": "2026-12-22"} | wrong,
        ),
        a_notice(4, "something-newer"),
    )
    assert f'href="/agency/contacts/{contact}"' in page
    assert "1 december 2026" in page
    assert "7KQ-4TM" in page
    assert "<strong>Er is geen contact.</strong>" in page
    assert "Geen nummer opgegeven" not in page
    assert "Een bericht van de soort something-newer." in page


async def test_a_succession_names_who_had_the_signal_and_who_has_it(
    town: Town, browser: Browser
) -> None:
    facts = {
        "source": "00000001000000000011",
        "sourceName": "Stadsbank",
        "successor": "00000001000000000012",
        "successorName": "Kredietbank",
    }
    at = {"saidAt": "2026-12-01T10:42:00Z", "madeIn": "2026-12-01T10:00:00Z"}
    earlier = a_notice(2, "match", madeIn="2026-12-01T10:00:00Z")
    page = await _page(
        town,
        browser,
        earlier,
        a_notice(1, "succession", facts=facts, callBack=a_told_contact(), **at),
    )
    said = "Overgedragen op 1 december 2026, van Stadsbank aan Kredietbank."
    assert said in page
    assert (
        'Kredietbank<br><a class="utrecht-link utrecht-link--html-a" href="tel:' in page
    )
    assert "hun nummer tot u ze nakijkt" not in page, "it gave them away"
    assert page.index("11:42") < page.index("helpt deze inwoner ook")
    assert re.search(r">tussen \d\d:00 en \d\d:00</time>", page)


async def test_what_was_done_is_said_in_place_of_what_was_asked(
    town: Town, browser: Browser
) -> None:
    def done(how: str, **changed: object) -> dict[str, object]:
        said = {"how": how, "on": "2026-11-23", "by": "Kredietbank", "label": "Klopt"}
        return {"settled": said | changed}

    due = {"facts": {"on": "2026-12-01", "contactHolder": REFERENCE}}
    dispute = {"facts": {"reference": "7KQ-4TM", "dueOn": "2026-12-01"}}
    ended = {"outcome": "citizen-says-ended", "outcomeLabel": "Afgerond"}
    page = await _page(
        town,
        browser,
        a_notice(1, "correction", **dispute, **done("answered")),
        a_notice(2, "contact-stale-soon", **due, **done("confirmed")),
        a_notice(3, "signal-expires-soon", **due, **done("prolonged")),
        a_notice(4, "match", **done("lead-taken")),
        a_notice(5, "outcome", **ended, **done("ended", on=None, by=None)),
        a_notice(6, "objection", **dispute, **done("some-newer-word")),
    )
    for said in (
        "Beantwoord op 23 november 2026 door Kredietbank: Klopt.",
        "moest voor 1 december 2026 worden bevestigd.",
        "Het is verlengd, tot 23 november 2026.",
        "Het voortouw heeft Kredietbank, sinds 23 november 2026.",
        "Het signaal is intussen beëindigd.",
        "Dat is gedaan.",
    ):
        assert said in page
    for asks in (
        "Antwoord uiterlijk",
        "moet uiterlijk",
        "Lever hem",
        "Klopt dat?",
        "/contacts/",
    ):
        assert asks not in page.partition("<main")[2]
    assert "Bekijk deze match" in page


async def test_many_cases_of_one_act_are_counted_and_folded(
    town: Town, browser: Browser
) -> None:
    facts = {"sourceName": "Stadsbank", "successorName": "Kredietbank", "source": "1"}
    signals = [{"reference": str(UUID(int=n)), "case": None} for n in range(27)]
    said = {"facts": facts | {"signals": "27"}, "signals": signals}
    page = await _page(town, browser, a_notice(1, "succession", **said))
    assert "<summary>27 zaken</summary>" in page
    assert "aan Kredietbank. Signalen: 27." in page
    assert page.count("Zaaknummer nog niet bekend") == 27
    assert "Niemand ziet hun nummer tot u ze nakijkt." in page, "it took over"


async def test_a_succession_of_an_organisation_without_a_number_is_shown(
    town: Town, browser: Browser
) -> None:
    facts = {
        "source": "00000001000000000011",
        "sourceName": "Stadsbank",
        "successor": "00000001000000000012",
        "successorName": "Kredietbank",
    }
    page = await _page(town, browser, a_notice(1, "succession", facts=facts))
    assert "van Stadsbank aan Kredietbank." in page
    assert '<td data-label="Terugbellen">Kredietbank</td>' in page
    assert "tel:" not in page


async def test_a_page_is_of_one_length_and_the_next_one_goes_on_where_it_ended(
    town: Town, browser: Browser
) -> None:
    told = [
        a_notice(
            n,
            "something-newer",
            madeIn=f"2026-11-{22 - n // 24:02}T{23 - n % 24:02}:00:00Z",
        )
        for n in range(1, 151)
    ]
    first = await _page(town, browser, *reversed(told))
    assert first.count("<tr>") - first.count("<thead>") == 100
    (older,) = re.findall(r"/agency/notices\?after=([0-9a-f-]+)", first)
    assert older == str(UUID(int=100))
    second = " ".join((await browser.get(f"{PATH}?after={older}")).text.split())
    assert second.count("<tr>") - second.count("<thead>") == 50
    assert "Oudere berichten" not in second


async def test_one_that_is_not_readable_says_so(town: Town, browser: Browser) -> None:
    lost = a_notice(1, "looked-up", lookedUp=None, content="unreadable")
    page = await _page(town, browser, lost, a_notice(2, "looked-up"))
    assert "Niet leesbaar: de index kan niet openen wie er" in page
    assert "Wijkteam Oost zag dat u betrokken bent." in page


async def test_covers_are_no_news(town: Town, browser: Browser) -> None:
    page = await _page(town, browser, a_notice(1, "cover"))
    assert "Er zijn geen berichten." in page


async def test_an_outcome_that_was_changed_is_the_last_one_alone(
    town: Town, browser: Browser
) -> None:
    unmet = {"outcome": "not-reachable", "outcomeLabel": "Niet bereikbaar"}
    met = {
        "outcome": "contact-made",
        "outcomeLabel": "Contact gehad",
        "saidAt": "2026-11-22T14:50:00Z",
    }
    page = await _page(
        town,
        browser,
        a_notice(1, "outcome", **met),
        a_notice(2, "looked-up"),
        a_notice(3, "outcome", **unmet),
    )
    assert "<strong>Contact gehad</strong>" in page
    assert "<strong>Niet bereikbaar</strong>" not in page
    assert "In plaats van wat eerder was ingevuld: Niet bereikbaar." in page
    assert page.index("Contact gehad") < page.index("zag dat u betrokken bent")
    assert "15:50" in page
    assert "rond" not in page


async def test_an_outcome_that_was_taken_back_says_so_and_what_it_was(
    town: Town, browser: Browser
) -> None:
    ended = {"outcome": "citizen-says-ended", "outcomeLabel": "Afgerond"}
    back = {"outcome": None, "outcomeLabel": None, "saidAt": "2026-11-22T14:50:00Z"}
    page = await _page(
        town,
        browser,
        a_notice(1, "outcome", **back),
        a_notice(3, "outcome", **ended),
    )
    assert "Er is nu niets ingevuld." in page
    assert "Dit telt niet meer: Afgerond." in page
    assert "In plaats van" not in page
    assert "Sluit de zaak dan" not in page
    assert "None" not in page


async def test_a_signal_without_a_case_leads_to_where_it_is_looked_for(
    town: Town, browser: Browser
) -> None:
    page = await _page(town, browser, a_notice(1, "looked-up", acknowledged=True))
    assert f'href="/agency/signals?reference={REFERENCE}#found"' in page


async def test_a_number_that_is_not_as_it_was_signed_is_nobodys_to_call(
    town: Town, browser: Browser
) -> None:
    """Of who looked, and of whom signals went to alike."""
    facts = {
        "source": "00000001000000000011",
        "sourceName": "Stadsbank",
        "successor": "00000001000000000012",
        "successorName": "Kredietbank",
    }
    changed = a_told_contact(phone=IMPOSTOR)
    page = await _page(
        town,
        browser,
        a_notice(1, "looked-up", callBack=changed),
        a_notice(2, "succession", facts=facts, callBack=changed),
    )
    assert write_phone(IMPOSTOR) not in page
    assert page.count("niet zeker van deze organisatie") == 2
    assert f"tel:{IMPOSTOR}" not in page
