"""What a rehearsal works with: the index, our key, the test persons, our references."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from keys.municipality import MunicipalityCode
from keys.pseudonym import Pseudonym
from signal_index.notice import (
    RECONCILING_SALT_BYTES,
    SALT_BYTES,
    Batch,
    NoticeKey,
    find_bucket,
    mark_signal,
    sign_batch,
    subject_commitment,
)
from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.own_registration import OwnCoverage
from signal_index.wire.reconciling import MarkedSignal, ReconcilingScope
from signal_index.wire.rehearsals import REHEARSED_FUNCTION
from signal_index.wire.signals import (
    BatchBody,
    Informed,
    Notice,
    SubjectProof,
    Withdrawal,
    WithdrawalReason,
)
from signal_index.wire.values import Phone, Slug
from sources.clock import day_of
from sources.outbox.settling import BatchAnswer
from sources.publisher.http_index import HttpIndex
from sources.publisher.pipeline import Sender

_LIVES: Final = timedelta(days=120)
_BEGAN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class References:
    """The references of a rehearsal, each for one case or a few."""

    first: UUID = field(default_factory=uuid4)
    second: UUID = field(default_factory=uuid4)
    beside_a_wrong_one: UUID = field(default_factory=uuid4)
    wrong: UUID = field(default_factory=uuid4)
    unknown_category: UUID = field(default_factory=uuid4)
    unknown_municipality: UUID = field(default_factory=uuid4)
    other_version: UUID = field(default_factory=uuid4)
    foreign: UUID = field(default_factory=uuid4)

    @property
    def published(self) -> tuple[UUID, UUID, UUID]:
        """Give those that the index must take."""
        return self.first, self.second, self.beside_a_wrong_one

    @property
    def all(self) -> list[UUID]:
        """Give every one: also what the index must refuse, for it might not."""
        refused = (self.wrong, self.unknown_category, self.unknown_municipality)
        return [*self.published, *refused, self.other_version, self.foreign]


@dataclass(slots=True)
class RehearsalDesk:
    """One rehearsal under way. Prints nothing of a person."""

    index: HttpIndex
    sender: Sender
    places: Sequence[OwnCoverage]
    key_version: int
    persons: Sequence[Pseudonym] = field(repr=False)
    references: References = field(default_factory=References)
    delivery: UUID = field(default_factory=uuid4)
    notices: dict[UUID, Notice] = field(default_factory=dict, repr=False)
    kept: dict[str, BatchBody] = field(default_factory=dict, repr=False)

    @property
    def now(self) -> datetime:
        """Give the present moment."""
        return self.sender.now()

    @property
    def today(self) -> date:
        """Give the calendar day in the Netherlands."""
        return day_of(self.now)

    def name_contact(self, which: str) -> UUID:
        """Give the id of one of our two test contacts: the same in each rehearsal.

        Shaped as one that chance gave: what follows from a name is an own number.
        """
        made = uuid5(NAMESPACE_OID, f"rehearsal:{self.sender.source}:{which}")
        return UUID(bytes=made.bytes, version=4)

    def make_contact(self, **changed: object) -> ContactHolder:
        """Make a contact holder that says of itself that it is a trial."""
        said = {
            "function": REHEARSED_FUNCTION,
            "phone": Phone("+31880000000"),
            "lastVerified": self.today,
        }
        return ContactHolder.model_validate(said | changed)

    def make_notice(self, reference: UUID, **changed: object) -> Notice:
        """Make the first version of a notice, or a next one of what was made."""
        known = self.notices.get(reference)
        if known is not None:
            said = known.model_dump() | {"version": known.version + 1}
        else:
            place = self.places[0]
            said = {
                "reference": reference,
                "version": 1,
                "source": self.sender.source,
                "subject": bytes(32),
                "category": Slug(place.category),
                "contactHolder": self.name_contact("first"),
                "validFrom": self.today - _BEGAN,
                "validUntil": self.today + _LIVES,
                "municipality": MunicipalityCode(place.municipality),
                "informed": Informed.model_validate(
                    {"code": place.informedCodes[0], "on": self.today - _BEGAN}
                ).model_dump(),
            }
        return Notice.model_validate(said | changed)

    def sign(
        self,
        notices: Sequence[tuple[Notice, Pseudonym]] = (),
        withdrawals: Sequence[Withdrawal] = (),
        *,
        key: NoticeKey | None = None,
        key_version: int | None = None,
    ) -> BatchBody:
        """Sign a batch as any delivery does; `key` and `key_version` to do it wrong."""
        bound = [_bind(notice, person) for notice, person in notices]
        batch = Batch(uuid4(), tuple(one for one, _ in bound), tuple(withdrawals))
        for notice, _ in bound:
            self.notices[notice.reference] = notice
        return BatchBody(
            keyVersion=key_version or self.key_version,
            batch=sign_batch(
                key or self.sender.key, batch, iss=self.sender.submitter, now=self.now
            ),
            subjects=[proof for _, proof in bound],
        )

    async def publish(self, *notices: tuple[Notice, Pseudonym]) -> BatchAnswer:
        """Send notices, each about the person beside it."""
        return await self.index.send_batch(self.sign(notices))

    async def withdraw(self, *references: UUID) -> BatchAnswer:
        """Take back what stands under these references, as entered in error."""
        gone = [
            Withdrawal(
                reference=reference,
                version=self.notices[reference].version
                if reference in self.notices
                else 1,
                source=self.sender.source,
                reason=WithdrawalReason.ENTERED_IN_ERROR,
                on=self.today,
            )
            for reference in references
        ]
        return await self.index.send_batch(self.sign(withdrawals=gone))

    async def ask_standing(self) -> dict[UUID, int]:
        """Ask the index which of our references stand there, and in which version.

        By the buckets of a comparison, so that it costs the same beside a hundred
        thousand real signals as beside none.
        """
        scope = ReconcilingScope(
            source=self.sender.source,
            categories=sorted({Slug(one.category) for one in self.places}),
            municipalities=sorted(
                {MunicipalityCode(one.municipality) for one in self.places}
            ),
            on=self.today,
            salt=secrets.token_bytes(RECONCILING_SALT_BYTES),
        )
        # No set has this digest: what differs is told, and nothing is confirmed.
        compared = await self.index.compare(scope, 0, bytes(32))
        bits = compared.bits or 1
        asked = {
            find_bucket(mark_signal(scope.salt, _mark(one)), bits)
            for one in self.notices.values()
        }
        found = await self.index.tell_buckets(scope, bits, sorted(asked))
        own = frozenset(self.references.all)
        return {one.reference: one.version for one in found if one.reference in own}


def _mark(notice: Notice) -> MarkedSignal:
    return MarkedSignal(reference=notice.reference, version=notice.version)


def _bind(notice: Notice, person: Pseudonym) -> tuple[Notice, SubjectProof]:
    """Commit a notice to a person, and give what travels beside it."""
    salt = secrets.token_bytes(SALT_BYTES)
    bound = notice.model_copy(update={"subject": subject_commitment(salt, person)})
    proof = SubjectProof(
        reference=notice.reference, pseudonym=person.encoded, salt=salt
    )
    return bound, proof
