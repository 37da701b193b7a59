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
    │   ├── VersionStillUsed       a key version that is answered for, or is to be
    │   ├── RegistrationConflict   the same id is registered with other facts
    │   ├── RowKeyRefused          the row keys in use do not allow this step now
    │   │   └── RowKeyBusy         another process moves rows
    │   ├── UnknownOrganisation    no organisation with that OIN
    │   ├── NotReady               the source cannot go live yet, or is not called so
    │   ├── CoverageRefused        the catalogue does not let this kind publish that
    │   ├── LedgerNotNamed         the ledger that goes on is not called so
    │   ├── LedgerGoesOn           nothing stands in the way of signing on
    │   ├── ExportRefused          nothing to export, or the target is there already
    │   ├── AccountNotNamed        neither one account nor everyone, or both
    │   ├── NothingToEnd           nothing of the kind is registered
    │   ├── SignalsStand           nobody said what becomes of signals that stand
    │   ├── MandateNotGiven        nothing to end, or a last day in the past
    │   └── AccountNotSuspended    nothing to restore
    ├── RequestRefused             what a caller sent does not hold; nothing was changed
    │   ├── CallerUnknown          no access token, or one that does not verify
    │   ├── CallerNotAllowed       the caller lacks the role or the scope
    │   ├── CallerNotRegistered    its organisation or client is not registered here
    │   ├── MunicipalityNotAdmitted  its token names one that did not admit it
    │   ├── CallerSuspended        the account or its organisation is suspended
    │   ├── AssuranceTooLow        this act asks for a stronger login
    │   ├── TicketInvalid          a ticket is not valid for this request, or spent
    │   ├── StaleKeyVersion        made under a key version this worker does not hold
    │   ├── SignatureInvalid       a notice, batch or withdrawal whose signature fails
    │   ├── UnknownSource          the source is not registered for this
    │   ├── DeliveryIdUsed         a closed delivery has that id, and says otherwise
    │   ├── NotInTrial             the source is live: nothing is tried with it
    │   ├── RehearsedBefore        it names references that were used before it
    │   ├── UnknownRehearsal       no rehearsal with that id is under way
    │   ├── UnknownSignal          the source published no such signal
    │   ├── SignalTransferred      another source took the signal over
    │   ├── OutboxReplaced         another outbox of the source took its place
    │   ├── NotARegister           only a population register tells of persons
    │   ├── GivenAlready           the same source told of that citizen and kind already
    │   ├── SubjectDeceased        the population register says the person has died
    │   ├── SubjectMovedAway       the same, that the person left the municipality
    │   ├── UnknownHeldDelivery    no such delivery waits, or it changes something else
    │   ├── UnknownMatch           the caller has no match under that id (any more)
    │   ├── MatchChanged           the other side said something meanwhile
    │   ├── MatchOver              it was done, or changed as often as may be
    │   ├── FollowsFull            as many cases are followed as there may be
    │   ├── UnknownFollow          the caller follows nothing under that id
    │   ├── UnknownOffer           no colleague offers anything by that code now
    │   ├── TooManyContactHolders  no room for another, for so many signals
    │   ├── ContactChanged         other details stand there than were seen
    │   ├── UnknownContactHolder   the source has no such contact holder
    │   ├── ProposalOutdated       another policy was adopted since this was proposed
    │   ├── TransferCollides       the successor has signals by the same references
    │   ├── TransferOutdated       one of the two sources changed since it was asked
    │   ├── ShownOutdated          what would happen is not what was read by now
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
    │   ├── AccessRequestOfAnother that request is of another person
    │   ├── NothingReported        no report was made under that request
    │   ├── UnknownEmbargo         no embargo with this id for this officer
    │   ├── EmbargoOver            it was lifted, refused, or has run out
    │   ├── UnknownCorrection      no correction or objection with this id
    │   ├── CorrectionTold         its answer was told, and stays as it is
    │   ├── CorrectionOpen         about this signal one waits for its answer already
    │   ├── NothingToRelease       the signal is not restricted, or not answered yet
    │   ├── AnswerChanged          the source answers otherwise than was seen
    │   ├── AnsweredTooOften       it takes no more answers of its source
    │   ├── UnknownReview          no review with this id for this caller
    │   ├── ViewOver               a citizen's view is over, or this stood not in it
    │   ├── ReviewClosed           the review is not at the step that this asks for
    │   ├── UnknownFinding         no finding with this id for this officer
    │   ├── FindingClosed          the finding was closed before
    │   ├── MandateMissing         a report with persons asks for a mandate
    │   ├── ReportNotReady         the month is not over, or not counted yet
    │   ├── UnknownReport          no request for a report that this officer may see
    │   ├── OutcomeClosed          what came of this lookup is counted by now
    │   └── UnknownEntry           no ledger entry that this caller may see
    └── NotAnswered                the index cannot answer now; asking again is safe
        ├── PolicyUnusable         an adopted policy is not signed, whole or readable
        ├── ProofNotReady          the entry is recorded, its tree is not signed yet
        ├── QueueFull              too many lookups wait; nothing was spent
        ├── CommitUnknown          the database did not confirm the commit
        ├── DatabaseUnavailable    the database does not answer; nothing was changed
        ├── RowKeyMissing          this process lacks a row key under which rows stand
        ├── StandingChanged        who sends ended while something was on its way
        ├── RowKeyLeft             it was asked or written under a key that was left
        └── LeadershipLost         this process is no longer the leader of upkeep

Leaves know nothing of HTTP: `signal_index.api.problems` maps each leaf of
`RequestRefused` and `NotAnswered` to a slug, a Dutch title and a status, and a test
walks the subclasses. No message ever echoes input. `LookupDenied` is the policy's own.
"""

from signal_index.errors.base import (
    SignalIndexError,
)
from signal_index.errors.officers import (
    AccessRequestClosed,
    AccessRequestOfAnother,
    AnswerChanged,
    AnsweredTooOften,
    ApprovalAlreadyOpen,
    ApprovalClosed,
    ApprovalExpired,
    CorrectionOpen,
    CorrectionTold,
    EmbargoOver,
    FindingClosed,
    MandateMissing,
    NotApproved,
    NothingChanges,
    NothingReported,
    NothingToRelease,
    OutcomeClosed,
    ProposalOutdated,
    ReportNotReady,
    ReviewClosed,
    RoleMissing,
    SamePerson,
    ShownOutdated,
    TransferCollides,
    TransferOutdated,
    UnknownAccessRequest,
    UnknownApproval,
    UnknownCorrection,
    UnknownEmbargo,
    UnknownEntry,
    UnknownFinding,
    UnknownPolicy,
    UnknownReport,
    UnknownReview,
    ViewOver,
)
from signal_index.errors.refused import (
    AssuranceTooLow,
    CallerNotAllowed,
    CallerNotRegistered,
    CallerSuspended,
    CallerUnknown,
    ContactChanged,
    DeliveryIdUsed,
    FollowsFull,
    GivenAlready,
    MatchChanged,
    MatchOver,
    MunicipalityNotAdmitted,
    NotARegister,
    NotInTrial,
    OutboxReplaced,
    RehearsedBefore,
    RequestRefused,
    SignalTransferred,
    SignatureInvalid,
    StaleKeyVersion,
    SubjectDeceased,
    SubjectMovedAway,
    TicketInvalid,
    TooManyContactHolders,
    UnknownContactHolder,
    UnknownFollow,
    UnknownHeldDelivery,
    UnknownMatch,
    UnknownOffer,
    UnknownRehearsal,
    UnknownSignal,
    UnknownSource,
)
from signal_index.errors.starting import (
    AccountNotNamed,
    AccountNotSuspended,
    AdministrationRefused,
    CheckpointMissing,
    CoverageRefused,
    DatabaseNotMigrated,
    ExportRefused,
    KeyConfigUnusable,
    KeyFilesRefused,
    KeysExist,
    LedgerForked,
    LedgerGoesOn,
    LedgerNotNamed,
    LedgerRenamed,
    LedgerRolledBack,
    LoadFileRefused,
    MandateNotGiven,
    NothingToEnd,
    NotReady,
    RegistrationConflict,
    RowKeyBusy,
    RowKeyRefused,
    SecretFileExposed,
    SettingsRefused,
    SignalsStand,
    StartRefused,
    UnknownOrganisation,
    VersionStillUsed,
    YearStillKept,
)
from signal_index.errors.unanswered import (
    CommitUnknown,
    DatabaseUnavailable,
    LeadershipLost,
    NotAnswered,
    PolicyUnusable,
    ProofNotReady,
    QueueFull,
    RowKeyLeft,
    RowKeyMissing,
    StandingChanged,
)

__all__ = [
    "AccessRequestClosed",
    "AccessRequestOfAnother",
    "AccountNotNamed",
    "AccountNotSuspended",
    "AdministrationRefused",
    "AnswerChanged",
    "AnsweredTooOften",
    "ApprovalAlreadyOpen",
    "ApprovalClosed",
    "ApprovalExpired",
    "AssuranceTooLow",
    "CallerNotAllowed",
    "CallerNotRegistered",
    "CallerSuspended",
    "CallerUnknown",
    "CheckpointMissing",
    "CommitUnknown",
    "ContactChanged",
    "CorrectionOpen",
    "CorrectionTold",
    "CoverageRefused",
    "DatabaseNotMigrated",
    "DatabaseUnavailable",
    "DeliveryIdUsed",
    "EmbargoOver",
    "ExportRefused",
    "FindingClosed",
    "FollowsFull",
    "GivenAlready",
    "KeyConfigUnusable",
    "KeyFilesRefused",
    "KeysExist",
    "LeadershipLost",
    "LedgerForked",
    "LedgerGoesOn",
    "LedgerNotNamed",
    "LedgerRenamed",
    "LedgerRolledBack",
    "LoadFileRefused",
    "MandateMissing",
    "MandateNotGiven",
    "MatchChanged",
    "MatchOver",
    "MunicipalityNotAdmitted",
    "NotARegister",
    "NotAnswered",
    "NotApproved",
    "NotInTrial",
    "NotReady",
    "NothingChanges",
    "NothingReported",
    "NothingToEnd",
    "NothingToRelease",
    "OutboxReplaced",
    "OutcomeClosed",
    "PolicyUnusable",
    "ProofNotReady",
    "ProposalOutdated",
    "QueueFull",
    "RegistrationConflict",
    "RehearsedBefore",
    "ReportNotReady",
    "RequestRefused",
    "ReviewClosed",
    "RoleMissing",
    "RowKeyBusy",
    "RowKeyLeft",
    "RowKeyMissing",
    "RowKeyRefused",
    "SamePerson",
    "SecretFileExposed",
    "SettingsRefused",
    "ShownOutdated",
    "SignalIndexError",
    "SignalTransferred",
    "SignalsStand",
    "SignatureInvalid",
    "StaleKeyVersion",
    "StandingChanged",
    "StartRefused",
    "SubjectDeceased",
    "SubjectMovedAway",
    "TicketInvalid",
    "TooManyContactHolders",
    "TransferCollides",
    "TransferOutdated",
    "UnknownAccessRequest",
    "UnknownApproval",
    "UnknownContactHolder",
    "UnknownCorrection",
    "UnknownEmbargo",
    "UnknownEntry",
    "UnknownFinding",
    "UnknownFollow",
    "UnknownHeldDelivery",
    "UnknownMatch",
    "UnknownOffer",
    "UnknownOrganisation",
    "UnknownPolicy",
    "UnknownRehearsal",
    "UnknownReport",
    "UnknownReview",
    "UnknownSignal",
    "UnknownSource",
    "VersionStillUsed",
    "ViewOver",
    "YearStillKept",
]
