"""Corrections and objections: entered by an officer, answered by the source.

- About one signal of one source at most one waits for its answer.
- An answer may be changed until a citizen's report has it, or the restriction ended
  on it: then it stays. Each that was given before stands beside it for the officer, and
  nobody changes one that they have not seen.
- With restriction (GDPR art. 18) the signal is kept and shown in no lookup; it stays so
  until the officer has told the citizen and releases it, whatever the source answers
  or gives anew (`signal_index.store.restrictions`).
- A source finds what concerns the signals that it published or submitted, or that
  a source has which it may send for: after a transfer nobody submitted them yet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.catalogue import Catalogue
from signal_index.errors import (
    AnswerChanged,
    AnsweredTooOften,
    CorrectionOpen,
    CorrectionTold,
    NothingToRelease,
    UnknownCorrection,
    UnknownSignal,
)
from signal_index.labels import Labels
from signal_index.store.ledger_reading import Page
from signal_index.store.restrictions import (
    count_restricted,
    find_standing,
    is_restricting,
    lift,
    restrict,
)
from signal_index.store.signals import hold_signal, lock_source
from signal_index.tables.citizen_rights import correction
from signal_index.tables.registry import source_submitter
from signal_index.tables.signals import shown_signals
from signal_index.wire.citizen_reports import ReportedCorrection
from signal_index.wire.corrections import (
    MOST_ANSWERS,
    CorrectionAnswer,
    EnteredCorrection,
    NewCorrection,
    OfficerCorrection,
    OwnCorrection,
)

_READ: Final = tuple(one for one in correction.c if one.name != "seal")


async def enter_correction(
    conn: AsyncConnection,
    said: NewCorrection,
    entered: EnteredCorrection,
    *,
    municipality: str,
    organisation: str,
    today: date,
) -> str:
    """Enter one, restrict the signal where asked; tells the signal's category.

    Raises `UnknownSignal` where this municipality has no such signal of that source
    that anybody could see,
    `CorrectionOpen` where one waits for its answer already.
    """
    await lock_source(conn, said.source)
    await hold_signal(conn, said.source, said.signalReference)
    columns = shown_signals(
        "row_key", "category", "submitted_by", "source", "reference", "municipality"
    ).c
    query = select(columns.row_key, columns.category, columns.submitted_by).where(
        columns.source == said.source,
        columns.reference == said.signalReference,
        columns.municipality == municipality,
    )
    found = (await conn.execute(query)).one_or_none()
    if found is None:
        raise UnknownSignal
    await _verify_none_open(conn, said)
    await conn.execute(
        insert(correction),
        {
            "id": entered.id,
            "municipality": municipality,
            "organisation": organisation,
            "reference": entered.reference,
            "source": said.source,
            "disputed_source": said.source,
            "submitted_by": found.submitted_by,
            "signal_reference": said.signalReference,
            "row_key": found.row_key,
            "category": found.category,
            "reason": said.reason,
            "received_on": said.receivedOn,
            "due_on": entered.dueOn,
            "entered_on": today,
            "restricted_on": today if said.restrict else None,
            "answers_before": [],
        },
    )
    if said.restrict:
        await restrict(conn, said.source, said.signalReference)
    return str(found.category)


async def report_corrections(
    conn: AsyncConnection,
    row_keys: Collection[bytes],
    municipality: str,
    labels: Labels,
    *,
    held: Collection[str],
    today: date,
) -> Sequence[ReportedCorrection]:
    """Read what was entered about one person's signals, the newest first, for a report.

    Not of a category that is `held`. The answers in it are told from now on: none of
    them changes any more.
    """
    own = (
        correction.c.row_key.in_(sorted(row_keys))
        & (correction.c.municipality == municipality)
        & correction.c.category.not_in(sorted(held))
    )
    locked = await conn.scalars(select(correction.c.id).where(own).with_for_update())
    await conn.execute(
        update(correction)
        .where(correction.c.id.in_(locked.all()))
        .where(correction.c.answer.is_not(None), correction.c.told_on.is_(None))
        .values(told_on=today)
    )
    return [_reported(row, labels) for row in await _find(conn, own, Page(limit=1_000))]


async def list_corrections(
    conn: AsyncConnection, municipality: str, page: Page, labels: Labels, today: date
) -> Sequence[OfficerCorrection]:
    """Read a municipality's, the newest first."""
    own = correction.c.municipality == municipality
    found = await _find(conn, own, page)
    held = await count_restricted(conn, [row["id"] for row in found])
    return [_for_officer(row, labels, held.get(row["id"], 0), today) for row in found]


async def list_source_corrections(
    conn: AsyncConnection,
    source: str,
    page: Page,
    catalogue_in: Callable[[str], Catalogue],
    today: date,
    *,
    is_open: bool,
) -> Sequence[OwnCorrection]:
    """Read what concerns a source's signals; `is_open`: only what waits for it."""
    own = _concerns(source)
    if is_open:
        own = own & correction.c.answer.is_(None)
    found = await _find(conn, own, page)
    standing = await find_standing(conn, [row["id"] for row in found], source)
    return [
        OwnCorrection(
            **_members(row, catalogue_in(row["municipality"]), today),
            standing=standing.get(row["id"], []),
        )
        for row in found
    ]


async def answer_correction(
    conn: AsyncConnection, id_: UUID, source: str, said: CorrectionAnswer, today: date
) -> None:
    """Write down what the source answers, and beside it all that it answered before.

    The same answer again changes nothing. Raises `UnknownCorrection`, `CorrectionTold`
    once an answer was told, `AnswerChanged` where another was given meanwhile, or
    `AnsweredTooOften` where the last one was the tenth.
    """
    await conn.scalars(
        select(correction.c.id).where(correction.c.id == id_).with_for_update()
    )
    found = await _get(conn, (correction.c.id == id_) & _concerns(source))
    if not _is_untold(found):
        raise CorrectionTold
    if found["answer"] == said.answer:
        return
    given = _given(found)
    if said.step != len(given):
        raise AnswerChanged
    if len(given) >= MOST_ANSWERS:
        raise AnsweredTooOften
    await conn.execute(
        update(correction)
        .where(correction.c.id == id_)
        .values(answer=said.answer, answered_on=today, answers_before=given)
    )


async def release_signal(
    conn: AsyncConnection, id_: UUID, municipality: str, told: str, today: date
) -> None:
    """End the restriction after the answer, when the citizen was told (art. 18(3)).

    Raises `UnknownCorrection`, `NothingToRelease` before the answer or the second
    time, or `AnswerChanged` where the answer is not what the citizen was `told`. A
    signal that the source has withdrawn meanwhile stays gone; what it gave anew shows,
    unless another correction keeps it back.
    """
    own = (correction.c.id == id_) & (correction.c.municipality == municipality)
    found = await _get(conn, own)
    await lock_source(conn, found["source"], found["disputed_source"])
    changed = await conn.execute(
        update(correction)
        .where(correction.c.id == id_)
        .where(is_restricting(), correction.c.answer == told)
        .values(released_on=today)
    )
    if changed.rowcount == 0:
        if _is_restricted(found) and found["answer"] not in (None, told):
            raise AnswerChanged
        raise NothingToRelease
    await lift(conn, await _get(conn, own))  # where it stands, now that it is held


async def _verify_none_open(conn: AsyncConnection, said: NewCorrection) -> None:
    waiting = await conn.scalar(
        select(correction.c.id).where(
            correction.c.source == said.source,
            correction.c.signal_reference == said.signalReference,
            correction.c.answer.is_(None),
        )
    )
    if waiting is not None:
        raise CorrectionOpen


def _concerns(source: str) -> ColumnElement[bool]:
    sent_for = select(source_submitter.c.source).where(
        source_submitter.c.submitter == source
    )
    return or_(
        correction.c.source == source,
        correction.c.submitted_by == source,
        correction.c.source.in_(sent_for),
    )


async def _get(conn: AsyncConnection, own: ColumnElement[bool]) -> RowMapping:
    rows = await conn.execute(select(*_READ).where(own))
    row = rows.mappings().one_or_none()
    if row is None:
        raise UnknownCorrection
    return row


async def _find(
    conn: AsyncConnection, own: ColumnElement[bool], page: Page
) -> Sequence[RowMapping]:
    """Read a page, the newest day first: within a day ids are of chance."""
    day, id_ = correction.c.entered_on, correction.c.id
    query = select(*_READ).where(own).order_by(day.desc(), id_.desc())
    if page.before is not None:
        last = select(day).where(id_ == page.before).scalar_subquery()
        query = query.where((day < last) | ((day == last) & (id_ < page.before)))
    return (await conn.execute(query.limit(page.limit))).mappings().all()


def _reported(row: RowMapping, labels: Labels) -> ReportedCorrection:
    """Say it to the citizen, in the sentences that the catalogue has for that."""
    reason = labels.catalogue.correction_reasons.get(row["reason"])
    answer = labels.catalogue.correction_answers.get(row["answer"])
    return ReportedCorrection(
        reference=row["reference"],
        category=row["category"],
        categoryLabel=labels.category(row["category"]),
        organisation=labels.organisation(row["source"]),
        kind="correction" if reason is None else reason.kind,
        reasonText=row["reason"] if reason is None else reason.citizen_text,
        receivedOn=row["received_on"],
        dueOn=row["due_on"],
        isRestricted=_is_restricted(row),
        answerText=row["answer"] if answer is None else answer.citizen_text,
        answeredOn=row["answered_on"],
    )


def _for_officer(
    row: RowMapping, labels: Labels, held: int, today: date
) -> OfficerCorrection:
    return OfficerCorrection(
        **_members(row, labels.catalogue, today),
        source=row["source"],
        organisation=labels.organisation(row["source"]),
        mayRelease=_is_restricted(row) and row["answer"] is not None,
        restrictedSignals=held,
    )


def _members(row: RowMapping, catalogue: Catalogue, today: date) -> Mapping[str, Any]:
    """Name what source and officer both see."""
    labels = Labels(catalogue, {})
    reason = catalogue.correction_reasons.get(row["reason"])
    return {
        "id": row["id"],
        "reference": row["reference"],
        "kind": "correction" if reason is None else reason.kind,
        "reason": row["reason"],
        "reasonLabel": labels.of(catalogue.correction_reasons, row["reason"]),
        "signalSource": row["source"],
        "signalReference": row["signal_reference"],
        "category": row["category"],
        "categoryLabel": labels.category(row["category"]),
        "municipality": row["municipality"],
        "receivedOn": row["received_on"],
        "dueOn": row["due_on"],
        "isLate": row["answer"] is None and today > row["due_on"],
        "isRestricted": _is_restricted(row),
        "answer": row["answer"],
        "answerLabel": labels.of(catalogue.correction_answers, row["answer"]),
        "answeredOn": row["answered_on"],
        "answersBefore": [
            labels.of(catalogue.correction_answers, code)
            for code in row["answers_before"]
        ],
        "step": len(_given(row)),
        "mayAnswer": _is_untold(row) and len(_given(row)) < MOST_ANSWERS,
    }


def _given(row: RowMapping) -> list[str]:
    """Give the codes of all answers that were given, the first first."""
    return [*row["answers_before"], *([row["answer"]] if row["answer"] else [])]


def _is_untold(row: RowMapping) -> bool:
    """Tell whether nobody was told an answer yet."""
    return row["told_on"] is None and row["released_on"] is None


def _is_restricted(row: RowMapping) -> bool:
    """Tell whether the signal is kept from lookups because of it."""
    return row["restricted_on"] is not None and row["released_on"] is None
