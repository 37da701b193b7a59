"""Carry out a transfer that two persons agreed on, in the transaction of its approval.

What they agreed on is in the digest; the signals are those that stand at that moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from policy.catalogue import Category
from policy.vocabulary import OrganisationKind
from signal_index.api.acting import Acting
from signal_index.errors import CallerNotAllowed, TransferOutdated
from signal_index.ledger import Kind
from signal_index.notice.text import encode_compact
from signal_index.proof import JsonObject
from signal_index.returning import Passed
from signal_index.store import transfers as store
from signal_index.store.approvals import Approval
from signal_index.store.notices import put_in_box
from signal_index.store.standing import Standing
from signal_index.store.transfer_run import carry_out
from signal_index.store.transfers import Asked

MATTER: Final = "transfer"


async def transfer(act: Acting, given: Approval) -> None:
    """Let the successor take over the signals, tell both, and record it.

    Raises `TransferOutdated` where it could not be asked for today, `TransferCollides`
    where the successor has signals under the same references, and `CallerNotAllowed`
    for an approver of another organisation than the municipality: the approval is then
    undone with it.
    """
    if act.caller.organisation_kind is not OrganisationKind.MUNICIPALITY:
        raise CallerNotAllowed
    found = await store.get_transfer(act.conn, given.id, now=act.now)
    if digest_transfer(found.asked) != given.matter.digest:
        raise TransferOutdated
    standing = await act.index.standing.get(act.now)
    if not may_take_over(act, standing, found.asked):
        raise TransferOutdated
    moved = await carry_out(act.conn, found, act.index.keys, now=act.now)
    told = Passed(found.id)
    await put_in_box(
        act.conn, found.asked.municipality, told, act.index.keys, now=act.now
    )
    said: JsonObject = {
        **describe_transfer(found.asked),
        "transfer": str(found.id),
        "signals": moved.signals,
        "references": moved.digest.hex(),
        "named": {str(before): str(after) for before, after in moved.named.items()},
    }
    await act.record(said, kind=Kind.ADMINISTRATION)


def may_take_over(act: Acting, standing: Standing, asked: Asked) -> bool:
    """Tell whether the successor publishes these categories there, by rule and list."""
    source = standing.sources.get(asked.successor)
    if source is None:
        return False
    places = standing.find_places(asked.successor)
    known: Mapping[str, Category] = act.index.catalogue_in(  # type: ignore[assignment]
        asked.municipality
    ).categories
    return all(
        (asked.municipality, code) in places
        and (category := known.get(code)) is not None
        and category.active
        and source.kind in category.publishers
        for code in asked.categories
    )


def describe_transfer(asked: Asked) -> JsonObject:
    """Say what a transfer is, as its digest and its entry do."""
    contacts = asked.contacts
    taken = asked.contact_holder
    return {
        "act": "signals-transferred",
        "source": asked.source,
        "successor": asked.successor,
        "categories": list(asked.categories),
        "contacts": None if contacts is None else [str(one) for one in contacts],
        "contactHolder": None if taken is None else str(taken),
        "reason": asked.reason,
    }


def digest_transfer(asked: Asked) -> bytes:
    """Digest exactly this transfer, SHA-256: what is approved cannot become another."""
    said = {**describe_transfer(asked), "municipality": asked.municipality}
    return hashlib.sha256(encode_compact(said)).digest()
