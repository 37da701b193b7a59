"""`signal-source profile init`: look at a file, and propose how to deliver from it."""

import webbrowser
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer

from keys.files import write_whole
from keys.joining import InvitedSource
from sources.cli.edge import STOPPED, refusing_plainly
from sources.cli.plain import PlainConsole, make_table
from sources.cli.registered import find_registered
from sources.cli.renaming import rename_command
from sources.clock import day_of, now
from sources.errors import InvalidProfile, UnreadableFile, say_unreadable
from sources.formats import FORMATS
from sources.joining import find_invited
from sources.profile import FILL_IN, parse_profile
from sources.profile_page.columns import say_goes
from sources.profile_page.draft import Draft, Looked
from sources.profile_page.server import LONGEST_SILENCE
from sources.profile_page.session import make_on_page
from sources.proposing.choices import Known, propose, propose_standard
from sources.proposing.formats import Recognised, is_workbook, recognise
from sources.proposing.judging import WITHOUT_CASE, judge
from sources.proposing.tables import look_at_csv, look_at_excel
from sources.proposing.unnumbered import WITHOUT_BSN, find_by_name
from sources.proposing.words import make_slug
from sources.refused_beforehand import Registered, find_refused, list_functions
from sources.typed import quote

profile_app = typer.Typer(no_args_is_help=True, help="Profielen van registraties.")


@profile_app.callback()
def profile_group() -> None:
    """Hold the verbs on profiles together."""


profile_app.command("rename")(rename_command)


@profile_app.command("init")
def init_command(
    file: Annotated[Path, typer.Argument(help="Een bestand van de registratie.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="Schrijf het voorstel hierheen.")
    ] = None,
    name: Annotated[str, typer.Option(help="Naam van het profiel.")] = "",
    category: Annotated[
        str,
        typer.Option(
            help="De soort signaal, zoals bijstand; zonder: die van uw uitnodiging."
        ),
    ] = "",
    municipality: Annotated[
        list[str] | None,
        typer.Option(
            help="Gemeentecode; mag vaker. Zonder: de gemeente van uw uitnodiging."
        ),
    ] = None,
    function: Annotated[
        str, typer.Option(help="Functie van de contactpersoon.")
    ] = FILL_IN,
    phone: Annotated[
        str,
        typer.Option(
            help="Telefoonnummer van de contactpersoon, als het bestand er één noemt."
        ),
    ] = FILL_IN,
    informed: Annotated[
        str, typer.Option(help="Hoe inwoners het weten, zoals informed-by-letter.")
    ] = FILL_IN,
    verified: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Op welke dag u zag dat het telefoonnummer klopt, jjjj-mm-dd.",
        ),
    ] = None,
    sheet: Annotated[str, typer.Option(help="Het werkblad, als er meer zijn.")] = "",
    page: Annotated[
        bool,
        typer.Option("--page", help="Maak het profiel op een pagina in de browser."),
    ] = False,
) -> None:
    """Stel een profiel voor, en leg uit wat er van elke kolom niet wordt verstuurd."""
    with refusing_plainly():
        if page and verified:
            raise InvalidProfile(
                "Laat --verified weg bij --page: de pagina vraagt het u daar."
            )
        invited = find_invited(Path())
        known = Known(
            name or make_slug(file.stem),
            category or _find_category(invited) or FILL_IN,
            tuple(municipality or ([invited.municipality] if invited else ())),
            function,
            phone,
            informed,
            _read_day(verified),
        )
        registered = find_registered()
        words = tuple(list_functions(registered, known.category))
        known = replace(known, words=words)
        place = out or Path(f"{known.name}.toml")
        draft = _propose(file, known, (place, sheet), registered)
        _say_unused(draft, sheet)
        if page:
            _make_on_page(draft)
            return
        text = draft.write()
        if out:
            _write(out, text)
    if out is None:
        typer.echo(text, nl=False)
        return
    _show(draft)
    console = PlainConsole()
    console.print(f"Voorstel geschreven: {out}", soft_wrap=True)
    console.print(_judge(text, draft, out), soft_wrap=True)
    if any(one.function == FILL_IN for one in draft.choices.contacts.values()):
        said = f"Bij function kiest u uit: {', '.join(words)}."
        console.print(said, soft_wrap=True)
    if draft.looked and "case_number" not in draft.choices.columns:
        console.print(WITHOUT_CASE, soft_wrap=True)
    if draft.looked and find_by_name(draft.looked.judgement):
        console.print(WITHOUT_BSN, soft_wrap=True)


def _find_category(invited: InvitedSource | None) -> str:
    """Give the one kind of signal that we were invited for; empty where it is open."""
    (only, *more) = invited.categories if invited and invited.categories else ("",)
    return "" if more else only


def _say_unused(draft: Draft, sheet: str) -> None:
    for unused in _find_unused(draft, sheet):
        PlainConsole(stderr=True).print(unused, soft_wrap=True)


def _find_unused(draft: Draft, sheet: str) -> Iterator[str]:
    """Say which options were given and not used, and why."""
    known, contacts = draft.choices.known, draft.choices.contacts
    if sheet and not is_workbook(draft.file):
        yield "--sheet is niet gebruikt: dit bestand is geen werkmap."
    if all(one.phone != FILL_IN for one in contacts.values()):
        return
    if known.phone != FILL_IN:
        options = "--phone en --verified zijn" if known.verified else "--phone is"
        yield (
            f"{options} niet gebruikt: het bestand noemt {len(contacts)} teams "
            f"({', '.join(contacts)}), en één nummer is niet het nummer van elk team. "
            "Zet in het profiel bij elk team zijn nummer (phone) en de dag waarop u "
            "het naging (last_verified)."
        )
    elif known.verified:
        yield (
            "--verified is niet gebruikt: er is nog geen telefoonnummer om na te gaan. "
            "Zet in het profiel bij phone het nummer en bij last_verified die dag."
        )


def _read_day(given: datetime | None) -> date | None:
    """Give the day that was named; raises `InvalidProfile` for one in the future."""
    if given is None:
        return None
    if given.date() > day_of(now()):
        raise InvalidProfile("--verified is een dag die nog moet komen.")
    return given.date()


def _propose(
    file: Path, known: Known, to: tuple[Path, str], registered: Registered | None
) -> Draft:
    (out, sheet), today = to, day_of(now())
    try:
        found = recognise(file)
        if found:
            choices = propose_standard(known)
            return Draft(file, out, found, choices, today, registered)
        is_book = is_workbook(file)
        table = look_at_excel(file, sheet) if is_book else look_at_csv(file)
    except OSError:
        raise UnreadableFile(say_unreadable(file)) from None
    judgement = judge(table.sample)
    choices = propose(table, judgement, known)
    looked = Looked(table, judgement)
    return Draft(file, out, looked, choices, today, registered)


def _make_on_page(draft: Draft) -> None:
    """Show the page in the browser until it is done; the address stands here too."""
    if draft.out.exists():
        raise InvalidProfile(f"{draft.out.name} bestaat al; er is niets geschreven.")
    if isinstance(draft.found, Recognised) and FORMATS[draft.found.form].table:
        raise InvalidProfile("Een profiel voor gebeurtenissen maakt u zonder --page.")

    def write(text: str) -> None:
        _write(draft.out, text)

    def tell(address: str) -> None:
        typer.echo(f"Gaat de pagina niet open? Open haar in uw browser: {address}")
        typer.echo("Stop met Ctrl+C.")
        # A browser of the terminal comes back only when it is closed.
        Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    def tell_next(address: str) -> None:
        typer.echo(f"De pagina was al geopend. Zo opent u haar opnieuw: {address}")

    if not make_on_page(draft, write, tell, tell_next, silence=LONGEST_SILENCE):
        typer.echo("Er is niets geschreven.")
        raise typer.Exit(STOPPED)
    typer.echo(f"Profiel geschreven: {draft.out}")
    text = draft.out.read_text(encoding="utf-8")
    PlainConsole().print(_judge(text, draft, draft.out), soft_wrap=True)


def _write(path: Path, text: str) -> None:
    """Write a new file of the user's own; an existing profile is never overwritten."""
    try:
        write_whole(path, text.encode())
    except FileExistsError:
        raise InvalidProfile(
            f"{path.name} bestaat al; er is niets geschreven. Kies bij --out een "
            "andere naam, of haal het oude bestand eerst weg."
        ) from None
    except OSError:
        raise InvalidProfile(
            f"{path.name} is niet te schrijven. Bestaat de map, mag u daar schrijven, "
            "en is er ruimte op de schijf?"
        ) from None


def _show(draft: Draft) -> None:
    if draft.looked is None:
        return
    grid = make_table("Kolom", "Gaat mee?", "Waarom")
    for each in draft.looked.judgement.verdicts:
        name = each.column.name
        is_asked = name in draft.looked.judgement.doubtful
        grid.add_row(name, say_goes(each.role, is_asked=is_asked), each.why)
    PlainConsole().print(grid)


def _judge(text: str, draft: Draft, out: Path) -> str:
    try:
        made = parse_profile(text)
    except InvalidProfile as error:
        return str(error)
    found = find_refused(made, draft.registered, today=draft.today)
    if refused := [f"{says} {remedy}" for says, remedy in found]:
        return "\n".join(("Het profiel is nog niet goed:", *refused))
    command = quote("signal-source", "check", str(draft.file), "--profile", str(out))
    return f"Het profiel is bruikbaar. Probeer het met `{command}`."
