"""The relay: what passes, what is added, who may."""

from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from keys.base64url import encode_b64u
from keys.client import RelayTransport, fetch_config, pseudonymise
from keys.client.asking import Pseudonymised
from keys.config import parse_pins
from keys.request import Act
from tests.desk_builders import (
    BASE,
    INDEX,
    OTHER_CLIENT,
    Browser,
    Town,
    a_lookup,
    csrf_of,
    log_in,
)
from tests.holders_builders import a_bsn

pytestmark = pytest.mark.anyio


async def log_in_with_csrf(browser: Browser) -> None:
    page = await log_in(browser)
    browser.headers["X-CSRF-Token"] = csrf_of(page)


async def pseudonymise_through(
    town: Town, client: httpx.AsyncClient, people: int = 1
) -> Pseudonymised:
    pins = parse_pins((town.folder / "pins.json").read_bytes())
    transport = RelayTransport(client, BASE)
    now = town.clock()
    config = await fetch_config(
        transport, [pins], accepted_origin="dealt", known=None, now=now
    )
    numbers = [a_bsn(number) for number in range(people)]
    return await pseudonymise(transport, config, numbers, Act.LOOKUP)


async def look_up(
    town: Town, browser: Browser, people: int = 1, **changes: object
) -> httpx.Response:
    made = await pseudonymise_through(town, browser, people)
    encoded = [encode_b64u(each.encoded) for each in made.pseudonyms]
    body = a_lookup(made.tickets, encoded, **changes)
    return await browser.post("/relay/v1/lookups", json=body)


async def test_keys_python_client_works_through_the_relay(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    made = await pseudonymise_through(town, browser)
    direct = await town.holders.look_up([a_bsn(0)])
    assert made.pseudonyms[0].encoded == direct.pseudonyms[0].encoded
    assert len(made.tickets) == 2


async def test_holders_hear_which_user_asks(town: Town, browser: Browser) -> None:
    await log_in_with_csrf(browser)
    await pseudonymise_through(town, browser)
    given = [
        ticket
        for each in town.holders.holders.values()
        for ticket in each.meter.find_tickets(town.clock().date())
    ]
    assert {(each.subject, each.organisation) for each in given} == {
        ("user-1", town.organisation.oin)
    }


async def test_a_lookup_is_passed_on_and_its_answer_unchanged(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    answer = await look_up(town, browser)
    assert answer.status_code == 200
    assert answer.json()["answers"][0]["flags"] == town.index.flags


async def test_the_index_never_sees_a_case_number(town: Town, browser: Browser) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    [asked] = town.index.asked
    assert "001234" not in str(asked)
    assert len(asked["caseReference"]) == 43


async def test_a_case_number_gives_the_same_name_each_time(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    await look_up(town, browser)
    await look_up(town, browser)
    first, second = (asked["caseReference"] for asked in town.index.asked)
    assert first == second


@pytest.mark.parametrize("number", ["Jan Jansen", "123456782", "Z-2026-0012345678", ""])
async def test_what_is_no_case_number_goes_nowhere(
    town: Town, browser: Browser, number: str
) -> None:
    await log_in_with_csrf(browser)
    answer = await look_up(town, browser, caseReference=number)
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/case-reference-invalid"
    assert number == "" or number not in answer.text
    assert town.index.asked == []


async def test_an_unknown_member_is_refused_without_an_echo(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    answer = await look_up(town, browser, unieke_naam="Jansen-unieke-naam")
    assert answer.status_code == 400
    assert "Jansen-unieke-naam" not in answer.text
    assert answer.json()["errors"] == [{"field": "body", "code": "unknown-field"}]


async def test_a_doubled_member_goes_nowhere(town: Town, browser: Browser) -> None:
    await log_in_with_csrf(browser)
    headers = {"Content-Type": "application/json"}
    told = {}
    for text in (
        '{"outcome": "not-needed", "outcome": "contact-made"}',
        '{"outcome": NaN}',
        '{"outcome": "\\ud800"}',
        "[" * 5_000,
        "",
    ):
        path = f"/relay/v1/lookups/{uuid4()}/outcome"
        answer = await browser.post(path, content=text, headers=headers)
        told[text[:30]] = (answer.status_code, answer.json()["type"])
    assert set(told.values()) == {(400, "/problems/invalid-input")}
    assert town.index.outcomes == []


async def test_a_refusal_goes_on_with_every_ground(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    grounds = [{"id": "informed", "text": "Niet besproken.", "remedy": "Bespreek het."}]
    problem = {"type": "/problems/lookup-denied", "status": 403, "grounds": grounds}
    town.index.problem = (403, problem)
    answer = await look_up(town, browser)
    assert answer.status_code == 403
    assert answer.json() == problem


async def test_a_holder_that_is_down_is_passed_over(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    town.holders.holders[1].down = True
    made = await pseudonymise_through(town, browser)
    assert made.pair == (2, 3)


async def test_an_index_that_is_down_is_said_so(town: Town, browser: Browser) -> None:
    await log_in_with_csrf(browser)
    town.down.add(INDEX)
    answer = await look_up(town, browser)
    assert answer.status_code == 502
    assert answer.json()["type"] == "/problems/index-unreachable"
    assert answer.json()["reference"]


async def test_an_outcome_is_recorded_at_the_index(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    entry = (await look_up(town, browser)).json()["answers"][0]["entryId"]
    said = {"outcome": "contact-made", "flag": 0}
    answer = await browser.post(f"/relay/v1/lookups/{entry}/outcome", json=said)
    assert answer.status_code == 204
    assert town.index.outcomes == [(entry, 0, "contact-made")]


async def test_a_print_is_recorded_at_the_index(town: Town, browser: Browser) -> None:
    await log_in_with_csrf(browser)
    entry = (await look_up(town, browser)).json()["answers"][0]["entryId"]
    answer = await browser.post(f"/relay/v1/lookups/{entry}/print")
    assert answer.status_code == 204
    assert town.index.prints == [entry]


async def test_a_print_without_the_pages_token_is_not_recorded(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    entry = (await look_up(town, browser)).json()["answers"][0]["entryId"]
    del browser.headers["X-CSRF-Token"]
    answer = await browser.post(f"/relay/v1/lookups/{entry}/print")
    assert (answer.status_code, town.index.prints) == (403, [])


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"{x", "not-json"), (b'{"outcome":"a","outcome":"b"}', "doubled-field")],
)
async def test_a_body_that_is_no_json_is_told_as_the_index_tells_it(
    browser: Browser, body: bytes, code: str
) -> None:
    await log_in_with_csrf(browser)
    answer = await browser.post(
        f"/relay/v1/lookups/{uuid4()}/outcome",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": "body", "code": code}]


async def test_a_method_that_cannot_be_is_no_fault_of_the_desk(
    browser: Browser,
) -> None:
    answer = await browser.get("/relay/v1/lookups")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert answer.json()["type"] == "/problems/method-not-allowed"


async def test_a_refused_login_names_the_scheme(browser: Browser) -> None:
    answer = await browser.get("/relay/v1/catalogue")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_case_system_asks_with_its_users_token(
    town: Town, desk: FastAPI
) -> None:
    async with town.browser(desk) as system:
        token = town.provider.access_token(OTHER_CLIENT)
        system.headers["Authorization"] = f"Bearer {token}"
        answer = await look_up(town, system)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "unknown-system"},
        {"org": "00000001000000000099"},
        {"aud": "https://other.example"},
        {"exp": 1},
        {"iss": "https://other.example"},
    ],
)
async def test_a_token_that_is_not_for_this_relay_is_refused(
    town: Town, browser: Browser, changes: dict[str, object]
) -> None:
    client = str(changes.pop("client_id", OTHER_CLIENT))
    token = town.provider.access_token(client, **changes)
    bearer = {"Authorization": f"Bearer {token}"}
    answer = await browser.get("/relay/v1/pins", headers=bearer)
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["pins", "key-config", "catalogue", "own-lookups"])
async def test_nobody_reads_without_a_login(browser: Browser, path: str) -> None:
    answer = await browser.get(f"/relay/v1/{path}")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "changes",
    [
        {"holder": 9},
        {"holder": 3},
        {"pair": [2, 1]},
        {"points": []},
        {"points": ["A" * 43] * 11},
    ],
)
async def test_terms_that_no_holder_can_be_asked_are_refused_here(
    browser: Browser, changes: dict[str, object]
) -> None:
    await log_in_with_csrf(browser)
    body: dict[str, object] = {
        "holder": 1,
        "act": "lookup",
        "pair": [1, 2],
        "keyVersion": 1,
        "epoch": 1,
        "points": ["A" * 43],
    }
    answer = await browser.post("/relay/v1/evaluations", json=body | changes)
    assert answer.status_code == 400


async def test_who_asked_finds_the_case_again_and_a_colleague_does_not(
    town: Town, browser: Browser
) -> None:
    await log_in_with_csrf(browser)
    answer = await look_up(town, browser, people=2)
    entries = [one["entryId"] for one in answer.json()["answers"]]
    page = (await browser.get("/own-lookups")).text
    assert "Z-2026-001234" in page
    assert "Huishouden van 2 personen" in page
    assert page.index(f'data-entry="{entries[0]}"') < page.index(
        f'data-entry="{entries[1]}"'
    )
    town.provider.person["sub"] = "user-2"
    browser.kept.clear()
    await log_in_with_csrf(browser)
    assert "Z-2026-001234" not in (await browser.get("/own-lookups")).text
