"""What can go wrong in the index, as facts.

    SignalIndexError
    ├── StartRefused               the process does not start; tells the operator why
    │   ├── SettingsRefused        unreadable, unknown key, missing or unsafe value
    │   ├── SecretFileExposed      group or others may read a secret file
    │   ├── KeyFilesRefused        key folder absent, incomplete or malformed
    │   ├── DatabaseNotMigrated    the schema is not the one this version was built for
    │   ├── KeyConfigUnusable      no key config that pins and accepted origin allow
    │   ├── LedgerRolledBack       the tree is smaller than the checkpoint kept outside
    │   ├── LedgerForked           the tree does not extend what was signed before
    │   ├── LedgerRenamed          the settings name another ledger than the database
    │   └── CheckpointMissing      a tree was signed, but the file outside lacks it
    ├── AdministrationRefused      a command of the administrator does not hold
    │   ├── LoadFileRefused        unknown key or malformed value in the TOML
    │   ├── KeysExist              the key folder already holds keys
    │   ├── YearStillKept          keys of a ledger year that has not expired
    │   ├── RegistrationConflict   the same id is registered with other facts
    │   ├── UnknownOrganisation    no organisation with that OIN
    │   ├── CoverageRefused        the catalogue does not let this kind publish that
    │   ├── LedgerNotNamed         the ledger that goes on is not called so
    │   ├── LedgerGoesOn           nothing stands in the way of signing on
    │   ├── ExportRefused          nothing to export, or the target is there already
    │   ├── AccountNotNamed        neither one account nor everyone, or both
    │   ├── MandateNotGiven        nothing to end, or a last day in the past
    │   └── AccountNotSuspended    nothing to restore
    ├── RequestRefused             what a caller sent does not hold; nothing was changed
    │   ├── ParseError             untrusted bytes are not what they should be
    │   ├── CallerUnknown          no access token, or one that does not verify
    │   ├── CallerNotAllowed       the caller lacks the role, scope or registration
    │   ├── CallerSuspended        the account or its organisation is suspended
    │   ├── AssuranceTooLow        this act asks for a stronger login
    │   ├── TicketInvalid          a ticket is not valid for this request, or spent
    │   ├── StaleKeyVersion        made under a key version this worker does not hold
    │   ├── SignatureInvalid       a notice, batch or withdrawal whose signature fails
    │   ├── UnknownSource          the source is not registered for this
    │   ├── UnknownSignal          the source published no such signal
    │   ├── NotARegister           only a population register tells of persons
    │   ├── SubjectDeceased        the population register says the person has died
    │   ├── SubjectMovedAway       the same, that the person left the municipality
    │   ├── UnknownContactHolder   the source has no such contact holder
    │   ├── ProposalOutdated       another policy was adopted since this was proposed
    │   ├── NothingChanges         the proposal is the policy that holds already
    │   ├── UnknownPolicy          no policy with that SHA-256 was proposed here
    │   ├── UnknownApproval        nothing waits under that id for this caller
    │   ├── ApprovalAlreadyOpen    the same matter waits for its second person already
    │   ├── ApprovalClosed         it was decided before
    │   ├── ApprovalExpired        nobody decided it in time
    │   ├── SamePerson             who asked cannot be the second pair of eyes
    │   ├── RoleMissing            neither of the two has the role that it needs
    │   ├── NotApproved            not approved, of another matter, or used before
    │   ├── UnknownAccessRequest   no request for access with this id for this officer
    │   ├── AccessRequestClosed    that request was closed before
    │   ├── UnknownEmbargo         no embargo with this id for this officer
    │   ├── EmbargoOver            it was lifted, refused, or has run out
    │   ├── UnknownCorrection      no correction or objection with this id
    │   ├── CorrectionAnswered     the source answered it before
    │   ├── CorrectionOpen         about this signal one waits for its answer already
    │   ├── NothingToRelease       the signal is not restricted, or not answered yet
    │   ├── UnknownReview          no review with this id for this caller
    │   ├── ReviewClosed           the review is not at the step that this asks for
    │   ├── UnknownFinding         no finding with this id for this officer
    │   ├── FindingClosed          the finding was closed before
    │   ├── FindingAboutOneself    who it is about cannot close it
    │   ├── MandateMissing         a report with persons asks for a mandate
    │   ├── ReportNotReady         the month is not over, or not counted yet
    │   ├── UnknownReport          no request for a report that this officer may see
    │   └── UnknownEntry           no ledger entry that this caller may see
    └── NotAnswered                the index cannot answer now; asking again is safe
        ├── PolicyUnusable         an adopted policy is not signed, whole or readable
        ├── ProofNotReady          the entry is recorded, its tree is not signed yet
        ├── QueueFull              too many lookups wait; nothing was spent
        ├── CommitUnknown          the database did not confirm the commit
        ├── DatabaseUnavailable    the database does not answer; nothing was changed
        └── LeadershipLost         this process is no longer the leader of upkeep

Leaves know nothing of HTTP: `signal_index.api.problems` maps each leaf of
`RequestRefused` and `NotAnswered` to a slug, a Dutch title and a status, and a test
walks the subclasses. No message ever echoes input. `LookupDenied` is the policy's own.
"""


class SignalIndexError(Exception):
    """Anything that the index says did not hold."""


class StartRefused(SignalIndexError):
    """The process does not start."""


class SettingsRefused(StartRefused):
    """A setting is missing, unknown or unsafe."""


class SecretFileExposed(StartRefused):
    """A file with a secret may be read by group or others."""


class KeyFilesRefused(StartRefused):
    """The key folder is absent, incomplete or malformed."""


class DatabaseNotMigrated(StartRefused):
    """The schema is not the one this version was built for."""


class KeyConfigUnusable(StartRefused):
    """No key config that the pins and the accepted origin allow."""


class LedgerRolledBack(StartRefused):
    """The tree is smaller than the checkpoint kept outside: a backup came back."""


class LedgerForked(StartRefused):
    """The tree does not hold a tree that was signed before as its beginning."""


class LedgerRenamed(StartRefused):
    """The settings give the ledger another name than the database knows.

    A ledger keeps its name for as long as it goes on. It gets another one only when it
    is succeeded (`signal-index ledger succeed`), which is recorded.
    """


class CheckpointMissing(StartRefused):
    """A tree was signed, but the file outside the database lacks its checkpoint.

    Signing on would accept whatever the database holds. Put the file back, or write
    into it a checkpoint that a desk or witness kept.
    """


class AdministrationRefused(SignalIndexError):
    """A command of the administrator does not hold; nothing was changed."""


class LoadFileRefused(AdministrationRefused):
    """The TOML to load holds an unknown key or a malformed value."""


class KeysExist(AdministrationRefused):
    """The key folder already holds keys; they are never overwritten."""


class YearStillKept(AdministrationRefused):
    """The keys of a ledger year whose entries have not expired stay."""


class RegistrationConflict(AdministrationRefused):
    """The same id is already registered with other facts."""


class UnknownOrganisation(AdministrationRefused):
    """No organisation with that OIN is registered."""


class CoverageRefused(AdministrationRefused):
    """The catalogue does not let a source of this kind publish a category."""


class LedgerNotNamed(AdministrationRefused):
    """The ledger that goes on has another name, or keeps the one it has."""


class LedgerGoesOn(AdministrationRefused):
    """The ledger is as it was signed: it is gone on with, never succeeded."""


class ExportRefused(AdministrationRefused):
    """The ledger of that year cannot be exported to that place."""


class AccountNotNamed(AdministrationRefused):
    """Neither one account nor the whole organisation was named, or both were."""


class AccountNotSuspended(AdministrationRefused):
    """The account is not suspended, so there is nothing to restore."""


class MandateNotGiven(AdministrationRefused):
    """There is no mandate to end, or it would be over before it begins."""


class RequestRefused(SignalIndexError):
    """What a caller sent does not hold; nothing was changed."""


class ParseError(RequestRefused):
    """Untrusted bytes are not what they should be.

    `field` names the place in the caller's own terms, never its value.
    """

    def __init__(self, field: str, code: str, message: str = "") -> None:
        super().__init__(message or f"{field}: {code}")
        self.field = field
        self.code = code


class CallerUnknown(RequestRefused):
    """There is no access token, or it does not verify."""


class CallerNotAllowed(RequestRefused):
    """The caller lacks the role, the scope or the registration."""


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
    """The source is not registered for this category and municipality."""


class UnknownSignal(RequestRefused):
    """The source published no signal with that reference."""


class NotARegister(RequestRefused):
    """Only a municipality's population register tells of persons, and of its own."""


class SubjectDeceased(RequestRefused):
    """The population register says that the person has died."""


class SubjectMovedAway(RequestRefused):
    """The population register says that the person left this municipality."""


class UnknownContactHolder(RequestRefused):
    """The source has no contact holder with that id."""


class ProposalOutdated(RequestRefused):
    """Another policy was adopted since this one was proposed and compared."""


class NothingChanges(RequestRefused):
    """The proposal is the policy that holds already."""


class UnknownPolicy(RequestRefused):
    """No policy with that SHA-256 was ever proposed here."""


class UnknownApproval(RequestRefused):
    """No approval with that id that this caller may see."""


class ApprovalAlreadyOpen(RequestRefused):
    """The same matter already waits for its second person."""


class ApprovalClosed(RequestRefused):
    """The approval was decided or withdrawn before."""


class ApprovalExpired(RequestRefused):
    """Nobody decided the approval in time."""


class SamePerson(RequestRefused):
    """The person who asked for an approval cannot give it."""


class RoleMissing(RequestRefused):
    """Neither of the two persons has the role that this matter needs."""


class NotApproved(RequestRefused):
    """The matter is not approved, it is another one, or the approval was used."""


class UnknownAccessRequest(RequestRefused):
    """The officer's municipality has no request for access with this id."""


class AccessRequestClosed(RequestRefused):
    """The request for access was closed before."""


class UnknownEmbargo(RequestRefused):
    """The officer's municipality has no embargo with this id."""


class EmbargoOver(RequestRefused):
    """The embargo was lifted or refused, or has run out."""


class UnknownCorrection(RequestRefused):
    """There is no correction or objection with this id."""


class CorrectionAnswered(RequestRefused):
    """The source answered it before."""


class CorrectionOpen(RequestRefused):
    """About this signal a correction or objection waits for its answer already."""


class NothingToRelease(RequestRefused):
    """The signal is not restricted, or the source has not answered yet."""


class UnknownReview(RequestRefused):
    """There is no review with that id that this caller may see."""


class ReviewClosed(RequestRefused):
    """The review has moved on: another officer did, or it is judged already."""


class UnknownFinding(RequestRefused):
    """There is no finding with this id that this officer may see."""


class FindingClosed(RequestRefused):
    """The finding was closed before, with its reason."""


class FindingAboutOneself(RequestRefused):
    """The finding is about the person who would close it."""


class UnknownEntry(RequestRefused):
    """There is no ledger entry with that id that this caller may see."""


class MandateMissing(RequestRefused):
    """The officer has no mandate for reports with persons, or it is over."""


class ReportNotReady(RequestRefused):
    """The month is not over, or its days are not counted yet."""


class UnknownReport(RequestRefused):
    """There is no request for a report with that id that this officer may see."""


class NotAnswered(SignalIndexError):
    """The index cannot answer now; asking again is safe."""


class PolicyUnusable(NotAnswered):
    """The policy that a municipality adopted is not signed by us, whole or readable.

    Nothing of that municipality is answered until it is: an older policy might show
    what the adopted one no longer does.
    """


class ProofNotReady(NotAnswered):
    """The entry is recorded; the tree that holds it is not signed yet."""


class QueueFull(NotAnswered):
    """Too many lookups wait; nothing was spent."""


class CommitUnknown(NotAnswered):
    """The database did not confirm the commit; it may or may not have happened."""


class DatabaseUnavailable(NotAnswered):
    """The database does not answer; nothing was changed."""


class LeadershipLost(NotAnswered):
    """Another process leads the upkeep now; this one wrote nothing."""
