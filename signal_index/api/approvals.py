"""Second pairs of eyes: what waits for another person, and deciding it.

- Whatever asks for approval (a policy, an embargo, a report) is decided here, by one
  rule (`store.approvals`); what an approval of some kind sets in motion stands in
  `EFFECTS`, and what is noted of any decision in `NOTES`: both commit with the
  decision, or the decision does not happen.
- Who approves says what they read; where that is no more so, nothing is decided.
- Each decision is a ledger entry of kind `approval` that names the matter's SHA-256.
- Looking at what waits is no act in the ledger: it tells of no lookup and no citizen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final, cast

from fastapi import Query

from policy.vocabulary import Caller
from signal_index.api.acting import Acting, acting
from signal_index.api.callers import Approver
from signal_index.api.context import TheIndex
from signal_index.api.policy_activation import MATTER, activate
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.api.transfer_run import MATTER as TRANSFER
from signal_index.api.transfer_run import transfer
from signal_index.api.transfer_view import digest_shown
from signal_index.citizens.embargo import MATTER as EMBARGO
from signal_index.errors import (
    ApprovalClosed,
    ApprovalExpired,
    AssuranceTooLow,
    NotApproved,
    PolicyUnusable,
    ProposalOutdated,
    RoleMissing,
    SamePerson,
    ShownOutdated,
    TransferCollides,
    TransferOutdated,
    UnknownApproval,
    UnknownPolicy,
)
from signal_index.events import Event
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.store.approvals import (
    Approval,
    State,
    approve,
    read_approvals,
    refuse,
)
from signal_index.store.embargoes import note_decision
from signal_index.wire import approvals as wire
from signal_index.wire.persons import Account
from signal_index.wire.values import Id

Effect = Callable[[Acting, Approval], Awaitable[None]]

EFFECTS: Final[Mapping[str, Effect]] = {MATTER: activate, TRANSFER: transfer}
"""What an approval sets in motion at once, by the kind of its matter."""


async def _note_embargo(act: Acting, found: Approval) -> None:
    keys = act.index.keys
    await note_decision(act.conn, found.id, found.state, keys, act.now)


NOTES: Final[Mapping[str, Effect]] = {EMBARGO: _note_embargo}
"""What is noted of every decision, whatever it was, by the kind of its matter."""

SHOWN: Final[Mapping[str, Callable[[Acting, Approval], Awaitable[bytes]]]] = {
    TRANSFER: digest_shown
}
"""How what changes while it waits is shown now, by the kind of its matter. All else is
what its digest says for as long as it waits."""

routes = Routes("goedkeuren")


@routes.get("/approvals", "Wat wacht op een tweede persoon, en wat is beslist")
async def list_approvals(
    index: TheIndex,
    caller: Approver,
    kind: Annotated[
        wire.ApprovalKind | None, Query(description="Alleen deze; anders alle soorten")
    ] = None,
) -> wire.ApprovalList:
    """List what waits for a second person, and what was decided lately."""
    key = index.receipt_key
    async with looking(index.engine) as conn:
        found = await read_approvals(conn, kind, caller.scope, key)
    if found.unreadable:
        index.events.write(Event.APPROVALS_UNREADABLE, count=found.unreadable)
    return wire.ApprovalList(
        open=[
            show_approval(one, caller.caller) for one in found.find_open(index.clock())
        ],
        decided=[show_approval(one, caller.caller) for one in found.find_decided()],
        unreadable=found.unreadable,
        leftOff=found.decided_left_off,
    )


@routes.post(
    "/approvals/{approval_id}/decision",
    "Een verzoek goedkeuren of afwijzen",
    raises=(
        UnknownApproval,
        ApprovalClosed,
        ApprovalExpired,
        AssuranceTooLow,
        SamePerson,
        ShownOutdated,
        RoleMissing,
        NotApproved,
        ProposalOutdated,
        TransferCollides,
        TransferOutdated,
        UnknownPolicy,
        PolicyUnusable,
    ),
)
async def decide_approval(
    approval_id: Id, body: wire.ApprovalDecision, index: TheIndex, caller: Approver
) -> wire.Approval:
    """Approve what another person asked, or refuse it; one's own is withdrawn so."""
    who, key = caller.caller, index.receipt_key
    async with acting(index, who, Kind.APPROVAL) as act:
        conn, now = act.conn, act.now
        if body.decision == "approved":
            found = await approve(conn, approval_id, who, key, now=now)
            await _verify_shown(act, found, body.shown)
        else:
            found = await refuse(
                conn, approval_id, who, key, now=now, reason=body.reason
            )
        await record_approval(act, found.state.value, found)
        effect, note = EFFECTS.get(found.matter.kind), NOTES.get(found.matter.kind)
        if note is not None:
            await note(act, found)
        if found.state is State.APPROVED and effect is not None:
            await effect(act, found)
    index.standing.forget()
    return show_approval(found, who)


async def _verify_shown(act: Acting, found: Approval, shown: str | None) -> None:
    """Raise `ShownOutdated` unless what is approved is what was read."""
    kind = found.matter.kind
    now = await SHOWN[kind](act, found) if kind in SHOWN else found.matter.digest
    if now.hex() != shown:
        raise ShownOutdated


async def record_approval(act: Acting, step: str, of: Approval) -> None:
    """Record that an approval was asked for, or decided, as part of an act.

    `step` is `requested` or the state it came to. The SHA-256 is that of the matter, as
    `sha256sum` prints it.
    """
    what: JsonObject = {
        "act": f"approval-{step}",
        "approval": str(of.id),
        "matter": of.matter.kind,
        "sha256": of.matter.digest.hex(),
    }
    if of.reason is not None:
        what = {**what, "reason": of.reason}
    await act.record(what, kind=Kind.APPROVAL)


def name_requester(one: Approval) -> Account:
    """Name who asked, with the organisation in which the account says who that is."""
    return Account(organisation=one.organisation, user=one.requested_by)


def find_decider(one: Approval) -> Account | None:
    """Name who decided, in the same way; None while nobody has."""
    if one.decided_by is None or one.decided_in is None:
        return None
    return Account(organisation=one.decided_in, user=one.decided_by)


def show_approval(one: Approval, reader: Caller) -> wire.Approval:
    """Show an approval as its readers see it."""
    needed = one.matter.needs_role
    return wire.Approval(
        id=one.id,
        kind=one.matter.kind,
        titleCode=one.matter.title_code,
        digest=one.matter.digest.hex(),
        needsRole=None if needed is None else needed.value,
        state=one.state.value,
        requestedBy=name_requester(one),
        own=one.is_asked_by(reader),
        requestedAt=one.requested_at,
        expiresAt=one.expires_at,
        decidedBy=find_decider(one),
        decidedAt=one.decided_at,
        reason=cast("wire.RefusalReason | None", one.reason),
    )
