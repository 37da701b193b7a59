"""Reads what a citizen's report is put together from.

- Signals only through an `OwnSearch`, which only a `ReportPermit` gives.
- Entries by the keyed hashes of one person, within one municipality; the groups about
  whom and who stay closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Row, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.answers import make_contact
from signal_index.citizens.reported import (
    READ_GROUPS,
    REPORTED_KINDS,
    OwnSearch,
    tell_entry,
)
from signal_index.citizens.terms import due_on
from signal_index.days import day_of, midnight_of
from signal_index.labels import Labels
from signal_index.ledger import DisclosureKey, Openings, derive_find_keys
from signal_index.proof import AboutRefused, Group, JsonObject, Kind, ProofError
from signal_index.row_keys import Rows
from signal_index.tables.citizen_rights import correction
from signal_index.tables.follows import follow
from signal_index.tables.ledger import ledger_disclosure, ledger_entry
from signal_index.tables.registry import contact_holder
from signal_index.tables.reviews import review
from signal_index.tables.signals import shown_signals
from signal_index.wire.citizen_reports import (
    MOST_LINES,
    ReportedEntry,
    ReportedFollow,
    ReportedReview,
    ReportedSignal,
)

_REPORTED: Final = (
    "row_key",
    "source",
    "reference",
    "category",
    "state",
    "valid_from",
    "valid_until",
    "ended_on",
    "informed_code",
    "informed_on",
    "taken_over_from",
    "taken_over_on",
)


async def find_own_signals(
    conn: AsyncConnection, search: OwnSearch, labels: Labels, today: date
) -> Sequence[ReportedSignal]:
    """Read all signals about the permit's person in its municipality, restricted too.

    Also what no lookup would show today, such as a signal that is yet to begin:
    whatever is kept about a citizen is theirs to see (GDPR art. 15). Not what a source
    in trial tries out: of that the source itself tells (docs/decisions/0029).
    """
    columns = shown_signals(*_REPORTED, "contact_holder", "municipality").c
    is_disputed = exists(correction.c.id).where(
        correction.c.source == columns.source,
        correction.c.signal_reference == columns.reference,
        correction.c.answer.is_(None),
    )
    rows = await conn.execute(
        select(
            *(columns[name] for name in _REPORTED),
            contact_holder.c.id.label("contact_id"),
            contact_holder.c.details,
            contact_holder.c.last_verified,
            is_disputed.label("is_disputed"),
        )
        .join(contact_holder, contact_holder.c.id == columns.contact_holder)
        .where(columns.row_key.in_(sorted(search.rows)))
        .where(columns.municipality == search.permit.municipality)
    )
    found = [
        _signal(row, labels, today)
        for row in rows
        if search.rows[row.row_key] == row.category
    ]
    return sorted(found, key=lambda one: (one.category, one.source, one.since))


async def find_own_follows(
    conn: AsyncConnection,
    search: OwnSearch,
    rows: Callable[[str], Rows],
    labels: Labels,
    today: date,
) -> Sequence[ReportedFollow]:
    """Find which organisations follow the permit's person now: each until its last day.

    `rows` gives where an organisation's follows of that person may stand. In the
    permit's municipality alone, like the entries.
    """
    place = follow.c.municipality == search.permit.municipality
    is_open = follow.c.until >= today
    organisations = await conn.scalars(
        select(follow.c.organisation).distinct().where(place, is_open)
    )
    wanted = sorted(row for one in organisations for row in rows(one))
    found = await conn.execute(
        select(follow.c.organisation, func.max(follow.c.until).label("until"))
        .where(place, is_open, follow.c.person_row.in_(wanted))
        .group_by(follow.c.organisation)
        .order_by(follow.c.organisation)
    )
    return [
        ReportedFollow(organisation=labels.organisation(oin), until=until)
        for oin, until in found
    ]


async def find_person_entries(
    conn: AsyncConnection,
    persons: Mapping[int, frozenset[bytes]],
    municipality: str,
    keys: Mapping[int, DisclosureKey],
    labels: Labels,
    *,
    openings: Openings,
    on: date | None = None,
) -> Sequence[ReportedEntry]:
    """Read the newest entries in which somebody looked, newest first.

    Of one day (`on`), or of all.

    `persons` holds the keyed hashes of one person in each year's ledger. At most
    `MOST_LINES` and one more, by which the caller sees that there are more.
    """
    if not persons:
        return ()
    wanted = (
        select(
            review.c.verdict,
            review.c.closed_at,
            review.c.asked_on,
            ledger_entry.c.entry_id,
            ledger_entry.c.year,
            ledger_entry.c.kind,
            ledger_entry.c.recorded_at,
            ledger_entry.c.organisation,
            ledger_entry.c.leaf,
            ledger_disclosure.c.find_person,
            ledger_disclosure.c.sealed,
        )
        .join_from(ledger_disclosure, ledger_entry)
        .outerjoin(review, review.c.entry_id == ledger_entry.c.entry_id)
        .where(
            ledger_disclosure.c.find_person.in_(
                sorted(frozenset().union(*persons.values()))
            )
        )
        .where(ledger_entry.c.kind.in_([kind.value for kind in REPORTED_KINDS]))
        .where(ledger_entry.c.municipality == municipality)
        .order_by(ledger_disclosure.c.entry_id.desc())
        .limit(MOST_LINES + 1)
    )
    if on is not None:
        at = ledger_entry.c.recorded_at
        ends = midnight_of(on + timedelta(days=1))
        wanted = wanted.where(at >= midnight_of(on), at < ends)
    rows = await conn.execute(wanted)
    return [_entry(row, keys[row.year], labels, openings) for row in rows]


def _entry(
    row: Row[*tuple[Any, ...]],
    key: DisclosureKey,
    labels: Labels,
    openings: Openings,
) -> ReportedEntry:
    groups: dict[Group, JsonObject | None] | None
    try:
        leaf, said = openings.open(row.entry_id, row.leaf, row.sealed, key)
        if derive_find_keys(leaf, said, key).person != bytes(row.find_person):
            raise AboutRefused("the entry was put under another's name")
        groups = {one: said[one] for one in READ_GROUPS}
    except ProofError:
        groups = None
    return tell_entry(
        groups,
        labels,
        entry=row.entry_id,
        kind=Kind(row.kind),
        at=row.recorded_at,
        organisation=row.organisation,
        review=_tell_review(row),
    )


def _tell_review(row: Row[*tuple[Any, ...]]) -> ReportedReview | None:
    """Say what came of a check; nothing of one that goes on and nobody asked for."""
    is_judged = row.closed_at is not None and row.verdict is not None
    if not is_judged and row.asked_on is None:
        return None
    verdict: Any = "in-order" if row.verdict == "in-order" else "not-in-order"
    return ReportedReview(
        verdict=verdict if is_judged else None,
        judgedOn=day_of(row.closed_at) if is_judged else None,
        askedOn=row.asked_on,
        dueOn=None if row.asked_on is None else due_on(row.asked_on),
    )


def _signal(row: Row[*tuple[Any, ...]], labels: Labels, today: date) -> ReportedSignal:
    contact = (row.contact_id, row.details, row.last_verified)
    return ReportedSignal(
        source=row.source,
        reference=row.reference,
        category=row.category,
        categoryLabel=labels.category(row.category),
        categoryText=labels.explain_category(row.category),
        organisation=labels.organisation(row.source),
        state=row.state,
        since=row.valid_from,
        expires=row.valid_until,
        endedOn=row.ended_on,
        informed=labels.of(labels.catalogue.informed, row.informed_code),
        informedOn=row.informed_on,
        contact=make_contact(contact, row.source, today),
        isDisputed=row.is_disputed,
        takenOverFrom=labels.organisation(row.taken_over_from),
        takenOverOn=row.taken_over_on,
    )
