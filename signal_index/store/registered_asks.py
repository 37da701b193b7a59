"""What citizens asked and municipalities established, held against the ledger.

A part of `store.registered`, for what people enter, one row for each:

- A request for access, a correction: as it was entered (who asks was identified how,
  received when, due when), closed, answered, extended or released as the ledger says,
  and gone no sooner than so many months after it was over. Who closes one in SQL, so
  that it may be deleted, is named before and after.
- Of a request when a report was last made of it. Of a correction which signal of whom
  it disputes, and that it shows in no lookup while it restricts (`shown`).
- A purpose or act that a municipality established, from which day and by whom.
- A word for contact holders that was asked for, by the digest of what was asked.

Proven by tests/attack/test_what_is_asked_is_what_the_ledger_says.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.days import day_of
from signal_index.ledger import Kind, Opened, Outcome
from signal_index.proof import JsonObject
from signal_index.store.contact_label_requests import MATTER, matter_of
from signal_index.store.restrictions import is_shown_in_spite
from signal_index.tables.approvals import contact_label_request
from signal_index.tables.citizen_rights import access_request, correction
from signal_index.tables.registry import establishment

Thing = tuple[str, ...]
"""What it is, and the ids by which it is known."""
Said = dict[str, object]

KINDS: Final = frozenset(
    {
        *(Kind.ESTABLISHMENT, Kind.ACCESS_REQUEST, Kind.CORRECTION, Kind.APPROVAL),
        Kind.CITIZEN_REPORT,
    }
)
"""Of which entries these are said."""
_RECEIVED: Final = ("reference", "identityCheck", "receivedOn", "dueOn")
_ENTERED: Final = (
    *("source", "signalReference", "reference", "reason", "category"),
    *("restricted", "receivedOn", "dueOn"),
)
_OPENED: Final = {"purpose-established": "purpose", "loop-act-established": "loopAct"}


@dataclass(slots=True)
class Asked:
    """What the entries say of each thing, and since when it is over, where it is.

    Of one request the steps may come in any order: ids of one minute have none.
    """

    _begun: dict[Thing, Said] = field(default_factory=dict)
    _since: dict[Thing, Said] = field(default_factory=dict)
    _over: dict[Thing, date] = field(default_factory=dict)

    def take(self, entry: Opened, what: JsonObject) -> None:
        """Take what one entry says."""
        act, place = str(what.get("act")), entry.parsed_leaf.municipality
        if act in _OPENED:
            name = (str(place), str(what.get(_OPENED[act])), str(what.get("on")))
            said: Said = {one: what.get(one) for one in ("byRole", "staatsblad")}
            self._begun["establishment", *name] = said
        elif act == "approval-requested" and what.get("matter") == MATTER:
            self._begun["contact-label-request", str(what.get("sha256"))] = {}
        elif "accessRequest" in what:
            thing = ("access-request", str(what["accessRequest"]))
            self._take_request(thing, act, what, entry)
        elif "correction" in what:
            thing = ("correction", str(what["correction"]))
            self._take_correction(thing, act, what, entry)

    def list_things(self) -> Iterator[tuple[Thing, Said]]:
        """List what was begun, as it is by the last word of each member."""
        for thing, said in self._begun.items():
            yield thing, said | self._since.get(thing, {})

    def may_be_gone(self, thing: Thing, closed: date) -> bool:
        """Tell whether it was over before this day, and so may be erased."""
        said = self._begun.get(thing, {}) | self._since.get(thing, {})
        is_kept = said.get("restricted") and not said.get("released")
        return not is_kept and self._over.get(thing, date.max) < closed

    def _take_request(
        self, thing: Thing, act: str, what: JsonObject, entry: Opened
    ) -> None:
        if act == "access-request-registered":
            said: Said = {one: what.get(one) for one in _RECEIVED}
            stands = dict.fromkeys(("extension", "closing", "closedAt", "reportedAt"))
            self._begun[thing] = said | _home(entry) | stands
        elif act == "access-request-extended":
            said = {"extension": what.get("reason"), "dueOn": what.get("dueOn")}
            self._add(thing, said)
        elif act == "access-request-closed":
            at = entry.recorded_at
            self._add(thing, {"closing": what.get("closing"), "closedAt": at})
            self._over[thing] = day_of(at)
        elif act == "access-request-other-number":
            self._add(thing, {"reportedAt": None})
        elif entry.parsed_leaf.outcome is Outcome.ANSWERED:
            self._add(thing, {"reportedAt": entry.recorded_at})

    def _take_correction(
        self, thing: Thing, act: str, what: JsonObject, entry: Opened
    ) -> None:
        day = day_of(entry.recorded_at)
        if act == "correction-entered":
            said: Said = {one: what.get(one) for one in _ENTERED}
            stands: Said = {
                "enteredOn": day,
                "restrictedOn": day if said["restricted"] else None,
                **dict.fromkeys(("answer", "answeredOn", "releasedOn")),
                **dict.fromkeys(("released", "shown"), False),
            }
            self._begun[thing] = said | _home(entry) | stands
        elif act == "correction-answered":
            said = {"answer": what.get("answer")}
            if not said.items() <= self._since.get(thing, {}).items():
                self._over[thing] = day  # the same one again changes no row
                self._add(thing, said | {"answeredOn": day})
        elif act == "restriction-released":
            self._add(thing, {"released": True, "releasedOn": day})

    def _add(self, thing: Thing, said: Said) -> None:
        self._since[thing] = self._since.get(thing, {}) | said


def _home(entry: Opened) -> Said:
    """Say in which municipality it was entered, and by which organisation."""
    place = entry.parsed_leaf.municipality
    return {"municipality": place, "organisation": entry.organisation}


async def read_asked(conn: AsyncConnection) -> AsyncIterator[tuple[Thing, Said]]:
    """Read how each of them stands: no more columns than the upkeep may see."""
    for row in await conn.execute(select(establishment)):
        name = (row.municipality, row.opens, row.established_on.isoformat())
        said: Said = {"byRole": row.by_role, "staatsblad": row.staatsblad}
        yield ("establishment", *name), said
    for row in await conn.execute(select(contact_label_request)):
        matter = matter_of(row.id, row.municipality, row.organisation, row.label)
        yield ("contact-label-request", matter.digest.hex()), {}
    request = access_request.c
    asked = (
        *(request.id, request.municipality, request.organisation, request.reference),
        *(request.identity_check, request.received_on, request.due_on),
        *(request.extension, request.reported_at, request.closing, request.closed_at),
    )
    for row in await conn.execute(select(*asked)):
        told: Said = {
            "municipality": row.municipality,
            "organisation": row.organisation,
            "reference": row.reference,
            "identityCheck": row.identity_check,
            "receivedOn": row.received_on.isoformat(),
            "dueOn": row.due_on.isoformat(),
            "extension": row.extension,
            "reportedAt": row.reported_at,
            "closing": row.closing,
            "closedAt": row.closed_at,
        }
        yield ("access-request", str(row.id)), told
    async for thing, said in _read_corrections(conn):
        yield thing, said


async def _read_corrections(conn: AsyncConnection) -> AsyncIterator[tuple[Thing, Said]]:
    columns = correction.c
    read = (
        *(columns.id, columns.municipality, columns.reason, columns.category),
        *(columns.due_on, columns.answer, columns.restricted_on, columns.released_on),
        *(columns.disputed_source, columns.received_on, columns.entered_on),
        *(columns.organisation, columns.reference, columns.signal_reference),
        *(columns.answered_on, is_shown_in_spite().label("shown")),
    )
    for row in await conn.execute(select(*read)):
        yield (
            ("correction", str(row.id)),
            {
                "municipality": row.municipality,
                "reason": row.reason,
                "category": row.category,
                "dueOn": row.due_on.isoformat(),
                "answer": row.answer,
                "restricted": row.restricted_on is not None,
                "released": row.released_on is not None,
                "source": row.disputed_source,
                "organisation": row.organisation,
                "reference": row.reference,
                "signalReference": str(row.signal_reference),
                "receivedOn": row.received_on.isoformat(),
                "enteredOn": row.entered_on,
                "restrictedOn": row.restricted_on,
                "answeredOn": row.answered_on,
                "releasedOn": row.released_on,
                "shown": row.shown,
            },
        )
