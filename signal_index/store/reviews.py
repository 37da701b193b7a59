"""The review queue: what is picked, and how a review moves on.

    open ──question──> asked ──explanation──> explained
      └───────┬──────────┴────────────────────────┘
          judgement ──in order──> closed
              └──anything else──> second-look ──agrees──> closed
                                       └──disagrees──> open

- Each move is one compare-and-set on the state: of two officers at once, one moves and
  the other gets `ReviewClosed`.
- The second look is another person's than the judgement's, and neither is that of who
  looked up: `SamePerson`. Persons are compared by keyed hash; none stands here.
- What the municipality picked, by its rules or its officer, is judged and closed by the
  municipality's officers alone; a team's officer judges what that team picked.
- The edge writes the ledger entry of each move through the same connection, and
  `insert_acts` keeps which entry it is.

Proven by tests/contract/test_reviews_on_both_databases.py.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.municipality import MunicipalityCode
from signal_index.errors import (
    CallerNotAllowed,
    ReviewClosed,
    SamePerson,
    UnknownEntry,
)
from signal_index.identifiers import first_id, new_uuid7
from signal_index.ledger import Kind
from signal_index.store.review_records import StoredReview, get_review_of
from signal_index.store.scope import OfficerScope
from signal_index.tables.ledger import ledger_disclosure, ledger_entry
from signal_index.tables.reviews import review, review_act, review_ground
from signal_index.wire.reviews import ReviewState, Rule, Verdict

ANSWER_WITHIN: Final = timedelta(days=10)
"""How long a user has for an explanation."""

JUDGE_AFTER_ANSWER: Final = timedelta(days=7)
"""How long an officer keeps after that time, whatever the term was."""


TERMS: Final[Mapping[Rule, timedelta]] = {
    "break-glass": timedelta(days=14),
    "citizen": timedelta(days=28),
}
"""How long a review may take, by what picked it; a citizen has a month, or 28 days."""

TERM: Final = timedelta(days=30)
"""The same, for every other rule."""

UNJUDGED: Final[frozenset[ReviewState]] = frozenset({"open", "asked", "explained"})


@dataclass(frozen=True, slots=True)
class Pick:
    """One lookup to be looked at, and the rules that say so."""

    entry_id: UUID
    municipality: str
    organisation: str
    rules: frozenset[Rule]
    at: datetime
    by: str | None = None
    """The organisation whose officer picked it; None: the municipality or its rules."""


@dataclass(frozen=True, slots=True, repr=False)
class Move:
    """Who moves a review, under keyed hashes, and when.

    `hashes` has the same person under the keys of every year that can be opened.
    """

    hashes: Collection[bytes]
    now: datetime


async def insert_picks(conn: AsyncConnection, picks: Sequence[Pick]) -> int:
    """Add picks to the queue and give how many are new; each lookup stands there once.

    One that waits already gets the further rules; one that was closed stays as it is.
    """
    new = 0
    for pick in picks:
        made = await _insert_review(conn, pick)
        new += made is not None
        review_id = made or await _find_waiting(conn, pick.entry_id)
        if made is None and review_id is not None and pick.by is None:
            await _make_municipal(conn, review_id)
        if review_id is not None:
            await _insert_grounds(conn, review_id, pick)
    return new


async def _make_municipal(conn: AsyncConnection, review_id: UUID) -> None:
    """Have the municipality judge what it picks too: no team's alone any more."""
    await conn.execute(
        update(review).where(review.c.id == review_id).values(picked_by=None)
    )


async def _insert_review(conn: AsyncConnection, pick: Pick) -> UUID | None:
    id_ = new_uuid7(pick.at)
    row = _insert(conn, review).values(
        id=id_,
        entry_id=pick.entry_id,
        municipality=pick.municipality,
        organisation=pick.organisation,
        picked_by=pick.by,
        picked_at=pick.at,
        due_at=pick.at + min(TERMS.get(rule, TERM) for rule in pick.rules),
        state="open",
    )
    done = await conn.execute(row.on_conflict_do_nothing())
    return id_ if done.rowcount == 1 else None


async def _find_waiting(conn: AsyncConnection, entry: UUID) -> UUID | None:
    found: UUID | None = await conn.scalar(
        select(review.c.id)
        .where(review.c.entry_id == entry)
        .where(review.c.state != "closed")
    )
    return found


async def _insert_grounds(conn: AsyncConnection, review_id: UUID, pick: Pick) -> None:
    grounds = [
        {"review_id": review_id, "rule": rule, "municipality": pick.municipality}
        for rule in sorted(pick.rules)
    ]
    row = _insert(conn, review_ground).values(grounds)
    await conn.execute(row.on_conflict_do_nothing())


def _insert(conn: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Give an insert that can pass over what is there already."""
    if conn.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


async def pick_by_hand(
    conn: AsyncConnection, entry: UUID, scope: OfficerScope, *, now: datetime
) -> StoredReview:
    """Put a lookup in the queue because an officer says so, and give its review.

    Raises `UnknownEntry` unless it is a lookup within the officer's scope.
    """
    row = (
        await conn.execute(
            select(ledger_entry.c.municipality, ledger_entry.c.organisation)
            .where(ledger_entry.c.entry_id == entry)
            .where(ledger_entry.c.kind == Kind.LOOKUP.value)
        )
    ).one_or_none()
    if row is None or not scope.covers(row.municipality, row.organisation):
        raise UnknownEntry
    rules: frozenset[Rule] = frozenset({"officer"})
    home = (row.municipality, row.organisation)
    pick = Pick(entry, *home, rules, now, scope.organisation)
    await insert_picks(conn, [pick])
    return await get_review_of(conn, entry, scope)


async def ask_for_review(
    conn: AsyncConnection,
    entry: UUID,
    municipality: MunicipalityCode,
    today: date,
    *,
    now: datetime,
) -> tuple[StoredReview, date]:
    """Put a lookup in the queue because its citizen asks, and give the day of asking.

    Asked again it is the first day. Raises `UnknownEntry` unless it is a lookup in this
    municipality, `ReviewClosed` where it was judged before.
    """
    scope = OfficerScope(municipality, None)
    looked = select(ledger_entry.c.organisation).where(
        ledger_entry.c.entry_id == entry,
        ledger_entry.c.kind == Kind.LOOKUP.value,
        ledger_entry.c.municipality == municipality,
    )
    organisation = await conn.scalar(looked)
    if organisation is None:
        raise UnknownEntry
    rules: frozenset[Rule] = frozenset({"citizen"})
    await insert_picks(conn, [Pick(entry, municipality, organisation, rules, now)])
    found = await get_review_of(conn, entry, scope)
    if found.state == "closed":
        raise ReviewClosed
    own = review.c.id == found.id
    await conn.execute(
        update(review).where(own, review.c.asked_on.is_(None)).values(asked_on=today)
    )
    asked_on = await conn.scalar(select(review.c.asked_on).where(own))
    return found, asked_on or today


async def insert_act(conn: AsyncConnection, of: StoredReview, act_id: UUID) -> None:
    """Keep which ledger entry tells what was done with a review."""
    await conn.execute(
        insert(review_act),
        {"act_id": act_id, "review_id": of.id, "municipality": of.municipality},
    )


async def ask_user(conn: AsyncConnection, of: StoredReview, move: Move) -> None:
    """Note that the user was asked, and until when an explanation may come."""
    answer_by = move.now + ANSWER_WITHIN
    await _move(
        conn,
        of,
        UNJUDGED,
        state="asked",
        answer_by=answer_by,
        due_at=max(of.due_at, answer_by + JUDGE_AFTER_ANSWER),
    )


async def note_explanation(conn: AsyncConnection, of: StoredReview) -> None:
    """Note that the user explained; an explanation after its time still counts."""
    await _move(
        conn,
        of,
        frozenset({"asked"}),
        state="explained",
    )


def verify_judge(of: StoredReview, scope: OfficerScope) -> None:
    """Raise `CallerNotAllowed` unless the officers of this scope judge it."""
    if not is_judged_in(of, scope):
        raise CallerNotAllowed


def is_judged_in(of: StoredReview, scope: OfficerScope) -> bool:
    """Tell whose it is to judge, for who shows it: what the municipality picked is its.

    A team's officers judge what that team alone picked.
    """
    return scope.organisation in {None, of.picked_by}


async def judge(
    conn: AsyncConnection, of: StoredReview, verdict: Verdict, move: Move
) -> None:
    """Judge: in order closes it, anything else waits for another person.

    Raises `SamePerson` where the judge looked up themselves.
    """
    if await _find_user(conn, of) in move.hashes:
        raise SamePerson
    is_done = verdict == "in-order"
    state: ReviewState = "closed" if is_done else "second-look"
    await _move(
        conn,
        of,
        UNJUDGED,
        state=state,
        verdict=verdict,
        judged_by=min(move.hashes),
        closed_at=move.now if is_done else None,
    )


async def look_again(
    conn: AsyncConnection, of: StoredReview, move: Move, *, agrees: bool
) -> None:
    """Agree with a judgement, which closes it, or put it back in the queue.

    Raises `SamePerson` for whoever judged, and for whoever looked up.
    """
    judged_by = await conn.scalar(
        select(review.c.judged_by).where(review.c.id == of.id)
    )
    if judged_by in move.hashes or await _find_user(conn, of) in move.hashes:
        raise SamePerson
    changes: dict[str, object] = {
        "state": "closed",
        "closed_at": move.now,
    }
    if not agrees:
        back = {"verdict": None, "judged_by": None}
        changes = {"state": "open", **back}
    await _move(conn, of, frozenset({"second-look"}), **changes)


async def erase_reviews(conn: AsyncConnection, *, before: datetime) -> int:
    """Delete the reviews of lookups from before an instant; give how many there were.

    What was said in them stands in the ledger, and is erased with its year.
    """
    gone = select(review.c.id).where(review.c.entry_id < first_id(before))
    await conn.execute(delete(review_act).where(review_act.c.review_id.in_(gone)))
    await conn.execute(delete(review_ground).where(review_ground.c.review_id.in_(gone)))
    erased = await conn.execute(delete(review).where(review.c.id.in_(gone)))
    return erased.rowcount


async def _find_user(conn: AsyncConnection, of: StoredReview) -> bytes | None:
    found: bytes | None = await conn.scalar(
        select(ledger_disclosure.c.find_user).where(
            ledger_disclosure.c.entry_id == of.entry_id
        )
    )
    return found


async def _move(
    conn: AsyncConnection,
    of: StoredReview,
    allowed: Collection[ReviewState],
    **values: object,
) -> None:
    moved = await conn.execute(
        update(review)
        .where(review.c.id == of.id)
        .where(review.c.state.in_(sorted(allowed)))
        .values(values)
    )
    if moved.rowcount != 1:
        raise ReviewClosed
