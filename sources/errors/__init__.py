"""Everything that can stop a source agency's run, as facts.

    SourceError
    ├── InvalidProfile            the mapping profile is not one we can follow
    │   ├── CodesUnfit            the index takes other codes of informing
    │   └── NotRegistered         the index refuses what a delivery holds
    ├── InvalidAgencySettings     settings or key files that we refuse to start with
    │   └── UnsafeKeyFile         a key file that others may read
    ├── InvitationRefused         an invitation to join, or an answer to it
    ├── UnreadableFile            the delivery is not the format the profile names
    │   └── LineTooLong           a line of it has no end
    ├── LettersRefused            no letters were written
    ├── OutboxRefused             the outbox is not ours to write
    │   ├── OutboxBusy            another run holds it
    │   ├── OutboxMissing         there is no file, and what only looks makes none
    │   ├── OutboxReplaced        another outbox took its place
    │   ├── OutboxKeyChanged      it was written under another key
    │   ├── OutboxDamaged         a page of it is broken
    │   ├── OutboxEmpty           the file is there, and nothing is in it
    │   ├── OutboxOutdated        the index heard more of it than it knows itself
    │   ├── OutboxSound           it can be used, and need not begin anew
    │   ├── OutboxElsewhere       another outbox of this source told of the same
    │   ├── OutboxUnsure          which outbox is lost, must be said
    │   └── OutboxUnwritable      the disk is full, or cannot be written
    ├── SignalsElsewhere          another outbox has signals of the same standing
    ├── ProfileOverlaps           another profile told of the same kind of signals
    ├── RenameRefused             a profile cannot go on under that name
    ├── FeedFailed                a feed of the agent could not be delivered
    ├── FolderRefused             the folder for deliveries is not ours to use
    ├── DeliveryHeld              a delivery waits: somebody must look at it first
    ├── ChangesWait               changes that come after a delivery which waits
    ├── ChangesOwed               changes were never told, and must come again
    ├── FlagAwaited               a case has no flag, or that of another person
    ├── DeliveryUnheard           a delivery is closed, and most of it made no sense
    ├── TooManyUnknown            the same, of what the index has and we do not
    ├── DeliveryUnderWay          a delivery is half sent: finish that first
    ├── NothingHeld               this delivery does not wait for an answer
    ├── UnknownDelivery           the outbox has no delivery of this id
    ├── UnclearDelivery           several deliveries end like that
    ├── CaseNotNamed              the outbox keeps no case number of this reference
    ├── NoSignalOfCase            no signal stands of a case of this number
    ├── SignalReplaced            an outbox that is gone told it; told anew since
    ├── NoSuchCase                no case of the file is told under this reference
    ├── UnknownDoubt              nobody needs to decide about this reference
    ├── UnknownReference          nothing was ever sent under this reference
    ├── NothingSent               nothing was sent from this outbox
    ├── RehearsalRefused          the source is live, unknown, or publishes nothing
    ├── EvidenceRefused           what was kept does not prove what it should
    ├── MatchRefused              nothing more is said of that match, or not yet
    ├── NoticesUntold             what came back could not be told to the agency
    │   ├── MailRefused           its mail server did not take it
    │   └── EventsRefused         its system did not take it
    └── PublishingStopped         what is left stays in the outbox for the next run
        ├── TokenRefused          the identity provider gave no access token
        │   └── ProviderUnreachable   it did not answer, retries and all
        ├── IndexUnreachable      the index did not answer, retries and all
        ├── IndexRefused          the index refused the whole request
        ├── ClockDiffers          the clock here is not the index's
        ├── EvaluationStopped     no pair of key holders evaluated our points
        └── GatewayStopped        the population register is of no use to us now

A record that cannot be sent is none of these: it is a `Reject`, and the rest goes
through. No message holds input.
"""

from sources.errors.deliveries import (
    CaseNotNamed,
    ChangesOwed,
    ChangesWait,
    DeliveryHeld,
    DeliveryUnderWay,
    DeliveryUnheard,
    FeedFailed,
    FlagAwaited,
    NoSignalOfCase,
    NoSuchCase,
    NothingHeld,
    SignalReplaced,
    TooManyUnknown,
    UnclearDelivery,
    UnknownDelivery,
    UnknownDoubt,
    UnknownReference,
)
from sources.errors.facts import (
    CodesUnfit,
    FolderRefused,
    InvalidAgencySettings,
    InvalidProfile,
    LettersRefused,
    LineTooLong,
    NotRegistered,
    SourceError,
    UnreadableFile,
    UnsafeKeyFile,
    say_no_text,
    say_unreadable,
    shorten,
)
from sources.errors.outbox import (
    OutboxBusy,
    OutboxDamaged,
    OutboxElsewhere,
    OutboxEmpty,
    OutboxKeyChanged,
    OutboxMissing,
    OutboxOutdated,
    OutboxRefused,
    OutboxReplaced,
    OutboxSound,
    OutboxUnsure,
    OutboxUnwritable,
    ProfileOverlaps,
    RenameRefused,
    SignalsElsewhere,
)
from sources.errors.parties import (
    ClockDiffers,
    EvaluationStopped,
    EventsRefused,
    EvidenceRefused,
    GatewayStopped,
    HoldersUnreachable,
    IndexRefused,
    IndexUnreachable,
    InvitationRefused,
    MailRefused,
    MatchRefused,
    NothingSent,
    NoticesUntold,
    ProviderUnreachable,
    PublishingStopped,
    RehearsalRefused,
    TokenRefused,
)

__all__ = [
    "CaseNotNamed",
    "ChangesOwed",
    "ChangesWait",
    "ClockDiffers",
    "CodesUnfit",
    "DeliveryHeld",
    "DeliveryUnderWay",
    "DeliveryUnheard",
    "EvaluationStopped",
    "EventsRefused",
    "EvidenceRefused",
    "FeedFailed",
    "FlagAwaited",
    "FolderRefused",
    "GatewayStopped",
    "HoldersUnreachable",
    "IndexRefused",
    "IndexUnreachable",
    "InvalidAgencySettings",
    "InvalidProfile",
    "InvitationRefused",
    "LettersRefused",
    "LineTooLong",
    "MailRefused",
    "MatchRefused",
    "NoSignalOfCase",
    "NoSuchCase",
    "NotRegistered",
    "NothingHeld",
    "NothingSent",
    "NoticesUntold",
    "OutboxBusy",
    "OutboxDamaged",
    "OutboxElsewhere",
    "OutboxEmpty",
    "OutboxKeyChanged",
    "OutboxMissing",
    "OutboxOutdated",
    "OutboxRefused",
    "OutboxReplaced",
    "OutboxSound",
    "OutboxUnsure",
    "OutboxUnwritable",
    "ProfileOverlaps",
    "ProviderUnreachable",
    "PublishingStopped",
    "RehearsalRefused",
    "RenameRefused",
    "SignalReplaced",
    "SignalsElsewhere",
    "SourceError",
    "TokenRefused",
    "TooManyUnknown",
    "UnclearDelivery",
    "UnknownDelivery",
    "UnknownDoubt",
    "UnknownReference",
    "UnreadableFile",
    "UnsafeKeyFile",
    "say_no_text",
    "say_unreadable",
    "shorten",
]
