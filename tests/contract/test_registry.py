"""Registering who takes part, on both databases."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.municipality import MunicipalityCode
from policy.catalogue import load_catalogue
from policy.vocabulary import Establishment
from signal_index.errors import (
    AccountNotSuspended,
    RegistrationConflict,
    UnknownOrganisation,
)
from signal_index.store.accounts import EVERYONE, restore_account, suspend_account
from signal_index.store.connect import transaction
from signal_index.store.establishments import establish
from signal_index.store.registry import (
    Change,
    ClientKind,
    ClientRecord,
    OrganisationRecord,
    SignerRecord,
    SourceRecord,
    add_client,
    add_organisation,
    add_signer,
    add_source,
)
from signal_index.store.source_states import (
    get_source_state,
    make_live,
    take_to_trial,
)
from signal_index.wire.sources import SourceState
from tests.store_builders import DATABASES, NOW, a_store, an_oin, database_url

pytestmark = pytest.mark.anyio

ORGANISATION = OrganisationRecord(an_oin(1), "Gemeente", "municipality", "9901")
AGENCY = OrganisationRecord(an_oin(2), "Agentschap", "source-agency", "9901")
CLIENT = ClientRecord("desk", an_oin(1), ClientKind.PERSON_FACING)
SIGNER = SignerRecord(an_oin(2), "key-1", "{}")
SOURCE = SourceRecord(
    an_oin(2), "income-support", frozenset({"bijstand"}), frozenset({"9901"}), 7
)


@pytest.fixture(params=DATABASES)
async def conn(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[AsyncConnection]:
    url = database_url(request.param, request, tmp_path)
    async with a_store(url) as engine, transaction(engine) as connection:
        for record in (ORGANISATION, AGENCY):
            await add_organisation(connection, record, now=NOW)
        yield connection


async def _rows(conn: AsyncConnection, table: str) -> list[tuple[object, ...]]:
    found = await conn.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - ours
    return [tuple(row) for row in found]


async def test_registering_the_same_again_changes_nothing(
    conn: AsyncConnection,
) -> None:
    first = [
        await add_client(conn, CLIENT, now=NOW),
        await add_signer(conn, SIGNER, now=NOW),
        await add_source(conn, SOURCE, now=NOW),
    ]
    again = [
        await add_organisation(conn, ORGANISATION, now=NOW),
        await add_client(conn, CLIENT, now=NOW),
        await add_signer(conn, SIGNER, now=NOW),
        await add_source(conn, SOURCE, now=NOW),
    ]
    assert set(first) == {Change.ADDED}
    assert set(again) == {Change.UNCHANGED}


async def test_a_name_may_change(conn: AsyncConnection) -> None:
    renamed = replace(ORGANISATION, name="Nieuwe gemeente")
    assert await add_organisation(conn, renamed, now=NOW) is Change.CHANGED


@pytest.mark.parametrize("changes", [{"kind": "supervisor"}, {"municipality": "9902"}])
async def test_an_organisation_does_not_become_another(
    conn: AsyncConnection, changes: dict[str, str]
) -> None:
    with pytest.raises(RegistrationConflict):
        await add_organisation(conn, replace(ORGANISATION, **changes), now=NOW)


async def test_a_client_does_not_move_to_another_organisation(
    conn: AsyncConnection,
) -> None:
    await add_client(conn, CLIENT, now=NOW)
    with pytest.raises(RegistrationConflict):
        await add_client(conn, replace(CLIENT, organisation=an_oin(2)), now=NOW)


async def test_a_key_is_not_replaced_under_its_name(conn: AsyncConnection) -> None:
    await add_signer(conn, SIGNER, now=NOW)
    with pytest.raises(RegistrationConflict):
        await add_signer(conn, replace(SIGNER, jwk='{"x":"other"}'), now=NOW)


async def test_an_organisation_comes_first(conn: AsyncConnection) -> None:
    with pytest.raises(UnknownOrganisation):
        await add_client(conn, replace(CLIENT, organisation=an_oin(9)), now=NOW)


async def test_coverage_left_out_becomes_inactive_and_keeps_when_it_was_heard(
    conn: AsyncConnection,
) -> None:
    wide = replace(SOURCE, municipalities=frozenset({"9901", "9902"}))
    await add_source(conn, wide, now=NOW)
    assert await add_source(conn, SOURCE, now=NOW) is Change.CHANGED
    found = {row[0]: bool(row[4]) for row in await _rows(conn, "coverage")}
    assert found == {"9901": True, "9902": False}


async def test_a_new_source_is_in_trial_unless_somebody_says_otherwise(
    conn: AsyncConnection,
) -> None:
    await add_source(conn, SOURCE, now=NOW)
    assert await get_source_state(conn, SOURCE.oin) is SourceState.TRIAL


async def test_a_source_may_be_registered_as_live(conn: AsyncConnection) -> None:
    await add_source(conn, replace(SOURCE, state=SourceState.LIVE), now=NOW)
    assert await get_source_state(conn, SOURCE.oin) is SourceState.LIVE


async def test_registering_anew_takes_no_source_live(conn: AsyncConnection) -> None:
    await add_source(conn, SOURCE, now=NOW)
    with pytest.raises(RegistrationConflict):
        await add_source(conn, replace(SOURCE, state=SourceState.LIVE), now=NOW)
    assert await get_source_state(conn, SOURCE.oin) is SourceState.TRIAL


async def test_registering_anew_leaves_a_live_source_live(
    conn: AsyncConnection,
) -> None:
    await add_source(conn, SOURCE, now=NOW)
    await make_live(conn, SOURCE.oin)
    assert await add_source(conn, SOURCE, now=NOW) is Change.UNCHANGED
    assert await get_source_state(conn, SOURCE.oin) is SourceState.LIVE


async def test_a_source_goes_live_and_back_once(conn: AsyncConnection) -> None:
    await add_source(conn, SOURCE, now=NOW)
    assert await make_live(conn, SOURCE.oin) is Change.CHANGED
    assert await make_live(conn, SOURCE.oin) is Change.UNCHANGED
    assert await take_to_trial(conn, SOURCE.oin, now=NOW) is Change.CHANGED
    assert await take_to_trial(conn, SOURCE.oin, now=NOW) is Change.UNCHANGED


async def test_an_unknown_source_does_not_go_live(conn: AsyncConnection) -> None:
    with pytest.raises(UnknownOrganisation):
        await make_live(conn, an_oin(9))


async def test_submitters_follow_the_newest_registration(conn: AsyncConnection) -> None:
    through = replace(SOURCE, submitters=frozenset({an_oin(1)}))
    await add_source(conn, through, now=NOW)
    assert len(await _rows(conn, "source_submitter")) == 1
    assert await add_source(conn, SOURCE, now=NOW) is Change.CHANGED
    assert await _rows(conn, "source_submitter") == []


async def test_suspending_and_restoring(conn: AsyncConnection) -> None:
    oin = ORGANISATION.oin
    assert await suspend_account(conn, oin, "jan", now=NOW) is Change.ADDED
    assert await suspend_account(conn, oin, "jan", now=NOW) is Change.UNCHANGED
    assert await suspend_account(conn, oin, EVERYONE, now=NOW) is Change.ADDED
    await restore_account(conn, oin, "jan")
    with pytest.raises(AccountNotSuspended):
        await restore_account(conn, oin, "jan")
    assert len(await _rows(conn, "account_suspension")) == 1


def _established(**changes: object) -> Establishment:
    purpose = load_catalogue().parse_purpose("wmo-onderzoek")
    made = Establishment(purpose, MunicipalityCode("9901"), "college", date(2026, 1, 1))
    return replace(made, **changes)  # type: ignore[arg-type] # names are the caller's


async def test_what_was_established_is_never_overwritten(conn: AsyncConnection) -> None:
    assert await establish(conn, _established(), now=NOW) is Change.ADDED
    assert await establish(conn, _established(), now=NOW) is Change.UNCHANGED
    with pytest.raises(RegistrationConflict):
        await establish(conn, _established(by_role="mayor"), now=NOW)


async def test_a_later_establishment_stands_beside_the_first(
    conn: AsyncConnection,
) -> None:
    await establish(conn, _established(), now=NOW)
    later = _established(by_role="mayor", on=date(2027, 1, 1))
    assert await establish(conn, later, now=NOW) is Change.ADDED
