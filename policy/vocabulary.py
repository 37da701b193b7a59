"""The words of the policy: who asks, what is asked, what is granted.

Invariants:
- ids of purposes, categories and codes are members of enums that the catalogue makes:
  a string that the catalogue does not have never becomes a question;
- everything here is frozen; nothing here decides;
- a `Permit` is made by `policy.decide` only (tests/attack/test_purpose_limitation.py
  walks the syntax tree of every package).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from keys.municipality import MUNICIPALITY_CODE, MunicipalityCode
from policy.errors import UnknownMunicipality

if TYPE_CHECKING:
    from keys.pseudonym import Pseudonym


def parse_municipality(text: str) -> MunicipalityCode:
    """Read a municipality's code (CBS: four digits), or raise `UnknownMunicipality`."""
    if MUNICIPALITY_CODE.fullmatch(text) is None:
        raise UnknownMunicipality("a municipality's code is four digits")
    return MunicipalityCode(text)


class Word(StrEnum):
    """A word of the policy. Hashed as the string it is: keys are hashed all day."""

    __hash__ = str.__hash__


class PurposeId(Word):
    """A purpose of the catalogue. Without members here: the catalogue makes them."""


class LoopActId(Word):
    """An act of the loop: what comes back after a signal or lookup (`policy.loop`)."""

    NOTICE_OF_LOOKUP = "notice-of-lookup"
    MATCH = "match"
    FOLLOW = "follow"
    COLLEAGUE = "colleague"
    HAND_SIGNAL = "hand-signal"
    ANSWER = "answer"


class CategoryId(Word):
    """A category of the catalogue. Without members here: the catalogue makes them."""


class LegalBasisId(Word):
    """A legal basis of some purpose of the catalogue."""


class InformedCode(Word):
    """How the citizen was informed, or why not: a closed list of the catalogue."""


class BreakGlassReason(Word):
    """Why the glass is broken: a closed list of the catalogue."""


class Outcome(Word):
    """What came of a lookup: a closed list of the catalogue."""


class SourceKind(Word):
    """What kind of agency publishes: a closed list of the catalogue."""


class CallerKind(Word):
    """What stands behind an access token."""

    PERSON = "person"
    SOURCE = "source"
    CLIENT = "client"


class OrganisationKind(Word):
    """What kind of organisation the caller belongs to, as the index registered it."""

    MUNICIPALITY = "municipality"
    NEIGHBOURHOOD_TEAM = "neighbourhood-team"
    SOURCE_AGENCY = "source-agency"
    SUPERVISOR = "supervisor"


class Role(Word):
    """What a caller may be, by the claims of the identity provider."""

    SOURCE_PUBLISHER = "source-publisher"
    SOURCE_ADMINISTRATOR = "source-administrator"
    HAND_SIGNALLER = "hand-signaller"
    GENERALIST = "generalist"
    GENERALIST_SAFETY = "generalist-safety"
    PRIVACY_OFFICER = "privacy-officer"
    DATA_PROTECTION_OFFICER = "data-protection-officer"
    MUNICIPALITY_ADMINISTRATOR = "municipality-administrator"
    AUDITOR = "auditor"
    CITIZEN_PORTAL = "citizen-portal"


class Assurance(Word):
    """How surely the caller is who they say (eIDAS levels)."""

    LOW = "low"
    SUBSTANTIAL = "substantial"
    HIGH = "high"


class Action(Word):
    """What is asked. Breaking the glass is an action of its own."""

    LOOK_UP = "look-up"
    BREAK_GLASS = "break-glass"


@dataclass(frozen=True, slots=True)
class Training:
    """A training that the caller finished, and the last day on which it counts."""

    code: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: claims of a verified access token, plus what the index registered.

    `active` is the index's own: a suspended account or organisation is not active.
    `team` is for the ledger and colleagues, `name` for colleagues of the organisation:
    no rule may read them, and the `DecisionKey` lacks them.
    """

    kind: CallerKind
    subject: str
    organisation: str
    organisation_kind: OrganisationKind
    municipality: MunicipalityCode
    active: bool
    roles: frozenset[Role]
    trainings: tuple[Training, ...]
    assurance: Assurance
    team: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """One person asked about; `informed` says how they know of it, or why not."""

    pseudonym: Pseudonym
    informed: InformedCode | None


@dataclass(frozen=True, slots=True)
class Question:
    """One lookup as it was asked. A break-glass reason makes it a breaking of glass.

    `case_reference` is the HMAC that the desk made; the policy looks only whether it
    is there.
    """

    caller: Caller
    municipality: MunicipalityCode
    purpose: PurposeId
    legal_basis: LegalBasisId
    case_reference: str | None
    subjects: tuple[Subject, ...]
    break_glass: BreakGlassReason | None = None

    @property
    def action(self) -> Action:
        """Give the action that this question is."""
        return Action.LOOK_UP if self.break_glass is None else Action.BREAK_GLASS


@dataclass(frozen=True, slots=True)
class PermittedCategory:
    """A category that may be read; `look_back` counts from the END of a signal."""

    id: CategoryId
    look_back: timedelta


@dataclass(frozen=True, slots=True)
class Permit:
    """Exactly what may be read, and until when. The store takes nothing else.

    `scope_text` is the one sentence that every answer under this permit shows, hit or
    miss. `review` means that a review task must be written with the answer.
    """

    subjects: tuple[Subject, ...]
    caller: Caller
    municipality: MunicipalityCode
    purpose: PurposeId
    legal_basis: LegalBasisId
    categories: tuple[PermittedCategory, ...]
    valid_until: datetime
    activity: str
    policy_digest: str
    scope_text: str
    review: bool


@dataclass(frozen=True, slots=True, order=True)
class RefusalGround:
    """One condition that failed: its rule, what it means (Dutch), what would help."""

    id: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Establishment:
    """Who opened a purpose, or an act of the loop, in a municipality, and since when.

    The software gives nobody a legal basis: without this record it is closed.
    """

    opens: PurposeId | LoopActId
    municipality: MunicipalityCode
    by_role: str
    on: date
    staatsblad: str | None = None
