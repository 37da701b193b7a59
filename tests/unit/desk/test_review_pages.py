"""The pages of reviews: what the index gives is shown, what it refuses comes back."""

from typing import Any

import pytest
from fastapi import FastAPI

from desk.tokens import Person
from signal_index.wire.oversight import OfficersActs
from signal_index.wire.reviews import OpenedReview, OwnReviewList, Review, ReviewList
from tests.desk_builders import Browser, Town, csrf_of, log_in
from tests.desk_search_builders import ENTRY, OWN

pytestmark = pytest.mark.anyio
ID = "6f1c2d3e-0000-4000-8000-000000000000"
AT = "2026-11-22T12:00:00Z"
QUEUE, REVIEW = "/v1/reviews", f"/v1/reviews/{ID}"
WHO: dict[str, Any] = {
    "entryId": ENTRY,
    "at": AT,
    "organisation": OWN,
    "organisationName": "Gemeente Voorbeeldstad",
    "user": "employee-fatima",
    "roles": ["generalist"],
    "team": "noord",
    "purposeLabel": "Wmo-onderzoek",
    "outcome": "answered",
}


ACT: dict[str, Any] = {
    "at": AT,
    "organisation": OWN,
    "user": "anke",
    "act": "asked",
}


def a_review(**changed: object) -> Review:
    review = {
        "id": ID,
        "entryId": ENTRY,
        "at": AT,
        "organisation": OWN,
        "organisationName": "Gemeente Voorbeeldstad",
        "rules": ["break-glass"],
        "state": "open",
        "verdict": None,
        "pickedAt": AT,
        "dueAt": "2026-12-06T12:00:00Z",
        "late": False,
        "answerBy": None,
    }
    return Review.model_validate(review | changed)


def opened() -> OpenedReview:
    lookup = {
        "purpose": "wmo-onderzoek",
        "legalBasisLabel": "Wmo 2015, artikel 2.3.2",
        "hasCase": True,
        "informedLabel": None,
        "breakGlassLabel": "Crisis",
        "groundTexts": [],
        "repeat": False,
        "shown": [
            {
                "categoryLabel": "Bijstand",
                "organisationName": "Werkplein",
                "contactOutcome": "not-reachable",
                "takenBack": False,
            }
        ],
        "contactOutcome": None,
    }
    said = {"codes": ["why-again"], "text": "Graag", "verdict": None, "agrees": None}
    return OpenedReview.model_validate(
        {
            "review": a_review(),
            "lookup": WHO | lookup,
            "around": [WHO | {"sameUser": True, "sameCase": False}],
            "acts": [ACT | said],
            "mayJudge": True,
        }
    )


def an_own_review(state: str = "asked", **changed: object) -> OwnReviewList:
    own = {
        "id": ID,
        "entryId": ENTRY,
        "at": AT,
        "purposeLabel": "Wmo-onderzoek",
        "caseReference": None,
        "state": state,
        "answerBy": "2026-12-02T12:00:00Z",
        "questions": ["why-emergency"],
        "text": None,
        "explanation": None,
        "explanationText": None,
    }
    return OwnReviewList.model_validate({"items": [own | changed]})


@pytest.fixture
async def token(town: Town, browser: Browser) -> str:
    """A privacy officer is at the queue."""
    town.provider.person["roles"] = ["privacy-officer"]
    queue = ReviewList(items=[a_review()], next=None, counts=[], late=0)
    town.index.pages[QUEUE] = (200, queue)
    town.index.pages[REVIEW] = (200, opened())
    return csrf_of(await log_in(browser, "/officer/reviews"))


async def test_the_queue_names_nobody_and_leads_to_a_review(
    browser: Browser, token: str
) -> None:
    assert token
    page = await browser.get("/officer/reviews")
    assert f'href="/officer/reviews/{ID}"' in page.text
    assert f'datetime="{AT}"' in page.text
    assert "fatima" not in page.text


async def test_a_review_shows_what_there_is_to_judge_by(
    browser: Browser, token: str
) -> None:
    assert token
    page = await browser.get(f"/officer/reviews/{ID}")
    for text in ("employee-fatima", "(Werkplein)", "Crisis", "Graag"):
        assert text in page.text


async def test_a_namesake_by_account_of_another_organisation_is_not_named(
    town: Town, desk: FastAPI, browser: Browser, token: str
) -> None:
    """The colleague with that account is named, and nobody of elsewhere is."""
    assert token
    anke = Person("1042", "Anke Visser", OWN, "9901", ())
    await desk.state.desk.known_names.note(anke)
    found = opened().model_dump(mode="json")
    for one in (found["lookup"], *found["around"], *found["acts"]):
        one |= {"user": anke.sub, "organisation": "00000001999999999999"}
    town.index.pages[REVIEW] = (200, found)
    page = (await browser.get(f"/officer/reviews/{ID}")).text
    assert page.count(anke.sub) == 3
    assert anke.name not in page
    found["lookup"]["organisation"] = OWN
    page = (await browser.get(f"/officer/reviews/{ID}")).text
    assert page.count(anke.name) == 1


async def test_who_does_not_judge_it_is_told_so_and_may_still_ask(
    town: Town, browser: Browser, token: str
) -> None:
    assert token
    path = f"/officer/reviews/{ID}"
    assert f"{path}/judgement" in (await browser.get(path)).text
    for state, asks in (("open", True), ("second-look", False)):
        found = opened().model_dump(mode="json") | {"mayJudge": False}
        found["review"]["state"] = state
        found["acts"][0] |= {"act": "judged", "codes": [], "verdict": "incident"}
        town.index.pages[REVIEW] = (200, found)
        page = (await browser.get(path)).text
        assert "Een privacy officer van de gemeente oordeelt." in page
        assert (f"{path}/question" in page) is asks
        for step in ("judgement", "second-look"):
            assert f"{path}/{step}" not in page


async def test_who_judged_does_not_look_again_a_namesake_of_elsewhere_may(
    town: Town, browser: Browser, token: str
) -> None:
    assert token
    path = f"/officer/reviews/{ID}"
    found = opened().model_dump(mode="json")
    found["review"] |= {"state": "second-look", "verdict": "incident"}
    sub = town.provider.person["sub"]
    judged = found["acts"][0] | {"act": "judged", "codes": [], "verdict": "incident"}
    elsewhere = "00000001999999999999"
    for acts, may in (
        ([], True),
        ([judged | {"user": sub, "organisation": OWN}], False),
        ([judged | {"user": sub, "organisation": elsewhere}], True),
    ):
        town.index.pages[REVIEW] = (200, found | {"acts": acts})
        page = (await browser.get(path)).text
        assert (f"{path}/second-look" in page) is may


async def test_a_judgement_is_sent_as_it_was_filled_in(
    town: Town, browser: Browser, token: str
) -> None:
    town.index.pages[f"{REVIEW}/judgement"] = (204, None)
    form = {"csrf": token, "verdict": "incident", "finding": "mistake", "text": " x "}
    answer = await browser.post(f"/officer/reviews/{ID}/judgement", data=form)
    assert answer.status_code == 303
    sent = {"verdict": "incident", "finding": "mistake", "text": "x"}
    assert town.index.asked[-1] == sent


@pytest.mark.parametrize(
    ("step", "form", "fault"),
    [
        ("question", {"text": "Waarom?"}, "question-questions-error"),
        ("judgement", {"verdict": "incident"}, "judgement-finding-error"),
        (
            "judgement",
            {"verdict": "incident", "finding": "other"},
            "judgement-text-error",
        ),
        ("question", {"questions": "why-again", "text": "123456782"}, "text-error"),
    ],
)
async def test_what_the_index_would_refuse_is_not_sent_and_comes_back(
    town: Town,
    browser: Browser,
    token: str,
    *,
    step: str,
    form: dict[str, str],
    fault: str,
) -> None:
    asked = list(town.index.asked)
    page = await browser.post(
        f"/officer/reviews/{ID}/{step}", data={"csrf": token} | form
    )
    assert page.status_code == 400
    assert fault in page.text
    typed = form.get("text", "")
    assert (typed in page.text) is (not typed.isdigit())  # no citizen's number is kept
    assert town.index.asked == asked


async def test_who_may_not_judge_is_told_beside_the_form(
    town: Town, browser: Browser, token: str
) -> None:
    problem = {"type": "/problems/same-person"}
    town.index.pages[f"{REVIEW}/judgement"] = (403, problem)
    form = {"csrf": token, "verdict": "in-order"}
    page = await browser.post(f"/officer/reviews/{ID}/judgement", data=form)
    assert page.status_code == 409
    assert 'role="alert"' in page.text


async def test_an_explanation_is_asked_for_and_comes_back_with_its_fault(
    town: Town, browser: Browser
) -> None:
    town.index.pages["/v1/own-reviews"] = (200, an_own_review())
    page = await log_in(browser, "/own-reviews")
    form = {"csrf": csrf_of(page), "explanation": "other"}
    page = await browser.post(f"/own-reviews/{ID}", data=form)
    assert page.status_code == 400
    assert f'id="fault-{ID}"' in page.text
    assert 'value="other" autocomplete="off" checked' in page.text


async def test_an_explanation_that_was_given_stands_there(
    town: Town, browser: Browser
) -> None:
    said = {"explanation": "on-duty", "explanationText": "Late dienst"}
    town.index.pages["/v1/own-reviews"] = (200, an_own_review("explained", **said))
    page = await log_in(browser, "/own-reviews")
    assert "Late dienst" in page.text


async def test_the_watch_tells_who_did_what(town: Town, browser: Browser) -> None:
    town.provider.person["roles"] = ["data-protection-officer"]
    act = {"entryId": ENTRY, "at": AT, "kind": "review", "act": "judged"}
    about = {"purposeLabel": None, "aboutCitizen": False, "lookupEntryId": ENTRY}
    who = {"organisation": OWN, "user": "anke", "roles": ["privacy-officer"]}
    acts = {
        "items": [act | who | about],
        "next": None,
        "people": [who | {"acts": [{"kind": "review", "count": 3}]}],
        "since": AT,
        "complete": True,
    }
    town.index.pages["/v1/officers-acts"] = (200, OfficersActs.model_validate(acts))
    page = await log_in(browser, "/officer/watch")
    assert "anke" in page.text
    assert f'datetime="{AT}"' in page.text
