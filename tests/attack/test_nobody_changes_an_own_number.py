"""Who runs the index would have somebody else called where an organisation is late.

Or where a source calls back who looked: both are an organisation's own number.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from keys.holder.organisations import LookupOrganisation, collect_organisations
from signal_index.notice import ContactFault, new_notice_key, sign_contact
from signal_index.wire.lookups import Answer
from signal_index.wire.model import parse_value
from signal_index.wire.notices import ReturnNotice
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import Oin, Phone
from tests.builders import a_contact_holder
from tests.contact_builders import (
    CALLED,
    SIGNING_KEY,
    a_call_back,
    known_source,
    public_key,
    whom,
)
from tests.contact_desk import (
    IMPOSTOR,
    ONE,
    Desk,
    let_state,
    open_desk,
    read_details,
    write_details,
)
from tests.holders_builders import a_lookup_organisation
from tests.notice_builders import lead, read, switch_on
from tests.world import World

pytestmark = pytest.mark.anyio
OWN = a_contact_holder(phone=Phone("+31101234500"))


@pytest.fixture
async def desk(world: World, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(world, tmp_path) as opened:
        yield opened


async def _put_own(world: World) -> str:
    agency = world.debt_help
    id_ = name_own_number(agency.oin)
    assert (await world.put_contact(agency, OWN, contact=id_)).status_code == 201
    world.index.standing.forget()
    return str(id_)


async def _shown(world: World, desk: Desk) -> list[str | None]:
    """The own numbers that a desk would show."""
    parts = await world.look_up([ONE])
    held = await desk.hold(parse_value(Answer, {"answers": parts}))
    return [
        None if one.contactHolder is None else one.contactHolder.phone
        for one in held.answers[0].sources
        if one.organisation == "Bureau debt-help"
    ]


async def test_an_own_number_is_shown_as_it_was_signed(
    world: World, desk: Desk
) -> None:
    assert await _shown(world, desk) == [None]
    await _put_own(world)
    assert await _shown(world, desk) == [OWN.phone]
    assert desk.faults == []


async def test_an_own_number_that_was_changed_is_nobodys_to_call(
    world: World, desk: Desk
) -> None:
    id_ = await _put_own(world)
    details = await read_details(world, id_)
    await write_details(world, id_, {**details, "phone": IMPOSTOR})
    world.index.standing.forget()
    assert await _shown(world, desk) == [None]
    assert (desk.faults, desk.alarms) == (["changed"], ["contact-refused"])


async def test_nobody_takes_the_place_of_anothers_own_number(world: World) -> None:
    """Its id is known to all: who is first would keep the other one from its own."""
    id_ = name_own_number(world.debt_help.oin)
    taken = await world.put_contact(world.income_support, OWN, contact=id_)
    assert taken.status_code == 400
    assert (await world.put_contact(world.debt_help, OWN, contact=id_)).is_success


async def test_nobody_takes_the_place_of_who_joins_later(world: World) -> None:
    """An OIN is public long before: whoever joins would never store its own."""
    id_ = name_own_number("00000001999999999999")
    taken = await world.put_contact(world.income_support, OWN, contact=id_)
    assert taken.status_code == 400
    assert taken.json()["errors"][0]["field"] == "id"


async def test_an_older_own_number_is_not_played_again(world: World) -> None:
    id_ = name_own_number(world.debt_help.oin)
    agency = world.debt_help
    old = sign_contact(
        agency.key,
        id_,
        Oin(agency.oin),
        OWN,
        iss=Oin(agency.oin),
        now=world.clock(),
    )
    world.clock.forward(timedelta(minutes=1))
    await _put_own(world)
    token = world.a_source_token(agency)
    path = f"/contact-holders/{id_}"
    again = await world.send("PUT", path, token, {"contactHolder": old})
    assert again.status_code == 400
    assert again.json()["errors"][0]["field"] == "iat"


async def _called_back(world: World, token: str) -> ReturnNotice:
    await switch_on(world)
    await world.publish(world.debt_help, [ONE])
    await world.look_up([ONE], callBack=token)
    await lead(world)
    (told,) = await read(world, world.debt_help)
    return parse_value(ReturnNotice, told)


def _let_asker_sign(world: World) -> None:
    """Do what holders' operators do: take in by which key who looks up signs."""
    asker = a_lookup_organisation().entry
    assert isinstance(asker, LookupOrganisation)
    keys = (public_key(SIGNING_KEY),)
    known = [asker.model_copy(update={"notice_keys": keys})]
    let_state(world, [1, 2], collect_organisations(known))


async def test_who_looked_is_called_back_at_the_number_that_it_signed(
    world: World, desk: Desk
) -> None:
    _let_asker_sign(world)
    told = await _called_back(world, a_call_back())
    held = await desk.hold(told)
    assert held.callBack is not None
    assert whom(held.callBack.model_dump()) == CALLED


@pytest.mark.parametrize("known", [False, True])
async def test_a_call_back_that_the_index_made_up_is_nobodys(
    world: World, desk: Desk, *, known: bool
) -> None:
    """Another number under the signature, or all of it under a key of its own."""
    _let_asker_sign(world)
    made = a_call_back() if known else a_call_back(key=new_notice_key())
    told = await _called_back(world, made)
    assert told.callBack is not None
    changed = {"phone": Phone(IMPOSTOR)} if known else {}
    call = told.callBack.model_copy(update=changed)
    held = await desk.hold(told.model_copy(update={"callBack": call}))
    assert held.callBack is None
    assert desk.faults == ["changed" if known else "key-unknown"]


async def _called_back_twice(world: World) -> tuple[ReturnNotice, ReturnNotice]:
    """Two lookups of one day: the notices of the earlier and of the later one."""
    earlier = await _called_back(world, a_call_back(at=world.clock()))
    world.clock.forward(timedelta(hours=2))
    await world.look_up([ONE], callBack=a_call_back(at=world.clock()))
    await lead(world)
    told = [
        parse_value(ReturnNotice, one) for one in await read(world, world.debt_help)
    ]
    (later,) = (one for one in told if one.id != earlier.id)
    return earlier, later


async def test_the_number_of_an_earlier_lookup_stays_after_a_later_one(
    world: World, desk: Desk
) -> None:
    """Each is signed anew for its lookup: both hold, in any order, however often."""
    _let_asker_sign(world)
    earlier, later = await _called_back_twice(world)
    for one in (later, earlier, later, earlier):
        assert (await desk.hold(one)).callBack is not None
    assert desk.faults == []


async def test_a_number_that_stands_is_no_older_for_a_lookup_after_it(
    world: World, desk: Desk
) -> None:
    """Who looks up may be late as a source, too: one id, signed at two times."""
    _let_asker_sign(world)
    earlier, later = await _called_back_twice(world)
    assert later.callBack is not None
    assert (await desk.hold(later)).callBack is not None
    assert await desk.find_fault(earlier.callBack) is None
    assert await desk.find_fault(later.callBack) is None
    assert await desk.find_fault(earlier.callBack) is ContactFault.OLDER


async def test_the_number_of_an_earlier_lookup_is_not_put_under_a_later_one(
    world: World, desk: Desk
) -> None:
    """Signed by who looked, for another time: perhaps a number that was given up."""
    _let_asker_sign(world)
    earlier, later = await _called_back_twice(world)
    replayed = later.model_copy(update={"callBack": earlier.callBack})
    assert (await desk.hold(replayed)).callBack is None
    assert desk.faults == ["older"]


async def test_a_source_that_holders_know_calls_nobody_back_for_another(
    world: World, desk: Desk
) -> None:
    """Its key is of its own number: not of that of who looked."""
    agency = world.debt_help
    known = [known_source(agency.oin, agency.key)]
    let_state(world, [1, 2], collect_organisations(known))
    told = await _called_back(world, a_call_back(key=agency.key))
    assert (await desk.hold(told)).callBack is None
    assert desk.faults == ["key-unknown"]


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1],
        lambda token: token.replace(".", "..", 1),
        lambda _: a_call_back("00000001000000000099"),
        lambda token: token.rpartition(".")[0] + "." + "A" * 85 + "!",
        lambda _: "x" * 400,
    ],
)
async def test_a_lookup_carries_no_call_back_of_another_form(
    world: World, change: Callable[[str], str]
) -> None:
    body = await world.ask([ONE], callBack=change(a_call_back()))
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    assert answer.status_code == 400, answer.text


async def test_a_call_back_is_of_no_later_moment(world: World) -> None:
    """It would stand in the way of every later one."""
    later = a_call_back(at=world.clock() + timedelta(days=1))
    body = await world.ask([ONE], callBack=later)
    answer = await world.send("POST", "/lookups", world.a_token(), body)
    assert answer.status_code == 400
