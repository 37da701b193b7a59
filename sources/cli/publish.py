"""`signal-source publish`: send one file's signals and close its delivery."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import httpx
import typer

from signal_index.wire.deliveries import DeliveryKind, Hearing
from signal_index.wire.values import Oin as IndexOin
from sources.agency_keys import AgencyKeys, load_keys
from sources.cli.comparing import Tried, compare_in_trial, describe_tried
from sources.cli.delivery_words import (
    cut_of,
    describe,
    say_questions,
    say_spared,
    show_summary,
    summarise,
)
from sources.cli.edge import (
    STOPPED,
    Bars,
    refusing_plainly,
    start_logging_if_asked,
)
from sources.cli.hints import (
    Hints,
    describe_hints,
    find_hints,
    say_hints,
)
from sources.cli.intake import Place, open_intake
from sources.cli.parties import (
    TIMEOUT,
    make_hearing,
    make_identifier,
    make_parties,
)
from sources.cli.plain import PlainConsole
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now
from sources.errors import (
    DeliveryHeld,
    DeliveryUnheard,
    EvaluationStopped,
    InvalidAgencySettings,
    PublishingStopped,
    SignalsElsewhere,
    SourceError,
    shorten,
)
from sources.folders import make_folder
from sources.intake.held_files import release_all
from sources.notices.waiting import UNHEARD, describe_due, find_due, say_due
from sources.outbox.awaited import (
    Awaited,
    find_awaited,
    find_awaited_of_held,
    verify_none_bare,
)
from sources.outbox.deliveries import (
    OpenDelivery,
    find_rejects,
    find_rejects_file,
    get_delivery,
    name_rejects,
    was_told,
)
from sources.outbox.holding import find_held, get_named_cases
from sources.outbox.not_begun import name_not_begun
from sources.outbox.owed import find_owed
from sources.outbox.standing import find_elsewhere
from sources.outbox.store import Outbox
from sources.profile import Profile, load_profile
from sources.publisher.pipeline import Sender
from sources.publisher.run import Run
from sources.publisher.task import Task
from sources.rejects import write_rejects
from sources.settings import AgencySettings, load_settings
from sources.standing_words import describe_awaited, say_awaited
from sources.vouching import ask_who_vouches

Summary = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line asks for."""

    file: Path | None
    profile: Profile
    kind: DeliveryKind


def publish_command(
    file: Annotated[
        Path | None,
        typer.Argument(help="Het bestand van de registratie; niet bij een database."),
    ] = None,
    *,
    settings: SettingsFile,
    profile: Annotated[Path, typer.Option(help="Het profiel van deze registratie.")],
    full: Annotated[
        bool,
        typer.Option("--full", help="Alles (volledig); zo is het ook zonder."),
    ] = False,
    delta: Annotated[bool, typer.Option("--delta", help="Alleen wijzigingen.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Geef de samenvatting als JSON.")
    ] = False,
) -> None:
    """Lever de signalen uit een bestand aan en sluit de levering af."""
    start_logging_if_asked(as_json=as_json)
    with refusing_plainly():
        given = load_settings(settings)
        if full and delta:
            raise InvalidAgencySettings(
                "Kies --full of --delta, niet allebei: een bestand bevat elke open "
                "zaak, of alleen wijzigingen. Er is niets gelezen en niets verstuurd."
            )
        kind = DeliveryKind.DELTA if delta else DeliveryKind.FULL
        asked = _Asked(file, load_profile(profile), kind)
        bars = Bars(quiet=as_json)
        try:
            summaries, stopped, left = asyncio.run(_publish(given, asked, bars))
        except SourceError as error:
            if as_json:
                typer.echo(json.dumps(describe_stop(given, error, bars)))
            raise
    if as_json:
        said: Summary = {"resumed": summaries[:-1], "waiting": describe_due(bars.due)}
        said["awaited"] = describe_awaited(left.awaited)
        said["trial"] = describe_tried(left.tried)
        said |= describe_hints(left.hints)
        typer.echo(json.dumps(summaries[-1] | said))
    else:
        _show(summaries, left)
    with refusing_plainly():
        if summaries[-1]["hearing"] != Hearing.HEARD:
            raise DeliveryUnheard
        if stopped:
            raise stopped  # this delivery is done; an earlier one still waits
        verify_nothing_left(given)
    if left.tried.is_equal is False:
        raise typer.Exit(STOPPED)


def verify_nothing_left(settings: AgencySettings) -> None:
    """Raise `ChangesOwed` where changes were never told, of whatever profile.

    Raises `SignalsElsewhere` where another outbox has signals of the same standing, and
    `FlagAwaited` where a case has no flag, or that of another person.
    """
    keys = load_keys(settings.keys)
    with Outbox(settings.outbox, keys.outbox, alone=False) as outbox:
        for owed in find_owed(outbox):
            raise owed.say()
        if told := find_elsewhere(outbox):
            raise SignalsElsewhere(told)
        verify_none_bare(outbox)


@dataclass(frozen=True, slots=True)
class _Left:
    """What is to look at: cases not begun by their status, or that await a flag; hints.

    By the agency's own case numbers. `tried`: what is said of a source in trial.
    """

    not_begun: Sequence[str]
    awaited: Sequence[Awaited]
    tried: Tried
    hints: Hints


async def _publish(
    settings: AgencySettings, asked: _Asked, bars: Bars
) -> tuple[list[Summary], EvaluationStopped | None, _Left]:
    """Give what was closed; and what keeps an earlier delivery waiting, if anything."""
    keys = load_keys(settings.keys)
    make_folder(settings.rejects)
    sender = Sender(
        IndexOin(settings.organisation),
        IndexOin(settings.source),
        keys.notice,
        now,
        settings.own_number.holder if settings.own_number else None,
    )
    with Outbox(settings.outbox, keys.outbox) as outbox, bars:

        def report(delivery: OpenDelivery) -> None:
            path = settings.rejects / name_rejects(delivery)
            write_rejects(path, find_rejects(outbox, delivery.id))

        place = Place(asked.file, settings)
        intake = open_intake(place, asked.profile, asked.kind, outbox)
        task = Task(intake, asked.profile, asked.kind)
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            await _say_what_waits(client, settings, keys, outbox, bars)
            await _say_who_lacks(client, settings, keys, outbox, bars)
            parties = make_parties(client, settings, keys, outbox, tell=bars.tell)
            identifier = make_identifier(client, settings, outbox)
            run = Run(outbox, parties, sender, bars, report, identifier=identifier)
            try:
                closed = await run.publish(task)
            except PublishingStopped:
                for line in say_awaited(find_awaited(outbox)):
                    bars.tell(line)
                raise
            except DeliveryHeld as held:
                waits = get_delivery(outbox, held.delivery)
                for line in _say_why(outbox, waits, settings.rejects):
                    bars.tell(line)
                hints = find_hints(outbox, asked.profile, asked.file, settings.source)
                for line in _say_hints(outbox, waits, hints):
                    bars.tell(line)
                bars.hints = describe_hints(hints)
                raise
            finally:
                for line in say_replaced(run.replaced):
                    bars.tell(line)
                release_all(settings.feeds, outbox, now())
            tried = await compare_in_trial(
                outbox, parties[1], sender, settings, closed[-1:]
            )
        told = [summarise(outbox, one, settings.rejects) for one in closed]
        not_begun = name_not_begun(outbox, asked.profile.name)
        hints = find_hints(outbox, asked.profile, asked.file, settings.source)
        left = _Left(not_begun, find_awaited(outbox), tried, hints)
        return told, run.stopped, left


async def _say_what_waits(
    client: httpx.AsyncClient,
    settings: AgencySettings,
    keys: AgencyKeys,
    outbox: Outbox,
    bars: Bars,
) -> None:
    """Say first what waits for our answer; that nobody answers holds nothing up."""
    index = make_parties(client, settings, keys, outbox, attempts=1)[1]
    hearing = make_hearing(client, settings, keys, outbox)
    is_heard = await hearing.hear(index)
    if not (is_heard and await hearing.look_again(index)):
        bars.tell(UNHEARD)
    bars.due = find_due(outbox)
    for line in say_due(bars.due, today=day_of(now())):
        bars.tell(line)


async def _say_who_lacks(
    client: httpx.AsyncClient,
    settings: AgencySettings,
    keys: AgencyKeys,
    outbox: Outbox,
    bars: Bars,
) -> None:
    """Say which holder does not state our key: a colleague may see no number then."""
    if not was_told(outbox):
        return
    found = await ask_who_vouches(client, settings, keys.notice, outbox, now())
    for line in found.warn(today=day_of(now())) if found else ():
        bars.tell(line)


def say_replaced(replaced: Iterable[UUID]) -> Iterator[str]:
    """Say which deliveries this file took the place of: nobody need answer them."""
    for one in replaced:
        yield (
            f"De levering {shorten(one)} wachtte op uw antwoord en is vervangen door "
            "dit bestand. Er is niets van verstuurd."
        )


def _say_why(outbox: Outbox, waits: OpenDelivery, rejects: Path) -> Iterator[str]:
    """Say what is asked, with the agency's own case numbers.

    It is for the person who gave the command: with `--json` none of it is said, and a
    planner keeps no case number.
    """
    for held in find_held(outbox, waits.profile):
        cut = cut_of({"delivery": held.delivery})
        yield from say_questions(held.findings, get_named_cases(outbox, held), cut)
        yield from say_awaited(find_awaited_of_held(outbox, held.delivery), cut)
    yield from say_spared(waits.spared)
    if file := find_rejects_file(rejects, waits):
        yield f"Afgewezen records: {file}"


def _say_hints(outbox: Outbox, waits: OpenDelivery, hints: Hints) -> Iterator[str]:
    held = find_held(outbox, waits.profile)
    asked = [each.doubt for one in held for each in one.findings]
    one = describe(outbox, waits)
    yield from say_hints(one, hints, asked=asked, cut=cut_of(one))


def describe_stop(settings: AgencySettings, error: SourceError, bars: Bars) -> Summary:
    """Say for a machine what stopped a run: what is asked, or the name of the fact.

    And what an earlier run left and was finished before that, and what waits for us.
    """
    earlier = bars.earlier
    said: Summary = {"state": "stopped", "error": type(error).__name__}
    said |= {"says": str(error), "resumed": [], "waiting": describe_due(bars.due)}
    waits = error.delivery if isinstance(error, DeliveryHeld) else None
    if not (earlier or waits):
        return said
    key, rejects = load_keys(settings.keys).outbox, settings.rejects
    with Outbox(settings.outbox, key, alone=False) as outbox:
        if waits:
            said = summarise(outbox, get_delivery(outbox, waits), rejects)
            said["awaited"] = describe_awaited(find_awaited_of_held(outbox, waits))
            said |= bars.hints
        resumed = [summarise(outbox, one, rejects) for one in earlier]
    return said | {"resumed": resumed, "waiting": describe_due(bars.due)}


def _show(summaries: Sequence[Summary], left: _Left) -> None:
    for summary in summaries[:-1]:
        show_summary(summary)
    show_summary(summaries[-1], left.not_begun, left.hints)
    for line in (*say_awaited(left.awaited), *left.tried.says):
        PlainConsole(soft_wrap=True).print(line)
