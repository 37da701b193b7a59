"""A lookup is asked again: what is said of it counts once, and for nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from keys.base64url import encode_b64u
from signal_index.notice import sign_withdrawal
from signal_index.wire.signals import Notice
from signal_index.wire.values import Label, Oin
from tests.builders import a_contact_holder, a_notice, a_withdrawal
from tests.holders_builders import a_bsn
from tests.notice_builders import lead, read, switch_on
from tests.world import World

pytestmark = pytest.mark.anyio
ONE, TWO = a_bsn(1), a_bsn(2)
MINUTE = timedelta(minutes=1)


async def send(world: World, body: object, **who: object) -> list[dict[str, Any]]:
    answer = await world.send("POST", "/lookups", world.a_token(**who), body)
    assert answer.status_code == 200, answer.text
    parts: list[dict[str, Any]] = answer.json()["answers"]
    world.clock.forward(MINUTE)
    return parts


async def say(world: World, part: dict[str, Any], flag: int | None, what: str) -> None:
    path = f"/lookups/{part['entryId']}/outcome"
    body = {"outcome": what, "flag": flag}
    answer = await world.send("POST", path, world.a_token(), body)
    assert answer.status_code == 204, answer.text


async def own(world: World, query: str = "") -> list[dict[str, Any]]:
    answer = await world.send("GET", f"/own-lookups{query}", world.a_token())
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def withdraw(world: World, gone: Notice) -> None:
    agency = world.debt_help
    made, iss = a_withdrawal(gone), Oin(agency.oin)
    token = sign_withdrawal(agency.key, made, iss=iss, now=world.clock())
    path, bearer = (
        f"/signals/{gone.reference}/withdrawal",
        world.a_source_token(agency),
    )
    await world.send("POST", path, bearer, {"withdrawal": token})


async def seen(world: World, part: dict[str, Any]) -> list[str | None]:
    """What an officer reads that came of each flag of an entry."""
    path = f"/entries/{part['entryId']}"
    entry = (await world.send("GET", path, world.an_officer())).json()
    return [one["contactOutcome"] for one in entry["shown"]]


def place_of(part: dict[str, Any], kind: str) -> int:
    return [one["organisation"] for one in part["flags"]].index(f"Bureau {kind}")


async def test_a_lookup_is_answered_again_three_times(world: World) -> None:
    body = await world.ask([ONE])
    for _ in range(4):
        await send(world, body)
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/ticket-invalid")


async def test_what_is_said_of_a_repeat_of_a_repeat_counts_for_the_first(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE])
    body = await world.ask([ONE])
    (first,), (again,), (third,) = [await send(world, body) for _ in range(3)]
    await say(world, third, 0, "contact-made")
    (row,) = await own(world)
    assert (row["entryId"], row["repeats"]) == (
        first["entryId"],
        [again["entryId"], third["entryId"]],
    )
    (flag,) = row["flags"]
    assert (flag["entryId"], flag["contactOutcome"]) == (
        first["entryId"],
        "contact-made",
    )
    for part in (first, again, third):
        assert await seen(world, part) == ["contact-made"]
    await say(world, again, None, "not-needed")
    assert (await own(world))[0]["contactOutcome"] == "not-needed"


async def test_a_flag_that_came_or_went_between_the_two_takes_no_others_outcome(
    world: World,
) -> None:
    (gone,) = await world.publish(world.debt_help, [ONE])
    body = await world.ask([ONE])
    (first,) = await send(world, body)
    await withdraw(world, gone)
    await world.publish(world.income_support, [ONE])
    (again,) = await send(world, body)
    await say(world, again, 0, "not-reachable")
    assert await seen(world, first) == [None]
    assert await seen(world, again) == ["not-reachable"]
    (row,) = await own(world)
    assert [
        (one["entryId"], one["organisation"], one["contactOutcome"])
        for one in row["flags"]
    ] == [
        (first["entryId"], "Bureau debt-help", None),
        (again["entryId"], "Bureau income-support", "not-reachable"),
    ]


async def test_of_two_flags_of_one_source_the_one_that_is_left_keeps_its_outcome(
    world: World,
) -> None:
    """Two teams of one agency help somebody; the first to be shown ends."""
    agency = world.debt_help
    notices = {}
    for contact, team in ((agency.contact, "Balie"), (uuid4(), "Loket")):
        said = a_contact_holder(function=Label(team))
        await world.put_contact(agency, said, contact=contact)
        notice = a_notice(contact, source=Oin(agency.oin), category=agency.category)
        await world.send_batch(agency, [notice], [ONE])
        notices[team] = notice
    body = await world.ask([ONE])
    (first,) = await send(world, body)
    gone, stays = (one["contactHolder"]["function"] for one in first["flags"])
    await withdraw(world, notices[gone])
    (again,) = await send(world, body)
    await say(world, again, 0, "not-reachable")
    assert await seen(world, first) == [None, "not-reachable"]
    (row,) = await own(world)
    assert [one["contactOutcome"] for one in row["flags"]] == [None, "not-reachable"]
    assert row["flags"][1]["contact"]["function"] == stays


async def test_a_flag_in_another_place_is_the_same_flag(world: World) -> None:
    await world.publish(world.debt_help, [ONE])
    body = await world.ask([ONE])
    (first,) = await send(world, body)
    await world.publish(world.income_support, [ONE])
    (again,) = await send(world, body)
    assert place_of(again, "debt-help") == 1
    await say(world, again, 1, "already-known")
    assert await seen(world, first) == ["already-known"]
    assert await seen(world, again) == [None, "already-known"]


async def test_nobody_else_and_no_other_person_or_question_is_a_repeat(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE, TWO])
    household = await send(world, await world.ask([ONE, TWO]))
    body = await world.ask([ONE])
    (anew,), (again,) = [await send(world, body) for _ in range(2)]
    (others,) = await send(
        world, await world.ask([ONE], subject="user-2"), sub="user-2"
    )
    await say(world, again, 0, "contact-made")
    rows = {one["entryId"]: one for one in await own(world)}
    assert set(rows) == {one["entryId"] for one in (*household, anew)}
    assert [one["repeats"] for one in rows.values() if one["repeats"]] == [
        [again["entryId"]]
    ]
    assert await seen(world, anew) == ["contact-made"]
    for part in (*household, others):
        assert await seen(world, part) == [None]


async def test_each_person_of_a_household_that_is_asked_again_keeps_their_own(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE, TWO])
    body = await world.ask([ONE, TWO])
    one, two = await send(world, body)
    again_one, again_two = await send(world, body)
    await say(world, again_one, 0, "not-reachable")
    await say(world, again_two, 0, "contact-made")
    assert (await seen(world, one), await seen(world, two)) == (
        ["not-reachable"],
        ["contact-made"],
    )
    rows = {one["entryId"]: one["repeats"] for one in await own(world)}
    assert rows == {
        one["entryId"]: [again_one["entryId"]],
        two["entryId"]: [again_two["entryId"]],
    }


async def test_nobody_stands_twice_in_one_question(world: World) -> None:
    """Of two entries about one person nobody could tell whose a repeat is."""
    body = await world.ask([ONE, ONE])
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    assert answer.status_code == 400
    (fault,) = answer.json()["errors"]
    assert (fault["field"], fault["code"]) == ("subjects", "doubled")


async def test_the_end_of_a_page_between_the_two_loses_and_doubles_nothing(
    world: World,
) -> None:
    body = await world.ask([ONE])
    (first,), (again,) = [await send(world, body) for _ in range(2)]
    assert await own(world, "?limit=1") == []
    (row,) = await own(world, f"?limit=1&cursor={again['entryId']}")
    assert (row["entryId"], row["repeats"]) == (first["entryId"], [again["entryId"]])


async def test_a_source_hears_what_is_said_of_a_repeat_and_nothing_of_anothers_flag(
    world: World,
) -> None:
    await switch_on(world)
    await world.publish(world.debt_help, [ONE])
    body = await world.ask([ONE])
    await send(world, body)
    await world.publish(world.income_support, [ONE])
    (again,) = await send(world, body)
    await say(world, again, place_of(again, "income-support"), "not-reachable")
    await lead(world)
    kinds = [one["kind"] for one in await read(world, world.debt_help)]
    assert kinds == ["looked-up"]
    await say(world, again, place_of(again, "debt-help"), "contact-made")
    await lead(world)
    told = {one["kind"]: one for one in await read(world, world.debt_help)}
    assert told["outcome"]["outcome"] == "contact-made"
    assert told["outcome"]["lookedUp"] == told["looked-up"]["lookedUp"]
    assert await read(world, world.income_support) == []


async def test_over_new_year_the_two_stay_apart_and_nothing_is_lost(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE])
    world.clock.moment = datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC)
    body = await world.ask([ONE])
    (first,), (again,) = [await send(world, body) for _ in range(2)]
    await say(world, again, 0, "contact-made")
    assert {one["entryId"]: one["repeats"] for one in await own(world)} == {
        first["entryId"]: [],
        again["entryId"]: [],
    }
    assert await seen(world, again) == ["contact-made"]


async def test_the_same_question_in_a_case_is_told_since_when_it_is_the_same(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE])
    (first,) = await send(world, await world.ask([ONE]))
    assert first["before"] is None
    (later,) = await send(world, await world.ask([ONE]))
    (mine, _) = await own(world)
    assert later["before"]["changes"] == []
    assert later["before"]["at"] == (await own(world))[1]["at"] != mine["at"]
    await send(world, await world.ask([TWO]))
    (miss,) = await send(world, await world.ask([TWO]))
    assert miss["before"]["changes"] == []


async def test_what_came_went_or_has_another_contact_holder_since_is_named(
    world: World,
) -> None:
    (gone,) = await world.publish(world.debt_help, [ONE])
    await send(world, await world.ask([ONE]))
    await withdraw(world, gone)
    await world.publish(world.income_support, [ONE])
    (changed,) = await send(world, await world.ask([ONE]))
    assert changed["before"]["changes"] == [
        "Nieuw: bijstand (Bureau income-support)",
        "Niet meer te zien: schuldhulp (Bureau debt-help)",
    ]
    (same,) = await send(world, await world.ask([ONE]))
    assert same["before"]["changes"] == []


async def test_of_flags_that_are_alike_it_is_said_how_many_came_and_went(
    world: World,
) -> None:
    """ "Not to be seen any more" above a card of the same name would be untrue."""
    told = []
    (gone,) = await world.publish(world.debt_help, [ONE])
    await send(world, await world.ask([ONE]))
    (also,) = await world.publish(world.debt_help, [ONE])
    for one in (None, gone, also):
        if one is not None:
            await withdraw(world, one)
        (part,) = await send(world, await world.ask([ONE]))
        told += part["before"]["changes"]
    for _ in range(2):
        await world.publish(world.debt_help, [ONE])
    (part,) = await send(world, await world.ask([ONE]))
    assert [*told, *part["before"]["changes"]] == [
        "Nieuw: schuldhulp (Bureau debt-help, nog een)",
        "Niet meer te zien: schuldhulp (Bureau debt-help, een van twee)",
        "Niet meer te zien: schuldhulp (Bureau debt-help)",
        "Nieuw: schuldhulp (Bureau debt-help, twee)",
    ]


async def test_what_is_restricted_since_is_told_like_what_ended(world: World) -> None:
    told = []
    for person in (ONE, TWO):
        (gone,) = await world.publish(world.debt_help, [person])
        await send(world, await world.ask([person]))
        if person == ONE:
            await withdraw(world, gone)
        else:
            body = {
                "source": world.debt_help.oin,
                "signalReference": str(gone.reference),
                "reason": "no-contact",
                "receivedOn": world.clock().date().isoformat(),
                "restrict": True,
            }
            answer = await world.send("POST", "/corrections", world.an_officer(), body)
            assert answer.status_code == 201, answer.text
        (part,) = await send(world, await world.ask([person]))
        told.append((part["before"]["changes"], part["flags"]))
    not_shown = ["Niet meer te zien: schuldhulp (Bureau debt-help)"]
    assert told[0] == told[1] == (not_shown, [])


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"caseReference": encode_b64u(bytes([1] * 32))}, {}),
        ({"token": {"sub": "user-2"}, "subject": "user-2"}, {}),
        ({"purpose": "wmo-onderzoek", "legalBasis": "wmo-2015-2.3.2"}, {}),
        ({}, {"person": TWO}),
        ({}, {"days": 14}),
    ],
)
async def test_nothing_is_told_of_another_case_user_purpose_or_person_or_later(
    world: World, first: dict[str, Any], then: dict[str, Any]
) -> None:
    token = first.pop("token", {})
    await world.publish(world.debt_help, [ONE])
    await send(world, await world.ask([ONE], **first), **token)
    world.clock.forward(timedelta(days=then.get("days", 0)))
    (part,) = await send(world, await world.ask([then.get("person", ONE)]))
    assert part["before"] is None


async def test_an_answer_given_again_is_held_against_what_was_before_both(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE])
    body = await world.ask([ONE])
    await send(world, body)
    (again,) = await send(world, body)
    assert again["before"] is None
    world.clock.forward(10 * MINUTE)
    await world.publish(world.income_support, [ONE])
    body = await world.ask([ONE])
    (new,), (given_again,) = [await send(world, body) for _ in range(2)]
    assert new["before"]["changes"] == given_again["before"]["changes"] != []
