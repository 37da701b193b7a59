"""A lookup: one to ten persons, one purpose; flags and whom to call, nothing else.

The answer has one shape and one length for a hit and a miss: `signal_index.answers`.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import ConfigDict, Field

from signal_index.wire.contact_holders import ContactSignature, Deputy, OfficeHours
from signal_index.wire.model import AnswerModel, RequestModel
from signal_index.wire.values import (
    CodeText,
    Content,
    Count,
    Day,
    Encoded32,
    Id,
    Instant,
    Municipality,
    Number,
    OinText,
    SignedText,
    SlugText,
    TicketPair,
)

HOUSEHOLD_MAXIMUM = 10
HowAnswered = Literal["goes-on", "told-again", "ended"]
ToldHowAnswered = Annotated[
    str, Field(json_schema_extra={"enum": [*get_args(HowAnswered)]})
]
"""In an answer: an older reader shows nothing of one that it does not know."""


class AskedSubject(RequestModel):
    """One person asked about, and how this citizen was informed (or why not)."""

    pseudonym: Encoded32
    informed: CodeText | None


class BreakGlass(RequestModel):
    """Why a condition is lifted this once: a code of the list. Always reviewed."""

    reason: CodeText


class LookupTerms(RequestModel):
    """What is asked, of whom and why; all but the case."""

    keyVersion: Number
    tickets: TicketPair
    subjects: Annotated[
        list[AskedSubject], Field(min_length=1, max_length=HOUSEHOLD_MAXIMUM)
    ]
    municipality: Municipality
    purpose: CodeText
    legalBasis: CodeText
    breakGlass: BreakGlass | None = None


class Lookup(LookupTerms):
    """A question about one to ten persons (a household), for one purpose.

    `caseReference` is the HMAC of the case number under the own organisation's key.
    `callBack` is for a source that hears of the lookup: the own number of who asks (a
    function and its number), as it signed it (`ContactBody`). The index reads its form;
    whoever shows it holds it against the key of who asked.
    """

    caseReference: Encoded32 | None
    callBack: SignedText | None = None


class FlagContact(AnswerModel):
    """Whom to call about a flag; `stale`: not confirmed for half a year.

    `source`: whose flag it is. `signature` is of these details, this `id` and this
    `source`; null where nobody signed.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    id: Id
    source: OinText
    function: str
    name: str | None = None
    phone: str
    outOfHoursPhone: str | None = None
    officeHours: list[OfficeHours] | None = None
    deputy: Deputy | None = None
    absentUntil: Day | None = None
    lastVerified: Day
    stale: bool
    signature: ContactSignature | None = None


class Flag(AnswerModel):
    """That there is contact and whom to call; never a score.

    `contactHolder` is null where a desk could not hold its details against the key of
    their source: nobody may call by them. The index itself gives no null.
    """

    category: str
    categoryLabel: str
    lifeDomains: list[str]
    organisation: str
    contactHolder: FlagContact | None
    since: Day
    expires: Day


class Freshness(AnswerModel):
    """When a connected source was last heard about a category.

    `contactHolder` is the organisation's own number, where it gave one, as it signed
    it: the same whoever was asked about. A desk gives null for what does not hold.
    """

    category: str
    categoryLabel: str
    organisation: str
    contactHolder: FlagContact | None = None
    lastHeard: Instant | None
    stale: bool
    byHand: bool = Field(
        default=False,
        description="Mensen geven het met de hand door: stilte zegt dan niets",
    )
    own: bool = Field(
        default=False,
        description="De eigen organisatie van wie het vraagt; anders niet genoemd",
        exclude_if=lambda own: not own,
    )


class Receipt(AnswerModel):
    """The entry's leaf, the groups opened to the organisation, and a signed promise."""

    leaf: str
    disclosures: list[str]
    promise: str


class Colleague(AnswerModel):
    """Somebody of the same organisation who follows this citizen's case.

    As their own provider calls them; null where it does not say.
    """

    name: str | None
    team: str | None
    since: Day


class AskedBefore(AnswerModel):
    """The last answer to the same user about the same person, case and purpose.

    `changes` says in Dutch which flags came, went, passed on to another organisation or
    have another contact holder since `at`; empty where the same flags stand.
    """

    at: Instant
    changes: list[str]


class SaidBefore(AnswerModel):
    """What the same user said of a flag when they looked it up in this case before.

    `place`: where it stands in this answer. `entryId` and `flag` are where it was said,
    and where it can be changed; `at`: when that was looked up.
    """

    place: Count
    entryId: Id
    flag: Count
    at: Instant
    outcome: str


class Part(AnswerModel):
    """The part about one person; always 49,152 bytes, or a multiple of 16,384 more.

    `asked`: the categories that were looked for, the same for each person. What is in
    it and has no source in `sources` is told of by nobody yet. `colleagues` stand first
    among whom to call; `followedUntil` is the caller's own follow of this person.
    `tells`: the categories whose source hears of this lookup and of what came of it,
    as the policy has it, whoever was asked about; of all others nobody hears.
    `saidBefore`: of flags alone of which something was said, and never by others.
    """

    entryId: Id
    scope: str
    asked: list[str]
    flags: list[Flag]
    sources: list[Freshness]
    colleagues: list[Colleague]
    canFollow: bool
    followedUntil: Day | None
    tells: list[str]
    before: AskedBefore | None
    saidBefore: list[SaidBefore]
    receipt: Receipt
    padding: str


class Answer(AnswerModel):
    """The parts, in the order of the subjects asked about."""

    answers: Annotated[list[Part], Field(min_length=1, max_length=HOUSEHOLD_MAXIMUM)]


class Outcome(RequestModel):
    """What came of a flag: a code of the catalogue's list.

    `outcome` null takes back what was said: then nothing is.

    `flag` is its place in the answer's `flags`, counted from 0; null is of the lookup
    as a whole, and says nothing of any flag.
    """

    outcome: SlugText | None
    flag: Count | None


class Nothing(RequestModel):
    """An act that needs no words."""


class SourceAnswer(AnswerModel):
    """What a source did once the caller passed on that help ended, says the citizen.

    `goes-on`: it said, on that day, that it does; `told-again`: its registration named
    the signal again then; `ended`: it ended it, of which no day is told.
    """

    how: ToldHowAnswered
    on: Day | None


class OwnFlag(AnswerModel):
    """A flag of one's own lookup; what came of it, if that was said.

    `contact`: whom to call, as it is now, while nobody was reached; null afterwards,
    and where that contact holder is no more. `coordinates`: who tells of it coordinates
    what others do; `own`: it is of the caller's own organisation. Both say whom to call
    first, as in the answer. `shownBy`: the organisation that the answer named, where
    its signals passed on since to `organisation`; else null. `tells`: whether its
    source hears what came of it.

    `answer`: what its source did with "the citizen says that it ended", where that may
    be known; else null.

    `entryId` and `place` are where it is said: the entry that showed the flag first.

    The same flag of the same citizen in the same case, looked up again, is one call:
    its newest lookup tells when else it was looked up (`alsoAt`), and at the others it
    stands `again`, with the same outcome.
    """

    entryId: Id
    place: Count
    categoryShort: str
    organisation: str
    shownBy: str | None
    coordinates: bool
    own: bool
    tells: bool
    contactOutcome: str | None
    answer: SourceAnswer | None
    contact: FlagContact | None
    again: bool
    alsoAt: list[Instant]


class OwnLookup(AnswerModel):
    """One of the caller's own lookups; about whom is not in it.

    `repeats`: the entries of the same lookup, asked again after a lost connection, the
    oldest first. They are no lookups of their own, and what they showed is in `flags`.

    `flags` is what it showed, as long as an outcome counts (until `outcomeUntil`); null
    afterwards, and where nothing was answered. `contactOutcome` is of the lookup as a
    whole, for as long.
    """

    entryId: Id
    content: Content
    repeats: list[Id]
    at: Instant
    purpose: str
    purposeLabel: str
    aboutSafety: bool
    caseReference: str | None
    outcome: Literal["answered", "refused", "failed"] | None
    contactOutcome: str | None
    outcomeUntil: Instant
    flags: list[OwnFlag] | None


class OwnLookups(AnswerModel):
    """A page of own lookups, the newest first; `next` begins the following page.

    `closedDays`: the public holidays of a year from today, as in the catalogue.
    """

    items: list[OwnLookup]
    closedDays: list[Day]
    next: Id | None
