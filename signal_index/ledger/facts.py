"""What an entry says, before it is salted, padded and sealed.

One `EntryFacts` per act and per person asked about. A group that does not apply is
None. The types give the members of docs/wire-formats.md section 6 and no others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from keys.base64url import encode_b64u
from signal_index.proof import JsonObject, Kind, Outcome, mark_about

MARK_BYTES = 9


@dataclass(frozen=True, slots=True, repr=False)
class AboutGroup:
    """About whom, for who knows N: a salt, and N of this key version hashed under it.

    Made while N is at hand (`commit_about`); it may be kept, sealed, for an entry that
    comes later, and can be of two entries: each is salted once more.
    """

    key_version: int
    salt: bytes
    mark: bytes

    def value(self) -> JsonObject:
        """Give the members that the disclosure holds."""
        return {
            "keyVersion": self.key_version,
            "mark": encode_b64u(self.mark),
            "salt": encode_b64u(self.salt),
        }


def commit_about(pseudonym: bytes, key_version: int, salt: bytes) -> AboutGroup:
    """Give what an entry says of whom it is about; `salt`: 16 fresh random bytes."""
    return AboutGroup(key_version, salt, mark_about(pseudonym, key_version, salt))


@dataclass(frozen=True, repr=False)
class PersonGroup:
    """About whom: the ledger's own name for a person, and this person's number.

    `name` is `keys.pseudonym.derive_ledger_name`, 32 bytes. The numbers of one name run
    without gaps within a year, for each label apart (`get_person_label`), so that a
    missing entry shows. `about` is a group of its own, never without this one.
    """

    name: bytes
    number: int
    about: AboutGroup

    def value(self) -> JsonObject:
        """Give the members that the disclosure holds."""
        return {"name": encode_b64u(self.name), "number": self.number}


@dataclass(frozen=True)
class RoleGroup:
    """In which roles, and for which team where the organisation names teams."""

    roles: Sequence[str]
    team: str | None = None

    def value(self) -> JsonObject:
        """Give the members that the disclosure holds."""
        roles: JsonObject = {"roles": list(self.roles)}
        return roles if self.team is None else {**roles, "team": self.team}


@dataclass(frozen=True)
class WhyGroup:
    """For what purpose; `case_reference` is the organisation's own HMAC, b64u."""

    purpose: str
    legal_basis: str
    case_reference: str | None = None
    informed: str | None = None
    break_glass: str | None = None

    def value(self) -> JsonObject:
        """Give the members that the disclosure holds."""
        return {
            "purpose": self.purpose,
            "legalBasis": self.legal_basis,
            "caseReference": self.case_reference,
            "informed": self.informed,
            "breakGlass": self.break_glass,
        }


@dataclass(frozen=True)
class ShownFlag:
    """One flag that an answer showed: never one that was withheld.

    `contact` is the contact holder that it named: a function, never who answers there;
    `mark` which signal it was, hidden for the entry (`turn_mark`).
    """

    category: str
    source: str
    contact: UUID
    mark: bytes


@dataclass(frozen=True)
class DecisionGroup:
    """How it was decided; `repeat`: given again after a lost connection."""

    outcome: Outcome
    grounds: Sequence[str] = ()
    repeat: bool = False

    def value(self) -> JsonObject:
        """Give the members that the disclosure holds."""
        return {
            "outcome": self.outcome.value,
            "grounds": list(self.grounds),
            "repeat": self.repeat,
        }


@dataclass(frozen=True, repr=False)
class EntryFacts:
    """Everything one ledger entry records.

    `activity` is for a lookup to bring, that of its purpose; any other kind has its own
    (`signal_index.ledger.kinds`). `what` is padded by `build_entry`: a lookup's comes
    from `describe_lookup`, another act's is a small object with its digest and counts,
    never a person.
    """

    entry: UUID
    kind: Kind
    recorded_at: datetime
    outcome: Outcome
    organisation: str | None = None
    municipality: str | None = None
    activity: str | None = None
    policy: str | None = None
    person: PersonGroup | None = None
    who: str | None = None
    role: RoleGroup | None = None
    why: WhyGroup | None = None
    what: JsonObject | None = None
    decision: DecisionGroup | None = None

    @property
    def year(self) -> int:
        """The calendar year (UTC) in whose tree the entry belongs."""
        return self.recorded_at.astimezone(UTC).year


def describe_lookup(
    *,
    flags: Sequence[ShownFlag],
    categories: Sequence[str],
    tickets: Sequence[str],
    req: str,
) -> JsonObject:
    """Give the group `what` of a lookup: shown, permitted, and by which tickets.

    Twenty flags take no more room than none: the group is padded to one length.
    """
    shown: list[Mapping[str, str]] = [
        {
            "category": flag.category,
            "contact": encode_b64u(flag.contact.bytes),
            "source": flag.source,
        }
        for flag in flags
    ]
    return {
        "categories": list(categories),
        "flags": shown,
        "marks": encode_b64u(b"".join(flag.mark for flag in flags)),
        "req": req,
        "tickets": list(tickets),
    }
