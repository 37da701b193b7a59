"""The agent's one hand: feeds that are due, one after another, until each is delivered.

- One delivery at a time, as the outbox has it. What is half sent is finished first.
- Where index or holders are out of reach the hand waits, longer each time and never
  twice as long as another agency's (jitter), and goes on where it was: for minutes or
  for days. Nothing is skipped meanwhile: files stay in their folder, events in the
  outbox, rows in their view.
- A delivery that somebody must look at waits in the outbox; other feeds go on.
- A fault that waiting cannot mend is logged, kept for `status`, and the next feed has
  its turn.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from keys.waiting import Draw, compute_wait, draw_fraction
from signal_index.wire.agents import (
    UNSENT_AT_MOST,
    AgentStatus,
    DeliveryFinding,
    FeedState,
    FeedStatus,
    HeldDelivery,
    ToldAnswer,
    UnsentDelivery,
)
from signal_index.wire.values import Oin, Slug
from sources.agent.feeds import Feed, Portion
from sources.errors import (
    DeliveryHeld,
    EvaluationStopped,
    OutboxUnwritable,
    PublishingStopped,
    SourceError,
    UnreadableFile,
)
from sources.events import Event, log_event
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.holding import Held, find_held, record_answer
from sources.outbox.let_go import find_let_go
from sources.outbox.owed import find_owed
from sources.outbox.planning import count_work
from sources.outbox.store import Outbox
from sources.publisher.run import Run
from sources.publisher.task import is_same

FIRST_WAIT: Final = 30.0
LONGEST_WAIT: Final = 1_800.0
TOLD_EVERY: Final = timedelta(minutes=15)
TOLD_WHILE_HELD: Final = timedelta(minutes=1)
RECONCILE: Final = "reconcile"
TELL: Final = "tell"
_PASSING: Final = (PublishingStopped, OutboxUnwritable)


@dataclass(slots=True)
class Standing:
    """How a feed stands."""

    state: FeedState = FeedState.WAITING
    last_run: datetime | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the worker needs of the world: time, sleep, chance."""

    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    draw: Draw = draw_fraction


@dataclass(frozen=True, slots=True)
class Jobs:
    """What the worker can have done: a new run, comparing, telling how it goes."""

    make_run: Callable[[], Run]
    reconcile: Callable[[], Awaitable[None]]
    tell: Callable[[AgentStatus], Awaitable[Sequence[ToldAnswer]]]


@dataclass(slots=True)
class Worker:
    """Do what is due, in the order in which it became due."""

    outbox: Outbox
    feeds: Mapping[str, Feed]
    jobs: Jobs
    world: Surroundings
    source: Oin
    standings: dict[str, Standing] = field(default_factory=dict)
    last_reconciled: datetime | None = None
    find_next: Callable[[str], datetime | None] = lambda _: None
    _told: tuple[datetime, Sequence[object]] | None = None
    _due: dict[str, None] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _failures: int = 0
    _stopped: set[str] = field(default_factory=set)

    def add(self, name: str) -> None:
        """Have a feed read as soon as it is its turn; twice due is due once."""
        self._due.setdefault(name)
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; whatever was under way goes on the next time."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            await self.work_off()

    async def work_off(self) -> None:
        """Do all that is due now, waiting out whatever passes."""
        while self._due:
            name = next(iter(self._due))
            stopped: SourceError | None = None
            try:
                stopped = await self._do(name)
            except _PASSING as error:
                # What waits for a budget must not hold up what another feed ended.
                self._due[name] = self._due.pop(name)
                if not self._is_first_stop(name, error):
                    self._stopped.clear()
                    await self._wait(name, error)
                continue
            except SourceError as error:
                log_event(Event.FEED_FAILED, feed=name, error=type(error).__name__)
                self._stand(name).state = FeedState.FAILED
            self._due.pop(name, None)
            await self._tell()
            if stopped is None:
                self._failures = 0
            elif not self._due:
                # All else had its turn; what waits for evaluation is tried again.
                await self._wait(TELL, stopped)
                self._due.setdefault(TELL)

    def _is_first_stop(self, name: str, error: SourceError) -> bool:
        """Tell whether others may go at once: each of them once before we wait."""
        is_new = isinstance(error, EvaluationStopped) and name not in self._stopped
        self._stopped.add(name)
        return is_new and len(self._due) > 1

    async def _do(self, name: str) -> EvaluationStopped | None:
        """Do what is due; gives what keeps an earlier delivery waiting, if anything."""
        run = self.jobs.make_run()
        finished = await run.finish_unfinished()
        self._release_files()
        if name == TELL:
            return run.stopped
        if name == RECONCILE:
            await self.jobs.reconcile()
            self.last_reconciled = self.world.now()
            return run.stopped
        feed = self.feeds[name]
        went: Counter[FeedState] = Counter()
        for portion in feed.find_portions(self.outbox, self.world.now()):
            went[await self._deliver(feed, portion, (finished, run.stopped))] += 1
        failed, count = went[FeedState.FAILED], went.total()
        self._release_files()
        standing = self._stand(name)
        standing.last_run = self.world.now()
        if count or standing.state is FeedState.WAITING:
            # A look that found nothing does not take back that the last file failed.
            standing.state = FeedState.FAILED if failed else FeedState.DONE
        if count:
            log_event(
                Event.FEED_DONE,
                feed=name,
                count=went[FeedState.DONE],
                held=went[FeedState.HELD],
                failed=failed,
            )
        return run.stopped

    def _release_files(self) -> None:
        """Put away what waited and was answered about, or has a newer one by now."""
        for feed in self.feeds.values():
            feed.release(self.outbox, self.world.now())

    async def _deliver(
        self,
        feed: Feed,
        portion: Portion,
        before: tuple[Sequence[OpenDelivery], EvaluationStopped | None],
    ) -> FeedState:
        """Deliver a portion, unless that is what was just finished; tells how it went.

        What waits for evaluation is not tried again for each of them.
        """
        task = portion.task
        finished, stopped = before
        try:
            mark = task.find_mark(self.outbox.key)
            if not any(is_same(delivery, task, mark) for delivery in finished):
                run = self.jobs.make_run()
                run.stopped = stopped
                await run.publish(task)
        except DeliveryHeld as error:
            feed.hold(portion, error.delivery)
            return FeedState.HELD
        except UnreadableFile as error:
            log_event(Event.FEED_FAILED, feed=feed.name, error=type(error).__name__)
            feed.put_aside(portion, error, self.world.now())
            return FeedState.FAILED
        feed.put_away(portion, self.world.now())
        return FeedState.DONE

    async def _wait(self, name: str, error: SourceError) -> None:
        """Wait half to all of a time that doubles, up to half an hour."""
        wait = compute_wait(
            self._failures, first=FIRST_WAIT, longest=LONGEST_WAIT, draw=self.world.draw
        )
        self._failures += 1
        if name in self.feeds:
            self._stand(name).state = FeedState.WAITING
        code = type(error).__name__
        log_event(Event.FEED_WAITS, feed=name, error=code, seconds=round(wait, 1))
        await self.world.sleep(wait)

    async def _tell(self) -> None:
        """Tell the index how this agent is doing, when that changed or some time ago.

        It matters to nothing here: what cannot be told is told the next time.
        """
        now, status = self.world.now(), self.status()
        states = [one.state for one in status.feeds]
        said = [*states, *status.unsent]
        often = TOLD_WHILE_HELD if FeedState.HELD in states else TOLD_EVERY
        if self._told and self._told[1] == said and now - self._told[0] < often:
            return
        self._told = (now, said)
        try:
            answers = await self.jobs.tell(status)
        except SourceError as error:
            log_event(Event.STATUS_UNTOLD, error=type(error).__name__)
            return
        for answer in answers:
            self._take(answer)

    def _take(self, answer: ToldAnswer) -> None:
        """Take an administrator's answer about exactly what waits here, no other."""
        for held in find_held(self.outbox):
            told = tell_held(held, self.source)
            if (told.delivery, told.digest) == (answer.delivery, answer.digest):
                record_answer(self.outbox, held.delivery, held.digest, answer.answer)
                log_event(Event.DELIVERY_ANSWERED, delivery=str(held.delivery))
                self.add(TELL)  # the next turn carries it out, and tells how it went
                self._told = None

    def status(self) -> AgentStatus:
        """Give how every feed stands: times, counts and codes."""
        backlog = count_work(self.outbox)
        waiting = {one.profile: one for one in find_held(self.outbox)}
        owing = {one.profile for one in find_owed(self.outbox)}
        return AgentStatus(
            feeds=[
                FeedStatus(
                    feed=Slug(name),
                    state=(
                        FeedState.HELD
                        if feed.profile.name in waiting
                        else FeedState.FAILED
                        if feed.profile.name in owing
                        else self._stand(name).state
                    ),
                    backlog=backlog,
                    lastRun=_whole(self._stand(name).last_run),
                    lastReconciled=_whole(self.last_reconciled),
                    nextRun=_whole(self.find_next(name)),
                    held=self._tell_held(waiting.get(feed.profile.name)),
                )
                for name, feed in self.feeds.items()
            ],
            unsent=list(self._find_unsent()),
        )

    def _find_unsent(self) -> Iterator[UnsentDelivery]:
        """Give what ended unsent, also what somebody dropped at a terminal."""
        names: dict[str, str] = {
            feed.profile.name: name for name, feed in self.feeds.items()
        }
        for one in find_let_go(self.outbox, limit=UNSENT_AT_MOST):
            # A file that was refused is no delivery there; its feed says it failed.
            if one.profile in names and one.how != "refused":
                feed = Slug(names[one.profile])
                yield UnsentDelivery(delivery=one.id, feed=feed, how=one.how)

    def _tell_held(self, held: Held | None) -> HeldDelivery | None:
        return None if held is None else tell_held(held, self.source)

    def _stand(self, name: str) -> Standing:
        return self.standings.setdefault(name, Standing())


def tell_held(held: Held, source: Oin) -> HeldDelivery:
    """Give what is told of a delivery that waits: nothing of it can be read back."""
    return HeldDelivery(
        delivery=held.delivery,
        source=source,
        mark=sha256(held.digest).hexdigest(),
        heldAt=held.held_at.astimezone(UTC).replace(microsecond=0),
        findings=[
            DeliveryFinding(finding=Slug(one.doubt.value), count=one.count, of=one.of)
            for one in held.findings
        ],
    )


def _whole(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC).replace(microsecond=0)
