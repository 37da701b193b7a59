"""A population register tells of a death or a move: every source's signals follow.

Recorded once, told to nobody how many; what contradicts it later is refused.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from keys.base64url import encode_b64u
from keys.bsn import Bsn
from keys.municipality import MunicipalityCode
from signal_index.ledger import Group
from signal_index.notice import (
    SALT_BYTES,
    sign_person_event,
    subject_commitment,
)
from signal_index.store.connect import reading
from signal_index.store.registry import (
    OrganisationRecord,
    SignerRecord,
    SourceRecord,
    add_client,
    add_organisation,
    add_signer,
    add_source,
)
from signal_index.wire.person_events import (
    PersonEvent,
    PersonEventBody,
    PersonEventKind,
)
from signal_index.wire.values import Oin
from tests.builders import a_notice, anew
from tests.holders_builders import a_bsn
from tests.ledger_reading import open_entries
from tests.notice_builders import dump
from tests.store_builders import owning
from tests.trial_builders import put_in_trial
from tests.world import Agency, World, open_world
from tests.world_registry import a_machine

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ONE, TWO = a_bsn(1), a_bsn(2)
DECEASED, MOVED_AWAY = PersonEventKind.DECEASED, PersonEventKind.MOVED_AWAY
REGISTER_OIN = "00000001000000000019"
HOME = MunicipalityCode("9901")
SALT = bytes(SALT_BYTES)


@dataclass
class Town:
    """A world with a population register."""

    world: World
    register: Agency

    async def tell(
        self,
        number: Bsn,
        kind: PersonEventKind,
        sender: Agency | None = None,
        *,
        salt: bytes = SALT,
        **changed: Any,  # noqa: ANN401 - fields of the event by name
    ) -> httpx.Response:
        world, sender = self.world, sender or self.register
        given = await world.holders.prepare_publication([number])
        (n,) = given.pseudonyms
        event = PersonEvent(
            event=uuid.uuid4(),
            source=Oin(sender.oin),
            subject=subject_commitment(SALT, n),
            kind=kind,
            municipality=HOME,
            on=world.clock().date(),
        )
        event = anew(event, **changed)
        iss = Oin(sender.oin)
        token = sign_person_event(sender.key, event, iss=iss, now=world.clock())
        version = world.index.key_config.key_version
        body = PersonEventBody(
            keyVersion=version, event=token, pseudonym=n.encoded, salt=salt
        ).model_dump(mode="json")
        bearer = world.a_source_token(sender)
        return await world.send("POST", "/person-events", bearer, body)

    async def publish_again(self, number: Bsn) -> dict[str, Any]:
        agency = self.world.debt_help
        notice = a_notice(agency.contact, source=Oin(agency.oin))
        answer = await self.world.send_batch(agency, [notice], [number])
        (result,) = answer.json()["results"]
        found: dict[str, Any] = result
        return found

    async def count(self, statement: str) -> int:
        async with reading(self.world.engine) as conn:
            return int(await conn.scalar(text(statement)) or 0)


@pytest.fixture
async def town(database_url: str | None, tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, database_url) as opened:
        yield opened


@asynccontextmanager
async def open_town(folder: Path, url: str | None) -> AsyncIterator[Town]:
    """Open a world with a population register."""
    async with open_world(folder, url) as world:
        register = Agency(REGISTER_OIN, "")
        await _register(register, world)
        world.clock.forward(timedelta(minutes=1))  # who is registered is read anew
        yield Town(world, register)


async def _register(register: Agency, world: World) -> None:
    now, oin = world.clock(), register.oin
    async with owning(world.engine) as conn:
        record = OrganisationRecord(oin, "Burgerzaken", "source-agency", HOME)
        await add_organisation(conn, record, now=now)
        await add_client(conn, a_machine(oin), now=now)
        jwk = register.key.encode_public().decode()
        await add_signer(conn, SignerRecord(oin, register.key.kid, jwk), now=now)
        nothing: frozenset[str] = frozenset()
        source = SourceRecord(oin, "population-register", nothing, nothing, 1)
        await add_source(conn, source, now=now)


async def test_a_death_ends_the_signals_of_every_source_and_of_nobody_else(
    town: Town,
) -> None:
    await town.world.publish(town.world.debt_help, [ONE, TWO])
    await town.world.publish(town.world.income_support, [ONE])
    told = await town.tell(ONE, DECEASED)
    assert told.status_code == 201, told.text
    assert await town.count("SELECT count(*) FROM signal") == 1
    (answer,) = await town.world.look_up([TWO])
    assert len(answer["flags"]) == 1


async def test_an_event_is_one_entry_which_says_what_it_ended(town: Town) -> None:
    """The public tree grows by one, whether anybody signalled this person or not."""
    (debts,) = await town.world.publish(town.world.debt_help, [ONE])
    (income,) = await town.world.publish(town.world.income_support, [ONE])
    for number in (ONE, TWO):
        await town.tell(number, DECEASED)
    whats: list[Any] = [
        said[Group.WHAT] for said in await open_entries(town.world, "person-event")
    ]
    ended = [{one["reference"] for one in what["ended"]} for what in whats]
    both = {encode_b64u(one.reference.bytes) for one in (debts, income)}
    assert sorted(ended, key=len) == [set(), both]
    lengths = "SELECT count(DISTINCT length(sealed)) FROM ledger_disclosure"
    assert await town.count(lengths) == 1


async def test_what_an_event_leaves_joins_no_two_rows_of_one_person(
    town: Town,
) -> None:
    """A copy of the database: no moment, no reason, no kind, one length."""
    agencies = list(town.world.agencies.values())[:3]
    for agency in agencies:
        await town.world.publish(agency, [ONE])
    await town.tell(ONE, DECEASED)
    rows = await dump(town.world, "tombstone")
    kept = {date.fromisoformat(str(row["until"])) for row in rows}
    assert len(rows) == len(agencies) + 1  # one that nobody has
    assert min(kept) - town.world.clock().date() >= timedelta(days=90)
    own = {"source": 0, "reference": 0, "until": 0}
    alike = [{**row, **own, "sealed": len(row["sealed"])} for row in rows]
    assert all(row == alike[0] for row in alike)
    assert set(alike[0].values()) <= {0, None, 1, 2026, "9901", alike[0]["sealed"]}


async def test_the_register_is_not_told_how_many_signals_there_were(
    town: Town,
) -> None:
    await town.world.publish(town.world.debt_help, [ONE])
    hit = await town.tell(ONE, DECEASED)
    miss = await town.tell(TWO, DECEASED)
    assert hit.json().keys() == miss.json().keys() == {"event", "entryId"}
    assert len(hit.content) == len(miss.content)


async def test_an_event_sent_again_answers_the_same_and_does_nothing(
    town: Town,
) -> None:
    event = uuid.uuid4()
    first = await town.tell(ONE, DECEASED, event=event)
    assert first.status_code == 201, first.text
    entries = await town.count("SELECT count(*) FROM ledger_entry")
    again = await town.tell(ONE, DECEASED, event=event)
    assert (again.status_code, again.json()) == (200, first.json())
    assert await town.count("SELECT count(*) FROM ledger_entry") == entries


@pytest.mark.parametrize(
    ("kind", "slug"),
    [(DECEASED, "subject-deceased"), (MOVED_AWAY, "subject-moved-away")],
)
async def test_what_is_published_against_the_register_is_refused_with_its_reason(
    town: Town, kind: PersonEventKind, slug: str
) -> None:
    await town.tell(ONE, kind)
    result = await town.publish_again(ONE)
    assert result["outcome"] == "refused"
    assert result["problem"]["type"].endswith(slug)
    assert (await town.publish_again(TWO))["outcome"] == "accepted"


async def test_who_moves_in_again_can_be_published_again(town: Town) -> None:
    await town.tell(ONE, MOVED_AWAY)
    town.world.clock.forward(timedelta(days=40))
    await town.tell(ONE, PersonEventKind.MOVED_IN)
    assert (await town.publish_again(ONE))["outcome"] == "accepted"


async def test_who_has_died_does_not_come_back_by_moving_in(town: Town) -> None:
    await town.tell(ONE, DECEASED)
    await town.tell(ONE, PersonEventKind.MOVED_IN)
    assert (await town.publish_again(ONE))["outcome"] == "refused"


async def test_an_agency_that_is_no_register_tells_of_nobody(town: Town) -> None:
    await town.world.publish(town.world.income_support, [ONE])
    refused = await town.tell(ONE, DECEASED, town.world.debt_help)
    assert refused.status_code == 403
    assert await town.count("SELECT count(*) FROM signal") == 1


async def test_a_register_tells_of_its_own_municipality_only(town: Town) -> None:
    refused = await town.tell(ONE, DECEASED, municipality=MunicipalityCode("9902"))
    assert refused.status_code == 403


async def test_another_pseudonym_than_was_signed_is_refused(town: Town) -> None:
    refused = await town.tell(ONE, DECEASED, salt=bytes(range(SALT_BYTES)))
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "subject"


async def test_the_mark_of_a_person_is_no_row_key_of_a_signal(town: Town) -> None:
    await town.world.publish(town.world.debt_help, [ONE])
    await town.tell(ONE, PersonEventKind.MOVED_IN)
    joined = "SELECT count(*) FROM signal s JOIN person_event e ON e.mark = s.row_key"
    assert await town.count("SELECT count(*) FROM person_event") == 1
    assert await town.count(joined) == 0


async def test_a_register_in_trial_ends_nothing(town: Town) -> None:
    await town.world.publish(town.world.debt_help, [ONE])
    await put_in_trial(town.world, town.register)
    told = await town.tell(ONE, DECEASED)
    assert told.status_code == 403, told.text
    (part,) = await town.world.look_up([ONE])
    assert len(part["flags"]) == 1
