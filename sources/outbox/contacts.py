"""Contact holders in the outbox: sent before the signals that name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.model import parse_body
from sources.outbox.store import Outbox


@dataclass(frozen=True, slots=True)
class PendingContact:
    """A contact holder that the index does not know as it is now."""

    id: UUID
    holder: ContactHolder


def find_pending_contacts(outbox: Outbox) -> list[PendingContact]:
    """Give the contact holders to send."""
    rows = outbox.connection.execute(
        "SELECT id, body FROM contact WHERE state = 'pending'"
    )
    return [
        PendingContact(UUID(row["id"]), parse_body(ContactHolder, row["body"]))
        for row in rows
    ]


def find_unstored_holders(outbox: Outbox) -> list[ContactHolder]:
    """Give those that the index does not have: to send, refused or held."""
    rows = outbox.connection.execute(
        "SELECT body FROM contact WHERE state <> 'sent'"
        " UNION SELECT body FROM held_contact"
    )
    return [parse_body(ContactHolder, row["body"]) for row in rows]


def count_contacts(outbox: Outbox) -> int:
    """Give how many contact holders there would be at the index."""
    found = outbox.connection.execute("SELECT count(*) FROM contact")
    return int(found.fetchone()[0])


def find_refused_contacts(outbox: Outbox) -> Mapping[str, str]:
    """Give the contact holders that the index did not take, and about which field."""
    rows = outbox.connection.execute(
        "SELECT id, refused_field FROM contact WHERE state = 'refused'"
    )
    return {str(row["id"]): str(row["refused_field"]) for row in rows}


def record_contact(
    outbox: Outbox, contact: UUID, *, accepted: bool, field: str = ""
) -> None:
    """Note what the index said of a contact holder; `field`: what it does not take."""
    with outbox.transaction("send-contact") as connection:
        connection.execute(
            "UPDATE contact SET state = ?, refused_field = ? WHERE id = ?",
            ("sent" if accepted else "refused", field, str(contact)),
        )
