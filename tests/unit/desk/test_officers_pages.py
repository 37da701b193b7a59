"""Who sees which page: the menu follows the roles, and so does each officers' route."""

import json

import pytest
from fastapi.routing import APIRoute

from desk.errors import (
    DeskError,
    IndexFoundFault,
    IndexHasNone,
    IndexRefused,
    IndexUnreachable,
    LoginTooWeak,
)
from desk.holders import Passed
from desk.index import read_answer, verify_done
from desk.navigation import find_menu, find_start, is_own_page
from desk.officer.routers import ROUTERS
from desk.tokens import Person
from signal_index.wire.health import Health
from tests.desk_builders import Browser, Town, log_in

pytestmark = pytest.mark.anyio
ROLES = (
    "privacy-officer",
    "data-protection-officer",
    "municipality-administrator",
)
PAGES = [
    route
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and route.path.startswith("/officer")
]
READ = [page.path for page in PAGES if "GET" in (page.methods or ())]
SENT = [page.path for page in PAGES if "POST" in (page.methods or ())]
SOME_ID = "6f1c2d3e-0000-4000-8000-000000000000"


def a_person(*roles: str) -> Person:
    return Person("user-1", "Noor de Wit", "00000001800000009901", "9901", roles)


def a_path(template: str) -> str:
    return "/".join(
        SOME_ID if part.startswith("{") else part for part in template.split("/")
    )


def test_a_generalist_has_no_page_of_officers_in_the_menu() -> None:
    hrefs = [item.href for item in find_menu(a_person("generalist"))]
    assert hrefs == ["/lookup", "/own-lookups", "/follows"]


def test_who_looks_in_silence_has_no_page_to_follow() -> None:
    person = a_person("generalist", "generalist-safety")
    assert [item.href for item in find_menu(person)] == ["/lookup", "/own-lookups"]


@pytest.mark.parametrize("role", ROLES)
def test_who_does_not_look_up_begins_with_their_own_work(role: str) -> None:
    assert find_start(a_person(role)).startswith("/officer/")


def test_who_is_both_has_both_menus() -> None:
    hrefs = {item.href for item in find_menu(a_person("generalist", "privacy-officer"))}
    assert {"/lookup", "/officer/search"} <= hrefs


def test_only_the_data_protection_officer_sees_the_watch() -> None:
    seen = {r: {i.href for i in find_menu(a_person(r))} for r in ROLES}
    assert [r for r, hrefs in seen.items() if "/officer/watch" in hrefs] == [
        "data-protection-officer"
    ]


def test_an_administrator_approves_and_reads_rules_but_no_entries() -> None:
    menu = find_menu(a_person("municipality-administrator"))
    assert {item.href for item in menu} == {
        "/officer/policy",
        "/officer/keys",
        "/officer/approvals",
        "/officer/transfers",
    }


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("/officer/search", True),
        (f"/officer/entries/{SOME_ID}", True),
        ("/start", True),
        ("//evil.example", False),
        ("/officer//evil.example", False),
        ("/officer/search?user=x", False),
        ("/officer/../logout", False),
        ("https://evil.example/officer", False),
    ],
)
def test_a_login_leads_back_to_our_own_pages_only(path: str, is_ours: bool) -> None:  # noqa: FBT001 - a parameter of the table
    assert is_own_page(path) is is_ours


@pytest.mark.parametrize("path", READ)
async def test_no_page_of_officers_opens_for_a_generalist(
    browser: Browser, path: str
) -> None:
    await log_in(browser)
    page = await browser.get(a_path(path))
    assert page.status_code == 403
    assert "Deze pagina is niet voor u" in page.text


@pytest.mark.parametrize("path", READ)
async def test_no_page_of_officers_opens_without_logging_in(
    browser: Browser, path: str
) -> None:
    page = await browser.get(a_path(path))
    assert page.status_code == 401


@pytest.mark.parametrize("path", SENT or ["/officer"])
async def test_nothing_is_sent_to_officers_pages_from_elsewhere(
    town: Town, browser: Browser, path: str
) -> None:
    town.provider.person["roles"] = list(ROLES)
    await log_in(browser)
    answer = await browser.post(a_path(path), data={"csrf": "guess"})
    assert answer.status_code in {403, 405}
    assert (path in SENT) is (answer.status_code == 403)


async def test_an_officer_begins_at_the_officers_pages(
    town: Town, browser: Browser
) -> None:
    town.provider.person["roles"] = ["privacy-officer"]
    await browser.get("/login", follow_redirects=True)
    answer = await browser.get("/start")
    assert answer.headers["location"] == "/officer/overview"


async def test_the_menu_marks_the_page_one_is_at(browser: Browser) -> None:
    page = await log_in(browser)
    assert '<a class="desk-nav__link" href="/lookup" aria-current="page">' in page.text


def a_refusal(status: int, **said: object) -> Passed:
    return Passed(status, "application/problem+json", json.dumps(said).encode())


@pytest.mark.parametrize(
    ("passed", "error"),
    [
        (
            a_refusal(400, errors=[{"field": "from", "code": "x", "message": "y"}]),
            IndexFoundFault,
        ),
        (a_refusal(403), IndexRefused),
        (a_refusal(403, type="/problems/assurance-too-low"), LoginTooWeak),
        (a_refusal(404), IndexHasNone),
        (a_refusal(503), IndexUnreachable),
        (Passed(502, "text/html", b"<html>"), IndexUnreachable),
        (Passed(403, "text/html", b"<html>"), IndexUnreachable),
        (Passed(200, "application/json", b"[]"), IndexUnreachable),
    ],
)
def test_what_the_index_refuses_becomes_a_fact(
    passed: Passed, error: type[DeskError]
) -> None:
    with pytest.raises(error):
        read_answer(Health, passed)


def test_a_fault_names_the_fields() -> None:
    with pytest.raises(IndexFoundFault) as caught:
        verify_done(
            a_refusal(400, errors=[{"field": "from", "code": "x", "message": "y"}])
        )
    assert caught.value.fields == {"from"}
