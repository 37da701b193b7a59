"""Evaluate and publish at once: two hands that only share the outbox.

    sealed --evaluate--> ready --assign--> sending --settle--> gone

Evaluating stops when holders stop; what was evaluated is published all the same, and
only then the run says that it stopped.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from signal_index.notice import (
    BATCH_MAXIMUM,
    InvalidSignature,
    NoticeKey,
    parse_signer_key,
    sign_batch,
    sign_contact,
    verify_contact,
)
from signal_index.wire.contact_holders import ContactHolder, OwnContactHolder
from signal_index.wire.lookups import FlagContact
from signal_index.wire.signals import BatchBody
from signal_index.wire.signed_contacts import ContactBody, name_own_number
from signal_index.wire.values import Oin
from sources.errors import EvaluationStopped, IndexRefused, SourceError
from sources.events import Event, log_event
from sources.outbox.contacts import (
    find_pending_contacts,
    find_refused_contacts,
    record_contact,
)
from sources.outbox.evidence import Sent
from sources.outbox.settling import (
    ItemResult,
    Settled,
    refuse_contacts,
    settle_batch,
)
from sources.outbox.store import Outbox
from sources.outbox.work import (
    Action,
    OpenBatch,
    Sealed,
    assign_batch,
    find_sealed,
    find_unsettled,
    get_batch,
    record_evaluated,
    release_batch,
)
from sources.publisher.parties import Evaluator, Index
from sources.publisher.remembering import RememberingEvaluator

EVALUATED_AT_ONCE: Final = 1_000
HANDS: Final = 2
STALE: Final = "stale-key-version"
AHEAD: Final = "signed-in-the-future"
_NOT_ACCEPTABLE: Final = frozenset({400, 409, 422})
_NOT_STORED: Final = _NOT_ACCEPTABLE | {403, 404}
"""Of an own number alone: without it everything else is delivered all the same."""

Told = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who signs, and whose signals they are."""

    submitter: Oin
    source: Oin
    key: NoticeKey
    now: Callable[[], datetime]
    own_number: ContactHolder | None = None
    """The organisation's own, of no person, for when it is late."""

    def sign_contact(self, contact: UUID, holder: ContactHolder) -> ContactBody:
        """Sign whom to call about the source's signals."""
        token = sign_contact(
            self.key,
            contact,
            self.source,
            holder,
            iss=self.submitter,
            now=self.now(),
        )
        return ContactBody(contactHolder=token)

    def signed(self, known: OwnContactHolder, holder: ContactHolder) -> bool:
        """Tell whether this very contact holder stands, as this key signed it."""
        details = known.model_dump(include=set(ContactHolder.model_fields))
        if details != holder.model_dump():
            return False
        beside = known.model_dump(include={"id", "source", "signature", "stale"})
        signer = parse_signer_key(self.submitter, self.key.encode_public())
        try:
            verify_contact(FlagContact.model_validate(details | beside), signer)
        except InvalidSignature:
            return False
        return known.source == self.source


class Pipeline:
    """Move all work of one delivery to its end."""

    def __init__(
        self, outbox: Outbox, parties: tuple[Evaluator, Index], sender: Sender
    ) -> None:
        self._outbox = outbox
        evaluator, self._index = parties
        self._evaluator = RememberingEvaluator(evaluator, outbox, sender.now)
        self._sender = sender
        self._moved = asyncio.Condition()
        self._moves = 0
        self._cursor = 0
        self._evaluating = HANDS
        self._stopped: EvaluationStopped | None = None

    async def run(self, to: Settled, *, told: Told) -> None:
        """Do all work; raises `PublishingStopped` when some of it is left.

        Withdrawals go first. They need no contact holder and no evaluation, so that
        nothing which stops here keeps a signal standing that has ended. What stood of a
        person's case that is told anew goes once that stands: refused, it keeps what it
        has. What an outbox that is gone told is taken back last.
        """
        await self._withdraw("withdraw", to, told)
        await self._send_contacts(to)
        await self._send_unsettled("publish", to, told)
        await self._withdraw("exchange", to, told)
        try:
            async with asyncio.TaskGroup() as hands:
                for _ in range(HANDS):
                    hands.create_task(self._evaluate(to, told))
                    hands.create_task(self._publish(to, told))
        except BaseExceptionGroup as group:
            raise _find_first(group) from None
        if self._stopped:
            raise self._stopped
        await self._withdraw("take-back", to, told)

    async def _withdraw(self, action: Action, to: Settled, told: Told) -> None:
        await self._send_unsettled(action, to, told)
        await self._send_ready(action, to, told)

    async def _send_ready(self, action: Action, to: Settled, told: Told) -> None:
        while batch := self._assign(action, to):
            await self._send_batch(batch, to, told)

    async def _send_unsettled(self, action: Action, to: Settled, told: Told) -> None:
        again = replace(to, is_again=True)
        for batch in find_unsettled(self._outbox, to.delivery, action):
            await self._send_batch(batch, again, told)

    def _assign(self, action: Action, to: Settled, *, least: int = 1) -> UUID | None:
        now = self._sender.now()
        return assign_batch(self._outbox, to.delivery, action, now=now, least=least)

    async def send_own_number(self) -> None:
        """Store the organisation's own number, where the index has another.

        One that is signed with a key of before, or that does not hold, is signed anew:
        nobody sees it. One that was confirmed later, as on a page, stays and is told.
        """
        holder, id_ = self._sender.own_number, name_own_number(self._sender.source)
        if holder is None:
            return
        contacts = await self._index.fetch_contacts()
        known = next((one for one in contacts if one.id == id_), None)
        if known is not None and self._sender.signed(known, holder):
            return
        if known is not None and known.lastVerified > holder.lastVerified:
            log_event(Event.OWN_NUMBER_OLDER)
            return
        said = self._sender.sign_contact(id_, holder)
        if known is not None and known.signature is not None:
            replaced = {"replaces": known.signature.value}
            said = said.model_copy(update=replaced)
        try:
            await self._index.put_contact(id_, said)
        except IndexRefused as error:
            if error.status not in _NOT_STORED or error.slug == AHEAD:
                raise
            log_event(Event.OWN_NUMBER_REFUSED)

    async def _send_contacts(self, to: Settled) -> None:
        await self.send_own_number()
        for contact in find_pending_contacts(self._outbox):
            try:
                said = self._sender.sign_contact(contact.id, contact.holder)
                await self._index.put_contact(contact.id, said)
            except IndexRefused as error:
                if error.status not in _NOT_ACCEPTABLE or error.slug == AHEAD:
                    raise
                record_contact(
                    self._outbox, contact.id, accepted=False, field=error.field
                )
            else:
                record_contact(self._outbox, contact.id, accepted=True)
        refused = find_refused_contacts(self._outbox)
        if refused:
            refuse_contacts(self._outbox, refused, to)

    async def _evaluate(self, to: Settled, told: Told) -> None:
        try:
            while self._stopped is None and (work := self._take_sealed(to)):
                numbers = [item.bsn for item in work]
                found = await self._evaluator.evaluate(numbers)
                record_evaluated(
                    self._outbox, work, found.pseudonyms, found.key_version
                )
                log_event(Event.EVALUATED, count=len(work))
                told("evaluated", len(work))
                await self._tell_moved()
        except EvaluationStopped as error:
            self._stopped = error
        finally:
            self._evaluating -= 1
            await self._tell_moved()

    def _take_sealed(self, to: Settled) -> list[Sealed]:
        work = find_sealed(
            self._outbox, to.delivery, after=self._cursor, limit=EVALUATED_AT_ONCE
        )
        self._cursor = work[-1].id if work else self._cursor
        return work

    async def _publish(self, to: Settled, told: Told) -> None:
        while True:
            seen = self._moves
            # While more is being evaluated, only full batches go: each costs a
            # signature and a transaction at the index.
            least = BATCH_MAXIMUM if self._evaluating else 1
            batch = self._assign("publish", to, least=least)
            if batch is not None:
                await self._send_batch(batch, to, told)
                await self._send_ready("exchange", to, told)
            elif not self._evaluating:
                return
            else:
                async with self._moved:
                    await self._moved.wait_for(lambda: self._moves != seen)  # noqa: B023

    async def _send_batch(self, batch: UUID, to: Settled, told: Told) -> None:
        found = get_batch(self._outbox, batch, self._sender.source)
        try:
            results, sent = await self._ask(found)
        except IndexRefused as error:
            if error.slug != AHEAD:
                raise
            release_batch(self._outbox, batch)
            if found.signed_at <= self._sender.now():
                raise  # our clock is ahead now: nothing that we sign is taken
            return
        settle_batch(self._outbox, batch, results, to, sent)
        release_batch(self._outbox, batch)
        log_event(Event.BATCH_SETTLED, batch=str(batch), count=len(results))
        told("published", len(results))

    async def _ask(
        self, found: OpenBatch
    ) -> tuple[dict[UUID, ItemResult], Sent | None]:
        """Give an answer for every item, or raise: silence is not an answer."""
        token = await asyncio.to_thread(self._sign, found)
        notices = {notice.reference for notice in found.batch.notices}
        withdrawals = {item.reference for item in found.batch.withdrawals}
        try:
            answered = await self._index.send_batch(
                BatchBody(
                    keyVersion=found.key_version or None,
                    batch=token,
                    subjects=found.subjects,
                )
            )
        except IndexRefused as error:
            if error.slug != STALE or not notices:
                raise
            # The pseudonyms are of a key that is gone; the next delivery brings the
            # numbers again. Withdrawals name nobody and go with another batch.
            return {each: ItemResult(each, "refused", STALE) for each in notices}, None
        results = {result.reference: result for result in answered.results}
        if not notices | withdrawals <= results.keys():
            raise IndexRefused(200, "incomplete-answer")
        if answered.entry is None:
            return results, None
        return results, Sent(token, answered.entry, self._sender.now())

    def _sign(self, found: OpenBatch) -> str:
        return sign_batch(
            self._sender.key,
            found.batch,
            iss=self._sender.submitter,
            now=found.signed_at,
        )

    async def _tell_moved(self) -> None:
        self._moves += 1
        async with self._moved:
            self._moved.notify_all()


def _find_first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Give the fact that stopped the run, rather than what it took down with it."""
    errors = list(group.exceptions)
    facts = [error for error in errors if isinstance(error, SourceError)]
    return (facts or errors)[0]
