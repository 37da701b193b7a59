"""`signal-source`: what an agency runs."""

import typer

from sources.cli.check import check_command
from sources.cli.corrections import corrections_app
from sources.cli.deliveries import deliveries_app
from sources.cli.doctor import doctor_command
from sources.cli.evidence import evidence_command
from sources.cli.keys import keys_app
from sources.cli.letter import letter_command
from sources.cli.person_events import person_events_command
from sources.cli.population import population_command
from sources.cli.profile import profile_app
from sources.cli.publish import publish_command
from sources.cli.reconcile import reconcile_command
from sources.cli.run import run_command
from sources.cli.status import status_command

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Lever signalen aan: dat er contact is, niet wat.",
)
app.command("publish")(publish_command)
app.command("run")(run_command)
app.command("reconcile")(reconcile_command)
app.command("evidence")(evidence_command)
app.command("doctor")(doctor_command)
app.command("status")(status_command)
app.command("letter")(letter_command)
app.command("person-events")(person_events_command)
app.command("check")(check_command)
app.command("population")(population_command)
app.add_typer(corrections_app, name="corrections")
app.add_typer(deliveries_app, name="deliveries")
app.add_typer(profile_app, name="profile")
app.add_typer(keys_app, name="keys")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
