"""Second pairs of eyes, on both databases."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from keys.municipality import MunicipalityCode
from policy.vocabulary import Assurance, Caller, CallerKind, OrganisationKind, Role
from signal_index.errors import (
    ApprovalAlreadyOpen,
    ApprovalClosed,
    ApprovalExpired,
    AssuranceTooLow,
    CallerNotAllowed,
    NotApproved,
    RoleMissing,
    SamePerson,
    UnknownApproval,
)
from signal_index.ledger import ReceiptKey
from signal_index.store.approval_records import DECIDED_SHOWN
from signal_index.store.approvals import (
    OPEN_FOR,
    Matter,
    ReadApprovals,
    State,
    approve,
    find_approval,
    read_approvals,
    refuse,
    request_approval,
    verify_approved,
)
from signal_index.store.connect import DatabaseRole, open_engine, transaction
from signal_index.store.registry import OrganisationRecord, add_organisation
from signal_index.store.scope import OfficerScope
from signal_index.tables.approvals import approval
from tests.store_builders import DATABASES, NOW, a_store, an_oin, database_url

pytestmark = pytest.mark.anyio

PLACE = MunicipalityCode("9901")
TOWN, TEAM, OTHER = an_oin(1), an_oin(2), an_oin(3)
MATTER = Matter("embargo", PLACE, hashlib.sha256(b"matter").digest(), "embargo")
LATER = NOW + timedelta(hours=1)


def an_officer(subject: str, **changed: object) -> Caller:
    """A privacy officer of the municipality, surely logged in."""
    caller = Caller(
        kind=CallerKind.PERSON,
        subject=subject,
        organisation=TOWN,
        organisation_kind=OrganisationKind.MUNICIPALITY,
        municipality=PLACE,
        active=True,
        roles=frozenset({Role.PRIVACY_OFFICER}),
        trainings=(),
        assurance=Assurance.SUBSTANTIAL,
    )
    return replace(caller, **changed)  # type: ignore[arg-type]  # fields by name


ANKE, BRAM = an_officer("anke"), an_officer("bram")
KEY = ReceiptKey(bytes(range(32)), "receipt")


@pytest.fixture(params=DATABASES)
async def engine(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[AsyncEngine]:
    async with a_store(database_url(request.param, request, tmp_path)) as owner:
        async with transaction(owner) as conn:
            for oin, kind in (
                (TOWN, "municipality"),
                (TEAM, "neighbourhood-team"),
                (OTHER, "municipality"),
            ):
                record = OrganisationRecord(oin, "Naam", kind, PLACE)
                await add_organisation(conn, record, now=NOW)
        url = owner.url.render_as_string(hide_password=False)
        web = open_engine(url, DatabaseRole.WEB)
        yield web
        await web.dispose()


@pytest.fixture
async def conn(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with transaction(engine) as connection:
        yield connection


async def test_two_persons_make_an_approval(conn: AsyncConnection) -> None:
    asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
    given = await approve(conn, asked.id, BRAM, KEY, now=LATER)
    assert given.state is State.APPROVED
    assert (given.organisation, given.requested_by) == (TOWN, "anke")
    assert (given.decided_in, given.decided_by) == (TOWN, "bram")
    assert await verify_approved(conn, asked.id, MATTER, KEY) == given


FORGED = {
    "added as approved": "INSERT INTO approval (id, municipality, organisation, kind,"
    " title_code, digest, requested_by, requester_has_role, requested_at, expires_at,"
    " signature, state, decided_by, decided_at)"
    " SELECT :other, municipality, organisation, kind,"
    " title_code, digest, requested_by, requester_has_role, requested_at, expires_at,"
    " signature, 'approved', 'bram', requested_at FROM approval",
    "decided twice": "UPDATE approval SET state = 'refused', decided_by = 'anke';"
    " UPDATE approval SET state = 'approved', decided_by = 'bram'",
}


async def _forge(engine: AsyncEngine, statements: str) -> None:
    async with transaction(engine) as conn:
        for statement in statements.split(";"):
            more = {"other": uuid4().hex} if ":other" in statement else {}
            await conn.execute(text(statement), more)


@pytest.mark.parametrize("how", FORGED)
async def test_sql_as_the_web_role_approves_nothing_by_itself(
    engine: AsyncEngine, how: str
) -> None:
    async with transaction(engine) as conn:
        await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
    with pytest.raises(DBAPIError, match="two persons approve"):
        await _forge(engine, FORGED[how])


async def test_sql_as_the_web_role_makes_neither_of_the_two_persons(
    engine: AsyncEngine,
) -> None:
    """What triggers let be written in order has no signature of the index."""
    other, scope = uuid4(), OfficerScope(PLACE, None)
    made_up = {"id": other, "digest": bytes(32), "requested_by": "dora"}
    second = {"state": "approved", "decided_by": "bram", "decided_at": LATER}
    async with transaction(engine) as conn:
        asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
        row = (await conn.execute(select(approval))).mappings().one()
        await conn.execute(insert(approval), {**row, **made_up})
        with pytest.raises(UnknownApproval):
            await approve(conn, other, BRAM, KEY, now=LATER)
        await conn.execute(update(approval).values(second))
        for one in (asked.id, other):
            with pytest.raises(UnknownApproval):
                await verify_approved(conn, one, MATTER, KEY)
        assert await read_approvals(conn, None, scope, KEY) == ReadApprovals((), 2)


async def test_what_is_not_ours_stands_in_nobodys_way(engine: AsyncEngine) -> None:
    other = ReceiptKey(bytes(32), "other")
    async with transaction(engine) as conn:
        theirs = await request_approval(conn, MATTER, ANKE, other, now=NOW)
        asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
        assert await find_approval(conn, theirs.id, KEY) is None
        assert await find_approval(conn, asked.id, KEY) == asked
        with pytest.raises(ApprovalAlreadyOpen):
            await request_approval(conn, MATTER, ANKE, KEY, now=NOW)


async def test_what_was_asked_is_not_put_otherwise(engine: AsyncEngine) -> None:
    async with transaction(engine) as conn:
        asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
        await approve(conn, asked.id, BRAM, KEY, now=LATER)
    url = engine.url.render_as_string(hide_password=False)
    owner = open_engine(url, DatabaseRole.OWNER)
    with pytest.raises(DBAPIError, match="two persons approve"):
        async with transaction(owner) as conn:
            await conn.execute(text("UPDATE approval SET requested_by = 'dora'"))
    await owner.dispose()


async def test_who_asked_cannot_approve_also_from_another_organisation(
    conn: AsyncConnection,
) -> None:
    asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
    for herself in (ANKE, replace(ANKE, organisation=OTHER)):
        with pytest.raises(SamePerson):
            await approve(conn, asked.id, herself, KEY, now=LATER)
    with pytest.raises(NotApproved):
        await verify_approved(conn, asked.id, MATTER, KEY)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"assurance": Assurance.LOW}, AssuranceTooLow),
        ({"roles": frozenset({Role.GENERALIST})}, CallerNotAllowed),
        ({"active": False}, CallerNotAllowed),
        ({"kind": CallerKind.CLIENT}, CallerNotAllowed),
    ],
)
async def test_only_a_person_in_office_who_is_surely_logged_in_asks_or_decides(
    conn: AsyncConnection, changed: dict[str, object], error: type[Exception]
) -> None:
    asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
    with pytest.raises(error):
        await approve(conn, asked.id, an_officer("bram", **changed), KEY, now=LATER)
    with pytest.raises(error):
        await request_approval(conn, MATTER, an_officer("eva", **changed), KEY, now=NOW)


async def test_another_municipality_does_not_know_of_it(conn: AsyncConnection) -> None:
    asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
    stranger = replace(BRAM, municipality=MunicipalityCode("9902"))
    for act in (approve, refuse):
        with pytest.raises(UnknownApproval):
            await act(conn, asked.id, stranger, KEY, now=LATER)
    with pytest.raises(UnknownApproval):
        await approve(conn, uuid4(), BRAM, KEY, now=LATER)


async def test_nobody_asks_for_another_municipality(conn: AsyncConnection) -> None:
    with pytest.raises(CallerNotAllowed):
        await request_approval(
            conn, replace(MATTER, municipality="9902"), ANKE, KEY, now=NOW
        )


async def test_a_team_sees_its_own_and_the_municipality_sees_all(
    conn: AsyncConnection,
) -> None:
    team = OrganisationKind.NEIGHBOURHOOD_TEAM
    of_team = replace(ANKE, organisation=TEAM, organisation_kind=team)
    asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
    own = await request_approval(conn, MATTER, of_team, KEY, now=LATER)
    whole, part = OfficerScope(PLACE, None), OfficerScope(PLACE, TEAM)
    seen = []
    for scope in (whole, part):
        found = await read_approvals(conn, None, scope, KEY)
        seen.append([one.id for one in found.find_open(LATER)])
    assert seen == [[asked.id, own.id], [own.id]]
    assert await read_approvals(conn, "report", whole, KEY) == ReadApprovals((), 0)
    with pytest.raises(UnknownApproval):
        await approve(conn, asked.id, replace(of_team, subject="bram"), KEY, now=LATER)


async def test_it_is_decided_once(conn: AsyncConnection) -> None:
    asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
    refused = await refuse(conn, asked.id, BRAM, KEY, now=LATER)
    assert refused.state is State.REFUSED
    for act in (approve, refuse):
        with pytest.raises(ApprovalClosed):
            await act(conn, asked.id, BRAM, KEY, now=LATER)
    with pytest.raises(NotApproved):
        await verify_approved(conn, asked.id, MATTER, KEY)
    scope = OfficerScope(PLACE, None)
    found = await read_approvals(conn, "embargo", scope, KEY)
    assert (found.find_open(LATER), found.find_decided()) == ((), (refused,))


async def test_who_asked_may_withdraw(conn: AsyncConnection) -> None:
    asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
    assert not asked.is_asked_by(replace(ANKE, organisation=OTHER))
    assert (await refuse(conn, asked.id, ANKE, KEY, now=LATER)).state is State.WITHDRAWN


async def test_it_does_not_wait_for_ever_and_may_then_be_asked_anew(
    conn: AsyncConnection,
) -> None:
    asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
    after = NOW + OPEN_FOR
    with pytest.raises(ApprovalExpired):
        await approve(conn, asked.id, BRAM, KEY, now=after)
    found = await read_approvals(conn, None, OfficerScope(PLACE, None), KEY)
    assert found.find_open(after) == ()
    anew = await request_approval(conn, MATTER, ANKE, KEY, now=after)
    assert (await approve(conn, anew.id, BRAM, KEY, now=after)).state is State.APPROVED


async def test_the_same_matter_waits_once(conn: AsyncConnection) -> None:
    await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
    with pytest.raises(ApprovalAlreadyOpen):
        await request_approval(conn, MATTER, BRAM, KEY, now=LATER)


async def test_an_approval_of_one_thing_is_none_of_another(
    conn: AsyncConnection,
) -> None:
    asked = await request_approval(conn, MATTER, ANKE, KEY, now=NOW)
    await approve(conn, asked.id, BRAM, KEY, now=LATER)
    for other in (
        replace(MATTER, digest=bytes(32)),
        replace(MATTER, kind="report"),
        replace(MATTER, municipality="9902"),
        replace(MATTER, needs_role=Role.PRIVACY_OFFICER),
    ):
        with pytest.raises(NotApproved):
            await verify_approved(conn, asked.id, other, KEY)


async def test_one_of_the_two_has_the_role_it_needs(conn: AsyncConnection) -> None:
    matter = replace(MATTER, needs_role=Role.PRIVACY_OFFICER)
    mila = an_officer("mila", roles=frozenset({Role.MUNICIPALITY_ADMINISTRATOR}))
    dora = an_officer("dora", roles=frozenset({Role.DATA_PROTECTION_OFFICER}))
    asked = await request_approval(conn, matter, mila, KEY, now=NOW)
    with pytest.raises(RoleMissing):
        await approve(conn, asked.id, dora, KEY, now=LATER)
    await approve(conn, asked.id, ANKE, KEY, now=LATER)
    other = replace(matter, digest=bytes(32))
    asked = await request_approval(conn, other, ANKE, KEY, now=NOW)
    await approve(conn, asked.id, dora, KEY, now=LATER)


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE approval SET state = 'approved', decided_by = requested_by",
        "UPDATE approval SET state = 'approved'",
        "UPDATE approval SET state = 'approved', decided_by = 'dora'",
    ],
)
async def test_the_table_itself_refuses_what_the_code_would(
    engine: AsyncEngine, forgery: str
) -> None:
    matter = replace(MATTER, needs_role=Role.PRIVACY_OFFICER)
    mila = an_officer("mila", roles=frozenset({Role.MUNICIPALITY_ADMINISTRATOR}))
    async with transaction(engine) as conn:
        await request_approval(conn, matter, mila, KEY, now=NOW)
    with pytest.raises(DBAPIError, match="approval"):
        async with transaction(engine) as conn:
            await conn.execute(text(forgery))


async def test_the_web_role_cannot_change_what_an_approval_is_about(
    postgres: str,
) -> None:
    async with a_store(postgres):
        web = open_engine(postgres, DatabaseRole.WEB)
        for forgery in (
            "UPDATE approval SET digest = ''",
            "UPDATE approval SET requested_by = 'x'",
            "DELETE FROM approval",
        ):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with transaction(web) as conn:
                    await conn.execute(text(forgery))
        await web.dispose()


async def test_what_is_not_shown_of_the_decisions_is_counted(
    conn: AsyncConnection,
) -> None:
    for number in range(DECIDED_SHOWN + 2):
        matter = replace(MATTER, digest=number.to_bytes(32))
        asked = await request_approval(conn, matter, ANKE, KEY, now=NOW)
        await refuse(conn, asked.id, BRAM, KEY, now=NOW + timedelta(minutes=number))
    found = await read_approvals(conn, None, OfficerScope(PLACE, None), KEY)
    shown = found.find_decided()
    assert (len(shown), found.decided_left_off) == (DECIDED_SHOWN, 2)
    assert shown[-1].decided_at == NOW + timedelta(minutes=2)
