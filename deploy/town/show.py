"""`deploy/demo`: run the town for a person, say where to go, and wait for Ctrl-C."""

import fcntl
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.table import Table

from deploy.regiesysteem.party import regiesysteem_party
from deploy.town.citizens import settle_citizens
from deploy.town.databases import Database, opened_places
from deploy.town.early_signals import (
    brp_party,
    list_doubts,
    publish_reports,
    write_register,
)
from deploy.town.matching import find_matches
from deploy.town.parties import (
    ACCOUNTS,
    AGENCY_DESK,
    DESKS,
    EARLY_SIGNALS,
    HALL_DESK,
    PASSWORD,
    REGIONAL_BANK,
)
from deploy.town.people import People, settle_people
from deploy.town.places import DESK_PORT, Places
from deploy.town.ports import Ports
from deploy.town.processes import PartyFailed
from deploy.town.publishing import Published, agent_parties, publish_all
from deploy.town.regional_bank import SUCCESSOR, find_clients, publish_clients
from deploy.town.register import MEREL
from deploy.town.run import front_party, running_town
from deploy.town.switching import count_taken_up, deliver_ww, find_ww_citizen
from deploy.town.year.fill import ENTRIES, fill_year

REGIESYSTEEM_PORT = 8010


class _Stopped(Exception):
    """Somebody pressed Ctrl-C, or the service manager asked us to end."""


def show_town(
    console: Console, folder: Path, database: Database, *, fresh: bool, year: bool
) -> None:
    """Run the town until it is stopped; keeps its data in `folder` unless fresh.

    With `year` the ledger of a new town begins with a simulated year. Raises
    `PartyFailed` when a process does not start or ends by itself, or where another
    town runs in that folder.
    """
    with _stopping_on_signals(), having_alone(folder):
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        try:
            console.print(f"De stad wordt ingericht in {folder} …")
            people = settle_people(folder / "population")
            with ExitStack() as stack:
                places = stack.enter_context(
                    opened_places(folder, database, desk_port=DESK_PORT, fronted=True)
                )
                if year:
                    console.print("Het inzagelogboek krijgt een verzonnen jaar …")
                    fill_year(places, people, ENTRIES)
                    console.print(
                        "Verzonnen: wanneer deze regels gemaakt zijn, bewijst niets."
                    )
                processes = stack.enter_context(running_town(places))
                settle_citizens(places, people)
                published = publish_all(places, folder / "population")
                published += publish_clients(places, people)
                port = stack.enter_context(Ports()).hold(REGIESYSTEEM_PORT)
                write_register(places, people)
                processes.start_together([brp_party(places), front_party(places)])
                processes.start_together([regiesysteem_party(places, port)])
                published += publish_reports(places)
                find_matches(places)
                for agent in agent_parties(places):
                    processes.start(agent)
                _welcome(console, places, people, published)
                console.print(
                    "Hetzelfde in een ander systeem: "
                    f"[bold]http://localhost:{port}[/bold] (u bent daar al ingelogd)"
                )
                heard = 0
                while (dead := processes.find_dead()) is None:
                    time.sleep(0.5)
                    heard = _let_uwv_deliver(places, people, heard)
                raise PartyFailed(f"{dead} is gestopt; zie {places.log / dead}.log")
        except _Stopped:
            console.print("Alles is gestopt. De gegevens blijven bewaard.")


@contextmanager
def having_alone(folder: Path) -> Iterator[None]:
    """Keep other towns out of `folder`: two would spoil each other's data."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PartyFailed(
                f"in {folder} draait al een stad: stop die eerst, of geef --folder"
            ) from None
        yield


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _Stopped

    kept = [signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for each, before in zip((signal.SIGINT, signal.SIGTERM), kept, strict=True):
            signal.signal(each, before)


def _let_uwv_deliver(places: Places, people: People, heard: int) -> int:
    """Have UWV try again when the index took a policy up; gives how often it did."""
    taken_up = count_taken_up(places)
    if taken_up > heard:
        deliver_ww(places, people)
    return taken_up


def _welcome(
    console: Console, places: Places, people: People, published: Published
) -> None:
    console.print(
        f"\n{published.accepted + published.unchanged} vlaggetjes staan in de index, "
        f"{published.rejected} records zijn afgewezen (zie de map van elke bron)."
    )
    if published.waiting:
        console.print(
            f"{published.waiting} levering wacht op een antwoord, en telt hierin niet "
            "mee: wat die bron had, blijft staan. Zie de pagina Leveringen, of "
            "`signal-source deliveries show` in de map van de bron."
        )
    for desk in DESKS:
        url = places.desk_url_of(desk)
        console.print(f"\n[bold]Open {url}[/bold] ({desk.name}) en log in:\n")
        accounts = Table("gebruikersnaam", "wachtwoord", "wie")
        for account in ACCOUNTS:
            if account.organisation == desk.organisation:
                accounts.add_row(account.username, PASSWORD, account.shown_as)
        console.print(accounts)
    console.print("\nVerzonnen inwoners om op te zoeken:\n")
    citizens = Table("BSN", "wat u ziet met het doel Wmo-onderzoek")
    both = people.find_with("bijstand", "schuldhulpverlening")
    citizens.add_row(both, "twee vlaggetjes, van twee organisaties")
    citizens.add_row(people.find_with("bijstand"), "één vlaggetje")
    citizens.add_row(people.unknown[0], "geen vlaggetjes")
    citizens.add_row(find_clients(people)[0], "schuldhulp van de kleine Stadsbank")
    citizens.add_row(find_ww_citizen(people), "straks ook WW (zie hieronder)")
    citizens.add_row(" + ".join(people.find_household()), "een huishouden")
    console.print(citizens)
    console.print(
        f"\nInwoners kijken zelf op [bold]{places.portal_url}[/bold]: log in als noor"
        f" (twee vlaggetjes) of bas (geen), met {PASSWORD}. Bij lies is DigiD niet"
        " zeker genoeg."
    )
    doubts = len(list_doubts(places))
    console.print(
        f"\nDe woningstichting meldt huurachterstanden zonder BSN; de gemeente zoekt op"
        f" wie het zijn. Meldingen die op een beslissing wachten: {doubts}. Bekijk ze"
        f" met: signal-source brp list --settings"
        f" {places.agency(EARLY_SIGNALS.slug) / 'agency.toml'}"
    )
    console.print(
        "\nHet wijkteam ziet van wie een nummer is, volgens een BRP met verzonnen"
        " personen en de officiële testpersonen. Probeer een gezin "
        f"({MEREL}), iemand die overleed (999992077), geheime gegevens (999994931),"
        " of zoek op naam: Käster, geboren op 9-10-1958."
    )
    hall = places.desk_url_of(HALL_DESK)
    console.print(
        f"\nZet WW-uitkering aan: stel het voor als anke ({hall}/officer/policy/change)"
        " en keur het goed als bram. UWV levert dan aan, en met het doel schuldhulp"
        " ziet u het vlaggetje."
    )
    console.print(
        f"\n{REGIONAL_BANK.name} gaat op in de {SUCCESSOR.name}: vraag het aan als"
        f" mila ({hall}/officer/transfers) en keur het goed als anke. De vlaggetjes"
        " staan dan op de nieuwe naam, en kees leest het bij zijn berichten."
    )
    console.print(
        f"\nDe {SUCCESSOR.name} en het Werkplein helpen deels dezelfde inwoners. Log"
        f" in als kees ({places.desk_url_of(AGENCY_DESK)}/agency/matches): wie belt"
        " hij, en wie neemt het voortouw? Het Werkplein leest dat met: signal-source"
        f" matches list --settings {places.agency('income-support') / 'agency.toml'}"
    )
    console.print(
        f"\nInstellingen: van de index in {places.index / 'index.toml'}, van een"
        f" organisatie in {places.agency('NAAM') / 'agency.toml'}, van een"
        f" sleutelhouder in {places.holder(1) / 'holder.toml'}. Geef een opdracht met"
        " --settings en zo'n pad, of in die map."
    )
    console.print(f"\nGegevens: {places.folder}. Ctrl-C stopt alles.")
