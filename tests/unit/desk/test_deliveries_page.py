"""The page Leveringen: whether anybody sees this source, and what going live lacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from desk.texts import load_texts
from sources.rehearsing.cases import CASES, LACKS
from tests.desk_builders import Browser, Town, log_in

pytestmark = pytest.mark.anyio
OIN = "00000001000000000002"
PATH = "/agency/deliveries"
REHEARSED = {"closedAt": "2026-11-23T12:00:00Z", "passed": True, "failed": []}


def a_source(**changed: object) -> dict[str, Any]:
    """A source in trial that never rehearsed."""
    cover = {
        "municipality": "9901",
        "category": "bijstand",
        "rhythmDays": 7,
        "informedCodes": ["discussed"],
        "maximumLifeMonths": 12,
        "mayPublish": True,
    }
    return {
        "source": OIN,
        "kind": "income-support",
        "active": True,
        "state": "trial",
        "coverage": [cover],
        "liveUntil": None,
        "lastRehearsal": None,
        "lacks": ["not-rehearsed"],
    } | changed


async def _page(
    town: Town,
    browser: Browser,
    *sources: dict[str, Any],
    deliveries: Sequence[dict[str, Any]] = (),
) -> str:
    town.provider.person["roles"] = ["source-administrator"]
    known = {"organisation": OIN, "name": "Bureau", "signers": []}
    town.index.pages |= {
        "/v1/own-registration": (200, known | {"sources": list(sources)}),
        "/v1/agents": (200, {"items": []}),
        "/v1/deliveries": (200, {"items": list(deliveries)}),
    }
    await log_in(browser)
    answer = await browser.get(PATH)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


async def test_a_source_in_trial_says_that_nobody_sees_it_and_what_it_lacks(
    town: Town, browser: Browser
) -> None:
    page = await _page(town, browser, a_source())
    assert "In proef" in page
    assert "Niemand ziet vlaggetjes van deze bron." in page
    assert "Er is nog niet geoefend." in page
    assert "signal-source rehearse" in page


async def test_a_source_that_lacks_nothing_says_whom_to_ask(
    town: Town, browser: Browser
) -> None:
    ready = a_source(lacks=[], lastRehearsal=REHEARSED)
    page = await _page(town, browser, ready)
    assert "Lever aan en vergelijk. Vraag daarna de beheerder van de index" in page
    assert "geslaagd, alle twintig gevallen." in page


async def test_what_failed_is_named_as_the_command_names_it(
    town: Town, browser: Browser
) -> None:
    failed = REHEARSED | {"passed": False, "failed": ["late-copy", "newer-case"]}
    page = await _page(
        town, browser, a_source(lastRehearsal=failed, lacks=["newer-lack"])
    )
    assert "Een oud signaal dat te laat aankomt" in page
    for code in ("newer-case", "newer-lack"):
        assert code in page, "of an index that is newer than this desk"


async def test_a_rehearsal_that_broke_off_says_so(town: Town, browser: Browser) -> None:
    broken = REHEARSED | {"passed": False}
    page = await _page(town, browser, a_source(lastRehearsal=broken))
    assert "De oefening brak af" in page


async def test_a_source_that_went_back_says_since_when(
    town: Town, browser: Browser
) -> None:
    back = a_source(liveUntil="2026-11-20T09:00:00Z")
    page = await _page(town, browser, back)
    assert "terug in proef op" in page
    assert "20 november 2026" in page


async def test_a_live_source_says_that_it_is_seen(town: Town, browser: Browser) -> None:
    page = await _page(town, browser, a_source(state="live", lacks=[]))
    assert "Wie dat mag, ziet de vlaggetjes van deze bron." in page
    assert "In proef" not in page.replace("In proef of live?", "")


async def test_who_only_tells_of_persons_is_not_asked_to_go_live(
    town: Town, browser: Browser
) -> None:
    page = await _page(town, browser, a_source(coverage=[], state="live", lacks=[]))
    assert "In proef of live?" not in page


def test_each_case_and_lack_reads_here_as_at_the_command() -> None:
    texts = load_texts("nl")
    for case, said in CASES.items():
        assert texts.get(f"rehearsal.case.{case.value}") == said.name
    for code, says in LACKS.items():
        assert texts.get(f"rehearsal.lack.{code}") == says


async def test_what_was_passed_over_is_said_with_its_line(
    town: Town, browser: Browser
) -> None:
    passed = [{"why": "total", "count": 1, "lines": [412]}]
    passed += [{"why": "newer-why", "count": 14, "lines": [2, 3]}]
    told = {
        "delivery": "0199e0a4-5d1c-7b3a-9f20-6c1d2e3f4a5b",
        "kind": "full",
        "from": "2026-11-23T12:00:00Z",
        "until": "2026-11-23T12:00:00Z",
        "closedAt": "2026-11-23T12:00:00Z",
        "categories": ["bijstand"],
        "municipalities": ["9901"],
        "counts": dict.fromkeys(
            ("read", "accepted", "unchanged", "withdrawn", "rejected"), 1
        ),
        "hearing": "heard",
        "rejects": [],
        "passed": passed,
    }
    page = await _page(town, browser, a_source(), deliveries=[told])
    assert "Lijkt een totaalregel" in page
    assert ">412<" in page
    assert "2, 3 en nog 12" in page
