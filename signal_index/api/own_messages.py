"""A citizen wants a message when somebody looked: begun, ended, and which are due.

- Begun and ended in a view, for whose view it is; recorded about them (`own-wish`), so
  that it shows in every view and report, also where it was not they who wished it.
- Once a day the page asks with all its tokens which have a message due. What it hears
  says a day, never a moment, and is as long whoever was looked up. It is of no person
  that the page can name, and no entry: the wish is.
- The index does not know who has messages on until it is asked, and keeps nothing.

Proven by tests/contract/test_own_messages.py and
tests/attack/test_a_message_tells_nothing.py.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from policy.key import calendar_day
from signal_index.api.acting import acting
from signal_index.api.callers import CitizenPortal
from signal_index.api.context import Index, TheIndex
from signal_index.api.own_views import pad_answer
from signal_index.api.person_asked import (
    PersonAct,
    find_keys_by_year,
    name_person,
    record_person,
)
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.citizens.marks import SeenView, open_whose
from signal_index.citizens.messages import (
    DAYS_BACK,
    Wanted,
    is_due,
    last_day,
    name_messages,
    open_message,
    seal_message,
)
from signal_index.errors import ViewOver
from signal_index.ledger import Kind, Openings, Outcome
from signal_index.proof import JsonObject
from signal_index.store.citizen_reports import find_person_entries
from signal_index.store.notices import year_of
from signal_index.wire import citizen_reports as wire
from signal_index.wire.errors import InvalidField
from signal_index.wire.values import Id

routes = Routes("eigen pagina van inwoners")
Wish = Literal["message-begun", "message-ended"]
MESSAGED = (Kind.LOOKUP, Kind.MATCH)


@routes.post(
    "/own-views/{view_id}/messages",
    "Een inwoner wil een bericht als iemand keek",
    status=201,
    raises=(ViewOver,),
)
async def begin_messages(
    view_id: Id, body: wire.OwnWish, index: TheIndex, caller: CitizenPortal
) -> wire.OwnMessage:
    """Record that a citizen wants messages, and give by what they are asked for."""
    wanted = await _record(index, caller, (view_id, body), "message-begun")
    token = seal_message(index.keys, wanted, calendar_day(index.clock()))
    return wire.OwnMessage(token=token, until=wanted.until)


@routes.post(
    "/own-views/{view_id}/messages/end",
    "Een inwoner wil geen bericht meer",
    status=204,
    raises=(ViewOver,),
)
async def end_messages(
    view_id: Id, body: wire.OwnWish, index: TheIndex, caller: CitizenPortal
) -> None:
    """Record that a citizen wants no messages any more; the page forgets where to."""
    await _record(index, caller, (view_id, body), "message-ended")


@routes.post(
    "/own-messages/due",
    "Voor welke inwoners een bericht klaarligt over een dag",
    raises=(),
)
async def tell_due(
    body: wire.MessagesAsked, index: TheIndex, caller: CitizenPortal
) -> wire.MessagesDue:
    """Tell for each token whether somebody looked on a day that is over."""
    today, place = calendar_day(index.clock()), caller.caller.municipality
    if not timedelta(days=1) <= today - body.day <= timedelta(days=DAYS_BACK):
        raise InvalidField("day", "day-out-of-range")
    wanted = [open_message(index.keys, token, place) for token in body.tokens]
    items = [await _judge(index, one, body.day) for one in wanted]
    return pad_answer(wire.MessagesDue(items=items, padding=""))


async def _judge(index: Index, wanted: Wanted | None, day: date) -> wire.MessageDue:
    if wanted is None or wanted.until < day:
        return wire.MessageDue(isDue=False, name=None)
    place, keys = wanted.municipality, index.keys
    labels = await index.labels_in(place)
    persons = find_keys_by_year(keys, wanted.point, MESSAGED)
    async with looking(index.engine) as conn:
        entries = await find_person_entries(
            conn, persons, place, keys.disclosures, labels, openings=Openings(), on=day
        )
    name, *_ = name_messages(keys.row_keys, wanted.point, place)
    return wire.MessageDue(isDue=is_due(entries, labels.catalogue), name=name)


async def _record(
    index: Index,
    caller: CitizenPortal,
    view: tuple[UUID, wire.OwnWish],
    wish: Wish,
) -> Wanted:
    """Record what whose view this is wishes, about them; gives who, until when."""
    now, who = index.clock(), caller.caller
    view_id, body = view
    seen = SeenView(view_id, who.municipality, body.madeAt)
    point = open_whose(index.keys, seen, body.whose, now=now)
    until = last_day(calendar_day(now))
    async with acting(index, who, Kind.OWN_WISH, now=now) as act:
        named = name_person(index.keys, point, year_of(act.now))
        what: JsonObject = {
            "act": wish,
            "view": str(view_id),
            "until": until.isoformat(),
        }
        await record_person(act, named, PersonAct(what, Outcome.RECORDED))
    return Wanted(point, who.municipality, until)
