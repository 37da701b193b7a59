"""`signal-source corrections`: what citizens say of our signals, and our answer."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal
from uuid import UUID

import httpx
import typer

from signal_index.wire.corrections import (
    MOST_ANSWERS,
    CorrectionAnswer,
    CorrectionsAsked,
    OwnCorrection,
)
from signal_index.wire.values import Slug
from sources.agency_keys import load_keys
from sources.catalogue import load_answers
from sources.cli.edge import refusing_plainly
from sources.cli.parties import TIMEOUT, make_parties
from sources.cli.plain import PlainConsole
from sources.cli.references import say_cases, say_place
from sources.cli.settings_file import SettingsFile
from sources.clock import day_of, now, write_day
from sources.corrections import fetch_corrections, find_records
from sources.errors import InvalidAgencySettings
from sources.evidence import is_confirmed_alone, list_notices
from sources.outbox.evidence import find_evidence
from sources.outbox.notices import find_case, note_answered
from sources.outbox.store import Outbox, look_into
from sources.profile import load_profile
from sources.publisher.http_index import HttpIndex
from sources.settings import AgencySettings, load_settings
from sources.values import Place

Answer = Literal["aangepast", "ingetrokken", "klopt", "weegt-zwaarder"]
ANSWERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "aangepast": "changed",
        "ingetrokken": "withdrawn",
        "klopt": "facts-correct",
        "weegt-zwaarder": "compelling-grounds",
    }
)
"""What is typed, and the code that goes to the index."""
_NOTHING_CHANGED: Final = (
    "Let op: sinds de inwoner dit zei, is er over deze zaak niets anders naar de index "
    "gegaan. Met dit antwoord leest de inwoner dat u het hebt aangepast. Wijzig de "
    "zaak eerst in uw registratie en lever aan. Hoeft er niets anders? Antwoord dan "
    "`klopt`."
)
_UNTIL_TOLD: Final = (
    "U mag het antwoord wijzigen tot de inwoner het leest, of tot het signaal weer "
    "zichtbaar is. Daarna staat het vast. De privacy officer ziet ook wat u eerder "
    "antwoordde."
)
_STANDS_STILL: Final = (
    "Let op: er staat nog een signaal van u. De inwoner leest dat u het introk. Sluit "
    "de zaak in uw registratie en lever aan. Tot dan staat dit bij `list --all`."
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What citizens dispute: which case that is here, and where it is in a file."""

    found: Sequence[OwnCorrection]
    cases: Mapping[UUID, str]
    places: Mapping[UUID, Place]

    def say_where(self, one: OwnCorrection) -> Iterator[str]:
        """Say which case, and which line, as far as known; or how to find it.

        By the references that stand now, where a lost outbox changed them.
        """
        for reference in name_references(one):
            name, place = self.cases.get(reference, ""), self.places.get(reference)
            if place is None:
                yield f"Zaak: {say_cases({**self.cases, reference: name})[reference]}"
                continue
            if name:
                yield f"Zaak: {name}"
            yield f"In uw bestand: {say_place(place)}"


def name_references(one: OwnCorrection) -> Sequence[UUID]:
    """Give by which references its case is known: the disputed one, if it stands."""
    if one.signalReference in one.standing or not one.standing:
        return [one.signalReference]
    return one.standing


corrections_app = typer.Typer(
    no_args_is_help=True, help="Correcties en bezwaren van inwoners over uw signalen."
)


@corrections_app.command("list")
def list_command(
    settings: SettingsFile,
    *,
    file: Annotated[
        Path | None, typer.Option(help="Uw registratie, om de zaak erbij te vinden.")
    ] = None,
    profile: Annotated[
        Path | None, typer.Option(help="Het profiel van die registratie.")
    ] = None,
    is_all: Annotated[
        bool, typer.Option("--all", help="Ook wat u al hebt beantwoord.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Geef JSON.")] = False,
) -> None:
    """Laat zien wat op antwoord wacht, het dringendste eerst."""
    with refusing_plainly():
        if (file is None) != (profile is None):
            raise InvalidAgencySettings("Geef --file en --profile samen.")
        given = load_settings(settings)
        waiting = asyncio.run(_fetch(given, file, profile, "all" if is_all else "open"))
    if as_json:
        typer.echo(json.dumps([_describe(one, waiting) for one in waiting.found]))
    else:
        show(waiting)


@corrections_app.command("answer")
def answer_command(
    correction: Annotated[
        str, typer.Argument(help="Het kenmerk uit de lijst, zoals 7KQ-4TM.")
    ],
    answer: Annotated[Answer, typer.Argument(help="Wat u ermee deed.")],
    settings: SettingsFile,
    *,
    is_sure: Annotated[
        bool, typer.Option("--yes", help="Antwoord zonder de vraag of het klopt.")
    ] = False,
) -> None:
    """Antwoord op één correctie of bezwaar; de inwoner leest het in het inzageverslag.

    Past u het signaal aan of trekt u het in? Lever dat zelf aan zoals altijd. Was een
    antwoord fout? Antwoord opnieuw, zolang de inwoner het niet heeft gelezen.
    """
    with refusing_plainly():
        own = asyncio.run(
            _answer(
                load_settings(settings), correction, ANSWERS[answer], is_sure=is_sure
            )
        )
    console = PlainConsole(soft_wrap=True)
    console.print("Beantwoord. Het staat in het volgende inzageverslag van de inwoner.")
    if is_to_close(own, ANSWERS[answer]):
        console.print(_STANDS_STILL)


async def _fetch(
    settings: AgencySettings,
    file: Path | None,
    profile: Path | None,
    asked: CorrectionsAsked,
) -> Waiting:
    keys = load_keys(settings.keys)
    with look_into(settings.outbox, keys.outbox) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            _, index = make_parties(client, settings, keys, outbox)
            found = await fetch_corrections(index, asked)
        references = [each for one in found for each in name_references(one)]
        said = {
            reference: name
            for reference in references
            if (name := find_case(outbox, reference))
        }
        if file is None or profile is None:
            return Waiting(found, said, {})
        read, today = load_profile(profile), day_of(now())
        places = find_records(outbox, file, read, references, today=today)
    return Waiting(found, said, places)


async def _answer(
    settings: AgencySettings, reference: str, answer: str, *, is_sure: bool
) -> OwnCorrection:
    keys = load_keys(settings.keys)
    with look_into(settings.outbox, keys.outbox) as outbox:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            _, index = make_parties(client, settings, keys, outbox)
            return await give_answer(
                index, outbox, (reference, answer), is_sure=is_sure
            )


async def give_answer(
    index: HttpIndex, outbox: Outbox, given: tuple[str, str], *, is_sure: bool
) -> OwnCorrection:
    """Answer what stands under a reference, and note that it waits for us no more.

    Raises `InvalidAgencySettings` where nothing was answered.
    """
    reference, answer = given
    own = pick(await fetch_corrections(index, "all"), reference)
    name = find_case(outbox, name_references(own)[0])
    doubt = _NOTHING_CHANGED if is_as_it_was(outbox, own, answer) else ""
    if is_sure and doubt:
        raise InvalidAgencySettings(
            f"Niet beantwoord. {doubt} Klopt het toch? Antwoord zonder --yes."
        )
    if not (is_sure or confirm(own, name, answer, doubt)):
        raise InvalidAgencySettings("Niet beantwoord: u typte geen ja.")
    said = CorrectionAnswer(answer=Slug(answer), step=own.step)
    await index.answer_correction(own.id, said)
    note_answered(outbox, own.reference, load_answers()[answer], on=day_of(now()))
    return own


def is_as_it_was(outbox: Outbox, one: OwnCorrection, answer: str) -> bool:
    """Tell whether it is answered that it was changed, and nothing else was sent.

    What is disputed stands under its reference: as it was told before the citizen said
    so, or first. That it was told again, unchanged, since it holds longer, is no change
    of it; nor is what was sent of other cases.
    """
    if answer != "changed" or one.signalReference not in one.standing:
        return False
    told = list_notices(find_evidence(outbox, one.signalReference), one.signalReference)
    if not told:
        return True
    disputed = [said for at, said in told if day_of(at) < one.receivedOn]
    before = disputed[-1] if disputed else told[0][1]
    return is_confirmed_alone(before, told[-1][1])


def is_to_close(one: OwnCorrection, answer: str | None) -> bool:
    """Tell whether it was answered that it is withdrawn, and it stands still."""
    return answer == "withdrawn" and bool(one.standing)


def name_correction(one: OwnCorrection) -> str:
    """Give what somebody types to name it: once answered, how often that was too."""
    return f"{one.reference}.{one.step}" if one.step else one.reference


def _without_signs(name: str) -> str:
    return name.upper().replace("-", "").replace(" ", "")


def pick(found: Sequence[OwnCorrection], named: str) -> OwnCorrection:
    """Give the one that was shown under this name, or raise what to do.

    The name holds how many answers were seen: what a colleague answered since is not
    passed over. It may be typed in small letters, and without its hyphen.
    """
    asked = _without_signs(named)
    reference, _, _ = asked.partition(".")
    own = [one for one in found if _without_signs(one.reference) == reference]
    if not own:
        raise InvalidAgencySettings(
            "Dit kenmerk is er niet. `signal-source corrections list` noemt wat op uw "
            "antwoord wacht; met --all ook wat u al hebt beantwoord."
        )
    open_ = [one for one in own if one.mayAnswer]
    if not open_ and own[0].step >= MOST_ANSWERS:
        raise InvalidAgencySettings(
            f"U hebt hierop al {MOST_ANSWERS} keer geantwoord. Uw laatste antwoord "
            f"blijft staan ({own[0].answerLabel}). Klopt het niet? Bel de "
            "privacy officer van de gemeente: die kan een nieuwe correctie invoeren."
        )
    if not open_:
        raise InvalidAgencySettings(
            f"Uw antwoord staat vast ({own[0].answerLabel}): de inwoner las het al, of "
            "het signaal is weer zichtbaar. Klopt het niet? Bel de privacy officer van "
            "de gemeente: die kan een nieuwe correctie invoeren."
        )
    (one, *_) = open_
    if _without_signs(name_correction(one)) != asked:
        if not one.step:
            raise InvalidAgencySettings(
                "Dit is nog niet beantwoord. Er is niets veranderd. Geef "
                f"`signal-source corrections answer {name_correction(one)} ANTWOORD`."
            )
        raise InvalidAgencySettings(
            f"Dit is al beantwoord: {one.answerLabel}. Er is niets veranderd. Is dat "
            "antwoord fout? Geef dan `signal-source corrections answer "
            f"{name_correction(one)} ANTWOORD`."
        )
    return one


def confirm(one: OwnCorrection, case: str, answer: str, doubt: str = "") -> bool:
    """Show what is answered about what, and any doubt, and ask whether that is so."""
    about = f"{one.categoryLabel}{f', zaak {case}' if case else ''}"
    PlainConsole(soft_wrap=True).print(
        f"{one.reference}  {about}\nDe inwoner zegt: {one.reasonLabel}\n"
        + (f"U antwoordde eerder: {one.answerLabel}\n" if one.answerLabel else "")
        + f"Uw antwoord: {load_answers()[answer]}\n"
        + (f"{doubt}\n" if doubt else "")
        + _UNTIL_TOLD
    )
    said: str = typer.prompt(
        "Typ ja (of j) als dit klopt", default="nee", show_default=False
    )
    return said.strip().casefold() in {"ja", "j"}


def _say_answer(one: OwnCorrection) -> str:
    """Say what we answered, and whether it may still change; empty before that."""
    if one.answerLabel is None:
        return ""
    may = "u mag het nog wijzigen" if one.mayAnswer else "dit staat vast"
    return f"Uw antwoord: {one.answerLabel} ({may})"


def _describe(one: OwnCorrection, waiting: Waiting) -> dict[str, object]:
    reference = name_references(one)[0]
    place = waiting.places.get(reference)
    said = one.model_dump(mode="json")
    case = waiting.cases.get(reference)
    return said | {"case": case, "line": None if place is None else place.line}


def show(waiting: Waiting) -> None:
    """Show what citizens dispute; how to answer, where something may be answered."""
    console = PlainConsole(soft_wrap=True)
    if not waiting.found:
        console.print("Er wacht niets op antwoord.")
        return
    for one in waiting.found:
        label = f"{one.reasonLabel}{' (nu beperkt)' if one.isRestricted else ''}"
        due = f"{write_day(one.dueOn)}{' (te laat)' if one.isLate else ''}"
        head = f"{name_correction(one)}  {one.categoryLabel}"
        console.print(head, style="bold")
        console.print(f"  De inwoner zegt: {label}")
        console.print(f"  {_say_answer(one) or f'Antwoord uiterlijk {due}'}")
        for line in waiting.say_where(one):
            console.print(f"  {line}")
        if is_to_close(one, one.answer):
            console.print(f"  {_STANDS_STILL}", style="bold")
        console.print()
    if not any(one.mayAnswer for one in waiting.found):
        return
    labels = load_answers()
    words = ", ".join(f"{word} ({labels[code]})" for word, code in ANSWERS.items())
    console.print(
        "Antwoorden? `signal-source corrections answer KENMERK ANTWOORD`. Het antwoord "
        f"is {words}."
    )
