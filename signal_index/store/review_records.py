"""Reading the review queue: what waits, for whom, until when.

- An officer reads within an `OfficerScope`; a user reads what was asked about their own
  lookups, found by the keyed hash that stands beside each.
- No seal is opened here: what an officer sees of a lookup is opened by
  `signal_index.store.review_opening`, and the edge records that it was.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import UnknownReview
from signal_index.store.scope import OfficerScope, within
from signal_index.tables.ledger import ledger_disclosure
from signal_index.tables.reviews import review, review_act, review_ground
from signal_index.wire.reviews import ReviewState, Rule, Verdict

OWN_MAXIMUM: Final = 100
"""How many questions a user reads at once."""


@dataclass(frozen=True, slots=True)
class StoredReview:
    """One review as it stands."""

    id: UUID
    entry_id: UUID
    municipality: str
    organisation: str
    rules: tuple[Rule, ...]
    picked_by: str | None
    """The organisation whose own officer picked it; None: the municipality."""
    picked_at: datetime
    due_at: datetime
    state: ReviewState
    verdict: Verdict | None
    answer_by: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    """Which part of the queue: states, and at most `limit` after a review."""

    states: Collection[ReviewState]
    limit: int
    after: UUID | None = None


async def get_review(
    conn: AsyncConnection, review_id: UUID, scope: OfficerScope
) -> StoredReview:
    """Give a review within an officer's scope, or raise `UnknownReview`."""
    wanted = select(review).where(review.c.id == review_id)
    return await _get(conn, wanted.where(_inside(scope)))


async def get_review_of(
    conn: AsyncConnection, entry: UUID, scope: OfficerScope
) -> StoredReview:
    """Give the review of a lookup, or raise `UnknownReview` where there is none."""
    wanted = select(review).where(review.c.entry_id == entry)
    return await _get(conn, wanted.where(_inside(scope)))


async def find_reviews(
    conn: AsyncConnection, scope: OfficerScope, queue: Queue
) -> Sequence[StoredReview]:
    """Give a part of the queue, what is due first first.

    Raises `UnknownReview` where `after` is not in this officer's scope.
    """
    wanted = (
        select(review)
        .where(_inside(scope))
        .where(review.c.state.in_(sorted(queue.states)))
        .order_by(review.c.due_at, review.c.id)
        .limit(queue.limit)
    )
    if queue.after is not None:
        last = await get_review(conn, queue.after, scope)
        wanted = wanted.where(
            or_(
                review.c.due_at > last.due_at,
                and_(review.c.due_at == last.due_at, review.c.id > last.id),
            )
        )
    return await _read(conn, (await conn.execute(wanted)).all())


async def count_reviews(
    conn: AsyncConnection, scope: OfficerScope, *, now: datetime
) -> tuple[Mapping[ReviewState, int], int]:
    """Give how many reviews are in each state, and how many are late."""
    rows = await conn.execute(
        select(review.c.state, func.count().label("number"))
        .where(_inside(scope))
        .group_by(review.c.state)
    )
    late = await conn.scalar(
        select(func.count())
        .select_from(review)
        .where(_inside(scope))
        .where(review.c.state != "closed")
        .where(review.c.due_at < now)
    )
    return {row.state: row.number for row in rows}, int(late or 0)


async def find_own_reviews(
    conn: AsyncConnection, hashes: Collection[bytes]
) -> tuple[Sequence[StoredReview], int]:
    """Give the reviews in which a user was asked for an explanation, newest first.

    The newest `OWN_MAXIMUM` of them, and how many more there are.
    """
    asked = {"asked", "explained"}
    own = _of_user(hashes).where(review.c.state.in_(sorted(asked)))
    rows = await conn.execute(own.order_by(review.c.id.desc()).limit(OWN_MAXIMUM))
    found = await _read(conn, rows.all())
    count = await conn.scalar(select(func.count()).select_from(own.subquery()))
    return found, (count or 0) - len(found)


async def count_open_questions(conn: AsyncConnection, hashes: Collection[bytes]) -> int:
    """Give how many questions about a user's own lookups wait for an explanation."""
    wanted = _of_user(hashes).where(review.c.state == "asked")
    found = await conn.scalar(select(func.count()).select_from(wanted.subquery()))
    return int(found or 0)


async def get_own_review(
    conn: AsyncConnection, review_id: UUID, hashes: Collection[bytes]
) -> StoredReview:
    """Give a review of one of the user's own lookups, or raise `UnknownReview`."""
    rows = (await conn.execute(_of_user(hashes).where(review.c.id == review_id))).all()
    if not rows:
        raise UnknownReview
    (found,) = await _read(conn, rows)
    return found


async def find_act_ids(
    conn: AsyncConnection, reviews: Collection[UUID]
) -> Mapping[UUID, Sequence[UUID]]:
    """Give the ledger entries of what was done with each review, in order of time."""
    rows = await conn.execute(
        select(review_act.c.review_id, review_act.c.act_id)
        .where(review_act.c.review_id.in_(reviews))
        .order_by(review_act.c.act_id)
    )
    found = defaultdict(list)
    for row in rows:
        found[row.review_id].append(row.act_id)
    return found


def _inside(scope: OfficerScope) -> Any:  # noqa: ANN401 - SQLAlchemy's own type
    return within(scope, review.c.municipality, review.c.organisation)


def _of_user(hashes: Collection[bytes]) -> Select[*tuple[Any, ...]]:
    return (
        select(review)
        .join(ledger_disclosure, ledger_disclosure.c.entry_id == review.c.entry_id)
        .where(ledger_disclosure.c.find_user.in_(sorted(hashes)))
    )


async def _get(conn: AsyncConnection, wanted: Select[*tuple[Any, ...]]) -> StoredReview:
    rows = (await conn.execute(wanted)).all()
    if not rows:
        raise UnknownReview
    (found,) = await _read(conn, rows)
    return found


async def _read(
    conn: AsyncConnection, rows: Sequence[Row[*tuple[Any, ...]]]
) -> Sequence[StoredReview]:
    rules = defaultdict(list)
    grounds = select(review_ground.c.review_id, review_ground.c.rule).where(
        review_ground.c.review_id.in_([row.id for row in rows])
    )
    for found in await conn.execute(grounds.order_by(review_ground.c.rule)):
        rules[found.review_id].append(found.rule)
    return [_review(row, tuple(rules[row.id])) for row in rows]


def _review(row: Row[*tuple[Any, ...]], rules: tuple[Rule, ...]) -> StoredReview:
    return StoredReview(
        id=row.id,
        entry_id=row.entry_id,
        municipality=row.municipality,
        organisation=row.organisation,
        rules=rules,
        picked_by=row.picked_by,
        picked_at=row.picked_at,
        due_at=row.due_at,
        state=row.state,
        verdict=row.verdict,
        answer_by=row.answer_by,
    )
