"""Why what a caller sent does not hold; nothing was changed."""

from collections.abc import Sequence
from uuid import UUID

from signal_index.errors.base import SignalIndexError


class RequestRefused(SignalIndexError):
    """What a caller sent does not hold; nothing was changed."""


class CallerUnknown(RequestRefused):
    """There is no access token, or it does not verify."""


class CallerNotAllowed(RequestRefused):
    """The caller lacks the role or the scope."""


class CallerNotRegistered(RequestRefused):
    """The token holds, but its organisation or client is not registered here."""


class MunicipalityNotAdmitted(RequestRefused):
    """The token names a municipality that did not admit the caller's organisation."""


class CallerSuspended(RequestRefused):
    """The caller's account or organisation is suspended."""


class AssuranceTooLow(RequestRefused):
    """The caller logged in, but not strongly enough for this act."""


class TicketInvalid(RequestRefused):
    """A ticket is not valid for this request, or has been spent."""


class StaleKeyVersion(RequestRefused):
    """The request was made under a key version this worker does not hold."""


class SignatureInvalid(RequestRefused):
    """The signature of a notice, batch or withdrawal fails."""


class UnknownSource(RequestRefused):
    """The source is not registered for this; `field` says for what of it.

    `source`: the organisation is no active source, or the caller may not send for it.
    A category or municipality: it is a source, and does not publish that, or not there.
    """

    def __init__(self, field: str = "source") -> None:
        super().__init__(field)
        self.field = field


class DeliveryIdUsed(RequestRefused):
    """A delivery with this id was closed before, and it said something else."""


class NotInTrial(RequestRefused):
    """The source is live: nothing is tried with it."""


class RehearsedBefore(RequestRefused):
    """A rehearsal names references, or a delivery, that were used before it."""


class UnknownRehearsal(RequestRefused):
    """No rehearsal with that id is under way for this caller."""


class UnknownSignal(RequestRefused):
    """The source published no signal with that reference."""


class SignalTransferred(RequestRefused):
    """Another source took the signal over: it is not this one's any more."""


class OutboxReplaced(RequestRefused):
    """The source said that this outbox was lost: another one took its place."""


class NotARegister(RequestRefused):
    """Only a municipality's population register tells of persons, and of its own."""


class GivenAlready(RequestRefused):
    """The same source has these standing of that citizen and kind already."""

    def __init__(self, references: Sequence[UUID]) -> None:
        super().__init__(f"{len(references)} stand already")
        self.references = tuple(references)


class SubjectDeceased(RequestRefused):
    """The population register says that the person has died."""


class SubjectMovedAway(RequestRefused):
    """The population register says that the person left this municipality."""


class UnknownMatch(RequestRefused):
    """The caller has no match under that id, or has it no more; why is not said."""


class MatchChanged(RequestRefused):
    """The other side said something meanwhile: what was seen does not hold any more."""


class MatchOver(RequestRefused):
    """The match was done, or was changed as often as may be."""


class FollowsFull(RequestRefused):
    """The user, or the organisation, follows as many cases as there may be."""


class UnknownFollow(RequestRefused):
    """The caller follows nothing under that id."""


class UnknownOffer(RequestRefused):
    """No colleague of the same organisation offers anything by that code now."""


class UnknownHeldDelivery(RequestRefused):
    """No agent of the organisation holds this delivery with this difference now."""


class TooManyContactHolders(RequestRefused):
    """The organisation has as many contact holders as its signals give room for."""


class ContactChanged(RequestRefused):
    """Other details stand there than those that the caller says to replace."""


class UnknownContactHolder(RequestRefused):
    """The source has no contact holder with that id."""
