"""Put an approved policy in force: sign it, keep it, record it, in one transaction.

The index's own signature over municipality, serial and SHA-256 is what running
processes go by (`api.policy_view`).
"""

from __future__ import annotations

import asyncio
from typing import Final

from keys.base64url import encode_b64u
from policy.bundle import load_bundle, shipped_bundle
from policy.vocabulary import OrganisationKind
from signal_index.api.acting import Acting
from signal_index.api.context import Index
from signal_index.api.recording import SpecialAct
from signal_index.errors import CallerNotAllowed, PolicyUnusable, ProposalOutdated
from signal_index.identifiers import floor_minute
from signal_index.ledger import Kind, sign_adoption
from signal_index.proof import Adoption, JsonObject
from signal_index.store.approvals import Approval
from signal_index.store.policies import (
    StoredAdoption,
    find_newest_adoptions,
    get_bundle,
    get_proposal,
    insert_adoption,
)

MATTER: Final = "policy-activation"


async def activate(act: Acting, given: Approval) -> None:
    """Put an approved bundle in force, in the transaction of its approval.

    Raises `ProposalOutdated` where another policy holds than it was compared with, and
    `CallerNotAllowed` for an approver of another organisation than the municipality:
    the approval is then undone with it.
    """
    conn, index = act.conn, act.index
    if act.caller.organisation_kind is not OrganisationKind.MUNICIPALITY:
        raise CallerNotAllowed
    place = given.matter.municipality
    proposal = await get_proposal(conn, given.id, place)
    newest = (await find_newest_adoptions(conn)).get(place)
    if proposal.digest != given.matter.digest:
        raise PolicyUnusable
    if proposal.base != (shipped_bundle().digest if newest is None else newest.digest):
        raise ProposalOutdated
    await asyncio.to_thread(load_bundle, await get_bundle(conn, proposal.digest))
    said = Adoption(
        origin=index.names.ledger_origin,
        municipality=place,
        serial=1 if newest is None else newest.serial + 1,
        digest=proposal.digest,
        approval=given.id,
        activated_at=floor_minute(act.now),
    )
    await insert_adoption(conn, _signed(said, index))
    what: JsonObject = {
        "act": "policy-activated",
        "sha256": said.digest.hex(),
        "approval": str(given.id),
        "serial": said.serial,
    }
    digest = encode_b64u(said.digest)
    await act.record_special(SpecialAct(Kind.POLICY, what, policy=digest))


def _signed(said: Adoption, index: Index) -> StoredAdoption:
    return StoredAdoption(
        municipality=said.municipality,
        serial=said.serial,
        digest=said.digest,
        approval=said.approval,
        activated_at=said.activated_at,
        statement=sign_adoption(said, index.receipt_key),
    )
