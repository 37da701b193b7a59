"""The members by which any body names one person: a pseudonym, two tickets for it."""

from __future__ import annotations

from signal_index.wire.model import RequestModel
from signal_index.wire.values import Encoded32, Number, TicketPair


class NamedPerson(RequestModel):
    """One person, as the browser blinded the number that the citizen brought.

    The tickets are of two key holders, for act `officer-search` and this person alone.
    """

    keyVersion: Number
    tickets: TicketPair
    pseudonym: Encoded32
