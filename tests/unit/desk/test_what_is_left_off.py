"""A list that shows the newest alone says how many older ones it leaves off."""

from typing import Any

import pytest
from fastapi import FastAPI

from signal_index.wire.reports import SpecificReports
from signal_index.wire.reviews import ReviewList
from tests.desk_builders import Town
from tests.desk_search_builders import OWN
from tests.overview_answers import SEARCH_OPTIONS, a_general_report, a_request
from tests.policy_answers import NONE_DECIDED, an_approval
from tests.unit.desk.test_known_names import ANKE
from tests.unit.desk.test_review_pages import ID, QUEUE, REVIEW, an_own_review, opened
from tests.unit.desk.test_transfers_page import a_transfer, the_transfers

pytestmark = pytest.mark.anyio

DECIDED = an_approval() | {
    "state": "refused",
    "decidedBy": {"organisation": OWN, "user": ANKE.sub},
    "decidedAt": "2026-11-23T12:00:00Z",
}
ANSWERS: dict[str, Any] = {
    "/v1/approvals": NONE_DECIDED | {"open": [], "decided": [DECIDED]},
    "/v1/transfers": the_transfers(a_transfer()),
    "/v1/specific-reports": SpecificReports(mandateUntil=None, items=[a_request()]),
    "/v1/search-options": SEARCH_OPTIONS,
    "/v1/general-reports": a_general_report(),
    "/v1/own-reviews": an_own_review(),
    QUEUE: ReviewList(items=[], next=None, counts=[], late=0),
    REVIEW: opened(),
}
LEAVES_OFF = {
    "/officer/approvals": ("/v1/approvals", "leftOff"),
    "/officer/transfers": ("/v1/transfers", "leftOff"),
    "/officer/reports": ("/v1/specific-reports", "leftOff"),
    f"/officer/reviews/{ID}": (REVIEW, "aroundLeftOff"),
    "/own-reviews": ("/v1/own-reviews", "leftOff"),
}


@pytest.mark.parametrize("page", LEAVES_OFF)
async def test_a_page_says_how_many_older_ones_it_leaves_off(
    town: Town, desk: FastAPI, page: str
) -> None:
    town.provider.person["roles"] = ["privacy-officer", "generalist"]
    town.index.pages |= {path: (200, answer) for path, answer in ANSWERS.items()}
    path, member = LEAVES_OFF[page]
    answer = ANSWERS[path]
    said = answer if isinstance(answer, dict) else answer.model_dump(mode="json")
    async with town.browser(desk) as browser:
        await browser.get("/login", follow_redirects=True)
        assert "staan hier niet bij" not in (await browser.get(page)).text
        town.index.pages[path] = (200, said | {member: 12})
        assert "Nog 12 oudere staan hier niet bij" in (await browser.get(page)).text
