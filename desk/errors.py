"""What can go wrong at the desk: facts, nothing about HTTP.

    DeskError
    ├── SettingsRefused           a setting or key file the desk will not start with
    ├── DatabaseRefused           a database that another version made
    ├── ReceiptFileRefused        receipts cannot be written to that file
    ├── RequestRefused            what the browser or case system sent
    │   ├── NotLoggedIn           no session, or no access token
    │   ├── SessionEnded          past its limits, or logged out elsewhere
    │   │   └── SessionReplaced   logged in elsewhere
    │   ├── RenewalNeeded         no fresh token without a visit to the provider
    │   ├── CsrfMismatch
    │   ├── ForeignPage           a page of elsewhere asked for an effect
    │   ├── AccessTokenRefused    not for this index and organisation
    │   ├── RoleMissing           the page is for a role that this person lacks
    │   ├── FormGone              what a form asked is of another session, or of none
    │   ├── EstimatesGone         their key is not for this person, login or hour
    │   ├── CaseReferenceInvalid
    │   ├── CaseReferenceInUse    another signal of this kind stands under that number
    │   ├── HandSignalsOff        this desk is not set up to signal by hand
    │   ├── ContactsSignedElsewhere    it has no key to sign contact details with
    │   ├── HandSignalOutdated    the index knows something newer of that signal
    │   ├── HandSignalUnknown     no signal by hand of this user with that reference
    │   └── InputInvalid
    ├── LoginRefused
    │   ├── LoginExpired          unknown, used or old state
    │   ├── LoginDenied           the provider said no
    │   ├── LoginNeeded           the provider wants to see the person after all
    │   ├── TokenInvalid          a token that the provider gave does not hold
    │   └── ForeignOrganisation   a person of another organisation
    ├── Unreachable
    │   ├── HolderUnreachable
    │   ├── IndexUnreachable
    │   └── ProviderUnreachable
    ├── PageQuestionRefused       the index answered a page's question with a problem
    │   ├── IndexRefused          it gives this person no access
    │   ├── IndexHasNone          there is no such thing, or not for this person
    │   ├── ContactOvertaken      somebody else changed it since the page was shown
    │   ├── IndexFoundFault       a field does not hold; names which
    │   └── LoginTooWeak          this act asks for a stronger login
    ├── LedgerForked              two trees were shown that contradict each other
    └── ReceiptRefused
        ├── ReceiptInvalid        form, signature or hash does not hold
        └── ReceiptMismatch       it is a receipt for something else than was asked

Invariants: no message repeats input; a leaf is a fact, `desk.problems` says what to
answer.
"""


class DeskError(Exception):
    """Anything the desk refuses."""


class SettingsRefused(DeskError):
    """The desk will not start with this setting or file."""


class DatabaseRefused(DeskError):
    """The desk's database was made by another version; nothing in it was touched."""


class ReceiptFileRefused(DeskError):
    """The receipts of a day cannot be written there; a command says so."""


class RequestRefused(DeskError):
    """What a browser or case system sent is not accepted."""


class NotLoggedIn(RequestRefused):
    """Nobody is logged in."""


class SessionEnded(RequestRefused):
    """The session is past its limits or was closed."""


class SessionReplaced(SessionEnded):
    """The same person logged in elsewhere since: a person has one session."""


class RenewalNeeded(RequestRefused):
    """Only the provider's page, which may ask nothing, can give a fresh token."""


class CsrfMismatch(RequestRefused):
    """A change was asked without the page's own token."""


class ForeignPage(RequestRefused):
    """A page of elsewhere asked for something with an effect."""


class AccessTokenRefused(RequestRefused):
    """A bearer token is not one for this index and this organisation."""


class RoleMissing(RequestRefused):
    """The person is logged in, but has none of the roles that this page is for."""


class EstimatesGone(RequestRefused):
    """Estimates that wait open no more: another person, an old login, or too late."""


class FormGone(RequestRefused):
    """There is nothing (any more) that a form asked with this id in this session.

    `page`: where it can be asked anew.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page


class CaseReferenceInvalid(RequestRefused):
    """A case reference is not of the organisation's form."""


class CaseReferenceInUse(RequestRefused):
    """Another signal of the same kind stands under that case number."""


class HandSignalOutdated(RequestRefused):
    """The index knows something newer under that reference: nothing was changed."""


class ContactsSignedElsewhere(RequestRefused):
    """The desk has no key by which its organisation signs contact details."""


class HandSignalsOff(RequestRefused):
    """The organisation does not signal by hand at this desk."""


class HandSignalUnknown(RequestRefused):
    """The user gave no signal with that reference."""


class InputInvalid(RequestRefused):
    """A body is not of the agreed form."""


class LoginRefused(DeskError):
    """A login does not lead to a session."""


class LoginExpired(LoginRefused):
    """A login's state is unknown, used before or too old."""


class LoginDenied(LoginRefused):
    """The identity provider did not let the person in."""


class LoginNeeded(LoginRefused):
    """A silent login is not possible: the person must log in."""


class TokenInvalid(LoginRefused):
    """A token of the identity provider does not hold."""


class ForeignOrganisation(LoginRefused):
    """The person does not belong to this desk's organisation."""


class Unreachable(DeskError):
    """Another party does not answer."""


class HolderUnreachable(Unreachable):
    """A key holder does not answer, or with nothing that counts."""

    def __init__(self, holder: str, reason: str) -> None:
        super().__init__()
        self.holder = holder
        self.reason = reason


class IndexUnreachable(Unreachable):
    """The index does not answer."""


class ProviderUnreachable(Unreachable):
    """The identity provider does not answer."""


class PageQuestionRefused(DeskError):
    """The index answered with a problem where a page needed data."""


class IndexRefused(PageQuestionRefused):
    """The index gives this person no access."""


class IndexHasNone(PageQuestionRefused):
    """The index has no such thing, or not for this person."""


class IndexFoundFault(PageQuestionRefused):
    """The index does not accept what was filled in; `fields` are their names."""

    def __init__(self, fields: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.fields = fields


class ContactOvertaken(PageQuestionRefused):
    """Somebody else changed this contact holder since the page was shown."""


class LoginTooWeak(PageQuestionRefused):
    """The index asks for a stronger login for this act."""


class LedgerForked(DeskError):
    """The index showed two signed trees of which neither extends the other."""


class ReceiptRefused(DeskError):
    """An answer came without a receipt that holds."""


class ReceiptInvalid(ReceiptRefused):
    """A receipt's form, signature or hash does not hold."""


class ReceiptMismatch(ReceiptRefused):
    """A receipt tells of something else than was asked and shown."""
