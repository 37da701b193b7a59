"""Who runs the index, or writes in its database, would have somebody else called."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from desk.contact_checks import ContactChecks
from desk.database import Database
from desk.holders import Holders, HolderTrust
from desk.known_config import KnownConfig
from desk.settings import HolderSettings
from keys.config import ConfigPins
from keys.events import EventLog
from keys.holder.evaluations import Holder
from keys.holder.organisations import Organisations, collect_organisations
from keys.holder.stating import state_notice_keys
from keys.quorum import Watch
from keys.security.events import SecurityLog, name_account
from signal_index.notice import (
    new_notice_key,
    parse_signed_contact,
    parse_signer_key,
    sign_contact,
)
from signal_index.wire.values import Oin, Phone
from tests.builders import a_contact_holder
from tests.contact_builders import known_source
from tests.holder_fakes import INDEX_KEY
from tests.holders_builders import AUDIENCE, a_bsn
from tests.world import Agency, World

pytestmark = pytest.mark.anyio
ONE = a_bsn(1)
IMPOSTOR = "+31201234567"


class Desk:
    """What a desk does with an answer, and what its security stream says of it."""

    def __init__(self, world: World, checks: ContactChecks, log: io.StringIO) -> None:
        self._world = world
        self._checks = checks
        self._log = log

    async def read(self) -> Mapping[str, Any] | None:
        """Whom the page would show to call about the one flag."""
        body = await self._world.ask([ONE])
        token = self._world.a_token()
        answer = await self._world.send("POST", "/lookups", token, body)
        assert answer.status_code == 200, answer.text
        held = await self._checks.hold_answer(answer.content)
        assert len(held) == len(answer.content)
        (flag,) = json.loads(held)["answers"][0]["flags"]
        contact: Mapping[str, Any] | None = flag["contactHolder"]
        return contact

    @property
    def faults(self) -> list[str]:
        said = [json.loads(line) for line in self._log.getvalue().splitlines()]
        return [one["reason"] for one in said if one["event"] == "contact-refused"]

    @property
    def alarms(self) -> list[str]:
        said = [json.loads(line) for line in self._log.getvalue().splitlines()]
        return [one["rule"] for one in said if one["event"] == "alarm"]


@pytest.fixture
async def desk(world: World, tmp_path: Path) -> AsyncIterator[Desk]:
    async with _open_desk(world, tmp_path) as opened:
        yield opened


@asynccontextmanager
async def _open_desk(world: World, folder: Path) -> AsyncIterator[Desk]:
    known = [
        HolderSettings(index=index, id=place.id, url=place.url)
        for index, place in world.holders.places.items()
    ]
    config = world.holders.config
    pins = ConfigPins(keys=tuple(each.config_key for each in config.holders))
    stream = io.StringIO()
    log = SecurityLog(
        EventLog(stream, world.clock),
        lambda oin, sub: name_account(b"key", oin, sub),
        clock=world.clock,
    )
    database = Database(f"sqlite+aiosqlite:///{folder / 'desk.sqlite3'}")
    await database.prepare()
    async with world.holders.client() as http:
        holders = Holders(
            known,
            HolderTrust(pins, "dealt", AUDIENCE),
            world.holders.lookup.oin,
            world.holders.lookup.key,
            http,
            clock=world.clock,
            known_config=KnownConfig(database),
            watch=Watch(turn=0),
        )
        yield Desk(world, ContactChecks(holders, log, world.clock), stream)
    await database.close()


async def change_details(world: World, change: Mapping[str, object]) -> None:
    """Do what an operator does: other details, the signature left as it was."""
    details = await _read(world, str(world.debt_help.contact))
    await _write(world, str(world.debt_help.contact), {**details, **change})


async def _read(world: World, contact: str) -> dict[str, Any]:
    async with world.engine.connect() as conn:
        asked = text("SELECT details FROM contact_holder WHERE id = :id")
        found = await conn.execute(asked, {"id": contact.replace("-", "")})
        return dict(json.loads(found.scalar_one()))


async def _write(world: World, contact: str, details: Mapping[str, object]) -> None:
    await world.run_sql(
        "UPDATE contact_holder SET details = :details WHERE id = :id",
        details=json.dumps(details),
        id=contact.replace("-", ""),
    )


async def test_what_the_source_signed_is_shown(world: World, desk: Desk) -> None:
    await world.publish(world.debt_help, [ONE])
    contact = await desk.read()
    assert contact is not None
    assert contact["phone"] == a_contact_holder().phone
    assert desk.faults == []


@pytest.mark.parametrize(
    "change",
    [
        {"phone": IMPOSTOR},
        {"function": "Teamleider"},
        {"name": "B. Bos"},
        {"outOfHoursPhone": IMPOSTOR},
        {"officeHours": [{"days": ["mon"], "from": "00:00", "to": "23:59"}]},
        {"officeHours": []},
        {"deputy": {"function": "Teamleider", "phone": IMPOSTOR}},
        {"absentUntil": "2027-01-01"},
        {"lastVerified": "2026-11-22"},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_changed_details_are_shown_to_nobody(
    world: World, desk: Desk, change: Mapping[str, object]
) -> None:
    await world.publish(world.debt_help, [ONE])
    await change_details(world, change)
    assert await desk.read() is None
    assert desk.faults == ["changed"]
    assert desk.alarms == ["contact-refused"]


async def test_without_its_signature_a_number_is_shown_to_nobody(
    world: World, desk: Desk
) -> None:
    await world.publish(world.debt_help, [ONE])
    await change_details(world, {"phone": IMPOSTOR, "signature": None})
    assert await desk.read() is None
    assert desk.faults == ["unsigned"]


async def test_two_contact_holders_of_one_source_do_not_change_places(
    world: World, desk: Desk
) -> None:
    agency, other = world.debt_help, uuid.uuid4()
    said = a_contact_holder(phone=Phone(IMPOSTOR))
    await world.put_contact(agency, said, contact=other)
    await world.publish(agency, [ONE])
    await _write(world, str(agency.contact), await _read(world, str(other)))
    assert await desk.read() is None
    assert desk.faults == ["changed"]


async def test_the_number_of_another_organisation_is_not_shown(
    world: World, desk: Desk
) -> None:
    await world.publish(world.debt_help, [ONE])
    theirs = world.income_support.contact
    await world.run_sql("UPDATE signal SET contact_holder = :theirs", theirs=theirs.hex)
    assert await desk.read() is None
    assert desk.faults == ["key-unknown"]


async def test_an_older_number_does_not_come_back_over_a_newer_one(
    world: World, desk: Desk
) -> None:
    agency = world.debt_help
    await world.publish(agency, [ONE])
    old = await _read(world, str(agency.contact))
    world.clock.forward(timedelta(minutes=1))
    new = a_contact_holder(phone=Phone("+31101234599"))
    assert (await world.put_contact(agency, new)).status_code == 200
    contact = await desk.read()
    assert contact is not None
    assert contact["phone"] == "+31101234599"
    await _write(world, str(agency.contact), old)
    assert await desk.read() is None
    assert desk.faults == ["older"]


async def test_an_old_number_is_not_passed_off_as_lately_confirmed(
    world: World, desk: Desk
) -> None:
    await world.publish(world.debt_help, [ONE])
    world.clock.forward(timedelta(days=200))
    today = world.clock().date().isoformat()
    await world.run_sql("UPDATE contact_holder SET last_verified = :on", on=today)
    assert await desk.read() is None
    assert desk.faults == ["stale"]


async def test_a_key_that_only_the_index_knows_is_no_key(
    world: World, desk: Desk
) -> None:
    """Its operator registers a signer of their own, and signs with it."""
    agency = world.debt_help
    await world.publish(agency, [ONE])
    agency.key = new_notice_key()
    await world.run_sql(
        "INSERT INTO signer (organisation, kid, municipality, jwk, registered_at)"
        " VALUES (:oin, :kid, '9901', :jwk, '2026-11-01 00:00:00')",
        oin=agency.oin,
        kid=agency.key.kid,
        jwk=agency.key.encode_public().decode(),
    )
    world.index.standing.forget()
    said = a_contact_holder(phone=Phone(IMPOSTOR))
    assert (await world.put_contact(agency, said)).status_code == 200
    assert await desk.read() is None
    assert desk.faults == ["key-unknown"]


async def test_who_has_a_key_signs_for_no_source_but_its_own(
    world: World, desk: Desk
) -> None:
    """Who runs the index is often a source as well, with a key that holders know."""
    await world.publish(world.debt_help, [ONE])
    await _write(
        world, str(world.debt_help.contact), _sign_for(world, world.income_support)
    )
    assert await desk.read() is None
    assert desk.faults == ["key-unknown"]


async def test_who_sends_for_a_partner_signs_for_it_once_holders_say_so(
    world: World, desk: Desk
) -> None:
    await world.publish(world.debt_help, [ONE])
    await _write(
        world, str(world.debt_help.contact), _sign_for(world, world.income_support)
    )
    _let_sign_for(world, [1], world.income_support, world.debt_help)
    assert await desk.read() is None, "one holder alone says so"
    world.clock.forward(timedelta(seconds=61))
    _let_sign_for(world, [2], world.income_support, world.debt_help)
    contact = await desk.read()
    assert contact is not None
    assert contact["phone"] == IMPOSTOR


def _sign_for(world: World, by: Agency) -> dict[str, Any]:
    """Another number for the debt-help agency's contact, which another agency signs."""
    own, said = world.debt_help, a_contact_holder(phone=Phone(IMPOSTOR))
    source = Oin(own.oin)
    token = sign_contact(
        by.key, own.contact, source, said, iss=Oin(by.oin), now=world.clock()
    )
    signer = parse_signer_key(by.oin, by.key.encode_public())
    _, signature = parse_signed_contact(token, signer, now=world.clock())
    more = {"source": source, "signature": signature.model_dump(mode="json")}
    return said.model_dump(mode="json") | more


@pytest.mark.parametrize(
    "change",
    [
        {"function": ""},
        {"function": "<b>Teamleider</b>"},
        {"phone": "06"},
        {"name": "1234567890"},
        {"deputy": None, "outOfHoursPhone": "0"},
        {"officeHours": [{"days": ["mon"], "from": "09:00", "to": "17:00"}] * 4},
    ],
    ids=str,
)
async def test_what_cannot_be_a_contact_holder_costs_no_other_flag(
    world: World, desk: Desk, change: Mapping[str, object]
) -> None:
    """One row that somebody broke would else take every lookup of its persons."""
    await world.publish(world.debt_help, [ONE])
    await change_details(world, change)
    assert await desk.read() is None
    assert desk.faults == ["changed"]


@pytest.mark.parametrize(
    "change",
    [
        {"function": None},
        {"phone": 31101234567},
        {"phone": "\ud800"},
        {"lastVerified": "yesterday"},
        {"deputy": "Teamleider"},
        {"officeHours": [{"days": ["mon"], "from": "17:00", "to": "09:00"}]},
        {"signature": "none"},
    ],
    ids=str,
)
async def test_what_cannot_be_read_is_refused_as_what_nobody_signed(
    world: World, desk: Desk, change: Mapping[str, object]
) -> None:
    """The index answers all the same, and the alarm names whose row was broken."""
    await world.publish(world.debt_help, [ONE])
    await change_details(world, change)
    assert await desk.read() is None
    assert desk.faults == ["unsigned"]


@pytest.mark.parametrize("details", ["[]", '"none"', "7", "null"])
async def test_details_that_are_no_details_cost_no_other_flag(
    world: World, desk: Desk, details: str
) -> None:
    await world.publish(world.debt_help, [ONE])
    await world.run_sql("UPDATE contact_holder SET details = :it", it=details)
    assert await desk.read() is None
    assert desk.faults == ["unsigned"]


async def test_one_holder_alone_vouches_for_no_key(world: World, desk: Desk) -> None:
    await world.publish(world.debt_help, [ONE])
    known = collect_organisations([known_source(world.debt_help.oin)])
    _let_state(world, [1, 2], known)
    assert await desk.read() is None
    assert desk.faults == ["key-unknown"]


async def test_holders_that_say_nothing_make_no_false_alarm_of_a_source(
    world: World, desk: Desk
) -> None:
    """Else whoever stops two holders buries the alarm about a changed number."""
    await world.publish(world.debt_help, [ONE])
    for index in (1, 2):
        world.holders.holders[index].fault = _state_nothing
    assert await desk.read() is None
    assert (desk.faults, desk.alarms) == (["no-holders"], [])
    await change_details(world, {"signature": None})
    assert await desk.read() is None
    assert desk.alarms == ["contact-refused"]


async def test_what_holders_stated_counts_for_ten_minutes(
    world: World, desk: Desk
) -> None:
    await world.publish(world.debt_help, [ONE])
    assert await desk.read() is not None
    for index in (1, 2):
        world.holders.holders[index].fault = _state_nothing
    world.clock.forward(timedelta(minutes=9))
    assert await desk.read() is not None
    world.clock.forward(timedelta(minutes=1))
    assert await desk.read() is None
    assert desk.faults == ["no-holders"]


def _let_sign_for(
    world: World, holders: Sequence[int], by: Agency, source: Agency
) -> None:
    """Do what operators of holders do: let an agency sign for another one's flags."""
    entry = known_source(by.oin, by.key).model_copy(update={"partners": (source.oin,)})
    _let_state(world, holders, collect_organisations([entry]))


def _let_state(world: World, holders: Sequence[int], known: Organisations) -> None:
    for index in holders:
        made = world.holders.holders[index]
        key = INDEX_KEY.public
        holder = Holder(made.keys, AUDIENCE, known, made.meter, world.clock, key)
        made.fault = partial(_state, holder)


async def _state(
    holder: Holder, request: httpx.Request, honest: httpx.AsyncBaseTransport
) -> httpx.Response:
    answer = await honest.handle_async_request(request)
    if not request.url.path.endswith("/notice-keys"):
        return answer
    return httpx.Response(200, content=state_notice_keys(holder).encode())


async def _state_nothing(
    request: httpx.Request, honest: httpx.AsyncBaseTransport
) -> httpx.Response:
    answer = await honest.handle_async_request(request)
    if not request.url.path.endswith("/notice-keys"):
        return answer
    return httpx.Response(200, content=b"garbage")


async def test_the_index_stores_nothing_that_its_caller_did_not_sign(
    world: World,
) -> None:
    agency = world.debt_help
    body = {"contactHolder": a_contact_holder().model_dump(mode="json")}
    path, token = f"/contact-holders/{agency.contact}", world.a_source_token(agency)
    assert (await world.send("PUT", path, token, body)).status_code == 400
    agency.key = new_notice_key()
    answer = await world.put_contact(agency, a_contact_holder())
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (
        403,
        "signature-invalid",
    )


async def test_an_older_signature_is_not_stored_over_a_newer_one(world: World) -> None:
    agency = world.debt_help
    own = Oin(agency.oin)
    old = sign_contact(
        agency.key,
        agency.contact,
        own,
        a_contact_holder(phone=Phone("+31101234500")),
        iss=own,
        now=world.clock() - timedelta(days=1),
    )
    assert (await world.put_contact(agency, a_contact_holder())).status_code == 200
    path, token = f"/contact-holders/{agency.contact}", world.a_source_token(agency)
    answer = await world.send("PUT", path, token, {"contactHolder": old})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (400, "iat")


@pytest.mark.parametrize("at", [None, 2**31 - 1])
async def test_a_source_mends_what_somebody_broke_in_the_database(
    world: World, desk: Desk, at: int | None
) -> None:
    """Also where the row says that it was signed in a thousand years, or by nobody."""
    agency = world.debt_help
    await world.publish(agency, [ONE])
    details = await _read(world, str(agency.contact))
    signature = None if at is None else details["signature"] | {"at": at}
    await _write(world, str(agency.contact), details | {"signature": signature})
    token = world.a_source_token(agency)
    listed = await world.send("GET", "/contact-holders", token)
    assert listed.status_code == 200, listed.text
    assert await desk.read() is None
    assert (await world.put_contact(agency, a_contact_holder())).status_code == 200
    assert await desk.read() is not None
