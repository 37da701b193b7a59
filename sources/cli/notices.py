"""`signal-source notices`: who looked at our signals, and what came of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final
from uuid import UUID

import httpx
import typer

from keys.case_name import shorten
from sources.agency_keys import AgencyKeys, load_keys
from sources.cli.edge import STOPPED, refusing_plainly
from sources.cli.parties import TIMEOUT, make_hearing, make_parties
from sources.cli.plain import PlainConsole
from sources.cli.references import UNNAMED, say_cases
from sources.cli.settings_file import SettingsFile
from sources.clock import write_moment
from sources.counted import Cut, say_listed
from sources.errors import InvalidAgencySettings
from sources.notices.words import say_kept, say_whom_to_call, write_when
from sources.outbox.notices import (
    KeptNotice,
    find_moment,
    find_notices,
    mark_done,
    name_cases,
)
from sources.outbox.store import Outbox, is_in_use
from sources.settings import AgencySettings, load_settings

SHOWN_ID: Final = 8
CASES_SHOWN: Final = 2
_FIRST: Final = Cut(50, "alle met --json")
_DISPUTES: Final = ("correction", "objection")
_TO_CALL: Final = ("looked-up", "outcome", "succession")

notices_app = typer.Typer(
    no_args_is_help=True, help="Wie naar uw signalen keek, en wat ervan kwam."
)


@notices_app.command("list")
def list_command(
    settings: SettingsFile,
    *,
    is_all: Annotated[
        bool, typer.Option("--all", help="Ook wat al is afgehandeld.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Haal op wat is teruggekomen en laat het zien; het nieuwste eerst.

    Met uw eigen zaaknummer. Draait de agent, dan haalt die het ook op, en mailt het.
    """
    with refusing_plainly():
        given = load_settings(settings)
        keys = load_keys(given.keys)
        with Outbox(given.outbox, keys.outbox, alone=False, makes=False) as outbox:
            is_heard = asyncio.run(_hear(given, keys, outbox))
            found = find_notices(outbox, is_all=is_all)
            heard = find_moment(outbox, "heard")
    if as_json:
        typer.echo(json.dumps([_describe(one) for one in found]))
    else:
        show(found)
    if not is_heard:
        PlainConsole(stderr=True, soft_wrap=True).print(
            "Ophalen lukt nu niet: u ziet alleen wat er al was. `signal-source doctor` "
            "zegt wat er mis is."
        )
        raise typer.Exit(STOPPED)
    if heard is not None and not as_json:
        PlainConsole().print(f"Voor het laatst gekeken: {write_moment(heard)}.")


async def _hear(settings: AgencySettings, keys: AgencyKeys, outbox: Outbox) -> bool:
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        index = make_parties(client, settings, keys, outbox, attempts=1)[1]
        hearing = make_hearing(client, settings, keys, outbox)
        heard = await hearing.hear(index, beside=is_in_use(settings.outbox))
        return heard and await hearing.look_again(index)


@notices_app.command("done")
def done_command(
    ids: Annotated[
        list[str], typer.Argument(help="Het begin van een of meer kenmerken.")
    ],
    settings: SettingsFile,
) -> None:
    """Leg weg wat is afgehandeld; het blijft met --all te zien tot het vervalt."""
    with refusing_plainly():
        given = load_settings(settings)
        keys = load_keys(given.keys)
        with Outbox(given.outbox, keys.outbox, alone=False, makes=False) as outbox:
            waiting = find_notices(outbox)
            chosen = [_pick(one, waiting) for one in ids]
            count = mark_done(outbox, [one.id for one in chosen])
    PlainConsole().print(f"Afgehandeld: {count}.")


def _pick(start: str, waiting: Sequence[KeptNotice]) -> KeptNotice:
    fitting = [one for one in waiting if str(one.id).startswith(start.lower())]
    if len(fitting) != 1:
        raise InvalidAgencySettings(
            "Onder dit kenmerk wacht niets. `signal-source notices list` noemt wat "
            "wacht, elk met acht tekens vooraan."
            if not fitting
            else "Dit kenmerk past bij meer dan een bericht: geef meer tekens."
        )
    return fitting[0]


def _describe(one: KeptNotice) -> dict[str, object]:
    said = one.said.model_dump(mode="json", exclude={"signals", "acknowledged"})
    signals = [
        {"reference": str(reference), "case": case or None}
        for reference, case in zip(one.references, one.cases, strict=True)
    ]
    return {
        **said,
        "signals": signals,
        "heardAt": one.heard_at.isoformat(),
        "done": one.is_done,
        "replaces": [str(each.id) for each in one.former],
        "replaced": one.is_replaced,
        "says": say_kept(one),
    }


def _say_case(one: KeptNotice, reference: UUID, said: Mapping[UUID, str]) -> str:
    """Say which case; what a citizen disputes is found by what stands now.

    A lost outbox told the case anew, under a reference that only the index can join.
    """
    if one.kind in _DISPUTES and not name_cases([one])[reference]:
        return f"{UNNAMED}; `signal-source corrections list --all` noemt haar"
    return said[reference]


def _say_cases(one: KeptNotice, said: Mapping[UUID, str]) -> Iterator[str]:
    """Say which cases; of many of one act how many, and the first on one line."""
    if len(one.references) <= CASES_SHOWN:
        for reference in one.references:
            yield f"Zaak: {_say_case(one, reference, said)}"
        return
    named = [name or shorten(at) for at, name in name_cases([one]).items()]
    shown = named[: _FIRST.most]
    listed = say_listed(shown, len(named) - len(shown), _FIRST)
    yield f"{len(named)} zaken: {listed}"


def show(found: Sequence[KeptNotice]) -> None:
    """Show what came back: when, of which case, what it says and whom to call."""
    console = PlainConsole(soft_wrap=True)
    if not found:
        console.print("Er zijn geen berichten.")
        return
    said = say_cases(name_cases(found))
    for one in found:
        console.print(f"{str(one.id)[:SHOWN_ID]}  {write_when(one.said)}", style="bold")
        for line in _say_cases(one, said):
            console.print(f"  {line}")
        console.print(f"  {say_kept(one)}")
        if one.said.kind in _TO_CALL:
            called = say_whom_to_call(one.said) or "geen nummer opgegeven"
            console.print(f"  Terugbellen: {called}")
        console.print()
    if all(one.is_done or one.is_replaced for one in found):
        return
    console.print(
        "Afgehandeld? `signal-source notices done KENMERK`; de acht tekens vooraan "
        "volstaan."
    )
