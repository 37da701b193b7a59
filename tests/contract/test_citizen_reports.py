"""A citizen's report does the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from signal_index.ledger import note_key
from signal_index.proof import Group, Leaf, parse_tlog_proof, verify_proof_file
from tests.builders import a_day
from tests.citizen_builders import CHECKPOINT_KEY, CitizensDesk
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.world import LEDGER_ORIGIN
from tests.world_registry import TEAM_OIN

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)


async def test_a_report_says_who_looked_when_why_and_what_was_shown(
    desk: CitizensDesk,
) -> None:
    await desk.world.publish(desk.world.debt_help, [ONE])
    await desk.world.look_up([ONE, TWO])
    report = await desk.report(ONE)
    (lookup,) = report["lookups"]
    assert lookup["organisation"] == "Gemeente Voorbeeld"
    assert lookup["purposeLabel"] == "Toegang tot schuldhulpverlening (Wgs)"
    assert "Daarom keek een medewerker" in lookup["purposeText"]
    assert lookup["informed"] == "Besproken met de inwoner"
    assert lookup["outcome"] == "answered"
    (shown,) = lookup["shown"]
    assert shown["categoryLabel"] == "Schuldhulpverlening"
    assert shown["organisation"] == "Bureau debt-help"


async def test_a_report_says_which_organisations_signalled_and_whom_to_call(
    desk: CitizensDesk,
) -> None:
    await desk.world.publish(desk.world.debt_help, [ONE])
    await desk.world.publish(desk.world.veilig_thuis, [ONE])
    signals = (await desk.report(ONE))["signals"]
    assert [one["category"] for one in signals] == [
        "schuldhulpverlening",
        "veilig-thuis",
    ]
    assert signals[0]["contact"]["phone"] == "+31101234567"
    assert signals[0]["informed"] == "Besproken met de inwoner"


async def test_a_report_holds_nothing_about_anybody_else(desk: CitizensDesk) -> None:
    await desk.world.publish(desk.world.debt_help, [TWO])
    await desk.world.look_up([TWO])
    report = await desk.report(ONE)
    assert (report["signals"], report["lookups"], report["checks"]) == ([], [], [])


async def test_each_lookup_has_a_proof_that_opens_what_the_citizen_may_see(
    desk: CitizensDesk,
) -> None:
    await desk.world.look_up([ONE])
    (lookup,) = (await desk.report(ONE))["lookups"]
    origin = f"{LEDGER_ORIGIN}/2026"
    key = note_key(CHECKPOINT_KEY, origin)
    opened = verify_proof_file(parse_tlog_proof(lookup["proof"]), [key], origin=origin)
    assert isinstance(opened.leaf, Leaf)
    assert str(opened.leaf.entry) == lookup["entryId"]
    groups = {one.group for one in opened.groups}
    assert groups == {Group.ABOUT, Group.WHY, Group.WHAT, Group.DECISION}


async def test_a_lookup_whose_tree_is_not_signed_yet_is_named_without_a_proof(
    desk: CitizensDesk,
) -> None:
    request = await desk.register()
    await desk.world.look_up([ONE])
    path = f"/access-requests/{request['id']}/report"
    answer = await desk.send("POST", path, await desk.person(ONE))
    (lookup,) = answer.json()["lookups"]
    assert lookup["proof"] is None


async def test_a_refused_lookup_stands_in_the_report_too(desk: CitizensDesk) -> None:
    body = await desk.world.ask([ONE], caseReference=None)
    refused = await desk.world.send("POST", "/lookups", desk.world.a_token(), body)
    assert refused.status_code == 403
    (lookup,) = (await desk.report(ONE))["lookups"]
    assert (lookup["outcome"], lookup["shown"]) == ("refused", [])


async def test_a_report_is_recorded_about_its_person_and_stands_in_the_next(
    desk: CitizensDesk,
) -> None:
    first = await desk.report(ONE)
    (recorded,) = [
        groups
        for groups in await open_entries(desk.world, "citizen-report")
        if (groups[Group.WHAT] or {}).get("act") == "citizen-report"
    ]
    what = recorded[Group.WHAT]
    assert what is not None
    assert {"req", "tickets", "accessRequest"} < set(what)
    assert recorded[Group.WHO] == {"sub": "privacy-officer-1"}
    assert recorded[Group.PERSON] is not None
    (check,) = (await desk.report(ONE))["checks"]
    assert (check["entryId"], check["kind"]) == (first["reportId"], "citizen-report")


async def test_the_same_tickets_make_no_second_report(desk: CitizensDesk) -> None:
    request = await desk.register()
    path, body = f"/access-requests/{request['id']}/report", await desk.person(ONE)
    assert (await desk.send("POST", path, body)).status_code == 200
    again = await desk.send("POST", path, body)
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (
        403,
        "ticket-invalid",
    )
    assert len(await open_entries(desk.world, "ticket-refused")) == 1


async def test_tickets_of_a_lookup_make_no_report(desk: CitizensDesk) -> None:
    request = await desk.register()
    given = await desk.world.ask([ONE], subject=desk.officer)
    body = {
        "keyVersion": given["keyVersion"],
        "tickets": given["tickets"],
        "pseudonym": given["subjects"][0]["pseudonym"],
    }
    path = f"/access-requests/{request['id']}/report"
    answer = await desk.send("POST", path, body)
    assert answer.json()["type"].endswith("/ticket-invalid")


async def test_another_officers_tickets_make_no_report(desk: CitizensDesk) -> None:
    request = await desk.register()
    path = f"/access-requests/{request['id']}/report"
    body = await desk.person(ONE, subject="privacy-officer-2")
    assert (await desk.send("POST", path, body)).status_code == 403


async def test_an_officer_of_one_organisation_is_refused_with_the_ground_recorded(
    desk: CitizensDesk,
) -> None:
    request = await desk.register()
    await turn_into_a_team(desk)
    path = f"/access-requests/{request['id']}/report"
    answer = await desk.send("POST", path, await desk.person(ONE))
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/report-denied")
    (ground,) = answer.json()["grounds"]
    assert ground["id"] == "report-not-the-municipality"
    decisions = [
        one[Group.DECISION] for one in await open_entries(desk.world, "citizen-report")
    ]
    (recorded,) = [one for one in decisions if one is not None]
    assert recorded["outcome"] == "refused"
    assert recorded["grounds"] == ["report-not-the-municipality"]


@pytest.mark.parametrize(
    "path",
    ["/access-requests", "/embargoes", "/corrections", "/citizen-options"],
)
async def test_an_officer_of_a_team_sees_none_of_the_municipalitys_requests(
    desk: CitizensDesk, path: str
) -> None:
    token = desk.token(org=TEAM_OIN, client_id="desk-team")
    answer = await desk.world.send("GET", path, token)
    assert answer.json()["type"].endswith("/caller-not-allowed")


async def test_a_search_by_citizen_stands_in_the_report_as_a_check(
    desk: CitizensDesk,
) -> None:
    search = {
        "why": "complaint",
        "from": a_day(-30).isoformat(),
        "until": a_day(0).isoformat(),
        "citizen": await desk.person(ONE),
        "limit": 10,
    }
    found = await desk.send("POST", "/searches", search)
    assert found.status_code == 200, found.text
    (check,) = (await desk.report(ONE))["checks"]
    assert check["kind"] == "search"
    assert "complaint" not in str(check)


async def turn_into_a_team(desk: CitizensDesk) -> None:
    """Make the municipality's own organisation a team, as the index registered it."""
    await desk.world.run_sql("UPDATE organisation SET kind = 'neighbourhood-team'")
    desk.world.index.standing.forget()


async def test_one_request_is_of_one_person_and_says_so(desk: CitizensDesk) -> None:
    path = f"/access-requests/{(await desk.register())['id']}"
    right = await desk.send("POST", f"{path}/other-number", {"nothingGiven": True})
    assert right.json()["type"].endswith("/nothing-reported")
    said = [
        await desk.send("POST", f"{path}/report", await desk.person(number))
        for number in (ONE, ONE, TWO)
    ]
    assert [answer.status_code for answer in said] == [200, 200, 409]
    assert said[-1].json()["type"].endswith("/access-request-of-another")
    decisions = [
        one[Group.DECISION] or {}
        for one in await open_entries(desk.world, "citizen-report")
    ]
    assert [one["grounds"] for one in decisions if one["outcome"] == "refused"] == [
        ["request-of-another"]
    ]
    unsaid = await desk.send("POST", f"{path}/other-number", {"nothingGiven": False})
    assert unsaid.status_code == 400
    right = await desk.send("POST", f"{path}/other-number", {"nothingGiven": True})
    assert right.status_code == 204
    acts = await open_entries(desk.world, "access-request")
    said_acts = {(one[Group.WHAT] or {})["act"] for one in acts}
    assert "access-request-other-number" in said_acts
    now = await desk.send("POST", f"{path}/report", await desk.person(TWO))
    assert now.status_code == 200


async def test_nothing_names_the_person_of_a_request_when_it_is_closed(
    desk: CitizensDesk,
) -> None:
    keys = "SELECT person_key FROM access_request WHERE reported_at IS NOT NULL"
    for _ in range(2):
        await desk.report(ONE)
    async with desk.world.engine.connect() as conn:
        first, second = (await conn.execute(text(keys))).scalars()
    assert None not in {first, second}
    assert first != second
    path = f"/access-requests/{(await desk.register())['id']}"
    await desk.send("POST", f"{path}/report", await desk.person(ONE))
    await desk.send("POST", f"{path}/closing", {"closing": "answered"})
    async with desk.world.engine.connect() as conn:
        assert set((await conn.execute(text(keys))).scalars()) == {first, second, None}


async def test_a_closed_request_gives_no_report(desk: CitizensDesk) -> None:
    request = await desk.register()
    closing = f"/access-requests/{request['id']}/closing"
    closed = await desk.send("POST", closing, {"closing": "answered"})
    assert closed.status_code == 204
    path = f"/access-requests/{request['id']}/report"
    answer = await desk.send("POST", path, await desk.person(ONE))
    assert answer.json()["type"].endswith("/access-request-closed")


async def test_requests_are_listed_by_their_term_and_say_when_one_is_late(
    desk: CitizensDesk,
) -> None:
    recent = await desk.register()
    urgent = await desk.register(receivedOn=a_day(-29).isoformat())
    desk.world.clock.moment += timedelta(days=3)
    items = (await desk.send("GET", "/access-requests")).json()["items"]
    assert [one["id"] for one in items] == [urgent["id"], recent["id"]]
    assert items[0]["daysLeft"] < 0 < items[1]["daysLeft"]


async def test_an_extension_gives_two_months_more_and_only_once(
    desk: CitizensDesk,
) -> None:
    request = await desk.register()
    path = f"/access-requests/{request['id']}/extension"
    assert (await desk.send("POST", path, {"reason": "complex"})).status_code == 204
    again = await desk.send("POST", path, {"reason": "complex"})
    assert again.status_code == 409
    shown = (await desk.send("GET", f"/access-requests/{request['id']}")).json()
    assert shown["dueOn"] == "2027-02-23"
    assert shown["mayExtend"] is False


async def test_a_closed_request_is_listed_apart(desk: CitizensDesk) -> None:
    request = await desk.register()
    path = f"/access-requests/{request['id']}/closing"
    await desk.send("POST", path, {"closing": "withdrawn"})
    assert (await desk.send("GET", "/access-requests")).json()["items"] == []
    (closed,) = (await desk.send("GET", "/access-requests?state=closed")).json()[
        "items"
    ]
    assert closed["closingLabel"] == "De inwoner heeft het verzoek ingetrokken"


JUNK: list[tuple[str, object]] = [
    ("receivedOn", "2026-13-01"),
    ("receivedOn", "2031-01-01"),
    ("receivedOn", 5),
    ("identityCheck", "by-telephone"),
    ("identityCheck", "<script>"),
    ("identityCheck", None),
]


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
async def test_junk_in_a_request_is_named_by_its_field_and_never_echoed(
    desk: CitizensDesk,
) -> None:
    good = {"receivedOn": a_day(0).isoformat(), "identityCheck": "digid"}
    for field, value in JUNK:
        answer = await desk.send("POST", "/access-requests", {**good, field: value})
        assert answer.status_code == 400, (field, value)
        assert answer.json()["errors"][0]["field"] == field, (field, value)
        assert "script" not in answer.text, (field, value)


async def test_a_request_that_is_not_there_is_unknown(desk: CitizensDesk) -> None:
    answer = await desk.send("GET", f"/access-requests/{uuid4()}")
    assert answer.status_code == 404
