"""`signal-source deliveries`: what was delivered, and what became of it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import httpx
import typer

from signal_index.wire.deliveries import DeliveryKind, Hearing
from signal_index.wire.values import Oin as IndexOin
from sources.agency_keys import AgencyKeys, load_keys
from sources.cli.comparing import Tried, compare_in_trial
from sources.cli.delivery_words import (
    cut_of,
    describe_let_go,
    list_newest,
    say_owed,
    say_questions,
    show_all,
    show_one,
    show_summary,
    summarise,
)
from sources.cli.edge import STOPPED, Bars, Tellings, refusing_plainly
from sources.cli.parties import TIMEOUT, make_parties
from sources.cli.plain import PlainConsole
from sources.cli.settings_file import SettingsFile
from sources.clock import now
from sources.counted import EVERYTHING, MOST_KEPT, Cut, say_count
from sources.errors import (
    DeliveryUnheard,
    NothingHeld,
    OutboxBusy,
    UnknownDelivery,
    shorten,
)
from sources.folders import make_folder
from sources.intake.held_files import release_all
from sources.outbox.abandoning import abandon_delivery
from sources.outbox.awaited import (
    find_awaited,
    find_awaited_of_held,
    verify_none_bare,
)
from sources.outbox.deliveries import (
    OpenDelivery,
    find_newest,
    find_rejects,
    find_unfinished,
    get_by_end,
    name_rejects,
)
from sources.outbox.holding import (
    Answer,
    Held,
    find_held,
    get_named_cases,
    record_answer,
)
from sources.outbox.let_go import find_let_go
from sources.outbox.not_begun import name_not_begun
from sources.outbox.owed import find_owed, forget_owed
from sources.outbox.refused import get_refused_file
from sources.outbox.store import Outbox
from sources.publisher.pipeline import Sender
from sources.publisher.run import Run
from sources.rejects import write_rejects
from sources.settings import AgencySettings, load_settings
from sources.standing_words import say_awaited

Waiting = Annotated[
    str, typer.Argument(help="De levering die wacht; de laatste tekens volstaan.")
]
_SHOWN: Final = 20
_EARLIER: Final = (
    "Dit zijn de laatste twintig. Alle: `signal-source deliveries show --all`."
)
_ANEW: Final = "Er is intussen iets veranderd: daarom wordt het opnieuw gevraagd."

deliveries_app = typer.Typer(
    no_args_is_help=True, help="Wat er is aangeleverd, en wat daarvan werd."
)


@deliveries_app.command("show")
def show_command(
    delivery: Annotated[
        str | None,
        typer.Argument(
            help="Een levering, de laatste tekens volstaan; zonder: de laatste twintig."
        ),
    ] = None,
    *,
    settings: SettingsFile,
    whole: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Elke zaak en elke regel; zonder levering: elke levering.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Laat leveringen zien, of alles van een levering."""
    with refusing_plainly():
        given = load_settings(settings)
        keys = load_keys(given.keys)
        with Outbox(given.outbox, keys.outbox, alone=False, makes=False) as outbox:
            if delivery is None:
                most = MOST_KEPT if whole else _SHOWN
                found, said = list_newest(outbox, limit=most), None
            else:
                found = [_find_one(outbox, delivery, given.rejects)]
                said = _say_of(outbox, found[0], whole=whole)
    if as_json:
        typer.echo(json.dumps(found))
    elif said is not None:
        show_one(found[0], *said)
    else:
        show_all(found)
        if len(found) == _SHOWN:
            PlainConsole().print(_EARLIER, soft_wrap=True)


@deliveries_app.command("approve")
def approve_command(
    delivery: Waiting,
    *,
    settings: SettingsFile,
) -> None:
    """Laat een levering die wacht alsnog gaan: wat zij verandert, klopt."""
    with refusing_plainly():
        _answer(load_settings(settings), delivery, "approved")


@deliveries_app.command("drop")
def drop_command(
    delivery: Waiting,
    *,
    settings: SettingsFile,
) -> None:
    """Laat een levering die wacht vervallen; er wordt niets van verstuurd.

    Van wijzigingen die al vervielen: zeg dat zij niet opnieuw hoeven.
    """
    with refusing_plainly():
        _answer(load_settings(settings), delivery, "dropped")


@deliveries_app.command("abandon")
def abandon_command(
    delivery: Annotated[
        str,
        typer.Argument(help="De levering die onderweg is; de laatste tekens volstaan."),
    ],
    *,
    settings: SettingsFile,
) -> None:
    """Laat een levering los die niet verder komt.

    Wat niet verstuurd is, gaat opnieuw mee met de volgende volledige levering. Wat al
    verstuurd is, blijft staan.
    """
    with refusing_plainly():
        given = load_settings(settings)
        with Outbox(given.outbox, load_keys(given.keys).outbox) as outbox:
            under_way = get_by_end(outbox, delivery)
            if under_way not in find_unfinished(outbox):
                raise UnknownDelivery
            dropped = abandon_delivery(outbox, under_way.id, under_way.profile)
    console = PlainConsole()
    told = say_count(dropped, "bericht is", "berichten zijn")
    console.print(f"Losgelaten: {told} niet verstuurd.")
    if under_way.kind is DeliveryKind.DELTA and dropped:
        short = shorten(under_way.id)
        console.print(
            "Deze levering had alleen wijzigingen. Lever nu alles aan: anders komen "
            "deze wijzigingen niet bij de index. Welke: `signal-source deliveries "
            f"show {short}`.",
            soft_wrap=True,
        )


def _answer(settings: AgencySettings, end: str, answer: Answer) -> None:
    """Take the answer, and go on with it unless the agent is there to do so."""
    keys = load_keys(settings.keys)
    with Outbox(settings.outbox, keys.outbox, alone=False, makes=False) as outbox:
        if gone := find_let_go(outbox, limit=1, end=end):
            if answer == "dropped" and forget_owed(outbox, gone[0].id):
                PlainConsole().print("Genoteerd: deze wijzigingen hoeven niet meer.")
                return
            raise NothingHeld
        delivery = get_by_end(outbox, end).id
        waiting = [one for one in find_held(outbox) if one.delivery == delivery]
        if not waiting:
            raise NothingHeld
        record_answer(outbox, delivery, waiting[0].digest, answer)
    if answer == "dropped":
        PlainConsole().print("De levering is vervallen. Er is niets verstuurd.")
        with suppress(OutboxBusy), Outbox(settings.outbox, keys.outbox) as outbox:
            release_all(settings.feeds, outbox, now())  # or else the agent does it
        return
    _go_on(settings, keys, waiting[0])


def _go_on(settings: AgencySettings, keys: AgencyKeys, held: Held) -> None:
    """Carry out what was approved, and say of it what `publish` says."""
    try:
        closed, tried = asyncio.run(carry_out(settings, keys))
    except OutboxBusy:
        PlainConsole().print("Genoteerd. De agent gaat er zo mee verder.")
        return
    with Outbox(settings.outbox, keys.outbox, alone=False) as outbox:
        for one in closed:
            show_summary(summarise(outbox, one, settings.rejects))
        for line in (*say_awaited(find_awaited(outbox)), *tried.says):
            PlainConsole().print(line, soft_wrap=True)
        conclude(closed, held)
        verify_none_bare(outbox)
    if tried.is_equal is False:
        raise typer.Exit(STOPPED)


def conclude(closed: Sequence[OpenDelivery], held: Held) -> None:
    """Say what became of what was approved; raises where that is not what was meant.

    `DeliveryHeld` where it waits anew, `DeliveryUnheard` where it counts for nothing.
    """
    done = next((one for one in closed if one.id == held.delivery), None)
    if done is None:
        raise held.ask(_ANEW)
    if done.hearing is not Hearing.HEARD:
        raise DeliveryUnheard
    PlainConsole().print("De levering is verstuurd en afgesloten.")


async def carry_out(
    settings: AgencySettings, keys: AgencyKeys
) -> tuple[Sequence[OpenDelivery], Tried]:
    """Finish what was under way or approved; gives the deliveries closed.

    And what is said of a source in trial, of which both sides are compared then.
    """
    sender = Sender(
        IndexOin(settings.organisation), IndexOin(settings.source), keys.notice, now
    )
    make_folder(settings.rejects)
    with Outbox(settings.outbox, keys.outbox) as outbox:

        def report(delivery: OpenDelivery) -> None:
            path = settings.rejects / name_rejects(delivery)
            write_rejects(path, find_rejects(outbox, delivery.id))

        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            tell = Tellings(quiet=False).tell
            parties = make_parties(client, settings, keys, outbox, tell=tell)
            run = Run(outbox, parties, sender, Bars(quiet=True), report)
            try:
                closed = await run.finish_unfinished()
            finally:
                release_all(settings.feeds, outbox, now())
            index = parties[1]
            return closed, await compare_in_trial(
                outbox, index, sender, settings, closed
            )


def _say_of(
    outbox: Outbox, one: Mapping[str, object], *, whole: bool
) -> tuple[Sequence[str], Sequence[str], Cut]:
    """Give what is asked about a delivery, whose flags stay, and how much is said."""
    cut = EVERYTHING if whole else cut_of(one)
    return _name_questions(outbox, one, cut), _name_not_begun(outbox, one), cut


def _name_questions(
    outbox: Outbox, one: Mapping[str, object], cut: Cut
) -> Sequence[str]:
    """Give what is asked about a delivery, with the agency's own case numbers."""
    if one["state"] == "refused":
        return [get_refused_file(outbox, UUID(str(one["delivery"]))).say()]
    said = [
        line
        for owed in find_owed(outbox)
        if str(owed.delivery) == one["delivery"]
        for line in say_owed(owed)
    ]
    for held in find_held(outbox):
        if str(held.delivery) != one["delivery"]:
            continue
        cases = get_named_cases(outbox, held)
        said += say_questions(held.findings, cases, cut)
        said += say_awaited(find_awaited_of_held(outbox, held.delivery), cut)
    return said


def _name_not_begun(outbox: Outbox, one: Mapping[str, object]) -> Sequence[str]:
    """Give the cases of which a flag stays by the last that this profile delivered."""
    profile = str(one["profile"])
    sent = ("planned", "parked", "closed")
    newest = (
        str(each.id)
        for each in find_newest(outbox, limit=_SHOWN)
        if each.profile == profile and each.state in sent
    )
    is_last = next(newest, None) == one["delivery"]
    return name_not_begun(outbox, profile) if is_last else ()


def _find_one(outbox: Outbox, end: str, rejects: Path) -> dict[str, object]:
    """Give the one delivery whose name ends so."""
    ended = find_let_go(outbox, limit=2, end=end) if end else []
    if len(ended) == 1:
        return describe_let_go(ended[0])
    return summarise(outbox, get_by_end(outbox, end), rejects)
