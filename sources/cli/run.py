"""`signal-source run`: the agent, until it is stopped. Stop it whenever you like."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import httpx
import typer
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from keys.extras import ExtraMissing, import_with_extra
from keys.watching import Followed
from signal_index.wire.agents import AgentStatus, FeedState, ToldAnswer
from signal_index.wire.values import Oin as IndexOin
from signal_index.wire.values import Slug
from sources.agency_keys import AgencyKeys, load_keys
from sources.agent.feeds import Feed
from sources.agent.stopping import stop_on_signals
from sources.agent.worker import RECONCILE, TELL, Jobs, Surroundings, Worker
from sources.cli.delivery_words import show_summary, summarise
from sources.cli.edge import Bars, refusing_plainly
from sources.cli.parties import TIMEOUT, make_hearing, make_identifier, make_parties
from sources.cli.publish import Summary
from sources.cli.reconcile import make_scope
from sources.cli.settings_file import SettingsFile
from sources.cli.spoken_log import start_telling
from sources.clock import AMSTERDAM, day_of, now
from sources.errors import (
    DeliveryUnheard,
    FeedFailed,
    IndexUnreachable,
    InvalidAgencySettings,
)
from sources.events import Event, log_event
from sources.folders import make_folder
from sources.intake.event_box import keep_event
from sources.notices.hearing import Hearing
from sources.notices.waiting import Due, find_due
from sources.outbox.deliveries import (
    OpenDelivery,
    find_rejects,
    find_unheard,
    get_delivery,
    name_rejects,
)
from sources.outbox.holding import find_held
from sources.outbox.owed import find_owed
from sources.outbox.store import Outbox
from sources.publisher.http_index import HttpIndex
from sources.publisher.pipeline import Sender
from sources.publisher.run import Run
from sources.reconciling import reconcile
from sources.rejects import write_rejects
from sources.settings import AgencySettings, HolderPlaces, load_settings
from sources.vouching import ask_who_vouches

EVERY_FEW_MINUTES: Final = "*/3 * * * *"
LONGEST_TELLING: Final = 20.0


def run_command(
    settings: SettingsFile,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Lever elke feed een keer en stop dan.")
    ] = False,
) -> None:
    """Lever alle feeds uit de instellingen op hun tijd aan, tot u stopt."""
    start_telling()
    with refusing_plainly():
        given = load_settings(settings)
        if not given.feeds:
            raise InvalidAgencySettings(
                "Er staan geen [[feeds]] in de instellingen: de agent weet niet wat "
                "hij moet aanleveren. Zet voor elke registratie een stuk [[feeds]] in "
                "agency.toml, met `name`, `profile` en `folder` of `file`. Levert u "
                "met de hand? `signal-source notices list` haalt uw berichten op."
            )
        holders = Followed([settings], lambda: load_settings(settings).holders, _tell)
        asyncio.run(_run(given, holders.get, once=once))


def _tell(refusal: Exception) -> None:
    log_event(Event.HOLDERS_REFUSED, reason=str(refusal))


async def _run(
    settings: AgencySettings, find_holders: Callable[[], HolderPlaces], *, once: bool
) -> None:
    keys = load_keys(settings.keys)
    make_folder(settings.rejects)
    feeds = {row.name: Feed(row, settings.databases) for row in settings.feeds}
    with Outbox(settings.outbox, keys.outbox) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            office = _Office(settings, find_holders, keys, outbox, client)
            jobs = Jobs(
                office.make_run, lambda: office.compare(worker), office.tell_status
            )
            sleep = _refuse_to_wait if once else asyncio.sleep
            source = IndexOin(settings.source)
            worker = Worker(outbox, feeds, jobs, Surroundings(now, sleep), source)
            log_event(Event.AGENT_STARTED, feeds=len(feeds))
            try:
                await (_deliver_once if once else _serve)(worker, office)
            finally:
                log_event(Event.AGENT_STOPPED)


@dataclass(frozen=True, slots=True)
class _Office:
    """The parties of one agency, found anew for each piece of work.

    So a key config that was renewed, a token that ran out, or a holder that answers
    elsewhere is noticed in time.
    """

    given: AgencySettings
    find_holders: Callable[[], HolderPlaces]
    keys: AgencyKeys
    outbox: Outbox
    client: httpx.AsyncClient
    reported: list[UUID] = field(default_factory=list)

    @property
    def settings(self) -> AgencySettings:
        """Give the settings, with the holders where they are now."""
        return self.given.model_copy(update={"holders": self.find_holders()})

    def make_run(self) -> Run:
        """Make a run of the publisher."""
        parties = make_parties(self.client, self.settings, self.keys, self.outbox)
        identifier = make_identifier(self.client, self.settings, self.outbox)
        bars = Bars(quiet=True)
        return Run(
            self.outbox,
            parties,
            self._sender,
            bars,
            self._report,
            identifier=identifier,
        )

    async def compare(self, worker: Worker) -> None:
        """Compare what is open with the index; what it lacks is delivered again."""
        index = make_parties(self.client, self.settings, self.keys, self.outbox)[1]
        profiles = [feed.profile for feed in worker.feeds.values()]
        scope = make_scope(self.settings, profiles, on=day_of(now()))
        done = await reconcile(self.outbox, index, self._sender, scope, confirmed=False)
        log_event(Event.RECONCILED, equal=int(done.equal), compared=done.compared)
        tell_due(find_due(self.outbox))
        await self._tell_who_lacks()
        for name in worker.feeds if done.needs_delivery else ():
            worker.add(name)

    async def _tell_who_lacks(self) -> None:
        """Log once a day which holder does not state our key."""
        key, moment = self.keys.notice, now()
        found = await ask_who_vouches(
            self.client, self.settings, key, self.outbox, moment
        )
        if found and found.without:
            log_event(
                Event.HOLDER_WITHOUT_US,
                holders=", ".join(found.without),
                count=len(found.stating),
            )

    async def tell_status(self, status: AgentStatus) -> Sequence[ToldAnswer]:
        """Tell the index how we are doing, and hear answers; it may not hold us up."""
        index = make_parties(self.client, self.settings, self.keys, self.outbox)[1]
        try:
            async with asyncio.timeout(LONGEST_TELLING):
                return await index.tell_status(Slug(self.settings.agent.name), status)
        except TimeoutError:
            raise IndexUnreachable("De index antwoordt niet.") from None

    def make_index(self) -> HttpIndex:
        """Find the index, with a token of its own."""
        return make_parties(self.client, self.settings, self.keys, self.outbox)[1]

    def make_hearing(self) -> Hearing:
        """Find what hears what came back."""
        return make_hearing(self.client, self.settings, self.keys, self.outbox)

    async def hear_again_and_again(self) -> None:
        """Fetch and tell until cancelled."""
        index, hearing = self.make_index(), self.make_hearing()
        while True:
            await hearing.hear(index)
            await asyncio.sleep(self.settings.notices.every_seconds)

    @property
    def _sender(self) -> Sender:
        organisation, source = self.settings.organisation, self.settings.source
        own, row = IndexOin(organisation), self.settings.own_number
        number = row.holder if row else None
        return Sender(own, IndexOin(source), self.keys.notice, now, number)

    def _report(self, delivery: OpenDelivery) -> None:
        path = self.settings.rejects / name_rejects(delivery)
        write_rejects(path, find_rejects(self.outbox, delivery.id))
        if delivery.state != "held" and delivery.id not in self.reported:
            self.reported.append(delivery.id)


async def _deliver_once(worker: Worker, office: _Office) -> None:
    """Deliver each feed one time, and say what became of each delivery."""
    for name, feed in worker.feeds.items():
        feed.look(now())
        worker.add(name)
    await worker.work_off()
    for feed in worker.feeds.values():
        feed.say_left()
    await _say_what_waits(office)
    for each in office.reported:
        delivery = get_delivery(office.outbox, each)
        _say_delivery(summarise(office.outbox, delivery, office.settings.rejects))
    if any(one.state is FeedState.FAILED for one in worker.standings.values()):
        raise FeedFailed
    for held in find_held(office.outbox):
        raise held.ask()
    for owed in find_owed(office.outbox):
        raise owed.say()
    profiles = {feed.profile.name for feed in worker.feeds.values()}
    if profiles.intersection(find_unheard(office.outbox)):
        raise DeliveryUnheard


async def _say_what_waits(office: _Office) -> None:
    """Hear what came back, and say first what waits for an answer, and until when."""
    hearing, index = office.make_hearing(), office.make_index()
    if await hearing.hear(index):
        await hearing.look_again(index)
    tell_due(find_due(office.outbox))


def tell_due(due: Sequence[Due]) -> None:
    """Tell in the log how much waits for an answer, and the first of the last days."""
    days = [one.on for one in due if one.on]
    if due:
        until = min(days).isoformat() if days else "-"
        log_event(Event.ANSWERS_WAIT, count=len(due), until=until)


def _say_delivery(summary: Summary) -> None:
    """Say what became of a delivery: to a person in Dutch, to a planner as JSON."""
    if sys.stdout.isatty():
        show_summary(summary)
    else:
        typer.echo(json.dumps(summary))


async def _refuse_to_wait(_seconds: float) -> None:
    raise IndexUnreachable(
        "Index of sleutelhouders antwoorden niet. Wat wacht, gaat de volgende keer mee."
    )


async def _serve(worker: Worker, office: _Office) -> None:
    receiving = _load_receiving(office.settings, office.outbox)
    stopped = asyncio.Event()
    stop_on_signals(asyncio.get_running_loop(), stopped)
    scheduler = _schedule(worker, office.settings)
    working = asyncio.create_task(worker.run())
    stopping = asyncio.create_task(stopped.wait())
    hearing = asyncio.create_task(office.hear_again_and_again())
    try:
        async with receiving:
            for name in worker.feeds:
                worker.add(name)
            await asyncio.wait(
                {working, stopping, hearing}, return_when=asyncio.FIRST_COMPLETED
            )
    finally:
        scheduler.shutdown(wait=False)
        for task in (stopping, working, hearing):
            task.cancel()
        # Every step is durable by itself: the next run goes on from the last one.
        await asyncio.gather(stopping, hearing, return_exceptions=True)
        outcome = (await asyncio.gather(working, return_exceptions=True))[0]
    if isinstance(outcome, Exception):
        raise outcome
    if not hearing.cancelled() and (error := hearing.exception()):
        raise error


def _schedule(worker: Worker, settings: AgencySettings) -> AsyncIOScheduler:
    scheduler = AsyncIOScheduler(timezone=AMSTERDAM)
    lines = {name: feed.cron for name, feed in worker.feeds.items()}
    own = ((RECONCILE, settings.agent.reconcile_cron), (TELL, EVERY_FEW_MINUTES))
    for name, line in (*lines.items(), *own):
        scheduler.add_job(
            worker.add,
            CronTrigger.from_crontab(line, timezone=AMSTERDAM),
            args=[name],
            id=name,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    worker.find_next = lambda name: _find_next(scheduler, name)
    return scheduler


def _find_next(scheduler: AsyncIOScheduler, name: str) -> datetime | None:
    job = scheduler.get_job(name)
    found = job.next_run_time if job else None
    return found if isinstance(found, datetime) else None


def _load_receiving(
    settings: AgencySettings, outbox: Outbox
) -> AbstractAsyncContextManager[None]:
    """Give what receives events meanwhile; only then a server has to be installed."""
    receiver = settings.receiver
    if receiver is None:
        return nullcontext()
    try:
        serving = import_with_extra("sources.receiving.serving", "receiver")
    except ExtraMissing as missing:
        raise InvalidAgencySettings(
            f"[receiver] vraagt een deel dat niet is geinstalleerd: {missing.install}"
        ) from None

    def keep(feed: str, event: Mapping[str, object]) -> bool:
        return keep_event(outbox, feed, event)

    found: AbstractAsyncContextManager[None] = serving.receiving(receiver, keep)
    return found
