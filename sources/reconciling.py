"""Hold what the outbox believes against what stands at the index, and mend it.

1. One digest each: equal sets end here, and the index confirms every signal.
2. Digests per bucket; the buckets that differ are asked in full.
3. What only the index has is withdrawn, under a safety limit; what only we have, or in
   another version, is told again by the next full delivery.

No number of a person takes part; a run that is cut off can be done again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol
from uuid import UUID, uuid4

from signal_index.notice import (
    BATCH_MAXIMUM,
    Batch,
    digest_buckets,
    digest_marks,
    find_bucket,
    mark_signal,
    sign_batch,
)
from signal_index.wire.reconciling import (
    BUCKETS_ASKED_MAXIMUM,
    Compared,
    MarkedSignal,
    ReconcilingScope,
)
from signal_index.wire.signals import BatchBody, Withdrawal, WithdrawalReason
from sources.clock import day_of
from sources.errors import DeliveryUnderWay, TooManyUnknown
from sources.outbox.concluding import Conclusion, conclude
from sources.outbox.deliveries import find_unfinished, was_told
from sources.outbox.settling import BatchAnswer
from sources.outbox.standing import (
    find_standing,
    read_everything_again,
    record_differed,
    record_reconciled,
    tell_again,
)
from sources.outbox.store import Outbox
from sources.outbox.strays import count_strays
from sources.publisher.admission import (
    Historian,
    Lister,
    Registrar,
    keep_newest,
    verify_in_use,
    verify_nothing_elsewhere,
)
from sources.publisher.clock_check import Clock, verify_clock
from sources.publisher.pipeline import Sender

UNKNOWN_SHARE: Final = 5  # more than one in five unknown to us is asked about first
UNKNOWN_FEW: Final = 10


class Counterpart(Clock, Historian, Lister, Registrar, Protocol):
    """The index, as far as reconciling asks it."""

    async def compare(
        self, scope: ReconcilingScope, count: int, digest: bytes
    ) -> Compared:
        """Compare; where the sets are equal the index has confirmed every signal."""
        ...

    async def tell_buckets(
        self, scope: ReconcilingScope, bits: int, buckets: Sequence[int]
    ) -> Sequence[MarkedSignal]:
        """Give the signals that the index has in these buckets."""
        ...

    async def send_batch(self, batch: BatchBody) -> BatchAnswer:
        """Carry out signed withdrawals."""
        ...


@dataclass(frozen=True, slots=True)
class Differences:
    """Exactly what differs: by our own references, which name nobody."""

    lacking: tuple[MarkedSignal, ...] = ()
    unknown: tuple[MarkedSignal, ...] = ()
    differing: tuple[MarkedSignal, ...] = ()
    kept: tuple[MarkedSignal, ...] = ()
    """Unknown here, and the index did not say that it withdrew them."""

    @property
    def count(self) -> int:
        """How many signals differ."""
        found = (self.lacking, self.unknown, self.differing, self.kept)
        return sum(len(each) for each in found)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of it: `equal` means that the index has confirmed every signal.

    Where nothing was compared, it means that deliveries were told and none of it stands
    on either side. `strays` of a lost outbox stand at the index until the next one.
    """

    equal: bool
    compared: int
    differences: Differences = Differences()
    strays: int = 0

    @property
    def needs_delivery(self) -> bool:
        """Whether a new full delivery is wanted, to mend the rest or to make sure.

        What only the index had is withdrawn; where the outbox had lost it rather than
        the case ended, reading everything again tells it anew.
        """
        return self.differences.count > 0 or not (self.equal or self.compared)


async def reconcile(
    outbox: Outbox,
    index: Counterpart,
    sender: Sender,
    scope: ReconcilingScope,
    *,
    confirmed: bool,
) -> Reconciled:
    """Compare, and mend what differs: only what this outbox told, never another's.

    Raises `ClockDiffers`, `OutboxReplaced`, and `DeliveryUnderWay` where half of a
    delivery is sent: then everything differs for a good reason. Raises
    `TooManyUnknown` before anything is withdrawn. An outbox that knows no signal is not
    equal to an index that has some: raises `OutboxElsewhere` where the index has
    signals that it never told.
    """
    if find_unfinished(outbox):
        raise DeliveryUnderWay
    await verify_clock(index, sender.now)
    await verify_in_use(outbox, index)
    scope = scope.model_copy(update={"outbox": outbox.id})
    ours = find_standing(outbox, scope)
    marks = [mark_signal(scope.salt, one) for one in ours]
    told = await index.compare(scope, len(marks), digest_marks(marks))
    if told.equal:
        return await _conclude_equal(outbox, index, sender, len(ours))
    record_differed(outbox, sender.now())
    found = await _find_differences(index, scope, ours, told)
    few = max(UNKNOWN_FEW, len(ours) // UNKNOWN_SHARE)
    if len(found.unknown) > few and not confirmed:
        raise TooManyUnknown(len(found.unknown), len(ours))
    if found.unknown:
        found = await _withdraw(index, sender, found)
        read_everything_again(outbox)
    # What the index lacks keeps its reference: if another source took it over, that is
    # refused, where a new one would give its citizen two flags.
    tell_again(outbox, (*found.lacking, *found.differing))
    await keep_newest(outbox, index)
    if found.unknown and found.count == len(found.unknown):
        again = await index.compare(scope, len(marks), digest_marks(marks))
        if again.equal:
            record_reconciled(outbox, sender.now())
        return Reconciled(again.equal, len(ours), found)
    return Reconciled(equal=False, compared=len(ours), differences=found)


async def _conclude_equal(
    outbox: Outbox, index: Counterpart, sender: Sender, compared: int
) -> Reconciled:
    """Note that both sides are equal; nothing against nothing is looked into first."""
    if not compared:
        await verify_nothing_elsewhere(outbox, index)
    await keep_newest(outbox, index)
    strays = 0 if compared else count_strays(outbox)
    if strays or not (compared or was_told(outbox)):
        return Reconciled(equal=False, compared=0, strays=strays)
    record_reconciled(outbox, sender.now())
    return Reconciled(equal=True, compared=compared)


async def _find_differences(
    index: Counterpart,
    scope: ReconcilingScope,
    ours: Sequence[MarkedSignal],
    told: Compared,
) -> Differences:
    marks = [mark_signal(scope.salt, one) for one in ours]
    digests = told.digests
    bits = len(digests).bit_length() - 1
    own = digest_buckets(marks, bits)
    asked = [at for at, digest in enumerate(digests) if digest != own[at]]
    theirs: dict[UUID, int] = {}
    for at in range(0, len(asked), BUCKETS_ASKED_MAXIMUM):
        part = asked[at : at + BUCKETS_ASKED_MAXIMUM]
        for one in await index.tell_buckets(scope, bits, part):
            theirs[one.reference] = one.version
    wanted = frozenset(asked)
    mine = {
        one.reference: one.version
        for one, mark in zip(ours, marks, strict=True)
        if find_bucket(mark, bits) in wanted
    }
    return _compare_versions(mine, theirs)


def _compare_versions(mine: dict[UUID, int], theirs: dict[UUID, int]) -> Differences:
    """Tell what differs; another version is another mark, perhaps another bucket."""
    return Differences(
        lacking=_pick(mine, mine.keys() - theirs.keys()),
        unknown=_pick(theirs, theirs.keys() - mine.keys()),
        differing=tuple(
            MarkedSignal(
                reference=reference, version=max(mine[reference], theirs[reference])
            )
            for reference in sorted(mine.keys() & theirs.keys())
            if mine[reference] != theirs[reference]
        ),
    )


def _pick(of: dict[UUID, int], references: set[UUID]) -> tuple[MarkedSignal, ...]:
    return tuple(
        MarkedSignal(reference=one, version=of[one]) for one in sorted(references)
    )


async def _withdraw(
    index: Counterpart, sender: Sender, found: Differences
) -> Differences:
    """Withdraw what we do not know to be open, under our own signature.

    Of what the index does not say that it is over it is not said here either.
    """
    over = set[UUID]()
    unknown = found.unknown
    for at in range(0, len(unknown), BATCH_MAXIMUM):
        now = sender.now()
        withdrawals = tuple(
            Withdrawal(
                reference=one.reference,
                version=one.version + 1,
                source=sender.source,
                reason=WithdrawalReason.ENDED,
                on=day_of(now),
            )
            for one in unknown[at : at + BATCH_MAXIMUM]
        )
        batch = Batch(uuid4(), withdrawals=withdrawals)
        token = sign_batch(sender.key, batch, iss=sender.submitter, now=now)
        answer = await index.send_batch(BatchBody(batch=token, subjects=[]))
        over |= {
            one.reference
            for one in answer.results
            if conclude("withdraw", one.outcome, one.problem) is Conclusion.OVER
        }
    return replace(
        found,
        unknown=tuple(one for one in unknown if one.reference in over),
        kept=tuple(one for one in unknown if one.reference not in over),
    )
