"""Embargoes: placed under a person's row, found again only with the person at hand.

A list of embargoes names nobody. Where one stands follows from its end and the steps
beside it (`citizens.embargo.judge_embargo`); nothing has to be switched off. A row is
added and never changed, and counts only as this index wrote it
(`store.embargo_stamps`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.pseudonym import KeyVersion, SealedRow
from policy.key import calendar_day
from signal_index.citizens.embargo import (
    HOLDING,
    EmbargoFacts,
    EmbargoState,
    find_embargo_rows,
    judge_embargo,
    open_person,
)
from signal_index.errors import EmbargoOver, UnknownEmbargo
from signal_index.keyring import LeaderKeys, YearKeys
from signal_index.labels import Labels
from signal_index.row_keys import Rows
from signal_index.store.approvals import OPEN_FOR, State
from signal_index.store.embargo_stamps import (
    is_our_embargo,
    is_our_step,
    stamp_embargo,
    stamp_step,
)
from signal_index.store.ledger_reading import Page
from signal_index.store.many_rows import in_parts
from signal_index.tables.citizen_rights import embargo, embargo_step
from signal_index.wire.embargoes import Embargo

LIFTED: Final = "lifted"
"""The step that ends an embargo early; the others are states of its approval."""


@dataclass(frozen=True, slots=True)
class ListedEmbargoes:
    """A part of a municipality's embargoes; of all, how many rows are not ours."""

    items: Sequence[Embargo]
    unreadable: int


async def insert_embargo(
    conn: AsyncConnection,
    placed: Embargo,
    *,
    municipality: str,
    organisation: str,
    row: SealedRow,
    key_version: KeyVersion,
    keys: YearKeys,
) -> None:
    """Place an embargo; what becomes of it is added beside it."""
    said = {
        "id": placed.id,
        "municipality": municipality,
        "organisation": organisation,
        "reference": placed.reference,
        "row_key": row.row_key,
        "seal": row.seal,
        "key_version": key_version,
        "categories": [one.code for one in placed.categories],
        "reason": placed.reason,
        "until": placed.until,
        "placed_at": placed.placedAt,
        "approval_id": placed.approvalId,
    }
    await conn.execute(insert(embargo), {**said, "stamp": stamp_embargo(said, keys)})


async def find_held_categories(
    conn: AsyncConnection,
    rows: Rows,
    municipality: str,
    keys: YearKeys,
    now: datetime,
) -> frozenset[str]:
    """Give the categories that must stay out of this person's report now."""
    wanted = _SELECT.where(
        embargo.c.row_key.in_(rows), embargo.c.municipality == municipality
    )
    read = await _read(conn, wanted, keys)
    held = [one.row["categories"] for one in read.ours if one.judge(now) in HOLDING]
    return frozenset(category for categories in held for category in categories)


async def find_embargoed(
    conn: AsyncConnection,
    persons: Collection[SealedRow],
    keys: LeaderKeys,
    *,
    now: datetime,
) -> frozenset[tuple[SealedRow, str]]:
    """Find where an embargo holds now: (person, municipality).

    For who would tell others of a person; which kinds it is about does not matter then.
    Raises `InvalidRow` for a person whom no key of ours names.
    """
    row_keys = keys.row_keys
    whose: dict[bytes, set[SealedRow]] = defaultdict(set)
    for person in persons:
        for row in find_embargo_rows(row_keys, open_person(row_keys, person)):
            whose[row].add(person)
    found: set[tuple[SealedRow, str]] = set()
    for part in in_parts(sorted(whose)):
        read = await _read(conn, _SELECT.where(embargo.c.row_key.in_(part)), keys)
        found.update(
            (person, one.row["municipality"])
            for one in read.ours
            if one.judge(now) in HOLDING
            for person in whose[bytes(one.row["row_key"])]
        )
    return frozenset(found)


async def list_embargoes(
    conn: AsyncConnection,
    municipality: str,
    page: Page,
    labels: Labels,
    keys: YearKeys,
    *,
    now: datetime,
) -> ListedEmbargoes:
    """Read a municipality's embargoes, the newest first."""
    here = _SELECT.where(embargo.c.municipality == municipality)
    read = await _read(conn, here.order_by(embargo.c.id.desc()), keys)
    wanted = [
        one for one in read.ours if page.before is None or one.row["id"] < page.before
    ]
    shown = [_embargo(one, labels, now) for one in wanted[: page.limit]]
    return ListedEmbargoes(shown, read.unreadable)


async def note_decision(
    conn: AsyncConnection, approval: UUID, state: State, keys: YearKeys, now: datetime
) -> None:
    """Add what came of an embargo's approval; whoever decided it was verified."""
    read = await _read(conn, _SELECT.where(embargo.c.approval_id == approval), keys)
    for one in read.ours:
        await _add_step(conn, one, state.value, keys, now)


async def lift_embargo(
    conn: AsyncConnection,
    id_: UUID,
    municipality: str,
    lifting: str,
    *,
    keys: YearKeys,
    now: datetime,
) -> None:
    """Lift an embargo before its end, or raise `UnknownEmbargo` or `EmbargoOver`."""
    wanted = _SELECT.where(embargo.c.id == id_, embargo.c.municipality == municipality)
    read = await _read(conn, wanted, keys)
    if not read.ours:
        raise UnknownEmbargo
    (found,) = read.ours
    if found.judge(now) not in HOLDING:
        raise EmbargoOver
    await _add_step(conn, found, LIFTED, keys, now, reason=lifting)


_STEP: Final = "step_"
_SELECT: Select[*tuple[Any, ...]] = select(
    *(one for one in embargo.c if one.name not in {"seal", "key_version"}),
    *(one.label(_STEP + one.name) for one in embargo_step.c),
).outerjoin(embargo_step, embargo_step.c.embargo == embargo.c.id)


@dataclass(frozen=True, slots=True)
class _Standing:
    """An embargo as it was placed, and the steps of ours beside it, by their name."""

    row: RowMapping
    steps: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def judge(self, now: datetime) -> EmbargoState:
        """Say where it stands; what nobody decided in time is refused."""
        decided = [one for one in State if one.value in self.steps]
        unheard = self.row["placed_at"] + OPEN_FOR <= now
        waiting = State.EXPIRED if unheard else State.OPEN
        facts = EmbargoFacts(
            self.row["until"], LIFTED in self.steps, (decided or [waiting])[0]
        )
        return judge_embargo(facts, calendar_day(now))


@dataclass(frozen=True, slots=True)
class _Read:
    ours: Sequence[_Standing]
    unreadable: int


async def _read(
    conn: AsyncConnection, wanted: Select[*tuple[Any, ...]], keys: YearKeys
) -> _Read:
    rows = (await conn.execute(wanted)).mappings().all()
    ours: dict[UUID, _Standing] = {}
    others: set[UUID] = set()
    altered = 0
    for row in rows:
        id_ = row["id"]
        if id_ not in ours and id_ not in others:
            if is_our_embargo(row, keys):
                ours[id_] = _Standing(row)
            else:
                others.add(id_)
        if id_ in ours and row[_STEP + "embargo"] is not None:
            altered += not _take_step(ours[id_], row, keys)
    return _Read(tuple(ours.values()), len(others) + altered)


def _take_step(of: _Standing, row: RowMapping, keys: YearKeys) -> bool:
    step = {one.name: row[_STEP + one.name] for one in embargo_step.c}
    if not is_our_step(step, keys):
        return False
    of.steps[step["step"]] = step
    return True


async def _add_step(
    conn: AsyncConnection,
    of: _Standing,
    step: str,
    keys: YearKeys,
    now: datetime,
    *,
    reason: str | None = None,
) -> None:
    said = {"embargo": of.row["id"], "step": step, "reason": reason, "at": now}
    await conn.execute(insert(embargo_step), {**said, "stamp": stamp_step(said, keys)})


def _embargo(one: _Standing, labels: Labels, now: datetime) -> Embargo:
    catalogue, row = labels.catalogue, one.row
    lifting = one.steps.get(LIFTED, {})
    return Embargo(
        id=row["id"],
        reference=row["reference"],
        categories=labels.name(catalogue.categories, row["categories"]),
        reason=row["reason"],
        reasonLabel=labels.of(catalogue.embargo_reasons, row["reason"]),
        until=row["until"],
        placedAt=row["placed_at"],
        approvalId=row["approval_id"],
        state=one.judge(now).value,
        lifting=lifting.get("reason"),
        liftingLabel=labels.of(catalogue.embargo_liftings, lifting.get("reason")),
        liftedAt=lifting.get("at"),
    )
