"""Attacker: a page of elsewhere, open in the same browser as the desk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from keys.base64url import encode_b64u
from tests.desk_builders import Browser, Town, csrf_of, log_in, some_town
from tests.holders_builders import some_point

pytestmark = pytest.mark.anyio


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return some_town(tmp_path)


@pytest.fixture
async def browser(town: Town) -> AsyncIterator[Browser]:
    async with town.serve() as app, town.browser(app) as client:
        yield client


def points_of_the_attacker() -> dict[str, object]:
    return {
        "holder": 1,
        "act": "lookup",
        "pair": [1, 2],
        "keyVersion": 1,
        "epoch": 1,
        "points": [encode_b64u(some_point())],
    }


@pytest.mark.parametrize("token", [None, "", "guess"])
async def test_without_the_pages_own_token_nothing_changes(
    browser: Browser, token: str | None
) -> None:
    await log_in(browser)
    headers = {} if token is None else {"X-CSRF-Token": token}
    answer = await browser.post(
        "/relay/v1/evaluations", json=points_of_the_attacker(), headers=headers
    )
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/foreign-page"


async def test_with_it_the_same_request_passes(browser: Browser) -> None:
    page = await log_in(browser)
    answer = await browser.post(
        "/relay/v1/evaluations",
        json=points_of_the_attacker(),
        headers={"X-CSRF-Token": csrf_of(page)},
    )
    assert answer.status_code == 200


async def test_a_bearer_header_never_borrows_the_cookie(browser: Browser) -> None:
    await log_in(browser)
    answer = await browser.get("/relay/v1/pins", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401


async def test_no_answer_may_be_read_from_elsewhere(browser: Browser) -> None:
    await log_in(browser)
    answer = await browser.get(
        "/relay/v1/pins", headers={"Origin": "https://evil.example"}
    )
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
