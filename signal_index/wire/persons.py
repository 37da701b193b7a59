"""How a body names a citizen (a pseudonym, two tickets) and who works (an account)."""

from __future__ import annotations

from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import Encoded32, Number, RecordedOin, TicketPair


class Account(AnswerModel):
    """Who did it: the provider's `sub`, which says who only within its organisation."""

    organisation: RecordedOin
    user: str


class NamedPerson(RequestModel):
    """One person, as the number that the citizen brought was blinded.

    The tickets are of two key holders, for this person alone, and where an officer asks
    for act `officer-search`.
    """

    keyVersion: Number
    tickets: TicketPair
    pseudonym: Encoded32
