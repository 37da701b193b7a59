"""Whom a source that hears of a lookup may call back: signed, as it stands in settings.

The same lookup asked again after a lost connection is the same to the byte: it is dated
by its ticket, and a signature of Ed25519 is the same each time.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from desk.desk import Desk
from desk.moments import day_here
from keys.base64url import decode_b64u
from signal_index.notice import sign_contact
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.model import parse_json
from signal_index.wire.signed_contacts import name_own_number
from signal_index.wire.values import Label, Oin, Phone

_TICKET_LIVES: Final = timedelta(minutes=15)


def sign_call_back(desk: Desk, tickets: Sequence[str]) -> str | None:
    """Sign the organisation's own number for one lookup; None where none is set."""
    said, key = desk.settings.call_back, desk.notice_key
    if said is None or key is None:  # the settings have both, or no call_back
        return None
    own = Oin(desk.settings.organisation)
    at = _asked_at(tickets, desk.clock())
    holder = ContactHolder(
        function=Label(said.function),
        phone=Phone(said.phone),
        lastVerified=day_here(at),
    )
    return sign_contact(key, name_own_number(own), own, holder, iss=own, now=at)


def _asked_at(tickets: Sequence[str], now: datetime) -> datetime:
    """Give when a lookup was asked, as its first ticket says, if that may be."""
    try:
        said = parse_json(decode_b64u(tickets[0].split(".")[1]))
        at = datetime.fromtimestamp(said["iat"], UTC)  # type: ignore[index]
    except Exception:  # noqa: BLE001 - what a caller sends; the index judges it
        return now
    return at if abs(now - at) <= _TICKET_LIVES else now
