"""`signal-source matches`: who else helps our people, whom to call, who leads."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final

import httpx
import typer

from signal_index.wire.contact_holders import OfficeHours
from signal_index.wire.lookups import FlagContact
from signal_index.wire.matches import Match, MatchAct
from signal_index.wire.values import Phone
from sources.agency_keys import load_keys
from sources.cli.edge import refusing_plainly
from sources.cli.parties import TIMEOUT, make_parties, make_signer
from sources.cli.plain import PlainConsole
from sources.cli.references import say_cases
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now, write_day
from sources.errors import HoldersUnreachable, SourceError
from sources.matches import fetch_matches, name_match, say_of_match
from sources.notices.fetching import look_again
from sources.outbox.notices import find_case
from sources.outbox.store import look_into
from sources.partner_contacts import forget_contacts, hold_contacts
from sources.phones import write_phone
from sources.settings import AgencySettings, load_settings

DONE: Final = "done"
ACTS: Final[Mapping[MatchAct, str]] = MappingProxyType(
    {
        "take-lead": "Laat weten dat uw organisatie het voortouw neemt.",
        "leave-lead": "Laat weten dat de andere organisatie het voortouw neemt.",
        "agreed": "Laat weten dat u samen iets hebt afgesproken.",
        "not-agreed": "Laat weten dat u elkaar sprak en niets hebt afgesproken.",
        "done": "Laat weten dat het klaar is. Daarna verandert er niets meer.",
    }
)
_STAGES: Final = {
    "open": "Er is nog niets afgesproken",
    "agreed": "Er is iets afgesproken",
    "not-agreed": "Er is niets afgesproken",
    DONE: "Het is klaar",
}
_NOT_HELD: Final = (
    "wij konden niet nagaan of het nummer van deze organisatie is. Bel een nummer dat "
    "u zelf kent, en meld dit bij de beheerder van de index."
)
_DAYS: Final = dict(
    zip(
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        ("ma", "di", "wo", "do", "vr", "za", "zo"),
        strict=True,
    )
)

matches_app = typer.Typer(
    no_args_is_help=True,
    help="Wie uw inwoners ook helpt, wie u belt, en wie het voortouw neemt.",
)


@dataclass(frozen=True, slots=True)
class _Own:
    """The matches of this source, the case of each, and how many do not open."""

    items: tuple[tuple[Match, str], ...]
    unreadable: int


@matches_app.command("list")
def list_command(
    settings: SettingsFile,
    *,
    is_all: Annotated[bool, typer.Option("--all", help="Ook wat al klaar is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Laat zien wie uw inwoners ook helpt, met uw eigen zaaknummer; te laat eerst."""
    with refusing_plainly():
        found = asyncio.run(_fetch(load_settings(settings)))
    items = [one for one in found.items if is_all or one[0].stage != DONE]
    if as_json:
        typer.echo(_write_json(items, found.unreadable))
        return
    _show(items, found.unreadable, [] if is_all else _done(found))


def _add(act: MatchAct, says: str) -> None:
    def say_command(
        match: Annotated[
            str, typer.Argument(help="Het kenmerk uit de lijst, zoals 3f2a91bc.0.")
        ],
        settings: SettingsFile,
    ) -> None:
        with refusing_plainly():
            said = asyncio.run(_say(load_settings(settings), match, act))
        PlainConsole().print(f"{_write_state(said)} De andere organisatie ziet dit.")

    matches_app.command(act, help=says)(say_command)


for _act, _says in ACTS.items():
    _add(_act, _says)


async def _fetch(settings: AgencySettings) -> _Own:
    keys = load_keys(settings.keys)
    with look_into(settings.outbox, keys.outbox) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            _, index = make_parties(client, settings, keys, outbox)
            own = await fetch_matches(index, settings.source)
            signer = make_signer(settings, keys)
            try:
                held = await hold_contacts(client, settings, signer, [*own.items])
            except HoldersUnreachable:  # who calls anyway looks the number up elsewhere
                held = forget_contacts([*own.items])
        items = tuple((one, find_case(outbox, one.reference)) for one in held)
    return _Own(items, own.unreadable)


async def _say(settings: AgencySettings, named: str, act: MatchAct) -> Match:
    keys = load_keys(settings.keys)
    with look_into(settings.outbox, keys.outbox) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            _, index = make_parties(client, settings, keys, outbox)
            said = await say_of_match(index, settings.source, named, act)
            with suppress(SourceError):  # or else it is seen the next time
                await look_again(outbox, index)
            return said


def _write_json(items: list[tuple[Match, str]], unreadable: int) -> str:
    described = [_describe(*one) for one in items]
    return json.dumps({"items": described, "unreadable": unreadable})


def _describe(one: Match, case: str) -> dict[str, object]:
    said = one.model_dump(mode="json", by_alias=True, exclude={"case"})
    return {**said, "match": name_match(one), "case": case or None}


def _done(found: _Own) -> list[Match]:
    return [one for one, _ in found.items if one.stage == DONE]


def _show(
    items: list[tuple[Match, str]], unreadable: int, done: Sequence[Match] = ()
) -> None:
    console = PlainConsole(soft_wrap=True)
    if unreadable:
        console.print(f"Matches die de index niet kan openen: {unreadable}.")
    if not items:
        console.print("Er wacht geen match.")
        _show_done(console, done)
        return
    today = day_of(now())
    said = say_cases({one.reference: case for one, case in items})
    for one, _ in items:
        late = "  te laat: in tien werkdagen is er niets gezegd"
        head = f"{name_match(one)}{late if one.isOverdue else ''}"
        console.print(head, style="bold")
        console.print(f"  Zaak: {said[one.reference]}")
        partner = one.partner
        console.print(f"  Helpt ook: {partner.organisation} ({partner.categoryLabel})")
        console.print(f"  Bellen: {_write_contact(partner.contactHolder, today)}")
        console.print(f"  Sinds {write_day(one.foundOn)}. {_write_state(one)}")
        if one.followUpBy is not None and not one.isOverdue:
            console.print(f"  Laat uiterlijk {write_day(one.followUpBy)} iets weten.")
        console.print()
    console.print(
        "Gebeld? `signal-source matches agreed KENMERK`, met het kenmerk vooraan. "
        f"Ook kan: {', '.join(act for act in ACTS if act != 'agreed')}."
    )
    _show_done(console, done)


def _show_done(console: PlainConsole, done: Sequence[Match]) -> None:
    """Say what the list leaves out, and who said that it is done: nothing vanishes."""
    if not done:
        return
    by = Counter(
        "uw organisatie" if one.lastStepBy == "own" else one.partner.organisation
        for one in done
    )
    who = "; ".join(f"{count} volgens {name}" for name, count in sorted(by.items()))
    console.print(f"Niet in deze lijst, want klaar: {who}. Zie ze met --all.")


def _write_state(one: Match) -> str:
    stage = _STAGES.get(one.stage, one.stage)
    if one.stage == DONE and one.agreedOn is not None:
        stage += f", afgesproken op {write_day(one.agreedOn)}"
    lead = {
        "own": "uw organisatie neemt het voortouw",
        "other": f"{one.partner.organisation} neemt het voortouw",
    }.get(one.lead or "", "niemand neemt nog het voortouw")
    last = ""
    if one.lastStepOn is not None:
        who = {"own": "uw organisatie", "other": one.partner.organisation}
        by = who.get(one.lastStepBy or "", "iemand")
        last = f" Dat zei {by} op {write_day(one.lastStepOn)}."
    return f"{stage}; {lead}.{last}"


def _write_contact(contact: FlagContact | None, today: date) -> str:
    """Say whom to call: the deputy while the contact holder is away."""
    if contact is None:
        return _NOT_HELD
    is_away = contact.absentUntil is not None and today <= contact.absentUntil
    deputy = contact.deputy if is_away else None
    person = deputy or contact
    name = f"{person.name}, " if person.name else ""
    parts = [f"{name}{person.function}, {write_phone(Phone(person.phone))}"]
    if contact.officeHours:
        parts.append("; ".join(map(_write_hours, contact.officeHours)))
    if contact.outOfHoursPhone is not None:
        parts.append(f"daarbuiten {write_phone(Phone(contact.outOfHoursPhone))}")
    if is_away and contact.absentUntil is not None:
        until = write_day(contact.absentUntil)
        whom = "de vaste contactpersoon" if deputy else "deze contactpersoon"
        parts.append(f"{whom} is er niet tot en met {until}")
    if contact.stale:
        parts.append("dit nummer is lang niet bevestigd")
    return "; ".join(parts)


def _write_hours(hours: OfficeHours) -> str:
    days = ", ".join(_DAYS[day] for day in hours.days)
    return f"{days} {hours.opens}-{hours.closes}"
