"""`signal-source check`: what a file would say, without sending or keeping anything."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer
from rich.table import Table

from signal_index.wire.deliveries import DeliveryKind, Hearing
from sources.agency_keys import load_keys
from sources.cli.delivery_words import say_questions
from sources.cli.edge import Bars, refusing_plainly
from sources.cli.hints import (
    NO_HINTS,
    Hints,
    describe_hints,
    find_hints,
    say_hints,
)
from sources.cli.intake import Place, open_intake
from sources.cli.parties import make_parties
from sources.cli.plain import PlainConsole, make_table
from sources.cli.settings_file import HERE, find_in_folder
from sources.clock import now, write_moment
from sources.counted import EVERYTHING, Cut, say_count
from sources.errors import InvalidAgencySettings
from sources.foreseeing import (
    Foreseen,
    count_told,
    foresee,
    hold_against_index,
    open_copy,
)
from sources.outbox.awaited import Awaited, find_awaited
from sources.outbox.deliveries import count_by_field, find_rejects
from sources.outbox.not_begun import name_not_begun
from sources.outbox.standing import find_registration
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.passed_over import LINES, describe_passed, say_passed
from sources.profile import Profile, load_profile
from sources.publisher.admission import list_taken
from sources.publisher.task import Task
from sources.reasons import ALL_REJECTS, Rejected, say_all_rejects
from sources.refused_beforehand import NOT_SO
from sources.rejects import write_rejects
from sources.settings import AgencySettings, load_settings
from sources.standing_words import describe_awaited, say_awaited

_UNASKED: Final = (
    "\nDe index was nu niet te vragen of klok en postvak kloppen. Vraag het met "
    "`signal-source doctor`."
)
_UNREGISTERED: Final = (
    "Niet vergeleken met hoe de index u kent (soorten, gemeenten, woorden voor "
    "contactpersonen): dat doet `signal-source doctor` met dit profiel."
)
_IF_APPROVED: Final = (
    "Let op: hier wordt u eerst iets gevraagd. Deze aantallen zijn van als u deze "
    "levering goedkeurt."
)
_PATIENCE: Final = httpx.Timeout(5.0)
ASKS = 1


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file would say, and what it was held against: None where no outbox is.

    `is_asked`: whether the index could be asked; None without settings. `registered`:
    when it said how it knows us, and what it would refuse of this was held against.
    `untaken`: known cases that keep their flag, since their record is rejected.
    """

    foreseen: Foreseen
    reasons: Counter[str]
    columns: Sequence[Rejected]
    compared: int | None
    hints: Hints = NO_HINTS
    not_begun: Sequence[str] = ()
    untaken: Sequence[Awaited] = ()
    is_asked: bool | None = None
    registered: datetime | None = None


def check_command(
    file: Annotated[
        Path | None,
        typer.Argument(help="Het bestand van de registratie; niet bij een database."),
    ] = None,
    *,
    profile: Annotated[Path, typer.Option(help="Het profiel van deze registratie.")],
    settings: Annotated[
        Path | None,
        typer.Option(
            callback=find_in_folder,
            help="agency.toml van deze organisatie; zonder: die in deze map, als zij "
            "er is.",
        ),
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Schrijf de afgewezen records hierheen.")
    ] = None,
    whole: Annotated[
        bool,
        typer.Option("--all", help="Noem elke zaak en elke regel."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Kijk wat `publish` zou versturen en wat niet. Er gaat niets de deur uit."""
    with refusing_plainly():
        found = load_profile(profile)
        where = settings or (HERE if HERE.is_file() else None)
        place = Place(file, load_settings(where) if where else None)
        checked = _check(found, place, rejects, quiet=as_json)
    delivery, foreseen = checked.foreseen.delivery, checked.foreseen
    if as_json:
        typer.echo(json.dumps(_describe(checked)))
    else:
        _show(checked, EVERYTHING if whole else LINES)
        if rejects:
            told = f"Afgewezen records: {rejects}"
            if not delivery.counts.rejected:
                told = f"Niets afgewezen: er is geen {rejects.name}."
            PlainConsole().print(told, soft_wrap=True)
        elif delivery.counts.rejected:
            PlainConsole().print(ALL_REJECTS, soft_wrap=True)
    is_unheard = delivery.hearing is not Hearing.HEARD
    if foreseen.asked or foreseen.refused or is_unheard or checked.hints.unfit:
        raise typer.Exit(ASKS)


def _check(
    profile: Profile, place: Place, rejects: Path | None, *, quiet: bool
) -> Checked:
    """Deliver into a copy of the outbox that is thrown away, or into an empty one."""
    settings = place.settings
    path = settings.outbox if settings and settings.outbox.exists() else None
    key = _load_key(settings) if settings and path else None
    with open_copy(path, key) as outbox, Bars(quiet=quiet) as bars:
        said = asyncio.run(_ask_index(settings, outbox, profile)) if settings else None
        compared = count_told(outbox, profile.name) if path else None
        intake = open_intake(place, profile, DeliveryKind.FULL, outbox)
        task = Task(intake, profile, DeliveryKind.FULL)
        found, source = find_registration(outbox), settings.source if settings else ""
        takes = list_taken(found[0], source) if found else None
        foreseen = foresee(outbox, task, now=now(), told=bars.read, takes=takes)
        foreseen = replace(foreseen, refused=foreseen.refused or said or "")
        delivery = foreseen.delivery.id
        if rejects:
            write_rejects(rejects, find_rejects(outbox, delivery))
        return Checked(
            foreseen,
            Counter(each.reason.value for each in find_rejects(outbox, delivery)),
            count_by_field(outbox, delivery),
            compared,
            find_hints(outbox, profile, place.file, source),
            name_not_begun(outbox, profile.name),
            [one for one in find_awaited(outbox, profile.name) if one.rejected],
            None if settings is None else said is not None,
            found and found[1],
        )


async def _ask_index(
    settings: AgencySettings, outbox: Outbox, profile: Profile
) -> str | None:
    """Hold clock, outbox and profile against the index, where it answers."""
    async with httpx.AsyncClient(timeout=_PATIENCE) as client:
        try:
            keys = load_keys(settings.keys)
            index = make_parties(client, settings, keys, outbox, attempts=1)[1]
        except InvalidAgencySettings:
            return None  # `doctor` and `publish` say what is wrong with these
        return await hold_against_index(outbox, index, now, profile)


def _load_key(settings: AgencySettings) -> OutboxKey:
    return load_keys(settings.keys).outbox


def _describe(checked: Checked) -> dict[str, object]:
    """Give the same for a machine: counts and codes, no record."""
    foreseen, delivery = checked.foreseen, checked.foreseen.delivery
    return {
        "read": delivery.counts.read,
        "rejected": delivery.counts.rejected,
        "ended": delivery.ended,
        "notBegun": delivery.not_begun,
        "notBegunTold": delivery.not_begun_told,
        "ignored": delivery.ignored,
        "unchanged": delivery.counts.unchanged,
        "contacts": delivery.contacts,
        "wouldSend": dict(foreseen.sends),
        "wouldWithdraw": foreseen.withdraws,
        "reasons": checked.reasons,
        "findings": [
            {"finding": each.doubt.value, "count": each.count, "of": each.of}
            for each in foreseen.asked
        ],
        "awaited": describe_awaited(checked.untaken),
        "hearing": delivery.hearing.value,
        "refused": foreseen.refused,
        **describe_hints(checked.hints),
        "openThoughOver": delivery.though_open,
        "passed": describe_passed(delivery.passed),
        "compared": checked.compared,
        "indexAsked": checked.is_asked,
        "registeredOn": checked.registered and checked.registered.isoformat(),
    }


def _show(checked: Checked, cut: Cut) -> None:
    console = PlainConsole()
    for line in _say(checked, cut):
        console.print(line, soft_wrap=True)


def _say(checked: Checked, cut: Cut) -> Iterator[str | Table]:
    foreseen, delivery = checked.foreseen, checked.foreseen.delivery
    counts = delivery.counts
    if foreseen.sends:
        table = make_table("Soort signaal", "Zou versturen")
        for category, count in foreseen.sends.items():
            table.add_row(category, str(count))
        yield table
    yield (
        f"Gelezen: {counts.read}. Zou versturen: {sum(foreseen.sends.values())}. "
        f"Ongewijzigd: {counts.unchanged}. Afgelopen: {delivery.ended}. "
        f"Nog niet begonnen: {delivery.not_begun}. Afgewezen: {counts.rejected}."
        + (f" Niets te melden: {delivery.ignored}." if delivery.ignored else "")
    )
    yield from _say_if(checked)
    yield from _say_changes(foreseen)
    yield _say_compared(checked) + _UNASKED * (checked.is_asked is False)
    yield from _say_registered(checked)
    yield from say_passed(delivery.passed, cut)
    fitting = counts.read - delivery.ended - delivery.not_begun - delivery.ignored
    for said in say_all_rejects(checked.columns, fitting):
        yield f"  {said}"
    for said in say_awaited(checked.untaken, cut):
        yield f"Let op: {said}"
    yield from say_hints(
        {
            "read": counts.read,
            "notBegun": delivery.not_begun,
            "notBegunTold": delivery.not_begun_told,
            "openThoughOver": delivery.though_open,
        },
        checked.hints,
        not_begun=checked.not_begun,
        cut=cut,
        asked=[each.doubt for each in foreseen.asked],
    )
    yield from _say_doubts(foreseen, cut)


def _say_if(checked: Checked) -> Iterator[str]:
    """Say under which condition the counts are what will be sent."""
    if checked.foreseen.refused or checked.hints.unfit:
        yield NOT_SO
    elif checked.foreseen.asked:
        yield _IF_APPROVED


def _say_changes(foreseen: Foreseen) -> Iterator[str]:
    """Say how many flags would go, and how many would name another contact holder."""
    if foreseen.withdraws:
        yield f"Zou intrekken: {foreseen.withdraws}."
    if contacts := foreseen.delivery.contacts:
        yield f"Zouden een andere contactpersoon krijgen: {contacts}."


def _say_registered(checked: Checked) -> Iterator[str]:
    """Say by which word of the index this was judged, where that is not of now."""
    if checked.registered is None:
        yield _UNREGISTERED
    elif not checked.is_asked:
        told = write_moment(checked.registered)
        yield f"Vergeleken met hoe de index u kende op {told}."


def _say_doubts(foreseen: Foreseen, cut: Cut) -> Iterator[str]:
    delivery = foreseen.delivery
    if foreseen.refused:
        yield f"Let op: zo levert `publish` niet. {foreseen.refused}"
    for line in say_questions(foreseen.asked, foreseen.cases, cut):
        yield line if line.startswith(" ") else f"Let op: {line}"
    if delivery.hearing is not Hearing.HEARD:
        yield (
            "Let op: meer dan de helft wordt afgewezen. Zo telt dit bestand niet als "
            "gehoord."
        )
    if foreseen.asked and not foreseen.refused:
        yield (
            "Zo wacht deze levering op uw antwoord: er gaat dan nog niets uit, ook "
            "niets van wat hierboven staat."
        )


def _say_compared(checked: Checked) -> str:
    if checked.compared is None:
        said = "Beoordeeld als eerste levering: er is hier geen postvak."
        lacks = " Is er een? Geef dan --settings." * (checked.is_asked is None)
        return said + lacks
    if not checked.compared:
        return (
            "Beoordeeld als eerste levering: met dit profiel is hier nog niets "
            "aangeleverd."
        )
    told = say_count(checked.compared, "signaal dat", "signalen die")
    return f"Vergeleken met {told} u eerder aanleverde."
