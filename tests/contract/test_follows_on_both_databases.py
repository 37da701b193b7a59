"""A case is followed, changes, passes on and ends, on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from signal_index.days import day_of
from signal_index.follows import OFFERED_DAYS
from signal_index.ledger import Group
from tests.citizen_builders import CitizensDesk
from tests.follow_builders import (
    FATIMA,
    JORIS,
    ask,
    changed,
    erase,
    follow,
    listed,
    open_follows,
)
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.notice_builders import dump
from tests.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)


@pytest.fixture
async def world(world: World) -> World:
    await open_follows(world)
    return world


async def test_somebody_joins_and_stops_and_the_page_says_no_more_than_that(
    world: World,
) -> None:
    made = await follow(world, ONE)
    assert made["changed"] is False
    assert made["until"] == str(day_of(world.clock()) + timedelta(days=90))
    (notice,) = await world.publish(world.debt_help, [ONE])
    (mine,) = await listed(world)
    assert mine["changed"] is True
    assert set(mine) == {
        *("id", "entryId", "since", "until", "purpose", "purposeLabel"),
        *("offered", "changed"),
    }
    await follow(world, ONE)  # asked anew: this is what is known now, and one follow
    assert await changed(world) == [False]
    await world.publish(world.debt_help, [TWO])
    assert await changed(world) == [False]
    world.clock.forward(
        timedelta(days=(notice.validUntil - day_of(world.clock())).days)
    )
    assert await changed(world) == []  # long past its last day


async def test_a_colleague_of_the_same_organisation_is_named(
    world: World,
) -> None:
    await world.publish(world.debt_help, [ONE])
    await follow(world, ONE)
    (mine,) = await ask(world, [ONE], FATIMA)
    assert (mine["colleagues"], mine["canFollow"]) == ([], True)
    assert mine["followedUntil"] == str(day_of(world.clock()) + timedelta(days=90))
    one, two = await ask(world, [ONE, TWO], JORIS)
    since = str(day_of(world.clock()))
    named = {"name": "Fatima El Amrani", "team": "centrum", "since": since}
    assert (one["colleagues"], two["colleagues"]) == ([named], [])
    assert one["followedUntil"] is None


def _as_typed(code: str) -> str:
    """A code as it is typed: no capitals, and digits for the letters like them."""
    return code.translate(str.maketrans("OIB", "018")).lower()


async def test_follows_pass_to_a_colleague_in_one_act(world: World) -> None:
    made = [await follow(world, each) for each in (ONE, TWO)]
    token, other = world.a_token(**FATIMA), world.a_token(**JORIS)
    ids = [one["id"] for one in made]
    offer = await world.send("POST", "/follow-offers", token, {"follows": ids})
    assert offer.status_code == 201, offer.text
    code = offer.json()["code"]
    (mark,) = {one["offered"]["mark"] for one in await listed(world)}
    by_mark = await world.send("POST", "/follow-takeovers", other, {"code": mark})
    assert by_mark.status_code == 404
    own = await world.send("POST", "/follow-takeovers", token, {"code": code})
    assert own.status_code == 404
    taken = await world.send(
        "POST", "/follow-takeovers", other, {"code": _as_typed(code)}
    )
    assert taken.status_code == 200, taken.text
    assert (await listed(world), len(await listed(world, JORIS))) == ([], 2)
    for who, given in ((token, 2), (other, 0)):
        told = (await world.send("GET", "/follows", who)).json()["given"]
        assert [(one["by"], one["on"]) for one in told] == [
            ("Joris de Wit", day_of(world.clock()).isoformat())
        ] * given
    whats = [one[Group.WHAT] or {} for one in await open_entries(world, "follow")]
    (offered,) = (what for what in whats if what["act"] == "offered")
    entries = offered["entries"]
    assert isinstance(entries, list)
    assert set(entries) == {one["entryId"] for one in made}
    taken_from = [what["takenFrom"] for what in whats if what["act"] == "taken-over"]
    assert taken_from == [FATIMA["sub"]] * 2
    again = await world.send("POST", "/follow-takeovers", other, {"code": code})
    assert again.status_code == 404
    await world.publish(world.debt_help, [TWO])
    assert sorted(map(str, await changed(world, JORIS))) == ["False", "True"]
    (part,) = await ask(world, [ONE], FATIMA)
    assert [one["name"] for one in part["colleagues"]] == ["Joris de Wit"]


async def test_a_code_past_its_last_day_is_not_shown_as_one_that_works(
    world: World,
) -> None:
    made = await follow(world, ONE)
    token = world.a_token(**FATIMA)
    body = {"follows": [made["id"]]}
    await world.send("POST", "/follow-offers", token, body)
    (first,) = await listed(world)
    await world.send("POST", "/follow-offers", token, body)
    (second,) = await listed(world)
    assert first["offered"]["mark"] != second["offered"]["mark"]
    world.clock.forward(timedelta(days=OFFERED_DAYS + 1))
    (past,) = await listed(world)
    assert past["offered"] is None


async def test_one_press_ends_it_and_nothing_of_it_stays(world: World) -> None:
    made = await follow(world, ONE)
    path = f"/follows/{made['id']}/end"
    assert (
        await world.send("POST", path, world.a_token(**JORIS), {})
    ).status_code == 404
    assert (await world.send("POST", path, world.a_token(), {})).status_code == 204
    assert (await listed(world), await dump(world, "follow")) == ([], [])
    assert (await world.send("POST", path, world.a_token(), {})).status_code == 404
    whats = [one[Group.WHAT] or {} for one in await open_entries(world, "follow")]
    assert sorted(str(what["act"]) for what in whats) == ["begun", "ended"]


async def test_a_follow_past_its_last_day_is_erased_and_that_is_recorded(
    world: World,
) -> None:
    await follow(world, ONE)
    world.clock.forward(timedelta(days=91))
    assert await listed(world) == []
    (part,) = await ask(world, [ONE], JORIS)
    assert part["colleagues"] == []
    assert len(await dump(world, "follow")) == 1
    await erase(world)
    assert await dump(world, "follow") == []
    what = [one[Group.WHAT] or {} for one in await open_entries(world, "erasure")]
    assert (what[0]["act"], what[0]["counts"]) == ("erased", {"follow": 1})


async def test_a_citizen_reads_that_the_case_was_followed_and_passed_on(
    world: World, tmp_path: Path
) -> None:
    made = await follow(world, ONE)
    token, other = world.a_token(**FATIMA), world.a_token(**JORIS)
    body = {"follows": [made["id"]]}
    offer = (await world.send("POST", "/follow-offers", token, body)).json()
    await world.send("POST", "/follow-takeovers", other, {"code": offer["code"]})
    await world.send("POST", f"/follows/{made['id']}/end", other, {})
    assert (await world.send("GET", "/follows", token)).json()["given"] == []
    report = await CitizensDesk(world, tmp_path).report(ONE)
    told = [one["kind"] for one in report["checks"] if "follow" in one["kind"]]
    assert sorted(told) == ["follow-begun", "follow-ended", "follow-taken-over"]
    assert "Fatima" not in str(report)
    assert "Joris" not in str(report)


async def test_a_citizen_reads_which_organisation_follows_now_and_until_when(
    world: World, tmp_path: Path
) -> None:
    """One line for an organisation, with the last day of its last; no employee."""
    await follow(world, ONE)
    world.clock.forward(timedelta(days=10))
    await follow(world, ONE, JORIS)
    await follow(world, TWO)
    last = day_of(world.clock()) + timedelta(days=90)
    desk = CitizensDesk(world, tmp_path)
    report = await desk.report(ONE)
    assert report["follows"] == [
        {"organisation": "Gemeente Voorbeeld", "until": str(last)}
    ]
    for named in (FATIMA["name"], FATIMA["sub"], JORIS["name"], JORIS["sub"]):
        assert named not in str(report)
    await world.run_sql("UPDATE follow SET municipality = '9902'")
    assert (await desk.report(ONE))["follows"] == []
    await world.run_sql("UPDATE follow SET municipality = '9901'")
    world.clock.forward(timedelta(days=91))
    assert (await desk.report(ONE))["follows"] == []


async def test_an_officer_reads_how_many_are_open(world: World) -> None:
    await follow(world, ONE)
    await follow(world, TWO)
    await follow(world, ONE, JORIS)
    today = day_of(world.clock()).isoformat()
    asked = {"from": today, "until": today}
    body = {**asked, "organisation": None, "team": None, "purpose": None}
    answer = await world.send("POST", "/overviews", world.an_officer(), body)
    (here,) = answer.json()["openFollows"]
    assert (here["organisationName"], here["follows"], here["users"]) == (
        "Gemeente Voorbeeld",
        3,
        2,
    )
