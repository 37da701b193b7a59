"""Leveringen: what waits until somebody looked, and what its administrator answers."""

from __future__ import annotations

import json
import re
from typing import Any, get_args
from uuid import UUID

import pytest

from desk.agency.held import find_waiting
from desk.texts import load_texts
from signal_index.wire.agents import Agent, HeldDelivery, UnsentHow
from sources.judging.rules import Doubt
from sources.judging.words import find_remedy
from tests.desk_builders import Browser, Town, log_in

pytestmark = pytest.mark.anyio
PATH = "/agency/deliveries"
DELIVERY = "6f1b6a34-1f5e-4b1a-9a9a-0d6f6c1f0a11"
SOURCE = "00000001234567890000"
ANSWER = f"/agency/agents/kantoor/held-deliveries/{DELIVERY}/answer"


def an_agent(*doubts: str, answer: str | None = None) -> dict[str, Any]:
    """An agent that holds a delivery about which these things were found."""
    findings = [{"finding": doubt, "count": 11, "of": 12} for doubt in doubts]
    held: dict[str, Any] = {"delivery": DELIVERY, "source": SOURCE, "mark": "a" * 64}
    held |= {"heldAt": "2026-11-22T06:00:00Z", "findings": findings}
    digest = HeldDelivery.model_validate_json(json.dumps(held)).digest
    feed: dict[str, object] = {"feed": "bijstand", "state": "held", "backlog": 0}
    feed |= {"lastRun": "2026-11-22T06:00:00Z", "lastReconciled": None}
    said = [{"delivery": DELIVERY, "digest": digest, "answer": answer}]
    return {
        "agent": "kantoor",
        "reportedAt": "2026-11-22T06:00:00Z",
        "feeds": [feed | {"nextRun": None, "held": held}],
        "answers": said if answer else [],
        "unsent": [],
    }


async def show(town: Town, browser: Browser, agent: dict[str, Any]) -> str:
    town.provider.person["roles"] = ["source-administrator"]
    known = {"organisation": "0" * 20, "name": "Bureau", "signers": [], "sources": []}
    town.index.pages |= {
        "/v1/own-registration": (200, known),
        "/v1/agents": (200, {"items": [agent]}),
        "/v1/deliveries": (200, {"items": []}),
    }
    await log_in(browser)
    answer = await browser.get(PATH)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


async def test_what_was_found_is_shown_in_counts_and_says_where_the_cases_are(
    town: Town, browser: Browser
) -> None:
    page = await show(town, browser, an_agent("other-person"))
    assert "Bekende zaken krijgen een andere persoon." in page
    assert "Wacht op u" in page
    assert f"signal-source deliveries show {DELIVERY}" in page


def test_what_is_shown_is_what_an_answer_is_about() -> None:
    """An index that shows fewer cases than the agent told gets another answer."""
    held = an_agent("other-person")["feeds"][0]["held"]
    told = HeldDelivery.model_validate_json(json.dumps(held))
    fewer = told.findings[0].model_copy(update={"count": 1})
    for changed in (
        {"findings": [fewer]},
        {"source": SOURCE.replace("7", "8")},
        {"mark": "b" * 64},
        {"delivery": UUID(int=1)},
    ):
        assert told.model_copy(update=changed).digest != told.digest


@pytest.mark.parametrize("answer", ["approved", "dropped"])
async def test_an_answer_goes_to_the_index_about_exactly_what_was_shown(
    town: Town, browser: Browser, answer: str
) -> None:
    page = await show(town, browser, an_agent("other-person"))
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    about = re.search(r'name="digest" value="([^"]+)"', page)
    assert found
    assert about
    form = {"csrf": found[1], "digest": about[1], "answer": answer, "looked": "yes"}
    path = f"/v1/agents/kantoor/held-deliveries/{DELIVERY}/answer"
    town.index.pages[path] = (204, None)
    done = await browser.post(ANSWER, data=form)
    assert done.status_code == 303, done.text
    assert town.index.asked[-1] == {"digest": about[1], "answer": answer}


async def test_who_did_not_look_lets_nothing_go(town: Town, browser: Browser) -> None:
    page = await show(town, browser, an_agent("other-person"))
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    asked = len(town.index.asked)
    form = {"csrf": found[1], "digest": "a" * 64, "answer": "approved"}
    done = await browser.post(ANSWER, data=form)
    assert (done.status_code, len(town.index.asked)) == (303, asked)


async def test_what_was_answered_is_not_asked_again(
    town: Town, browser: Browser
) -> None:
    page = await show(town, browser, an_agent("cases-gone", answer="approved"))
    assert "U liet weten dat het klopt." in page
    assert ANSWER not in page


async def test_what_was_dropped_stays_to_be_read_and_says_by_whom(
    town: Town, browser: Browser
) -> None:
    """It waits no more and is never closed: else it would leave no trace."""
    by = {"organisation": SOURCE, "user": "anna"}
    gone = {"delivery": DELIVERY, "feed": "bijstand", "how": "dropped", "by": by}
    gone |= {"notedAt": "2026-11-23T09:05:00Z"}
    agent = an_agent("cases-gone") | {"unsent": [gone]}
    says = "bijstand: vervallen, niets verstuurd. Door anna,"
    assert says not in await show(town, browser, agent), "its agent holds it still"
    agent["feeds"][0] |= {"held": None, "state": "done"}
    assert says in await show(town, browser, agent)


@pytest.mark.parametrize("how", get_args(UnsentHow))
async def test_what_ended_at_the_agent_is_listed_without_a_name(
    town: Town, browser: Browser, how: str
) -> None:
    """Nobody knows here who stood at the terminal: no account is made up."""
    gone = {"delivery": str(UUID(int=3)), "feed": "bijstand", "how": how, "by": None}
    gone |= {"notedAt": "2026-11-23T09:05:00Z"}
    page = await show(town, browser, an_agent("cases-gone") | {"unsent": [gone]})
    said = load_texts("nl").get(f"deliveries.unsent.how.{how}")
    assert f"bijstand: {said}. Op de computer die aanlevert." in page


async def test_what_a_newer_agent_finds_is_shown_too(
    town: Town, browser: Browser
) -> None:
    page = await show(town, browser, an_agent("something-newer"))
    assert "Er verandert meer dan zonder vraag mag." in page


def test_a_delivery_of_two_feeds_waits_once() -> None:
    agent = an_agent("cases-gone")
    twice = Agent.model_validate(agent | {"feeds": agent["feeds"] * 2})
    assert len(list(find_waiting([twice]))) == 1


def test_each_doubt_reads_here_as_at_the_command() -> None:
    texts = load_texts("nl")
    for doubt in Doubt:
        assert texts.has(f"finding.{doubt}.what")
        assert texts.get(f"finding.{doubt}.remedy") == find_remedy(doubt)
