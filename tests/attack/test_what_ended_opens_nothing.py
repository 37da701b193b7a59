"""A key was stolen, somebody left, an organisation stopped: nothing opens any more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update

from keys.errors import KeysError
from keys.events import EventLog
from keys.holder.errors import HolderStartRefused
from keys.holder.organisations import load_organisations
from keys.holder.registering import add_organisation, end_organisation
from keys.holder.store import HolderStore
from keys.jose import PrivateKey
from keys.refused import EVERYBODY, Refused, sign_refused
from signal_index.errors import StandingChanged
from signal_index.store.accounts import EVERYONE, suspend_account
from signal_index.store.connect import transaction
from signal_index.store.endings import Because, end
from signal_index.store.sending import Sending, hold_sending
from signal_index.tables.registry import coverage
from signal_index.tables.signals import signal
from signal_index.upkeep.refusing import Refusing
from signal_index.wire.values import Oin
from tests.attack.test_holder_records import on_disk
from tests.builders import a_notice
from tests.holder_fakes import INDEX_KEY
from tests.holders_builders import (
    LOOKUP_OIN,
    Holders,
    a_bsn,
    a_lookup_organisation,
    some_holders,
)
from tests.policy_officers import approve, send
from tests.store_builders import owning
from tests.transfer_builders import a_successor, a_transfer
from tests.trial_builders import put_in_trial
from tests.world import World, open_world

pytestmark = pytest.mark.anyio


async def _end(world: World, what: str, **key: str) -> None:
    async with owning(world.engine) as conn:
        await end(conn, what, key, Because.STOLEN, now=world.clock())
    world.clock.forward(timedelta(seconds=11))  # without a restart


async def _look_up(world: World) -> tuple[int, str]:
    body = await world.ask([a_bsn(1)])
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    return answer.status_code, str(answer.json().get("type", "")).rpartition("/")[2]


async def _stopped(world: World) -> set[str]:
    """Of which kinds a generalist reads that who told of them takes part no more."""
    catalogue = (await world.send("GET", "/catalogue", world.a_token())).json()
    kinds = [one for each in catalogue["purposes"] for one in each["categories"]]
    return {one["id"] for one in kinds if one["stopped"]}


async def test_a_client_that_ended_asks_nothing(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        assert (await _look_up(world))[0] == 200
        await _end(world, "client", client_id="desk")
        assert await _look_up(world) == (403, "caller-not-registered")


async def test_an_organisation_that_ended_asks_and_delivers_nothing(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        agency = world.debt_help
        for oin in (LOOKUP_OIN, agency.oin):
            await _end(world, "organisation", oin=oin)
        assert await _look_up(world) == (403, "lookup-denied")
        answer = await world.send("GET", "/signals", world.a_source_token(agency))
    assert answer.json()["type"].endswith("/caller-suspended")


@pytest.mark.parametrize("what", ["organisation", "source"])
async def test_nobody_is_sent_to_call_a_source_that_ended(
    tmp_path: Path, what: str
) -> None:
    """Nor reads its silence as "no contact"; its signals can still pass on."""
    async with open_world(tmp_path) as world:
        agency = world.debt_help
        await world.publish(agency, [a_bsn(1)])
        (part,) = await world.look_up([a_bsn(1)])
        assert "Bureau debt-help" in json.dumps(part)
        key, now = {"oin": agency.oin}, world.clock()
        async with owning(world.engine) as conn:
            await end(conn, what, key, Because.STOPPED, now=now)
        for seconds in (0, 11):  # at once: nothing is read anew yet
            world.clock.forward(timedelta(seconds=seconds))
            (part,) = await world.look_up([a_bsn(1)])
            # That it is gone may be said ("asked again"); not that it can be called.
            assert part["flags"] == []
            assert "Bureau debt-help" not in json.dumps(part["sources"])
        assert await _stopped(world) == {agency.category}
        successor = await a_successor(world)
        _, listed = await send(world, "/transfers")
        left = next(one for one in listed["sources"] if one["oin"] == agency.oin)
        assert [one["signals"] for one in left["categories"]] == [1]
        status, asked = await send(world, "/transfers", a_transfer(world, successor))
        assert status == 201, asked
        status, given = await approve(world, {"id": asked["approvalId"]})
        assert status == 200, given
        (part,) = await world.look_up([a_bsn(1)])
        assert [one["organisation"] for one in part["flags"]] == ["Schuldhulp Samen"]


async def test_who_was_never_live_is_not_said_to_have_stopped(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        agency = world.debt_help
        await put_in_trial(world, agency)
        await _end(world, "source", oin=agency.oin)
        assert await _stopped(world) == set()


async def test_nothing_is_taken_that_a_stolen_key_signed(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        agency = world.debt_help
        await world.publish(agency, [a_bsn(1)])
        await _end(world, "signer", organisation=agency.oin, kid=agency.key.kid)
        notice = a_notice(agency.contact)
        answer = await world.send_batch(agency, [notice], [a_bsn(2)])
    assert answer.json()["type"].endswith("/signature-invalid")


async def _tell(world: World, silent: set[str] | None = None) -> set[str]:
    """As the leader does: tell every holder; gives who did not take it."""
    places = {one.id: one.url for one in world.holders.places.values()}
    async with world.holders.client() as client:
        job = Refusing(
            world.engine,
            lambda _now: INDEX_KEY,
            lambda: places,
            client,
            EventLog(world.log, world.clock),
            world.clock,
            silent or set(),
        )
        await job.tell()
    return job.silent


@pytest.mark.parametrize("account", ["user-1", EVERYONE])
async def test_holders_evaluate_nothing_for_who_is_suspended_at_the_index(
    tmp_path: Path, account: str
) -> None:
    async with open_world(tmp_path) as world:
        await world.holders.look_up([a_bsn(1)])
        async with owning(world.engine) as conn:
            await suspend_account(conn, LOOKUP_OIN, account, now=world.clock())
        assert await _tell(world) == set()
        with pytest.raises(KeysError):
            await world.holders.look_up([a_bsn(1)])
        assert "account-refused" in world.holders.holders[1].log.getvalue()


async def test_a_holder_that_is_not_told_is_named_once_until_it_is(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path) as world:
        world.holders.holders[2].down = True
        silent = await _tell(world)
        silent = await _tell(world, silent)
        assert silent == {"holder-2"}
        world.holders.holders[2].down = False
        assert await _tell(world, silent) == set()
    said = world.log.getvalue()
    assert (said.count("holder-untold"), said.count("holder-told")) == (1, 1)


async def _put(holders: Holders, key: PrivateKey, **more: object) -> int:
    account = str(more.get("sub", "user-1"))
    at = holders.clock() + timedelta(seconds=int(str(more.get("later", 0))))
    named = [] if more.get("empty") else [(LOOKUP_OIN, account)]
    said = {"statement": sign_refused(key, named, now=at)}
    async with holders.client() as client:
        url = f"{holders.holders[1].place.url}/v1/refused"
        return (await client.put(url, json=said)).status_code


CASES: Mapping[str, tuple[dict[str, object], int]] = {
    "from the future": ({"later": 3600}, 401),
    "older than what counts": ({"later": -60, "empty": True}, 401),
    "newer": ({"later": 20, "empty": True}, 200),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_holder_takes_the_newest_list_alone(tmp_path: Path, case: str) -> None:
    holders = some_holders()
    stores = on_disk(holders, tmp_path)
    assert await _put(holders, INDEX_KEY, sub=EVERYBODY) == 200
    changed, status = CASES[case]
    assert await _put(holders, INDEX_KEY, **changed) == status
    for store in stores:
        store.close()


async def test_what_a_holder_was_told_holds_after_a_restart(tmp_path: Path) -> None:
    holders = some_holders()
    said = Refused(frozenset({(LOOKUP_OIN, EVERYBODY)}), holders.clock())
    for index in holders.holders:
        store = HolderStore.open(tmp_path / f"holder-{index}.db")
        store.take_refused(said)
        store.close()
    stores = on_disk(holders, tmp_path)
    with pytest.raises(KeysError):
        await holders.look_up([a_bsn(1)])
    for store in stores:
        store.close()


async def test_nobody_but_the_index_says_whom_to_refuse(tmp_path: Path) -> None:
    holders = some_holders()
    stores = on_disk(holders, tmp_path)
    assert await _put(holders, PrivateKey.generate(INDEX_KEY.kid)) == 401
    await holders.look_up([a_bsn(1)])
    for store in stores:
        store.close()


def test_a_holder_ends_an_entry_and_never_takes_its_key_again(tmp_path: Path) -> None:
    path, today = tmp_path / "organisations.toml", some_holders().clock().date()
    stolen, fresh = a_lookup_organisation(), a_lookup_organisation()
    add_organisation(path, stolen.entry)
    end_organisation(path, LOOKUP_OIN, "lookup", "stolen", today=today)
    with pytest.raises(HolderStartRefused):
        end_organisation(path, LOOKUP_OIN, "lookup", "stolen", today=today)
    with pytest.raises(HolderStartRefused):
        add_organisation(path, stolen.entry)
    add_organisation(path, fresh.entry)
    known = load_organisations(path)
    assert known.get(LOOKUP_OIN, "lookup").request_key == fresh.entry.request_key


async def _end_signer(world: World) -> None:
    agency = world.debt_help
    async with owning(world.engine) as conn:
        key = {"organisation": agency.oin, "kid": agency.key.kid}
        await end(conn, "signer", key, Because.STOLEN, now=world.clock())


async def _end_of(what: str, world: World) -> None:
    async with owning(world.engine) as conn:
        key = {"oin": world.debt_help.oin}
        await end(conn, what, key, Because.STOPPED, now=world.clock())


async def _end_coverage(world: World) -> None:
    agency = world.debt_help
    here = {"source": agency.oin, "category": agency.category}
    async with owning(world.engine) as conn:
        ended = update(coverage).filter_by(**here).values(active=False)
        assert (await conn.execute(ended)).rowcount == 1


ENDINGS: Mapping[str, Callable[[World], Awaitable[None]]] = {
    "source": partial(_end_of, "source"),
    "organisation": partial(_end_of, "organisation"),
    "signer": _end_signer,
    "coverage": _end_coverage,
}


@pytest.mark.parametrize("what", ENDINGS)
async def test_what_was_on_its_way_when_its_sender_ended_is_not_kept(
    world: World, what: str
) -> None:
    """Its process knows the registry of before; withdrawn or passed on, it is over."""
    world.index.standing._count_seconds = lambda: 0.0  # by the world's own clock alone
    agency = world.debt_help
    await world.publish(agency, [a_bsn(1)])
    await ENDINGS[what](world)
    notice = a_notice(agency.contact, source=Oin(agency.oin))
    late = await world.send_batch(agency, [notice], [a_bsn(2)])
    assert late.status_code == 503, late.text
    async with owning(world.engine) as conn:
        kept = (await conn.scalars(select(signal.c.reference))).all()
    assert notice.reference not in kept
    again = await world.send_batch(agency, [notice], [a_bsn(2)])
    assert again.status_code != 503
    assert "accepted" not in again.text


async def test_a_key_ends_after_what_it_signed_and_is_on_its_way(
    registered_postgres: str,
) -> None:
    """Whoever ends it waits for what was judged before, and what comes after it is."""
    async with open_world(Path(), registered_postgres) as world:
        agency = world.debt_help
        sending = Sending(agency.oin, str(agency.key.kid), frozenset({agency.oin}))
        async with transaction(world.engine) as conn:
            await hold_sending(conn, sending)
            ending = asyncio.create_task(_end_signer(world))
            done, _ = await asyncio.wait({ending}, timeout=0.3)
            assert not done
        await ending
        with pytest.raises(StandingChanged):
            async with transaction(world.engine) as conn:
                await hold_sending(conn, sending)
