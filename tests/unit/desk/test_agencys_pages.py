"""An agency's pages: whose they are, what their forms say, which words they use."""

import ast
import json
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.datastructures import FormData

from desk import pages
from desk.agency.cases import is_citizen_number, name_all, tell_apart
from desk.agency.contact_form import read_contact
from desk.agency.routers import ROUTERS
from desk.involved.keeping import Note
from desk.navigation import find_menu, find_start
from desk.texts import load_texts
from desk.tokens import Person
from keys.case_seal import CaseKey
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.model import parse_value
from signal_index.wire.notices import ReturnNotice
from signal_index.wire.signals import WithdrawalReason
from sources.reasons import EXPLANATIONS
from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.holders_builders import NOON
from tests.unit.desk.test_notices_page import a_notice

pytestmark = pytest.mark.anyio
OTHER = "00000001800000009902"
SOME_ID = "6f1c2d3e-0000-4000-8000-000000000000"
ROUTES = [
    (route.path.replace("{contact}", SOME_ID), method)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
]


def a_person(*roles: str) -> Person:
    return Person("user-1", "Kees Smit", "00000001800000009901", "9901", roles)


def a_form(**changed: str) -> FormData:
    typed = {"function": "Klantmanager", "phone": "0182 555 101", "csrf": "x"}
    return FormData(typed | changed)


async def _search(browser: Browser, form: dict[str, str]) -> httpx.Response:
    """Search by form, and go to what it leads to."""
    path = "/agency/signals/search"
    return await browser.post(path, data=form, follow_redirects=True)


@pytest.mark.parametrize(("path", "method"), ROUTES)
async def test_no_page_of_an_agency_opens_for_a_generalist(
    browser: Browser, path: str, method: str
) -> None:
    await log_in(browser)
    assert (await browser.request(method, path)).status_code == 403


@pytest.mark.parametrize("path", [path for path, method in ROUTES if method == "POST"])
async def test_nothing_is_sent_to_an_agency_from_elsewhere(
    town: Town, browser: Browser, path: str
) -> None:
    town.provider.person["roles"] = ["source-administrator"]
    await log_in(browser)
    assert (await browser.post(path, data={"csrf": "guess"})).status_code == 403


async def test_the_signals_of_an_agency_are_counted_and_listed(
    town: Town, browser: Browser
) -> None:
    place = {
        "category": "bijstand",
        "categoryLabel": "Bijstand",
        "municipality": "9901",
    }
    gone = {**place, "reference": SOME_ID, "reason": "transferred", "successor": OTHER}
    town.index.pages |= {
        "/v1/signal-counts": (
            200,
            {"items": [{**place, "state": "active", "count": 7}]},
        ),
        "/v1/signals": (200, {"items": [], "next": None}),
        "/v1/signal-endings": (
            200,
            {
                "items": [{**gone, "endedOn": "2026-11-23"}],
                "unreadable": 1,
                "next": None,
            },
        ),
        "/v1/contact-holders": (200, {"items": []}),
    }
    town.provider.person["roles"] = ["source-administrator"]
    await log_in(browser)
    page = await browser.get("/agency/signals")
    assert page.status_code == 200
    assert "Overgenomen door een andere organisatie" in page.text
    assert "niet kan lezen: 1." in page.text
    unread = {"items": [], "unreadable": 2, "next": None}
    town.index.pages["/v1/signal-endings"] = (200, unread)
    page = await browser.get("/agency/signals")
    assert "niet kan lezen: 2." in page.text
    assert "is geen signaal beëindigd" not in page.text


def test_no_page_calls_its_own_what_the_shell_is_given() -> None:
    """A page whose value has a name of the shell's cannot be shown at all."""
    desk = Path(pages.__file__).parent
    shell = _names(desk / "pages.py", "TEMPLATES.get_template(template).render")
    assert {"t", "menu", "menu_counts"} <= shell
    clashes = {
        path.name: found
        for path in desk.rglob("*.py")
        if (found := _names(path, "render") & (shell - {"title", "person", "csrf"}))
    }
    assert clashes == {}


def _names(path: Path, function: str) -> set[str]:
    """The names that a file hands to a function, by keyword."""
    return {
        keyword.arg
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == function
        for keyword in node.keywords
        if keyword.arg is not None
    }


def test_an_administrator_begins_with_deliveries_and_looks_nobody_up() -> None:
    person = a_person("source-administrator")
    assert find_start(person) == "/agency/deliveries"
    assert "/lookup" not in {item.href for item in find_menu(person)}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("0182 555 101", "+31182555101"),
        ("(0182) 555-101", "+31182555101"),
        ("+32 2 555 12 34", "+3225551234"),
        ("0032 2 555 12 34", "+3225551234"),
        ("14 030", "+3114030"),
        ("0800 2000", "+318002000"),
    ],
)
def test_a_phone_number_may_be_typed_as_on_a_letter(typed: str, told: str) -> None:
    wire, faults = read_contact(a_form(phone=typed), "2026-11-01")
    assert (wire["phone"], faults) == (told, {})


def test_a_full_form_is_what_the_index_takes() -> None:
    form = a_form(
        name="A. Jansen",
        outOfHoursPhone="0182 555 102",
        absentUntil="2026-12-24",
        deputyFunction="Teamleider",
        deputyPhone="0182 555 103",
        **{"day-mon": "1", "day-fri": "1", "from": "09:00", "until": "17:00"},
    )
    wire, faults = read_contact(form, "2026-11-01")
    holder = parse_value(ContactHolder, wire)
    assert not faults
    assert holder.officeHours[0].days == ["mon", "fri"]
    assert holder.deputy is not None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"function": " "}, "function"),
        ({"phone": ""}, "phone"),
        ({"deputyName": "B. Bos"}, "deputy"),
        ({"phone": "06-12345"}, "phone"),
        ({"phone": "0182 555 101 tst 12"}, "phone"),
        ({"phone": "0800 BELMIJ"}, "phone"),
        ({"outOfHoursPhone": "06-12345"}, "outOfHoursPhone"),
        ({"deputyFunction": "Coach", "deputyPhone": "0612"}, "deputy"),
    ],
)
def test_what_is_missing_or_cannot_exist_is_named(
    changed: dict[str, str], field: str
) -> None:
    _, faults = read_contact(a_form(**changed), "2026-11-01")
    assert set(faults) == {field}
    assert all(load_texts("nl").has(key) for key in faults.values())


def test_a_reject_reads_here_as_in_the_agencys_own_file() -> None:
    texts = load_texts("nl")
    for reason, explained in EXPLANATIONS.items():
        assert texts.get(f"reject.{reason.value}.what") == explained.what
        assert texts.get(f"reject.{reason.value}.remedy") == explained.remedy


@pytest.mark.parametrize("reason", WithdrawalReason)
def test_each_reason_why_a_signal_ended_has_words(reason: WithdrawalReason) -> None:
    assert load_texts("nl").has(f"signals.reason.{reason.value}")


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        *(("999993653", True), ("9999.93.653", True), (" 999 993 653", True)),
        *(("2026-12351", False), ("202612352", False), ("Z-202612351", False)),
    ],
)
def test_a_case_number_is_not_taken_for_a_citizens(typed: str, *, is_one: bool) -> None:
    assert is_citizen_number(typed) is is_one


async def test_a_signal_is_found_by_its_case_or_reference_and_none_known_is_not_none(
    town: Town, browser: Browser
) -> None:
    """A number that was typed comes in no address, and back in its field alone."""
    signal = {
        "reference": SOME_ID,
        "source": "00000001000000000011",
        "municipality": "9901",
        "category": "schuldhulpverlening",
        "categoryLabel": "Schuldhulp",
        "version": 1,
        "state": "active",
        "validFrom": "2026-11-02",
        "validUntil": "2027-11-02",
        "contactHolder": SOME_ID,
        "confirmedOn": "2026-11-02",
    }
    none: dict[str, object] = {"items": [], "unreadable": 0, "next": None}
    town.provider.person["roles"] = ["source-administrator"]
    town.index.pages |= {
        "/v1/signals": (200, {"items": [signal], "next": None}),
        "/v1/signal-counts": (200, {"items": []}),
        "/v1/signal-endings": (200, none),
        "/v1/contact-holders": (200, {"items": []}),
    }
    await log_in(browser)
    found = await browser.get(f"/agency/signals?reference=+{SOME_ID.upper()}")
    assert found.text.count("2 november 2027") == 2, "once found, once in the list"
    assert f"signal-source find {SOME_ID} " in found.text
    other = await browser.get(f"/agency/signals?reference={SOME_ID[:-1]}1")
    assert "nu geen signaal in de index" in other.text
    notices: dict[str, object] = {"items": [], "next": None}
    notices |= {"unreadable": 0, "padding": ""}
    town.index.pages |= {
        "/v1/matches": (200, {**notices, "closedDays": []}),
        "/v1/notices": (200, notices),
    }
    form = {"csrf": csrf_of(found), "wanted": f" {SOME_ID.upper()} "}
    again = await _search(browser, form)
    assert again.text.count("2 november 2027") == 2
    for unknown in (SOME_ID[:8], "KB-77"):
        form["wanted"] = unknown
        page = await _search(browser, form)
        assert "Niets gevonden." in page.text
        assert "Er kunnen dus meer signalen zijn" in page.text
        assert "signal-source find --case ZAAK " in page.text
        assert f'value="{unknown}"' in page.text
    page = await _search(browser, {**form, "wanted": "2 november"})
    assert "Zet het jaar erbij: 2 november 2026" in page.text
    for place in ("signals", "matches"):
        typed = {"csrf": form["csrf"], "wanted": "999993653", "case": "999993653"}
        path = f"/agency/{place}/search"
        page = await browser.post(path, data=typed, follow_redirects=True)
        assert "Dit lijkt een burgerservicenummer. Zoek daar nooit op" in page.text
        assert "999993653" not in page.text
    none_known = {**signal, "reference": str(UUID(int=6)), "takenOverFrom": OTHER}
    of_day = {"items": [signal, none_known], "next": None}
    at = "/v1/signals?limit=201&validFrom=2026-11-02"
    town.index.pages[at] = (200, of_day)
    for day in ("2 november 2026", "02-11-2026", "Zaak sinds 2 nov 2026, bij Team"):
        page = await _search(browser, {**form, "wanted": day})
        assert page.text.count("2 november 2027") == 3, "the whole day, and the list"
        assert "Er kunnen dus meer signalen zijn" not in page.text
        assert "lees het kenmerk voor" in page.text
    town.index.pages[at] = (200, {"items": [], "next": None})
    page = await _search(browser, {**form, "wanted": day})
    assert "Op deze dag begon geen signaal" in page.text


def test_a_signal_is_called_as_the_machine_sealed_it_and_else_as_it_was_known() -> None:
    key, one, other = CaseKey(bytes(32)), UUID(int=5), UUID(int=6)
    sealed = {"reference": str(one), "case": key.seal(one, "KB-5")}
    bare = {"reference": str(other), "case": None}
    notice = ReturnNotice.model_validate_json(
        json.dumps(a_notice(1, "looked-up", signals=[sealed, bare]))
    )
    by_hand = {
        each: Note(case, "leerplicht", 2, NOON, NOON)
        for each, case in ((one, "KB-1"), (other, "KB-6"))
    }
    named = name_all([notice], key, by_hand)
    assert named == {one: "KB-5", other: "KB-6"}
    assert tell_apart(named, by_hand)[other].person == 2
    assert name_all([notice], None, {}) == {one: "", other: ""}
