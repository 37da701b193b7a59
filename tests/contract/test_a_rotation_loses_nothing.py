"""While a key is rotated each person is the same one under both keys."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import text

from keys.bsn import Bsn
from keys.client.asking import Pseudonymised
from keys.events import EventLog
from keys.group import invert_scalars, multiply_scalars, parse_scalar
from keys.holder.building import build_app
from keys.holder.evaluations import Holder
from keys.holder.opening import match_keys
from keys.pseudonym import KeyVersion, parse_index_scalar
from signal_index.api.key_config_view import KeyConfigView
from signal_index.notice import Batch, sign_batch
from signal_index.store.connect import reading
from signal_index.wire.signals import BatchBody
from signal_index.wire.values import Oin
from tests.builders import a_notice, about
from tests.dealing import Dealing, combine_shares
from tests.holder_fakes import INDEX_KEYS
from tests.holders_builders import AUDIENCE, a_bsn
from tests.overlap_builders import share_anew
from tests.world import World

pytestmark = pytest.mark.anyio
CITIZEN, OTHER = a_bsn(1), a_bsn(2)
FORMER, FOLLOWING = KeyVersion(1), KeyVersion(2)


@pytest.fixture
def following(world: World) -> Iterator[Dealing]:
    """The next key; the index has its secret of it, and loses it with the test."""
    first = world.holders.dealing
    second = share_anew(first, rotated=True)
    former, key = (
        combine_shares([one.share for one in dealing.holders[:2]])
        for dealing in (first, second)
    )
    scalars = world.index.keys.scalars
    assert isinstance(scalars, dict)
    kept = scalars[FORMER]
    now = multiply_scalars(parse_scalar(kept.encoded), former)
    carried = multiply_scalars(now, invert_scalars([key])[0])
    scalars[FOLLOWING] = parse_index_scalar(carried.encoded)
    yield second
    scalars.clear()
    scalars[FORMER] = kept


def under(world: World, dealing: Dealing) -> World:
    """The world with this key in use: at its holders, at its index, and at who asks."""
    holders = world.holders
    for dealt in dealing.holders:
        made = holders.holders[dealt.share.index]
        keys = match_keys(
            dealing.config, dealing.document, dealt.id, dealt.share, dealt.ticket_key
        )
        now, known = world.clock, holders.known
        holder = Holder(keys, AUDIENCE, known, made.meter, now, INDEX_KEYS)
        made.keys, made.app = keys, build_app(holder, EventLog(made.log))
    world.index.keys.verify_same_rows(holders.config, dealing.config)
    holders.dealing = dealing
    index = replace(world.index, key_configs=KeyConfigView(dealing.config))
    world.app.state.index = index  # type: ignore[attr-defined]
    return replace(world, index=index)


async def shown(world: World, *numbers: Bsn) -> list[list[str]]:
    """What is shown of these persons, under the key in use."""
    answers = await world.look_up(numbers)
    return [sorted(flag["category"] for flag in one["flags"]) for one in answers]


async def test_a_person_is_the_same_under_both_keys(
    world: World, following: Dealing
) -> None:
    first = world.holders.dealing
    await world.publish(world.debt_help, [CITIZEN])
    before = await shown(world, CITIZEN, OTHER)
    assert [len(each) for each in before] == [1, 0]
    world = under(world, following)
    assert await shown(world, CITIZEN, OTHER) == before
    await world.publish(world.debt_help, [OTHER])
    assert await shown(world, CITIZEN, OTHER) == [before[0], before[0]]
    world = under(world, first)
    assert await shown(world, CITIZEN, OTHER) == [before[0], before[0]]


async def test_what_waited_in_an_outbox_under_the_former_key_is_taken(
    world: World, following: Dealing
) -> None:
    given = await world.holders.prepare_publication([CITIZEN])
    world = under(world, following)
    answer = await deliver(world, given)
    assert [one["outcome"] for one in answer.json()["results"]] == ["accepted"]
    assert [len(each) for each in await shown(world, CITIZEN)] == [1]


async def deliver(world: World, given: Pseudonymised) -> httpx.Response:
    """Send a notice that was made before the key changed."""
    agency = world.debt_help
    oin = Oin(agency.oin)
    notice = a_notice(agency.contact, source=oin, category=agency.category)
    bound, proof = about(notice, given.pseudonyms[0])
    batch = Batch(uuid.uuid4(), (bound,))
    token = sign_batch(agency.key, batch, iss=oin, now=world.clock())
    body = BatchBody(keyVersion=FORMER, batch=token, subjects=[proof])
    bearer = world.a_source_token(agency)
    return await world.send(
        "POST", "/signal-batches", bearer, body.model_dump(mode="json")
    )


async def test_the_ledger_names_a_person_alike_under_both_keys(
    world: World, following: Dealing
) -> None:
    """Who asks whom is told of either key, whatever key is used to ask."""
    await shown(world, CITIZEN)
    await shown(under(world, following), CITIZEN)
    async with reading(world.engine) as conn:
        found = await conn.scalars(text("SELECT find_person FROM ledger_disclosure"))
    names = [bytes(name) for name in found if name is not None]
    assert len(names) == 2
    assert len(set(names)) == 1


async def test_a_version_that_is_destroyed_is_stale_and_never_a_miss(
    world: World, following: Dealing
) -> None:
    await world.publish(world.debt_help, [CITIZEN])
    world = under(world, following)
    scalars = world.index.keys.scalars
    assert isinstance(scalars, dict)
    del scalars[FORMER]
    body = await world.ask([CITIZEN], keyVersion=FORMER)
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("stale-key-version")
    assert [len(each) for each in await shown(world, CITIZEN)] == [1]
