"""The signed list of a day's tickets, for a registered auditor only.

What a ledger cannot prove, a lookup that never became an entry, is found by holding
these lists against it. A ticket that a crash kept from its caller stands in the list
too; one that a caller has is never missing, but where the holder was restored from a
backup: then every statement says from when until when (`keys.holder.restoring`).
"""

from dataclasses import dataclass
from datetime import date

from keys.holder.admission import admit_statement
from keys.holder.errors import RequestMalformed
from keys.holder.evaluations import Holder
from keys.holder.store import GivenTicket
from keys.jose import sign_compact
from keys.statement import STATEMENT_TYPE


@dataclass(frozen=True, slots=True)
class Statement:
    """A signed statement, and what may be logged about it."""

    token: str
    organisation: str
    day: date
    count: int


def answer_statement(holder: Holder, day: str, authorization: str) -> Statement:
    """Answer one `GET /v1/statements/{day}`, or raise a leaf of `RequestRefused`.

    A statement of the day that is not over yet says so by its `iat`.
    """
    now = holder.now()
    asked_day = _parse_day(day)
    asked = admit_statement(
        authorization,
        asked_day,
        holder.keys.identity,
        holder.organisations,
        now=now,
    )
    holder.meter.record_asked(asked.claims, asked.claims.day.isoformat(), now=now)
    tickets = holder.meter.find_tickets(asked_day)
    claims: dict[str, object] = {
        "iss": holder.keys.identity.id,
        "iat": int(now.timestamp()),
        "day": asked_day.isoformat(),
        "tickets": [_listed(ticket) for ticket in tickets],
        "restored": [
            said.model_dump(by_alias=True) for said in holder.meter.find_restored()
        ],
    }
    token = sign_compact(holder.keys.ticket_key, STATEMENT_TYPE, claims)
    return Statement(token, asked.claims.iss, asked_day, len(tickets))


def _parse_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise RequestMalformed from None
    if day.isoformat() != text:
        raise RequestMalformed
    return day


def _listed(ticket: GivenTicket) -> dict[str, object]:
    return {
        "jti": ticket.jti,
        "sub": ticket.subject,
        "org": ticket.organisation,
        "act": ticket.act,
        "count": ticket.count,
        "keyVersion": ticket.key_version,
        "epoch": ticket.epoch,
        "req": ticket.req,
        "iat": ticket.issued,
        "exp": ticket.expires,
    }
