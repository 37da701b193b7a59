"""Who may review what, and what the review routes do with bad input."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from keys.municipality import MunicipalityCode
from signal_index.store.connect import transaction
from signal_index.store.review_records import get_review_of
from signal_index.store.reviews import Pick, insert_picks
from signal_index.store.scope import OfficerScope
from tests.holders_builders import a_bsn
from tests.index_document import demand
from tests.review_builders import NOT_IN_ORDER, a_review, act, break_glass, find_queue
from tests.world import World
from tests.world_registry import TEAM_OIN

pytestmark = pytest.mark.anyio
ASK = {"questions": ["why-emergency"], "text": "Wie vroeg hierom?"}
IN_ORDER = {"verdict": "in-order"}
ANYONE = a_bsn(1)


async def test_the_queue_comes_in_pages_that_do_not_overlap(world: World) -> None:
    entries = {await break_glass(world, number=n) for n in range(1, 6)}
    token = world.an_officer()
    seen: list[str] = []
    query = "?limit=2"
    while query:
        page = await find_queue(world, token, query)
        seen += [one["entryId"] for one in page["items"]]
        query = f"?limit=2&cursor={page['next']}" if page["next"] else ""
    assert sorted(seen) == sorted(entries)


async def test_an_officer_puts_a_lookup_in_the_queue_by_hand(world: World) -> None:
    (part,) = await world.look_up([ANYONE])
    body = {"entryId": part["entryId"]}
    for _ in range(2):
        answer = await world.send("POST", "/reviews", world.an_officer(), body)
        assert answer.status_code == 201, answer.text
        demand("Review", answer.json())
    (waiting,) = (await find_queue(world, world.an_officer()))["items"]
    assert waiting["rules"] == ["officer"]


async def test_what_is_no_lookup_cannot_be_picked(world: World) -> None:
    body = {"entryId": str(uuid4())}
    answer = await world.send("POST", "/reviews", world.an_officer(), body)
    assert answer.status_code == 404


async def test_a_teams_officer_sees_that_teams_reviews_alone(world: World) -> None:
    review = await a_review(world)
    team = world.an_officer(org=TEAM_OIN, client_id="desk-team")
    assert (await find_queue(world, team))["items"] == []
    for step, body in (("question", ASK), ("judgement", IN_ORDER)):
        refused = await act(world, review, step, body, team)
        assert refused.status_code == 404
    answer = await world.send("GET", f"/reviews/{review}", team)
    assert answer.status_code == 404


async def _of_the_team(world: World, by: str | None) -> str:
    """A review of the team's: picked by this organisation, or the municipality."""
    (part,) = await world.look_up([ANYONE])
    entry, now = UUID(part["entryId"]), world.clock()
    pick = Pick(entry, "9901", TEAM_OIN, frozenset({"officer"}), now, by)
    scope = OfficerScope(MunicipalityCode("9901"), None)
    async with transaction(world.engine) as conn:
        await insert_picks(conn, [pick])
        return str((await get_review_of(conn, entry, scope)).id)


async def test_a_team_closes_no_review_that_the_municipality_picked(
    world: World,
) -> None:
    team = world.an_officer(org=TEAM_OIN, client_id="desk-team")
    theirs, ours = [await _of_the_team(world, by) for by in (None, TEAM_OIN)]
    for one, who, may in (
        (theirs, team, False),
        (ours, team, True),
        (ours, None, True),
    ):
        opened = await world.send("GET", f"/reviews/{one}", who or world.an_officer())
        assert opened.json()["mayJudge"] is may
    assert (await act(world, theirs, "question", ASK, team)).status_code == 204
    assert (await act(world, theirs, "judgement", IN_ORDER, team)).status_code == 403
    judged = await act(world, theirs, "judgement", NOT_IN_ORDER)
    assert judged.status_code == 204
    again = {"agrees": True}
    assert (await act(world, theirs, "second-look", again, team)).status_code == 403
    assert (await act(world, ours, "judgement", IN_ORDER, team)).status_code == 204


async def test_what_the_municipality_picks_too_is_the_municipalitys(
    world: World,
) -> None:
    review = await _of_the_team(world, TEAM_OIN)
    team = world.an_officer(org=TEAM_OIN, client_id="desk-team")
    opened = (await world.send("GET", f"/reviews/{review}", team)).json()
    entry = UUID(opened["review"]["entryId"])
    pick = Pick(entry, "9901", TEAM_OIN, frozenset({"sample"}), world.clock())
    async with transaction(world.engine) as conn:
        await insert_picks(conn, [pick])
    refused = await act(world, review, "judgement", IN_ORDER, team)
    assert refused.status_code == 403


async def test_a_data_protection_officer_does_not_judge(world: World) -> None:
    review = await a_review(world)
    other = world.an_officer("data-protection-officer")
    assert (await act(world, review, "judgement", IN_ORDER, other)).status_code == 403
    assert (await act(world, review, "question", ASK, other)).status_code == 403


BAD: dict[str, tuple[str, object, str]] = {
    "no question": ("question", {"questions": []}, "questions"),
    "an unknown question": ("question", {"questions": ["who-are-you"]}, "questions"),
    "not a list": ("question", {"questions": "why-again"}, "questions"),
    "a number in the text": (
        "question",
        {**ASK, "text": "Het gaat om 123.456.782."},
        "text",
    ),
    "a long text": ("question", {**ASK, "text": "a" * 501}, "text"),
    "a bell in the text": ("question", {**ASK, "text": "a\x07"}, "text"),
    "an unknown verdict": ("judgement", {"verdict": "guilty"}, "verdict"),
    "no finding": ("judgement", {"verdict": "incident"}, "finding"),
    "a finding in order": ("judgement", {**IN_ORDER, "finding": "mistake"}, "finding"),
    "other without words": (
        "judgement",
        {"verdict": "incident", "finding": "other"},
        "text",
    ),
    "agrees as text": ("second-look", {"agrees": "yes"}, "agrees"),
    "an unknown member": ("judgement", {**IN_ORDER, "score": 3}, "body"),
}


async def test_bad_input_is_named_and_never_echoed(world: World) -> None:
    for case, (step, body, field) in BAD.items():
        answer = await act(world, str(UUID(int=7)), step, body)
        assert answer.status_code == 400, case
        assert [one["field"] for one in answer.json()["errors"]] == [field], case
        assert "123" not in answer.text, case


async def test_codes_come_once_and_in_the_order_of_the_list(world: World) -> None:
    review = await a_review(world)
    given = ["why-again", "why-this-person", "why-again"]
    assert (await act(world, review, "question", {"questions": given})).is_success
    opened = await world.send("GET", f"/reviews/{review}", world.an_officer())
    (step,) = opened.json()["acts"]
    assert step["codes"] == ["why-this-person", "why-again"]


async def test_a_review_that_is_not_there_is_404(world: World) -> None:
    answer = await act(world, str(uuid4()), "judgement", IN_ORDER)
    assert answer.status_code == 404
    assert (await act(world, "x", "judgement", IN_ORDER)).status_code == 400
