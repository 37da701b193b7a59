"""`signal-source`: what an agency runs."""

import sys
from io import TextIOWrapper
from typing import Final

import typer

from keys.memory import refuse_core_dumps
from sources.cli.lazy import Verb, make_group

VERBS: Final = {
    "join": Verb(
        "sources.cli.join",
        "join_command",
        "Sluit aan met een uitnodiging: sleutels, instellingen en een aanvraag.",
    ),
    "publish": Verb(
        "sources.cli.publish",
        "publish_command",
        "Lever de signalen uit een bestand aan en sluit de levering af.",
    ),
    "run": Verb(
        "sources.cli.run",
        "run_command",
        "Lever alle feeds uit de instellingen op hun tijd aan, tot u stopt.",
    ),
    "reconcile": Verb(
        "sources.cli.reconcile",
        "reconcile_command",
        "Vergelijk de open zaken met de index; gelijk bevestigt alle signalen.",
    ),
    "evidence": Verb(
        "sources.cli.evidence",
        "evidence_command",
        "Laat zien wat is ondertekend en verstuurd, en waar dat is vastgelegd.",
    ),
    "rehearse": Verb(
        "sources.cli.rehearse",
        "rehearse_command",
        "Oefen twintig gevallen met testpersonen, terwijl de bron in proef is.",
    ),
    "doctor": Verb(
        "sources.cli.doctor",
        "doctor_command",
        "Kijk alles na: sleutels, klok, elke partij, profiel, vergelijking.",
    ),
    "status": Verb(
        "sources.cli.status",
        "status_command",
        "Laat zien hoe het aanleveren ervoor staat, zonder iemand iets te vragen.",
    ),
    "letter": Verb(
        "sources.cli.letter",
        "letter_command",
        "Maak de brieven over het signaal. Namen blijven op deze machine.",
    ),
    "person-events": Verb(
        "sources.cli.person_events",
        "person_events_command",
        "Meld wie is overleden, verhuisd of weer hier woont; ook twee keer mag.",
    ),
    "check": Verb(
        "sources.cli.check",
        "check_command",
        "Kijk wat `publish` zou versturen en wat niet. Er gaat niets de deur uit.",
    ),
    "population": Verb(
        "sources.cli.population",
        "population_command",
        "Verzin inwoners en de bestanden van vier organisaties, met een antwoordblad.",
    ),
    "corpus": Verb(
        "sources.cli.corpus",
        "corpus_command",
        "Schrijf vuile exports op, met ernaast wat er van elk moet worden.",
    ),
    "find": Verb(
        "sources.cli.find",
        "find_command",
        "Zoek de zaak bij een kenmerk. Er gaat niets de deur uit.",
    ),
    "corrections": Verb(
        "sources.cli.corrections",
        "corrections_app",
        "Correcties en bezwaren van inwoners over uw signalen.",
    ),
    "notices": Verb(
        "sources.cli.notices",
        "notices_app",
        "Wie naar uw signalen keek, en wat ervan kwam.",
    ),
    "matches": Verb(
        "sources.cli.matches",
        "matches_app",
        "Wie uw inwoners ook helpt, wie u belt, en wie het voortouw neemt.",
    ),
    "brp": Verb(
        "sources.cli.brp",
        "brp_app",
        "Personen zonder BSN: wie de BRP niet zeker vond.",
    ),
    "deliveries": Verb(
        "sources.cli.deliveries",
        "deliveries_app",
        "Wat er is aangeleverd, en wat daarvan werd.",
    ),
    "outbox": Verb(
        "sources.cli.outbox",
        "outbox_app",
        "Het postvak: opnieuw beginnen, of een tweede ernaast.",
    ),
    "profile": Verb(
        "sources.cli.profile", "profile_app", "Profielen van registraties."
    ),
    "keys": Verb("sources.cli.keys", "keys_app", "De sleutels van deze organisatie."),
}
"""Every verb; a test holds each line against what the verb says of itself."""

app = typer.Typer(
    cls=make_group(VERBS),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Lever signalen aan: dat er contact is, niet wat.",
)


@app.callback()
def source() -> None:
    """Group the verbs."""


def main() -> None:
    """Run the command line; a letter that a terminal has not is shown as `?`."""
    refuse_core_dumps()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    app()


if __name__ == "__main__":
    main()
