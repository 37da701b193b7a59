"""`signal-source deliveries`: what was delivered, and what became of it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import httpx
import typer
from rich.table import Table

from signal_index.wire.deliveries import DeliveryKind
from signal_index.wire.values import Oin as IndexOin
from sources.agency_keys import AgencyKeys, load_keys
from sources.cli.edge import Bars, refusing_plainly
from sources.cli.parties import TIMEOUT, make_parties
from sources.cli.plain import PlainConsole
from sources.clock import now
from sources.errors import DeliveryHeld, NothingHeld, OutboxBusy, UnknownDelivery
from sources.folders import make_folder
from sources.judging.words import find_remedy, say_finding
from sources.outbox.abandoning import abandon_delivery
from sources.outbox.deliveries import (
    OpenDelivery,
    count_rejects,
    find_by_id,
    find_newest,
    find_rejects,
    find_unfinished,
    name_rejects,
)
from sources.outbox.holding import (
    Answer,
    Held,
    NamedCase,
    find_held,
    get_named_cases,
    record_answer,
)
from sources.outbox.store import Outbox
from sources.publisher.pipeline import Sender
from sources.publisher.run import Run
from sources.reasons import EXPLANATIONS, Reason
from sources.rejects import write_rejects
from sources.settings import AgencySettings, load_settings

SettingsFile = Annotated[
    Path, typer.Option("--settings", help="agency.toml van deze organisatie.")
]
_SHOWN: Final = 20
_COUNTS: Final = ("read", "accepted", "unchanged", "withdrawn", "rejected")
_HEADS: Final = ("Gelezen", "Verstuurd", "Ongewijzigd", "Ingetrokken", "Afgewezen")
STATES: Final = {
    "reading": "wordt gelezen",
    "held": "wacht op u",
    "planned": "onderweg",
    "closed": "afgesloten",
}

deliveries_app = typer.Typer(
    no_args_is_help=True, help="Wat er is aangeleverd, en wat daarvan werd."
)


@deliveries_app.command("show")
def show_command(
    delivery: Annotated[
        UUID | None, typer.Argument(help="Een levering; zonder: de laatste twintig.")
    ] = None,
    *,
    settings: SettingsFile,
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Laat leveringen zien, of alles van een levering."""
    with refusing_plainly():
        given = load_settings(settings)
        keys = load_keys(given.keys)
        with Outbox(given.outbox, keys.outbox, alone=False) as outbox:
            found = _find(outbox, delivery)
            questions = _name_questions(outbox, delivery)
    if as_json:
        typer.echo(json.dumps(found))
    elif delivery is None:
        _show_all(found)
    else:
        _show_one(found[0], questions)


@deliveries_app.command("approve")
def approve_command(
    delivery: Annotated[UUID, typer.Argument(help="De levering die wacht.")],
    *,
    settings: SettingsFile,
) -> None:
    """Laat een levering die wacht alsnog gaan: wat zij verandert, klopt."""
    with refusing_plainly():
        _answer(load_settings(settings), delivery, "approved")


@deliveries_app.command("drop")
def drop_command(
    delivery: Annotated[UUID, typer.Argument(help="De levering die wacht.")],
    *,
    settings: SettingsFile,
) -> None:
    """Laat een levering die wacht vervallen; er wordt niets van verstuurd."""
    with refusing_plainly():
        _answer(load_settings(settings), delivery, "dropped")


@deliveries_app.command("abandon")
def abandon_command(
    delivery: Annotated[UUID, typer.Argument(help="De levering die onderweg is.")],
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
            under_way = find_unfinished(outbox)
            if under_way is None or under_way.id != delivery:
                raise UnknownDelivery
            dropped = abandon_delivery(outbox, delivery, under_way.profile)
    console = PlainConsole()
    console.print(f"Losgelaten: {dropped} berichten zijn niet verstuurd.")
    if under_way.kind is DeliveryKind.DELTA and dropped:
        console.print(
            "Deze levering had alleen wijzigingen. Lever nu alles aan: anders komen "
            "deze wijzigingen niet bij de index.",
            soft_wrap=True,
        )


def _answer(settings: AgencySettings, delivery: UUID, answer: Answer) -> None:
    """Take the answer, and go on with it unless the agent is there to do so."""
    keys = load_keys(settings.keys)
    with Outbox(settings.outbox, keys.outbox, alone=False) as outbox:
        waiting = [one for one in find_held(outbox) if one.delivery == delivery]
        if not waiting:
            raise NothingHeld
        record_answer(outbox, delivery, waiting[0].digest, answer)
    if answer == "dropped":
        PlainConsole().print("De levering is vervallen. Er is niets verstuurd.")
        return
    try:
        closed = asyncio.run(carry_out(settings, keys))
    except OutboxBusy:
        PlainConsole().print("Genoteerd. De agent gaat er zo mee verder.")
        return
    if delivery not in closed:
        raise DeliveryHeld(delivery, waiting[0].profile)
    PlainConsole().print("De levering is verstuurd en afgesloten.")


async def carry_out(settings: AgencySettings, keys: AgencyKeys) -> Sequence[UUID]:
    """Finish what was under way or approved; gives the deliveries closed."""
    sender = Sender(
        IndexOin(settings.organisation), IndexOin(settings.source), keys.notice, now
    )
    make_folder(settings.rejects)
    with Outbox(settings.outbox, keys.outbox) as outbox:

        def report(delivery: OpenDelivery) -> None:
            path = settings.rejects / name_rejects(delivery)
            write_rejects(path, find_rejects(outbox, delivery.id))

        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            parties = make_parties(client, settings, keys, outbox)
            run = Run(outbox, parties, sender, Bars(quiet=True), report)
            return [delivery.id for delivery in await run.finish_unfinished()]


def _name_questions(outbox: Outbox, delivery: UUID | None) -> Sequence[str]:
    """Give what is asked about a delivery, with the agency's own case numbers."""
    said = []
    for held in find_held(outbox):
        if held.delivery != delivery:
            continue
        cases = get_named_cases(outbox, held)
        for finding in held.findings:
            listed = sorted(cases.get(finding.doubt, ()), key=_find_place)
            names = [name for one in listed if (name := _name(one))]
            said.append(say_finding(finding, names))
            said.append(f"  {find_remedy(finding.doubt)}")
    return said


def _find_place(case: NamedCase) -> tuple[int, str]:
    return (case.line or 0, case.name)


def _name(case: NamedCase) -> str:
    if case.name:
        return case.name
    return "" if case.line is None else f"regel {case.line}"


def describe(outbox: Outbox, one: OpenDelivery) -> dict[str, object]:
    """Give a delivery for a machine: counts and codes, no record."""
    held = {str(each.delivery): each for each in find_held(outbox, one.profile)}
    return {
        "delivery": str(one.id),
        "profile": one.profile,
        "kind": one.kind.value,
        "state": one.state,
        "until": one.ends.isoformat(),
        **one.counts.model_dump(),
        "spared": one.spared,
        "hearing": one.hearing.value,
        "rejects": {x.reason: x.count for x in count_rejects(outbox, one.id)},
        "findings": _describe_findings(held.get(str(one.id))),
    }


def _describe_findings(held: Held | None) -> list[dict[str, object]]:
    return [
        {"finding": each.doubt.value, "count": each.count, "of": each.of}
        for each in (held.findings if held else ())
    ]


def _find(outbox: Outbox, delivery: UUID | None) -> list[dict[str, object]]:
    if delivery is None:
        return [describe(outbox, one) for one in find_newest(outbox, limit=_SHOWN)]
    one = find_by_id(outbox, delivery)
    if one is None:
        raise UnknownDelivery
    return [describe(outbox, one)]


def _show_all(found: Sequence[Mapping[str, object]]) -> None:
    console = PlainConsole()
    if not found:
        console.print("Er is nog niets aangeleverd.")
        return
    table = Table("Levering", "Profiel", "Tot", "Stand", *_HEADS)
    for one in found:
        told = (one["delivery"], one["profile"], one["until"])
        counts = (str(one[name]) for name in _COUNTS)
        table.add_row(*map(str, told), STATES[str(one["state"])], *counts)
    console.print(table)


def _show_one(one: Mapping[str, object], questions: Sequence[str]) -> None:
    console = PlainConsole()
    state = STATES[str(one["state"])]
    console.print(f"Levering {one['profile']}, {one['until']}: {state}.")
    for line in questions:
        console.print(line, soft_wrap=True)
    if questions:
        console.print(
            f"Klopt dit? `signal-source deliveries approve {one['delivery']}`. "
            "Zo niet: `deliveries drop`, of lever een beter bestand aan.",
            soft_wrap=True,
        )
    for head, name in zip(_HEADS, _COUNTS, strict=True):
        console.print(f"{head}: {one[name]}")
    rejects = one["rejects"]
    for reason, count in rejects.items() if isinstance(rejects, Mapping) else ():
        explained = EXPLANATIONS[Reason(reason)]
        console.print(f"{count} x {explained.what} {explained.remedy}", soft_wrap=True)
