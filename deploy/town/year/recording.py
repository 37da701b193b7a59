"""The entries of a planned lookup, built by what the index itself records with."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from deploy.town.parties import MUNICIPALITY, TOWN_HALL
from deploy.town.year.cast import Colleague
from deploy.town.year.plan import PlannedLookup
from deploy.town.year.reasons import list_categories
from keys.base64url import encode_b64u
from keys.pseudonym import KeyVersion, Pseudonym
from policy.catalogue import Catalogue
from policy.decide import Policy
from policy.vocabulary import (
    Assurance,
    Caller,
    CallerKind,
    CategoryId,
    OrganisationKind,
    Question,
    Role,
    Subject,
    parse_municipality,
)
from signal_index.api.recording import Asked, Decided, name_persons, record_lookup
from signal_index.keyring import IndexKeys
from signal_index.ledger import Entry, Outcome
from signal_index.signals import PointKeys, SignalState, StoredSignal, derive_point


@dataclass(frozen=True, repr=False)
class Inhabitant:
    """Somebody to look up, and which source signals what about them."""

    key_version: KeyVersion
    pseudonym: Pseudonym
    signals: dict[str, str]


class Recorder:
    """Builds entries about these inhabitants, with the keys of this index."""

    def __init__(
        self, keys: IndexKeys, policy: Policy, inhabitants: Sequence[Inhabitant]
    ) -> None:
        self.keys = keys
        self._catalogue: Catalogue = policy.catalogue
        self._digest = policy.digest(parse_municipality(MUNICIPALITY))
        self._inhabitants = inhabitants
        self._points = [
            derive_point(
                PointKeys(keys.get_scalar(one.key_version), keys.row_keys),
                Subject(one.pseudonym, None),
            )
            for one in inhabitants
        ]

    def ask(self, planned: PlannedLookup) -> Asked:
        """Give the lookup as the ledger records it, with tickets that nobody gave."""
        question = self._question(planned)
        points = [self._points[number] for number in planned.persons]
        return Asked(
            question=question,
            key_version=self._inhabitants[planned.persons[0]].key_version,
            tickets=(str(uuid.uuid4()), str(uuid.uuid4())),
            req=encode_b64u(hashlib.sha256(uuid.uuid4().bytes).digest()),
            at=planned.at,
            names=name_persons(points, self.keys, planned.at),
            activity=str(self._catalogue.purposes[question.purpose].activity),
            policy=self._digest,
        )

    def record(
        self, planned: PlannedLookup, asked: Asked, numbers: Sequence[int]
    ) -> Sequence[Entry]:
        """Give one entry per person: what was shown, or why it was refused."""
        refused = bool(planned.reason.grounds)
        categories = list_categories(self._catalogue, asked.question.purpose)
        decided = Decided(
            Outcome.REFUSED if refused else Outcome.ANSWERED,
            planned.reason.grounds,
            categories=() if refused else tuple(categories),
        )
        shown = [
            [] if refused else self._shown(number, categories)
            for number in planned.persons
        ]
        return record_lookup(asked, decided, numbers, shown, self.keys)

    def _question(self, planned: PlannedLookup) -> Question:
        reason, catalogue = planned.reason, self._catalogue
        purpose = catalogue.purposes[catalogue.parse_purpose(reason.purpose)]
        case = encode_b64u(hashlib.sha256(f"case {planned.case}".encode()).digest())
        informed = None
        if reason.informed is not None:
            informed = catalogue.parse_informed(reason.informed)
        broken = None
        if reason.break_glass is not None:
            broken = catalogue.parse_break_glass_reason(reason.break_glass)
        return Question(
            caller=caller_of(planned.who),
            municipality=parse_municipality(MUNICIPALITY),
            purpose=purpose.id,
            legal_basis=purpose.legal_basis[0].id,
            case_reference=None if reason.lacks_case else case,
            subjects=tuple(
                Subject(self._inhabitants[number].pseudonym, informed)
                for number in planned.persons
            ),
            break_glass=broken,
        )

    def _shown(
        self, number: int, categories: Sequence[CategoryId]
    ) -> list[StoredSignal]:
        signals = self._inhabitants[number].signals
        return [_signal(one, signals[one]) for one in categories if one in signals]


def caller_of(who: Colleague) -> Caller:
    """Give a colleague as the index knows them behind a token."""
    is_town_hall = who.organisation == TOWN_HALL
    return Caller(
        kind=CallerKind.PERSON,
        subject=who.subject,
        organisation=who.organisation,
        organisation_kind=OrganisationKind.MUNICIPALITY
        if is_town_hall
        else OrganisationKind.NEIGHBOURHOOD_TEAM,
        municipality=parse_municipality(MUNICIPALITY),
        active=True,
        roles=frozenset(Role(role) for role in who.roles),
        trainings=(),
        assurance=Assurance.SUBSTANTIAL,
        team=who.team,
    )


def _signal(category: CategoryId, source: str) -> StoredSignal:
    """Give what an answer showed; the ledger keeps category and source of it."""
    day = date.min
    return StoredSignal(
        row_key=bytes(16),
        id=uuid.UUID(int=0),
        reference=uuid.uuid5(uuid.NAMESPACE_OID, f"{category}/{source}"),
        category=category,
        source=source,
        municipality=MUNICIPALITY,
        state=SignalState.ACTIVE,
        valid_from=day,
        valid_until=day,
        ended_on=None,
        confirmed_on=datetime.min.replace(tzinfo=UTC),
        contact_id=uuid.UUID(int=0),
        contact={},
        contact_verified=day,
    )
