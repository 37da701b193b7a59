"""The parties an agency talks to, in memory: holders that answer and an index.

`FakeIndex` checks what the real one checks (signature, commitment, versions) and can
keep its state in a file, so that it outlives a process that is killed.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pysodium

from keys.bsn import Bsn
from keys.municipality import MunicipalityCode
from keys.pseudonym import Pseudonym, parse_pseudonym
from keys.validity import KeyValidity
from signal_index.notice import (
    SignedBatch,
    SignedInTheFuture,
    SignerKey,
    choose_bits,
    digest_buckets,
    digest_marks,
    encode_digests,
    find_bucket,
    mark_signal,
    new_notice_key,
    parse_signed_batch,
    parse_signed_contact,
    parse_signer_key,
    subject_commitment,
)
from signal_index.signals import (
    ItemOutcome,
    Known,
    decide_notice,
    decide_withdrawal,
    digest_notice,
)
from signal_index.wire.contact_holders import OwnContactHolder
from signal_index.wire.deliveries import ClosedDelivery, Delivery
from signal_index.wire.errors import InvalidField
from signal_index.wire.own_registration import (
    OutboxSignals,
    OwnCoverage,
    OwnRegistration,
    OwnSigner,
    OwnSource,
    ReplacedOutbox,
)
from signal_index.wire.reconciling import Compared, MarkedSignal, ReconcilingScope
from signal_index.wire.signals import (
    BatchBody,
    Notice,
    OwnSignal,
    OwnSignals,
    Withdrawal,
)
from signal_index.wire.signed_contacts import ContactBody
from signal_index.wire.sources import SourceState
from signal_index.wire.values import Oin, Slug
from sources.errors import EvaluationStopped, IndexRefused
from sources.outbox.settling import BatchAnswer, ItemResult
from sources.publisher.parties import Evaluated
from tests.builders import anew

OIN = Oin("00000001000000000002")
LATER = datetime(2030, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(seconds=60)
KEY_VERSION = 1


def pseudonym_of(digits: str) -> Pseudonym:
    """A valid pseudonym that tests can predict."""
    uniform = hashlib.sha512(b"test" + digits.encode()).digest()
    return parse_pseudonym(pysodium.crypto_core_ristretto255_from_hash(uniform))


def taking(*kinds: str) -> OwnRegistration:
    """How an index knows the agency that takes these kinds of it."""
    source = REGISTERED.sources[0]
    coverage = [anew(x, category=kind) for x in source.coverage for kind in kinds]
    return anew(REGISTERED, sources=[anew(source, coverage=coverage)])


class Died(BaseException):
    """The process is gone; what was not committed never happened."""


FAR_FROM_OVER = KeyValidity(
    serial=1, validUntil="2028-01-01T12:00:00Z", daysLeft=400, warning="none"
)


@dataclass
class FakeEvaluator:
    """Evaluates without holders; `budget` numbers, then it stops."""

    budget: int = 10**9
    validity: KeyValidity = field(default_factory=lambda: FAR_FROM_OVER)
    asked: int = 0

    async def evaluate(self, numbers: Sequence[Bsn]) -> Evaluated:
        if self.asked + len(numbers) > self.budget:
            raise EvaluationStopped("op")
        self.asked += len(numbers)
        found = tuple(pseudonym_of(number.digits) for number in numbers)
        return Evaluated(KEY_VERSION, found)

    async def find_key_version(self) -> int:
        return KEY_VERSION

    async def find_key_validity(self) -> KeyValidity:
        return self.validity


NOTICE_KEY = new_notice_key("test-notice")
SIGNER = parse_signer_key(OIN, NOTICE_KEY.encode_public())


REGISTERED = OwnRegistration(
    organisation=OIN,
    name="Bureau Voorbeeld",
    signers=[OwnSigner(kid=NOTICE_KEY.kid, x=NOTICE_KEY.public_value)],
    sources=[
        OwnSource(
            source=OIN,
            kind="income-support",
            active=True,
            state=SourceState.LIVE,
            coverage=[
                OwnCoverage(
                    municipality=place,
                    category="bijstand",
                    rhythmDays=7,
                    informedCodes=["discussed", "informed-by-letter"],
                    maximumLifeMonths=24,
                    mayPublish=True,
                )
                for place in ("9901", "9902")
            ],
            liveUntil=None,
            lastRehearsal=None,
            lacks=[],
        )
    ],
)
"""Registered for what the profile of these tests delivers."""


@dataclass
class FakeIndex:
    """An index that remembers, in memory or in a file, and is as strict as the real."""

    path: Path | None = None
    refuse: Callable[[Notice], str] = lambda _: ""
    problem: str = ""
    takes_contacts: bool = True
    refused_field: str = ""
    silent: bool = False
    loses_answers: bool = False
    keeps_signals: bool = False
    unknown_categories: frozenset[str] = frozenset()
    clock: Callable[[], datetime] = lambda: LATER
    registration: OwnRegistration = REGISTERED
    state: dict[str, dict[str, object]] = field(default_factory=dict)
    signer: SignerKey = field(default_factory=lambda: SIGNER)
    signed: dict[UUID, str] = field(default_factory=dict)
    replaced: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = {"signals": {}, "gone": {}, "batches": {}, "contacts": {}}
        self.state |= {"deliveries": {}, "counts": {"sent": 0}, "replaced": {}}
        if self.path and self.path.exists():
            self.state = json.loads(self.path.read_text())

    async def fetch_time(self) -> datetime:
        return self.clock()

    async def fetch_registration(self) -> OwnRegistration:
        told = Counter(
            (str(row["outbox"]), str(row["category"]), str(row["municipality"]))
            for row in self._signals().values()
        )
        return self.registration.model_copy(
            update={
                "outboxes": [
                    OutboxSignals(
                        source=OIN,
                        outbox=UUID(outbox),
                        category=category,
                        municipality=municipality,
                        count=count,
                    )
                    for (outbox, category, municipality), count in told.items()
                ],
                "replacedOutboxes": [
                    ReplacedOutbox(outbox=UUID(lost), replacedBy=UUID(str(by)))
                    for lost, by in self.state["replaced"].items()
                ],
            }
        )

    async def fetch_signals(self, cursor: UUID | None) -> OwnSignals:
        assert cursor is None, "there is one page"
        items = [
            OwnSignal(
                reference=UUID(reference),
                version=int(str(row["version"])),
                category=Slug(str(row["category"])),
                categoryLabel=str(row["category"]),
                municipality=MunicipalityCode(str(row["municipality"])),
                state="active",
                validFrom=date.fromisoformat(str(row["validFrom"])),
                validUntil=date.fromisoformat(str(row["validUntil"])),
                contactHolder=UUID(str(row["contactHolder"])),
                confirmedOn=self.clock().date(),
                outbox=UUID(str(row["outbox"])),
            )
            for reference, row in self._signals().items()
        ]
        return OwnSignals(items=items, next=None)

    async def fetch_contacts(self) -> Sequence[OwnContactHolder]:
        return [self._own(id_, said) for id_, said in self.signed.items()]

    def _own(self, id_: UUID, token: str) -> OwnContactHolder:
        said, signature = parse_signed_contact(token, self.signer, now=self.clock())
        details = said.contactHolder.model_dump()
        beside = {"id": id_, "source": said.source, "signature": signature.model_dump()}
        shown = {"stale": False, "remind": False, "signals": 0}
        own = details | beside | shown | {"staleFrom": self.clock().date()}
        return OwnContactHolder.model_validate(own)

    async def put_contact(self, contact: UUID, said: ContactBody) -> None:
        if not self.takes_contacts:
            raise IndexRefused(400, "invalid-input", self.refused_field)
        opened, _ = parse_signed_contact(
            said.contactHolder, self.signer, now=self.clock()
        )
        assert (opened.id, opened.source) == (contact, OIN)
        holder = opened.contactHolder
        self.state["contacts"][str(contact)] = holder.model_dump(mode="json")
        self.signed[contact] = said.contactHolder
        self.replaced.append(said.replaces)
        self._save()

    async def send_batch(self, batch: BatchBody) -> BatchAnswer:
        if self.problem:
            raise IndexRefused(409, self.problem)
        if self.silent:
            return BatchAnswer([], None)
        try:
            signed = parse_signed_batch(batch.batch, SIGNER, now=self.clock())
        except SignedInTheFuture:
            raise IndexRefused(400, "signed-in-the-future") from None
        self._replace(signed)
        known = self.state["batches"].setdefault(str(signed.batch), batch.batch)
        assert known == batch.batch, "a batch sent again is the same batch"
        subjects = {proof.reference: proof for proof in batch.subjects}
        results = []
        for notice in signed.notices:
            assert isinstance(notice, Notice)
            proof = subjects[notice.reference]
            n = parse_pseudonym(proof.pseudonym)
            assert notice.subject == subject_commitment(proof.salt, n)
            assert str(notice.contactHolder) in self.state["contacts"]
            results.append(self._take(notice, n, signed.outbox))
        for withdrawal in signed.withdrawals:
            assert isinstance(withdrawal, Withdrawal)
            results.append(self._withdraw(withdrawal))
        self._save()
        if self.loses_answers:
            return BatchAnswer([], None)
        return BatchAnswer(results, signed.batch)

    async def close_delivery(self, delivery: Delivery) -> None:
        if delivery.ends > self.clock() + CLOCK_SKEW:
            raise IndexRefused(400, "invalid-input", "until")
        unknown = set(delivery.categories) & self.unknown_categories
        if unknown:
            raise IndexRefused(403, "unknown-source", "categories")
        said = delivery.model_dump(mode="json")
        if self.state["deliveries"].setdefault(str(delivery.delivery), said) != said:
            raise IndexRefused(409, "delivery-id-used")
        self._save()

    async def fetch_deliveries(self) -> Sequence[ClosedDelivery]:
        closed = self.clock().isoformat()
        told: list[dict[str, object]] = list(self.state["deliveries"].values())  # type: ignore[arg-type]  # JSON has no types
        return [
            ClosedDelivery.model_validate_json(
                json.dumps(
                    {k: v for k, v in one.items() if k != "source"}
                    | {"closedAt": closed}
                )
            )
            for one in reversed(told)
        ]

    async def compare(
        self, scope: ReconcilingScope, count: int, digest: bytes
    ) -> Compared:
        marks = [mark_signal(scope.salt, one) for one in self._standing(scope)]
        if (len(marks), digest_marks(marks)) == (count, digest):
            return Compared(equal=True, count=count, entryId=UUID(int=1))
        bits = choose_bits(max(len(marks), count))
        buckets = encode_digests(digest_buckets(marks, bits))
        return Compared(equal=False, count=len(marks), bits=bits, buckets=buckets)

    async def tell_buckets(
        self, scope: ReconcilingScope, bits: int, buckets: Sequence[int]
    ) -> Sequence[MarkedSignal]:
        return [
            one
            for one in self._standing(scope)
            if find_bucket(mark_signal(scope.salt, one), bits) in buckets
        ]

    def _standing(self, scope: ReconcilingScope) -> list[MarkedSignal]:
        return [
            MarkedSignal(reference=UUID(reference), version=int(str(row["version"])))
            for reference, row in self._signals().items()
            if row["municipality"] in scope.municipalities
            and row["category"] in scope.categories
            and row["outbox"] == str(scope.outbox)
            and str(row["validUntil"]) >= scope.on.isoformat()
        ]

    def lose_one(self) -> None:
        """Forget a signal, as a backup that came back would."""
        if self._signals():
            self._signals().pop(min(self._signals()))
            self._save()

    def end_one(self) -> None:
        """End a signal that its source did not end, under a version far ahead."""
        if self._signals():
            first = min(self._signals())
            version = int(str(self._signals()[first]["version"])) + 9
            self._bury(first, version, "entered-in-error")
            self._save()

    def shown(self) -> set[tuple[str, str]]:
        """Who has a signal in which category: pseudonyms and category ids."""
        return {
            (str(row["n"]), str(row["category"])) for row in self._signals().values()
        }

    def shown_often(self) -> list[tuple[str, str]]:
        """The same with doubles, sorted."""
        rows = self._signals().values()
        return sorted((str(row["n"]), str(row["category"])) for row in rows)

    def _replace(self, signed: SignedBatch) -> None:
        replaced = self.state["replaced"]
        if str(signed.outbox) in replaced:
            raise IndexRefused(409, "outbox-replaced")
        replaced |= {str(one): str(signed.outbox) for one in signed.replaces}

    def _signals(self) -> dict[str, dict[str, object]]:
        return self.state["signals"]  # type: ignore[return-value]  # JSON has no types

    def _take(self, notice: Notice, n: Pseudonym, outbox: UUID | None) -> ItemResult:
        reference = str(notice.reference)
        problem = self.refuse(notice)
        if problem:
            return ItemResult(notice.reference, "refused", problem)
        digest, row_key = digest_notice(notice), n.encoded
        try:
            done = decide_notice(self._find(reference), notice, digest, row_key)
        except InvalidField as fault:
            return ItemResult(notice.reference, "refused", "invalid-input", fault.field)
        if done is ItemOutcome.ACCEPTED:
            row = notice.model_dump(mode="json") | {"n": n.encoded.hex()}
            row |= {"digest": digest.hex(), "outbox": str(outbox)}
            self._signals()[reference] = row
            self.state["gone"].pop(reference, None)
        return ItemResult(notice.reference, done.value)

    def _withdraw(self, withdrawal: Withdrawal) -> ItemResult:
        reference = str(withdrawal.reference)
        if self.keeps_signals:
            return ItemResult(withdrawal.reference, "refused", "server-fault")
        known = self._find(reference)
        if known is None:
            return ItemResult(withdrawal.reference, "refused", "unknown-signal")
        done = decide_withdrawal(known, withdrawal)
        if done is ItemOutcome.ACCEPTED:
            self._bury(reference, withdrawal.version, withdrawal.reason.value)
        return ItemResult(withdrawal.reference, done.value)

    def _bury(self, reference: str, version: int, reason: str) -> None:
        del self._signals()[reference]
        self.state["gone"][reference] = {"version": version, "reason": reason}

    def _find(self, reference: str) -> Known | None:
        if gone := self.state["gone"].get(reference):
            return Known("tombstone", int(gone["version"]), None, None)  # type: ignore[index]  # JSON has no types
        if row := self._signals().get(reference):
            digest, n = (bytes.fromhex(str(row[name])) for name in ("digest", "n"))
            return Known("signal", int(str(row["version"])), digest, n)
        return None

    def _save(self) -> None:
        if self.path:
            made = self.path.with_suffix(".new")
            made.write_text(json.dumps(self.state))
            made.replace(self.path)
