"""A transfer as its two persons read it, and the digest of exactly that.

What would pass on changes while a transfer waits: signals come and go, a contact holder
gets another number. So who approves says what they read (`shown`), and of anything else
nothing is approved (`ShownOutdated`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast
from uuid import UUID

from signal_index.api.acting import Acting
from signal_index.labels import Labels
from signal_index.store import transfers as store
from signal_index.store.approvals import Approval, State
from signal_index.store.signals import lock_source
from signal_index.store.transfers import Passing, Recorded
from signal_index.wire import transfers as wire

Contacts = Mapping[UUID, tuple[str, Mapping[str, Any]]]
_SAID: Final = ("function", "name", "phone", "officeHours")


async def digest_shown(act: Acting, waiting: Approval) -> bytes:
    """Digest what the transfer that waits for this approval is shown as now.

    From here on none of it changes until the act ends: both sources are locked.
    """
    found = await store.get_transfer(act.conn, waiting.id, now=act.now)
    asked = found.asked
    await lock_source(act.conn, asked.source, asked.successor)
    passing = await store.count_passing(act.conn, asked)
    both = (asked.source, asked.successor)
    contacts = await store.find_contacts(act.conn, both, [passing])
    labels = await act.index.labels_in(asked.municipality)
    waits = replace(found, state=State.OPEN)
    shown = show_transfer(waits, labels, contacts, passing).shown
    return bytes.fromhex(shown or "")


def show_transfer(
    one: Recorded, labels: Labels, contacts: Contacts, passing: Passing | None
) -> wire.Transfer:
    """Show a transfer to officers; `passing`: what would pass on, while it waits."""
    asked = one.asked
    made = wire.Transfer(
        id=one.id,
        approvalId=one.approval_id,
        source=asked.source,
        sourceName=labels.organisation(asked.source),
        successor=asked.successor,
        successorName=labels.organisation(asked.successor),
        categories=labels.name(labels.catalogue.categories, asked.categories),
        contacts=(
            None
            if asked.contacts is None
            else [
                wire.NamedContact(**name_contact(id_, contacts))
                for id_ in asked.contacts
            ]
        ),
        contactHolder=(
            None
            if asked.contact_holder is None
            else wire.NamedContact(**name_contact(asked.contact_holder, contacts))
        ),
        reason=cast("wire.TransferReason | None", asked.reason),
        passing=None
        if passing is None
        else wire.Passing(
            signals=passing.signals,
            contacts=[
                wire.TransferContact(**name_contact(id_, contacts), signals=count)
                for id_, count in passing.contacts.items()
            ],
            corrections=passing.corrections,
        ),
        askedAt=one.asked_at,
        state=one.state.value,
        carriedOutAt=one.carried_out_at,
        signals=one.signals,
        shown=None,
    )
    if passing is None:
        return made
    shown = hashlib.sha256(made.model_dump_json().encode()).hexdigest()
    return made.model_copy(update={"shown": shown})


def name_contact(id_: UUID, contacts: Contacts) -> dict[str, Any]:
    """Say who a contact holder is; of one that is gone its id alone."""
    _, said = contacts.get(id_, ("", {}))
    return {"id": id_, **{name: said.get(name) for name in _SAID}}
