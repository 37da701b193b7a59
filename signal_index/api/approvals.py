"""Second pairs of eyes: what waits for another person, and deciding it.

- Whatever asks for approval (a policy, an embargo, a report) is decided here, by one
  rule (`store.approvals`); what an approval of some kind sets in motion stands in
  `EFFECTS` and commits with the decision, or the decision does not happen.
- Each decision is a ledger entry of kind `approval` that names the matter's SHA-256.
- Looking at what waits is no act in the ledger: it tells of no lookup and no citizen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from policy.vocabulary import Caller
from signal_index.api.callers import Approver
from signal_index.api.context import Index, get_index
from signal_index.api.policy_activation import MATTER, activate
from signal_index.api.reading import give_json, read_json, read_query
from signal_index.api.recording import record_act
from signal_index.api.routing import Routes
from signal_index.api.transactions import committing, looking
from signal_index.ledger import Entry, Kind
from signal_index.notice import InvalidField, parse_slug, parse_uuid
from signal_index.notice.fields import encode_instant, parse_object
from signal_index.proof import JsonObject
from signal_index.store.approvals import (
    Approval,
    State,
    approve,
    find_decided,
    find_open,
    refuse,
)
from signal_index.store.ledger import insert_entries

Effect = Callable[[AsyncConnection, Index, Approval, Caller], Awaitable[None]]

EFFECTS: Final[Mapping[str, Effect]] = {MATTER: activate}
"""What an approval sets in motion at once, by the kind of its matter."""

_DECISIONS: Final = {"approved": approve, "refused": refuse}

routes = Routes()


@routes.get("/approvals")
async def list_approvals(request: Request, caller: Approver) -> Response:
    """List what waits for a second person, and what was decided lately."""
    query = read_query(request, ("kind",))
    kind = None if "kind" not in query else parse_slug(query["kind"], "kind")
    index = get_index(request)
    async with looking(index.engine) as conn:
        waiting = await find_open(conn, kind, caller.scope, now=index.clock())
        decided = await find_decided(conn, kind, caller.scope)
    return give_json(
        {
            "open": [describe_approval(one, caller.caller) for one in waiting],
            "decided": [describe_approval(one, caller.caller) for one in decided],
        }
    )


@routes.post("/approvals/{approval_id}/decision")
async def decide_approval(
    request: Request, caller: Approver, approval_id: str
) -> Response:
    """Approve what another person asked, or refuse it; one's own is withdrawn so."""
    wanted = parse_uuid(approval_id, "approvalId")
    said = parse_object(await read_json(request), ("decision",))["decision"]
    act = _DECISIONS.get(said) if isinstance(said, str) else None
    if act is None:
        raise InvalidField("decision", "wrong-form")
    index, who = get_index(request), caller.caller
    async with committing(index.engine) as conn:
        now = index.clock()
        found = await act(conn, wanted, who, now=now)
        entry = record_approval(index, who, found.state.value, found)
        await insert_entries(conn, [entry])
        effect = EFFECTS.get(found.matter.kind)
        if found.state is State.APPROVED and effect is not None:
            await effect(conn, index, found, who)
    index.standing.forget()
    return give_json(describe_approval(found, who))


def record_approval(index: Index, caller: Caller, act: str, of: Approval) -> Entry:
    """Build the entry of asking for an approval, or of deciding it.

    `act` is `requested` or the state it came to. The SHA-256 is that of the matter, as
    `sha256sum` prints it.
    """
    what: JsonObject = {
        "act": f"approval-{act}",
        "approval": str(of.id),
        "matter": of.matter.kind,
        "sha256": of.matter.digest.hex(),
    }
    return record_act(Kind.APPROVAL, caller, what, index.keys, index.clock())


def describe_approval(one: Approval, reader: Caller) -> Mapping[str, object]:
    """Give an approval as its readers see it; `own`: asked by whoever reads."""
    decided = one.decided_at
    needed = one.matter.needs_role
    return {
        "id": str(one.id),
        "kind": one.matter.kind,
        "titleCode": one.matter.title_code,
        "digest": one.matter.digest.hex(),
        "needsRole": None if needed is None else needed.value,
        "state": one.state.value,
        "requestedBy": one.requested_by,
        "own": one.requested_by == reader.subject,
        "requestedAt": encode_instant(one.requested_at),
        "expiresAt": encode_instant(one.expires_at),
        "decidedBy": one.decided_by,
        "decidedAt": None if decided is None else encode_instant(decided),
    }
