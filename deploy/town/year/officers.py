"""What officers did in the simulated year: reviews of emergencies, and their searches.

Built and moved on by the index's own code, at moments that lie in the past.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from deploy.town.parties import MUNICIPALITY, TOWN_HALL
from deploy.town.year.plan import PlannedLookup
from deploy.town.year.recording import caller_of
from policy.vocabulary import (
    Assurance,
    Caller,
    CallerKind,
    OrganisationKind,
    Role,
    parse_municipality,
)
from signal_index.api.recording import SpecialAct, record_act, record_special
from signal_index.keyring import IndexKeys
from signal_index.ledger import Entry, Kind, WhyGroup, user_find_key
from signal_index.proof import JsonObject
from signal_index.store.ledger import insert_entries
from signal_index.store.review_records import StoredReview, get_review_of
from signal_index.store.reviews import (
    Move,
    ask_user,
    insert_act,
    judge,
    look_again,
    note_explanation,
)
from signal_index.store.scope import OfficerScope
from signal_index.wire.reviews import Verdict

OPEN_FOR = timedelta(days=16)
"""Emergencies of the last days wait for whoever looks at the town."""

_SCOPE = OfficerScope(parse_municipality(MUNICIPALITY), None)
_WHYS = ("supervision", "complaint", "supervision", "incident")


def an_officer(username: str, role: Role) -> Caller:
    """Give an officer of the town hall as the index knows them behind a token."""
    return Caller(
        kind=CallerKind.PERSON,
        subject=f"employee-{username}",
        organisation=TOWN_HALL,
        organisation_kind=OrganisationKind.MUNICIPALITY,
        municipality=parse_municipality(MUNICIPALITY),
        active=True,
        roles=frozenset({role}),
        trainings=(),
        assurance=Assurance.SUBSTANTIAL,
    )


ANKE = an_officer("anke", Role.PRIVACY_OFFICER)
BRAM = an_officer("bram", Role.PRIVACY_OFFICER)
DORA = an_officer("dora", Role.DATA_PROTECTION_OFFICER)


@dataclass(frozen=True)
class Emergency:
    """A lookup that broke the glass, and the entry that tells of it."""

    planned: PlannedLookup
    entry: UUID


async def review_emergencies(
    conn: AsyncConnection,
    keys: IndexKeys,
    emergencies: Sequence[Emergency],
    *,
    until: datetime,
) -> int:
    """Review what happened longer ago than `OPEN_FOR`; gives how many entries.

    Most were in order; of some the user was asked, and one in twelve was not in order.
    """
    count = 0
    for number, one in enumerate(emergencies):
        if one.planned.at > until - OPEN_FOR:
            continue
        steps = _Steps(conn, keys, await get_review_of(conn, one.entry, _SCOPE))
        at = _in_office(one.planned.at + timedelta(days=2 + number % 5), number)
        if number % 3 == 0:
            await steps.ask(at)
            at += timedelta(days=1, hours=3)
            await steps.explain(caller_of(one.planned.who), at)
            at += timedelta(hours=20)
        if number % 12 == 5:
            await steps.judge("not-in-order", at)
            await steps.agree(at + timedelta(days=1))
        else:
            await steps.judge("in-order", at)
        count += steps.count
    return count


def _in_office(day: datetime, number: int) -> datetime:
    return day.replace(hour=9 + number % 5, minute=7 * number % 60)


@dataclass
class _Steps:
    """The steps of one review, each with its entry."""

    conn: AsyncConnection
    keys: IndexKeys
    review: StoredReview
    count: int = 0

    async def ask(self, at: datetime) -> None:
        await ask_user(self.conn, self.review, self._move(ANKE, at))
        await self._record(ANKE, at, "asked", {"codes": ["why-emergency"]})

    async def explain(self, who: Caller, at: datetime) -> None:
        await note_explanation(self.conn, self.review)
        await self._record(who, at, "explained", {"codes": ["on-duty"]})

    async def judge(self, verdict: Verdict, at: datetime) -> None:
        await judge(self.conn, self.review, verdict, self._move(ANKE, at))
        codes = [] if verdict == "in-order" else ["wrong-purpose"]
        said: JsonObject = {"codes": codes, "verdict": verdict}
        await self._record(ANKE, at, "judged", said)

    async def agree(self, at: datetime) -> None:
        await look_again(self.conn, self.review, self._move(BRAM, at), agrees=True)
        said: JsonObject = {"agrees": True, "verdict": "not-in-order"}
        await self._record(BRAM, at, "second-look", said)

    def _move(self, who: Caller, at: datetime) -> Move:
        key = self.keys.get_disclosure_key(at.year)
        return Move([user_find_key(key, who.organisation, who.subject)], at)

    async def _record(
        self, who: Caller, at: datetime, act: str, said: JsonObject
    ) -> None:
        about = {"review": str(self.review.id), "entry": str(self.review.entry_id)}
        what: JsonObject = {"act": act, **about, **said}
        entry = record_act(Kind.REVIEW, who, what, self.keys, at)
        await insert_entries(self.conn, [entry])
        await insert_act(self.conn, self.review, entry.id)
        self.count += 1


def list_searches(keys: IndexKeys, first: datetime, last: datetime) -> Iterator[Entry]:
    """Give the entries of what officers searched and looked at, week after week."""
    at, number = first, 0
    while at < last:
        number += 1
        why = WhyGroup(_WHYS[number % len(_WHYS)], "officer")
        found: JsonObject = {"act": "search", "shown": 3 + number % 40}
        yield record_special(SpecialAct(Kind.SEARCH, found, why=why), ANKE, keys, at)
        if number % 2:
            later = at + timedelta(hours=2)
            yield record_act(Kind.SEARCH, BRAM, {"act": "overview"}, keys, later)
        if number % 4 == 0:
            later = at + timedelta(days=1)
            watched: JsonObject = {"act": "officers-acts", "shown": 20 + number % 30}
            yield record_act(Kind.SEARCH, DORA, watched, keys, later)
        at = _in_office(at + timedelta(days=3 + number % 2), number)
