"""One run: finish what was under way, read, judge, send, close. Restartable anywhere.

1. A delivery that was being read is dropped: nothing of it was sent.
2. A delivery that was planned is finished first. If it was made of this very file and
   profile, that was the run. A full one of another file of this profile is let go of:
   the file that comes now says the same and more, and is compared with what was really
   sent. Where holders do not evaluate, what is left of it steps aside (`parking`).
3. What the index refuses as a whole does not stay in the way of the next run either.
4. A delivery that was held and is approved goes on.
5. The intake is read, judged and sent; then the delivery is closed, also when nothing
   changed: only then does "nothing found" mean nothing. Where one must ask, it is held
   and nothing of it is sent.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Final, Literal, Protocol
from uuid import UUID

from signal_index.wire.deliveries import DeliveryKind
from sources.brp.box import forget_old
from sources.brp.identifying import Identifier
from sources.clock import day_of
from sources.errors import (
    EvaluationStopped,
    IndexRefused,
    InvalidAgencySettings,
    NotRegistered,
    SourceError,
    UnreadableFile,
)
from sources.events import Event, log_event
from sources.outbox.abandoning import abandon_delivery
from sources.outbox.closing import close_delivery
from sources.outbox.deliveries import (
    OpenDelivery,
    count_rejects,
    drop_delivery,
    end_by,
    find_unfinished,
    get_delivery,
    open_delivery,
)
from sources.outbox.evaluated import forget_evaluated
from sources.outbox.holding import (
    Held,
    ask_again,
    drop_outdated,
    find_held,
    find_outdated,
)
from sources.outbox.let_go import LetGo, find_let_go
from sources.outbox.owed import find_owed
from sources.outbox.parking import find_parked, park, take_back
from sources.outbox.planning import Terms, count_work, plan_delivery
from sources.outbox.refused import note_refused_file
from sources.outbox.registrations import find_marked_as
from sources.outbox.settling import Settled
from sources.outbox.staging import Stager
from sources.outbox.standing import keep_registration
from sources.outbox.store import Outbox
from sources.outbox.unchanged import find_known, find_known_rows, recognise
from sources.publisher.admission import (
    admit,
    list_taken,
    note_elsewhere,
    verify_codes,
    verify_in_use,
)
from sources.publisher.clock_check import verify_clock
from sources.publisher.parties import Evaluator, Index
from sources.publisher.pipeline import Pipeline, Sender
from sources.publisher.task import Coming, Task, is_same
from sources.trial import find_trial


class Progress(Protocol):
    """Hears how far a run is."""

    def read(self, count: int) -> None:
        """Hear of records read."""
        ...

    def planned(self, work: int) -> None:
        """Hear how much there is to send."""
        ...

    def told(self, step: str, count: int) -> None:
        """Hear of items evaluated or published."""
        ...

    def finished(self, earlier: OpenDelivery) -> None:
        """Hear of a delivery of an earlier run that was finished first."""
        ...


class Run:
    """Everything a run needs, made once at the edge."""

    def __init__(
        self,
        outbox: Outbox,
        parties: tuple[Evaluator, Index],
        sender: Sender,
        progress: Progress,
        report: Callable[[OpenDelivery], None],
        *,
        identifier: Identifier | None = None,
    ) -> None:
        self._outbox = outbox
        self._parties = parties
        self._sender = sender
        self._progress = progress
        self._report = report
        self._identifier = identifier
        self.stopped: EvaluationStopped | None = None
        self.replaced: list[UUID] = []

    async def publish(self, task: Task) -> list[OpenDelivery]:
        """Publish one intake; gives the deliveries closed on the way, this one last.

        Raises `ClockDiffers`, `OutboxReplaced` and `CodesUnfit` before anything is
        read, `DeliveryHeld` and `NotRegistered` before anything of it is sent,
        `UnreadableFile`, or
        `PublishingStopped` with the rest kept for the next run, or told anew by it.
        """
        mark = task.find_mark(self._outbox.key)
        coming = Coming(task.profile.name, mark)
        finished = await self.finish_unfinished(coming)
        if any(is_same(delivery, task, mark) for delivery in finished):
            return finished
        parked = find_parked(self._outbox)
        if self.stopped and any(is_same(each, task, mark) for each in parked):
            raise self.stopped
        self._stop_at_held(task, mark)
        waited = find_held(self._outbox, task.profile.name)
        try:
            delivery, rows = await self._read(task, mark)
        except (UnreadableFile, NotRegistered) as error:
            self._note_refused(task, str(error))
            raise
        finally:
            self._note_replaced(waited)
        done = await self._finish(delivery, is_read=True, rows=rows)
        for why in task.unreadable:
            self._note_refused(task, why)
        return [*finished, done]

    def _note_refused(self, task: Task, why: str) -> None:
        of = (task.profile.name, task.kind, task.about)
        note_refused_file(self._outbox, of, why, now=self._sender.now())

    def _note_replaced(self, waited: Iterable[Held]) -> None:
        """Note of what waited for an answer that this newer file took its place."""
        for one in waited:
            for gone in find_let_go(self._outbox, limit=1, end=str(one.delivery)):
                _log_delivery(Event.DELIVERY_REPLACED, gone, work=0)
                self.replaced.append(gone.id)

    def _stop_at_held(self, task: Task, mark: bytes) -> None:
        """Raise `DeliveryHeld` where this very file waits already; it is not reread.

        Raises `ChangesWait` where changes would take the place of what waits and does
        not say it again: it would be lost. Changes say nothing of what a full one
        says, and a file of changes says nothing of those before it.
        """
        for held in find_held(self._outbox, task.profile.name):
            if held.file_mark == mark:
                self._report(get_delivery(self._outbox, held.delivery))
                raise held.ask()
            if task.kind is DeliveryKind.FULL:
                continue
            waits = get_delivery(self._outbox, held.delivery)
            if task.is_once or waits.kind is DeliveryKind.FULL:
                raise held.ask_first()

    async def finish_unfinished(
        self, coming: Coming | None = None
    ) -> list[OpenDelivery]:
        """Finish what an earlier run left, and take up what was approved.

        Gives the deliveries closed. A full one is let go of where another of its
        profile is next. What holders do not evaluate waits: `stopped` says so then.
        """
        await self._forget()
        finished = await self._finish_planned(coming)
        await self._drop_outdated()
        for held in find_held(self._outbox):
            if held.is_approved:
                await verify_clock(self._parties[1], self._sender.now)
                finished += await self._take_up(held)
        return finished

    async def _drop_outdated(self) -> None:
        """Let lapse what nobody answered about in time, by a clock that is right."""
        for held in find_outdated(self._outbox, now=self._sender.now()):
            await verify_clock(self._parties[1], self._sender.now)
            lapsed = get_delivery(self._outbox, held.delivery)
            drop_outdated(self._outbox, held.delivery)
            _log_delivery(Event.DELIVERY_LAPSED, lapsed)
        for owed in find_owed(self._outbox):
            log_event(
                Event.CHANGES_OWED,
                delivery=str(owed.delivery),
                profile=owed.profile,
                count=len(owed.names),
            )

    async def _take_up(self, held: Held) -> list[OpenDelivery]:
        """Send what was approved; where it is not what it was, it waits anew."""
        now = self._sender.now()
        known_as = await verify_in_use(self._outbox, self._parties[1])
        keep_registration(self._outbox, known_as, now)
        takes = list_taken(known_as, self._sender.source)
        terms = Terms(held.months, now, approved=held.digest, takes=takes)
        delivery = get_delivery(self._outbox, held.delivery)
        try:
            if not plan_delivery(self._outbox, delivery, terms):
                return []
        except NotRegistered:
            ask_again(self._outbox, held.delivery)
            raise
        return [await self._finish(get_delivery(self._outbox, held.delivery))]

    async def _finish_planned(self, coming: Coming | None) -> list[OpenDelivery]:
        """Finish what is under way, then what waits for evaluation, oldest first.

        Where holders do not evaluate it steps aside, so that what comes next may end
        signals; `stopped` says so, and no other is tried in this run.
        """
        finished: list[OpenDelivery] = []
        for delivery in find_unfinished(self._outbox):
            if delivery.state == "reading":
                drop_delivery(self._outbox, delivery.id)
            elif self._is_ahead(delivery):
                self._abandon(delivery)
            elif _is_replaced(delivery, coming):
                self._abandon(delivery, "replaced")
            elif self.stopped is None:
                finished += await self._finish_one(delivery)
        return finished

    def _is_ahead(self, delivery: OpenDelivery) -> bool:
        """Tell whether a clock that was ahead planned a full delivery."""
        is_full = delivery.kind is DeliveryKind.FULL
        return is_full and delivery.ends > self._sender.now()

    async def _finish_one(self, delivery: OpenDelivery) -> list[OpenDelivery]:
        if delivery.ends > self._sender.now():
            delivery = end_by(self._outbox, delivery, self._sender.now())
        await verify_clock(self._parties[1], self._sender.now)
        if delivery.state == "parked":
            take_back(self._outbox, delivery.id)
        _log_delivery(Event.DELIVERY_RESUMED, delivery)
        self._progress.planned(count_work(self._outbox))
        try:
            return [await self._finish(delivery)]
        except EvaluationStopped as stopped:
            park(self._outbox, delivery.id)
            _log_delivery(Event.DELIVERY_PARKED, delivery)
            self.stopped = stopped
            return []

    async def _read(self, task: Task, mark: bytes) -> tuple[OpenDelivery, bytes | None]:
        """Plan what there is to send; with it the mark of the rows that were read."""
        index, source = self._parties[1], self._sender.source
        await verify_clock(index, self._sender.now)
        known_as = await verify_in_use(self._outbox, index)
        keep_registration(self._outbox, known_as, self._sender.now())
        await admit(self._outbox, index, task.profile)
        note_elsewhere(self._outbox, known_as, source, [task.profile])
        verify_codes(known_as, task.profile, source)
        now = self._sender.now()
        profile = task.profile
        terms = Terms(
            profile.valid_months,
            now,
            profile.facts.has_header,
            takes=list_taken(known_as, source),
        )
        known = rows = None
        if task.kind is DeliveryKind.FULL:
            known = find_known(self._outbox, profile, mark, today=terms.today)
            rows = known.rows if known else task.find_rows_mark(self._outbox.key)
        if known is None and rows is not None:
            known = find_known_rows(self._outbox, profile, rows, today=terms.today)
        if known is None and profile.identify:
            task = await self._identify(task, terms.today)
        delivery = open_delivery(self._outbox, profile, task.kind, mark, now=now)
        _log_delivery(Event.DELIVERY_OPENED, delivery)
        try:
            if known is not None:
                recognise(self._outbox, delivery, known)
            else:
                await self._stage(delivery, task)
                self._judge(delivery, terms, task)
        except (UnreadableFile, NotRegistered):
            drop_delivery(self._outbox, delivery.id)
            raise
        work = count_work(self._outbox)
        self._progress.planned(work)
        log_event(Event.DELIVERY_PLANNED, delivery=str(delivery.id), work=work)
        return delivery, rows

    async def _forget(self) -> None:
        """Wipe what was kept long enough; not by a clock that nobody says is right."""
        today = day_of(self._sender.now())
        with (
            suppress(SourceError),
            self._outbox.transaction("forget") as connection,
        ):
            if forget_evaluated(connection, today) + forget_old(connection, today):
                await verify_clock(self._parties[1], self._sender.now)

    async def _identify(self, task: Task, today: date) -> Task:
        """Find the persons of a delivery, before anything of it is read."""
        if self._identifier is None:
            raise InvalidAgencySettings(
                "Dit profiel zoekt personen op in de BRP (identify). Dat kan alleen "
                "met [brp] in de agency.toml van de gemeente."
            )
        name = task.profile.name
        found = await self._identifier.identify(task.intake, name, today=today)
        return replace(task, intake=found)

    def _judge(self, delivery: OpenDelivery, terms: Terms, task: Task) -> None:
        """Plan what was read; raises `DeliveryHeld` where it waits for an answer."""
        read = get_delivery(self._outbox, delivery.id)
        if not plan_delivery(self._outbox, read, terms, task.intake.settle):
            log_event(
                Event.DELIVERY_HELD,
                delivery=str(delivery.id),
                profile=delivery.profile,
            )
            self._report(get_delivery(self._outbox, delivery.id))
            (held,) = find_held(self._outbox, delivery.profile)
            raise held.ask()

    async def _stage(self, delivery: OpenDelivery, task: Task) -> None:
        messages = task.profile.facts.is_messages
        name = find_marked_as(self._outbox, task.profile.name)
        stager = Stager(self._outbox, delivery.id, name, messages=messages)
        readings = task.intake.read(today=day_of(self._sender.now()))
        for count in stager.stage(readings):
            self._progress.read(count)
            await asyncio.sleep(0)  # the agent receives events meanwhile

    async def _finish(
        self,
        delivery: OpenDelivery,
        *,
        is_read: bool = False,
        rows: bytes | None = None,
    ) -> OpenDelivery:
        try:
            done = await self._send(delivery)
        except IndexRefused:
            if delivery.kind is DeliveryKind.FULL or not count_work(
                self._outbox, delivery.id
            ):
                self._abandon(delivery)
            raise
        close_delivery(self._outbox, done, is_read=is_read, rows=rows)
        log_event(Event.DELIVERY_CLOSED, delivery=str(delivery.id))
        if find_trial(self._outbox, self._sender.source):
            log_event(Event.SOURCE_IN_TRIAL, delivery=str(delivery.id))
        closed = get_delivery(self._outbox, delivery.id)
        if not is_read:
            self._progress.finished(closed)
        return closed

    async def _send(self, delivery: OpenDelivery) -> OpenDelivery:
        """Send all work and tell the index that it is complete."""
        pipeline = Pipeline(self._outbox, self._parties, self._sender)
        to = Settled(delivery.id, delivery.profile)
        try:
            await pipeline.run(to, told=self._progress.told)
        finally:
            self._report(get_delivery(self._outbox, delivery.id))
        done = get_delivery(self._outbox, delivery.id)
        rejects = count_rejects(self._outbox, delivery.id)
        told = done.as_told(self._sender.source, rejects)
        await self._parties[1].close_delivery(told)
        return done

    def _abandon(
        self,
        delivery: OpenDelivery,
        how: Literal["abandoned", "replaced"] = "abandoned",
    ) -> None:
        dropped = abandon_delivery(self._outbox, delivery.id, delivery.profile, how)
        _log_delivery(_LET_GO[how], delivery, work=dropped)


_LET_GO: Final = {
    "abandoned": Event.DELIVERY_ABANDONED,
    "replaced": Event.DELIVERY_REPLACED,
}


def _is_replaced(delivery: OpenDelivery, coming: Coming | None) -> bool:
    """Tell whether a newer full delivery of the same profile comes."""
    return (
        delivery.kind is DeliveryKind.FULL
        and coming is not None
        and coming.profile == delivery.profile
        and coming.mark != delivery.file_mark
    )


def _log_delivery(event: Event, delivery: OpenDelivery | LetGo, **more: int) -> None:
    log_event(
        event,
        **more,
        delivery=str(delivery.id),
        kind=delivery.kind.value,
        profile=delivery.profile,
    )
