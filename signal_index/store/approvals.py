"""Second pairs of eyes: ask for an approval, give or refuse it, and rely on it.

- Two different persons, each surely logged in (eIDAS substantial or high). A person is
  the provider's `sub`: the same one at another organisation is still the same person.
- Whoever decides belongs to the municipality of the matter, or to the organisation that
  asked; for anyone else the approval does not exist.
- An approval is about one SHA-256: what changes after it was asked needs another one.
- The index signs both (`store.approval_signatures`): what SQL alone wrote is none.
- A decision is made once; of two at the same moment one is `ApprovalClosed`.
- Nothing is recorded here: the edge writes the ledger entry (kind `approval`) through
  the same connection, so that decision and entry commit together.

    asked = await request_approval(conn, matter, caller, key, now=now)  # the first
    await approve(conn, asked.id, other, key, now=now)                  # another one
    await verify_approved(conn, asked.id, matter, key)                  # or raises

Proven by tests/contract/test_approvals.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from policy.vocabulary import (
    Assurance,
    Caller,
    CallerKind,
    OrganisationKind,
    Role,
)
from signal_index.errors import (
    ApprovalAlreadyOpen,
    ApprovalClosed,
    ApprovalExpired,
    AssuranceTooLow,
    CallerNotAllowed,
    NotApproved,
    RoleMissing,
    SamePerson,
    UnknownApproval,
)
from signal_index.identifiers import new_uuid7
from signal_index.ledger import ReceiptKey
from signal_index.store.approval_records import (
    Approval,
    Matter,
    ReadApprovals,
    State,
    find_approval,
    get_approval,
    get_signed_row,
    read_approval,
    read_approvals,
)
from signal_index.store.approval_signatures import is_signed, sign_approval
from signal_index.tables.approvals import approval

__all__ = [
    "APPROVERS",
    "Approval",
    "Matter",
    "ReadApprovals",
    "State",
    "approve",
    "find_approval",
    "get_approval",
    "read_approvals",
    "refuse",
    "request_approval",
    "verify_approved",
]

OPEN_FOR: Final = timedelta(days=14)
"""How long an approval waits for its second person."""

HOLDS_FOR: Final = timedelta(days=14)
"""How long what was approved may be read after it was given."""

APPROVERS: Final = frozenset(
    {
        Role.PRIVACY_OFFICER,
        Role.DATA_PROTECTION_OFFICER,
        Role.MUNICIPALITY_ADMINISTRATOR,
    }
)
_SURE: Final = frozenset({Assurance.SUBSTANTIAL, Assurance.HIGH})


async def request_approval(
    conn: AsyncConnection,
    matter: Matter,
    requester: Caller,
    key: ReceiptKey,
    *,
    now: datetime,
) -> Approval:
    """Ask for a second person's approval of this matter.

    Raises `AssuranceTooLow`, `CallerNotAllowed` (another municipality's matter, or a
    role that may not approve) or `ApprovalAlreadyOpen`: the same matter waits already,
    and it is that one that wants deciding.
    """
    _verify_person(requester)
    if matter.municipality != requester.municipality:
        raise CallerNotAllowed
    await _close_open(conn, matter, requester.organisation, key, now)
    made = Approval(
        id=new_uuid7(now),
        matter=matter,
        organisation=requester.organisation,
        requested_by=requester.subject,
        requested_at=now,
        expires_at=now + OPEN_FOR,
        state=State.OPEN,
        decided_by=None,
        decided_in=None,
        decided_at=None,
        reason=None,
    )
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    row = _row_of(made, requester)
    signed = {**row, "signature": sign_approval(row, key)}
    new = dialect.insert(approval).values(signed).on_conflict_do_nothing()
    if (await conn.execute(new)).rowcount != 1:
        raise ApprovalAlreadyOpen
    return made


async def approve(
    conn: AsyncConnection,
    approval_id: UUID,
    approver: Caller,
    key: ReceiptKey,
    *,
    now: datetime,
) -> Approval:
    """Approve, as another person than the one who asked.

    Raises `UnknownApproval`, `AssuranceTooLow`, `CallerNotAllowed`, `SamePerson`,
    `RoleMissing` (neither of the two has the role it needs), `ApprovalClosed` or
    `ApprovalExpired`.
    """
    row = await get_signed_row(conn, approval_id, key)
    found = _verify_decidable(row, approver, now)
    if approver.subject == found.requested_by:
        raise SamePerson
    needed = found.matter.needs_role
    has_role = needed is None or needed in approver.roles
    if not (has_role or row["requester_has_role"]):
        raise RoleMissing
    decision = _Decision(State.APPROVED, approver, has_role, now)
    return await _decide(conn, row, decision, key)


async def refuse(
    conn: AsyncConnection,
    approval_id: UUID,
    approver: Caller,
    key: ReceiptKey,
    *,
    now: datetime,
    reason: str | None = None,
) -> Approval:
    """Refuse, with a reason or without; who asked may do so too, and withdraws it so.

    Raises what `approve` raises, except `SamePerson` and `RoleMissing`.
    """
    row = await get_signed_row(conn, approval_id, key)
    found = _verify_decidable(row, approver, now)
    state = State.WITHDRAWN if found.is_asked_by(approver) else State.REFUSED
    made = _Decision(state, approver, has_role=False, at=now, reason=reason)
    return await _decide(conn, row, made, key)


async def verify_approved(
    conn: AsyncConnection, approval_id: UUID, matter: Matter, key: ReceiptKey
) -> Approval:
    """Raise `NotApproved` unless exactly this matter was approved.

    Kind, municipality, digest and needed role must all be those that were asked: an
    approval of another matter is none.
    """
    found = await get_approval(conn, approval_id, key)
    if found.state is not State.APPROVED or found.matter != matter:
        raise NotApproved
    return found


def _verify_person(caller: Caller) -> None:
    """Raise unless this is an active person in office, surely logged in."""
    if caller.kind is not CallerKind.PERSON or not caller.active:
        raise CallerNotAllowed
    if caller.roles.isdisjoint(APPROVERS):
        raise CallerNotAllowed
    if caller.assurance not in _SURE:
        raise AssuranceTooLow


def _verify_decidable(row: RowMapping, caller: Caller, now: datetime) -> Approval:
    """Give an approval that this caller may decide now, or raise.

    Who may not see it learns nothing of it: `UnknownApproval` comes first.
    """
    _verify_person(caller)
    if not _may_see(caller, row):
        raise UnknownApproval
    made = read_approval(row)
    if made.state is not State.OPEN:
        raise ApprovalClosed
    if made.expires_at <= now:
        raise ApprovalExpired
    return made


def _may_see(caller: Caller, row: RowMapping) -> bool:
    if row["municipality"] != caller.municipality:
        return False
    is_municipality = caller.organisation_kind is OrganisationKind.MUNICIPALITY
    return is_municipality or bool(row["organisation"] == caller.organisation)


@dataclass(frozen=True, slots=True)
class _Decision:
    state: State
    by: Caller
    has_role: bool
    at: datetime
    reason: str | None = None


async def _decide(
    conn: AsyncConnection, row: RowMapping, made: _Decision, key: ReceiptKey
) -> Approval:
    """Write a decision down, unless another one came first: `ApprovalClosed`."""
    said = {
        "state": made.state.value,
        "decided_by": made.by.subject,
        "decided_in": made.by.organisation,
        "decider_has_role": made.has_role,
        "decided_at": made.at,
        "reason": made.reason,
    }
    rows = await conn.execute(
        update(approval)
        .where(approval.c.id == row["id"], approval.c.state == State.OPEN.value)
        .values(**said, signature=sign_approval({**row, **said}, key))
        .returning(*approval.c)
    )
    written = rows.mappings().one_or_none()
    if written is None:
        raise ApprovalClosed
    return read_approval(written)


async def _close_open(
    conn: AsyncConnection,
    matter: Matter,
    organisation: str,
    key: ReceiptKey,
    now: datetime,
) -> None:
    """Close what stands in the way and counts no more: it ran out, or is not ours."""
    rows = await conn.execute(
        select(approval).where(
            approval.c.state == State.OPEN.value,
            approval.c.municipality == matter.municipality,
            approval.c.organisation == organisation,
            approval.c.kind == matter.kind,
            approval.c.digest == matter.digest,
        )
    )
    gone = [
        row["id"]
        for row in rows.mappings()
        if row["expires_at"] <= now or not is_signed(row, key)
    ]
    if gone:
        these = update(approval).where(approval.c.id.in_(gone))
        await conn.execute(these.values(state=State.EXPIRED.value))


def _row_of(made: Approval, requester: Caller) -> dict[str, Any]:
    matter = made.matter
    needed = matter.needs_role
    return {
        "id": made.id,
        "municipality": matter.municipality,
        "organisation": made.organisation,
        "kind": matter.kind,
        "title_code": matter.title_code,
        "digest": matter.digest,
        "needs_role": None if needed is None else needed.value,
        "requested_by": made.requested_by,
        "requester_has_role": needed is not None and needed in requester.roles,
        "requested_at": made.requested_at,
        "expires_at": made.expires_at,
        "state": made.state.value,
    }
