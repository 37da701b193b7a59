"""A review goes from pick to judgement, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from signal_index.ledger import Group
from tests.holders_builders import a_bsn
from tests.index_document import demand
from tests.ledger_reading import open_entries
from tests.review_builders import (
    NOT_IN_ORDER,
    a_review,
    act,
    break_glass,
    explain,
    find_queue,
)
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ASK = {"questions": ["why-emergency"], "text": "Wie vroeg hierom?"}
IN_ORDER = {"verdict": "in-order"}
ANYONE = a_bsn(1)


async def _opened(world: World, review: str, token: str | None = None) -> Any:  # noqa: ANN401 - JSON
    answer = await world.send("GET", f"/reviews/{review}", token or world.an_officer())
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _state(world: World, review: str) -> str:
    return str((await _opened(world, review))["review"]["state"])


async def _acts(world: World) -> list[Any]:
    entries = await open_entries(world, "review")
    return [(one[Group.WHAT] or {})["act"] for one in entries]


async def test_an_emergency_waits_in_the_queue_without_names(world: World) -> None:
    entry = await break_glass(world)
    queue = await find_queue(world, world.an_officer())
    demand("ReviewList", queue)
    (waiting,) = queue["items"]
    assert waiting["entryId"] == entry
    assert (waiting["rules"], waiting["state"]) == (["break-glass"], "open")
    assert "user-1" not in json.dumps(queue)


async def test_opening_tells_who_and_why_and_is_recorded(world: World) -> None:
    review = await a_review(world)
    world.clock.forward(timedelta(seconds=1))
    opened = await _opened(world, review)
    demand("OpenedReview", opened)
    assert opened["lookup"]["user"] == "user-1"
    assert opened["lookup"]["breakGlassLabel"] is not None
    assert opened["lookup"]["outcome"] == "answered"
    assert (await _acts(world))[-1] == "opened"


async def test_opening_never_tells_about_whom(world: World) -> None:
    opened = await _opened(world, await a_review(world))
    (lookup,) = await open_entries(world, "lookup")
    person = lookup[Group.PERSON] or {}
    assert str(person["name"]) not in json.dumps(opened)


async def test_a_review_from_question_to_judgement(world: World) -> None:
    review = await a_review(world)
    assert (await act(world, review, "question", ASK)).status_code == 204
    assert await _state(world, review) == "asked"
    said = {"explanation": "on-duty", "text": "Gebeld door de wijkagent."}
    assert (await explain(world, review, said)).status_code == 204
    assert await _state(world, review) == "explained"
    assert (await act(world, review, "judgement", IN_ORDER)).status_code == 204
    opened = await _opened(world, review)
    assert opened["review"]["state"] == "closed"
    assert [one["act"] for one in opened["acts"]] == ["asked", "explained", "judged"]
    assert opened["acts"][1]["text"] == "Gebeld door de wijkagent."


async def test_the_user_sees_the_question_and_not_the_rule(world: World) -> None:
    review = await a_review(world)
    await act(world, review, "question", ASK)
    answer = await world.send("GET", "/own-reviews", world.a_token())
    demand("OwnReviewList", answer.json())
    (asked,) = answer.json()["items"]
    assert (asked["questions"], asked["text"]) == (ASK["questions"], ASK["text"])
    assert "rules" not in asked


async def test_another_user_sees_nothing_and_cannot_explain(world: World) -> None:
    review = await a_review(world)
    await act(world, review, "question", ASK)
    answer = await world.send("GET", "/own-reviews", world.a_token(sub="user-2"))
    assert answer.json() == {"items": [], "leftOff": 0}
    said = {"explanation": "own-case"}
    refused = await explain(world, review, said, subject="user-2")
    assert refused.status_code == 404


async def test_nothing_is_explained_that_was_not_asked(world: World) -> None:
    review = await a_review(world)
    refused = await explain(world, review, {"explanation": "own-case"})
    assert refused.status_code == 409


async def test_what_is_not_in_order_waits_for_another_officer(world: World) -> None:
    review = await a_review(world)
    assert (await act(world, review, "judgement", NOT_IN_ORDER)).status_code == 204
    assert await _state(world, review) == "second-look"
    same = await act(world, review, "second-look", {"agrees": True})
    assert same.status_code == 403
    assert same.json()["type"].endswith("/same-person")
    other = world.an_officer("data-protection-officer")
    done = await act(world, review, "second-look", {"agrees": True}, other)
    assert done.status_code == 204
    opened = await _opened(world, review)
    assert (opened["review"]["state"], opened["review"]["verdict"]) == (
        "closed",
        "not-in-order",
    )


async def test_who_disagrees_says_why_and_it_is_open_again(world: World) -> None:
    review = await a_review(world)
    await act(world, review, "judgement", NOT_IN_ORDER)
    other = world.an_officer(sub="privacy-officer-2")
    silent = await act(world, review, "second-look", {"agrees": False}, other)
    assert silent.status_code == 400
    said = {"agrees": False, "text": "De crisisdienst bevestigt de oproep."}
    assert (await act(world, review, "second-look", said, other)).status_code == 204
    opened = await _opened(world, review)
    assert (opened["review"]["state"], opened["review"]["verdict"]) == ("open", None)


async def test_nobody_judges_their_own_lookup(world: World) -> None:
    review = await a_review(world, subject="privacy-officer-1")
    refused = await act(world, review, "judgement", IN_ORDER)
    assert refused.json()["type"].endswith("/same-person")
    await act(
        world, review, "judgement", NOT_IN_ORDER, world.an_officer(sub="officer-2")
    )
    refused = await act(world, review, "second-look", {"agrees": True})
    assert refused.json()["type"].endswith("/same-person")


async def test_of_two_judgements_at_once_one_counts(world: World) -> None:
    review = await a_review(world)
    first, second = await asyncio.gather(
        act(world, review, "judgement", IN_ORDER),
        act(world, review, "judgement", NOT_IN_ORDER, world.an_officer(sub="two")),
    )
    assert {first.status_code, second.status_code} == {204, 409}
    assert (await _acts(world)).count("judged") == 1


async def test_every_step_is_an_entry_of_who_took_it(world: World) -> None:
    review = await a_review(world)
    await act(world, review, "question", ASK)
    await explain(world, review, {"explanation": "took-over"})
    await act(world, review, "judgement", IN_ORDER)
    entries = await open_entries(world, "review")
    steps = {
        (one[Group.WHAT] or {})["act"]: (one[Group.WHO] or {})["sub"] for one in entries
    }
    assert steps == {
        "listed": "privacy-officer-1",
        "asked": "privacy-officer-1",
        "explained": "user-1",
        "judged": "privacy-officer-1",
    }


async def test_the_term_is_two_weeks_and_late_is_late(world: World) -> None:
    await a_review(world)
    world.clock.forward(timedelta(days=14, minutes=1))
    world.index.standing.forget()
    queue = await find_queue(world, world.an_officer())
    assert [one["late"] for one in queue["items"]] == [True]
    assert queue["late"] == 1


async def test_who_is_asked_late_still_has_time_to_answer(world: World) -> None:
    review = await a_review(world)
    world.clock.forward(timedelta(days=13))
    world.index.standing.forget()
    await act(world, review, "question", ASK)
    opened = (await _opened(world, review))["review"]
    assert opened["dueAt"] > opened["answerBy"]
    assert not opened["late"]


async def test_other_lookups_of_the_same_person_stand_beside_it(world: World) -> None:
    await world.publish(world.debt_help, [ANYONE])
    await world.look_up([ANYONE])
    review = await a_review(world)
    opened = await _opened(world, review)
    (near,) = opened["around"]
    assert near["sameUser"]
    assert near["outcome"] == "answered"
