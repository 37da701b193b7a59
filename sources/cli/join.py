"""`signal-source join`: from an invitation to an installation and a request."""

from pathlib import Path
from typing import Annotated

import typer

from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole
from sources.clock import now
from sources.errors import InvitationRefused, say_unreadable
from sources.handing_over import Party
from sources.joining import join, read_invitation, verify_free, verify_told
from sources.typed import quote


def join_command(
    invitation: Annotated[Path, typer.Argument(help="Het bestand dat u kreeg.")],
    into: Annotated[Path, typer.Option(help="Een nieuwe map voor alles.")],
    fingerprint: Annotated[
        str | None,
        typer.Option(help="De controlecode die u hoorde; anders wordt erom gevraagd."),
    ] = None,
) -> None:
    """Sluit aan met een uitnodiging: sleutels, instellingen en een aanvraag."""
    console = PlainConsole(soft_wrap=True)
    with refusing_plainly():
        verify_free(into)
        data = _read(invitation)
        opened = read_invitation(data, now=now())
        said = opened.invitation
        console.print(f"Uitnodiging voor {said.name} ({said.organisation})")
        console.print(f"  index: {said.index.url}")
        console.print(f"  gemeente: {said.source.municipality}")
        console.print(f"  soort signalen: {', '.join(said.source.categories) or '-'}")
        told = fingerprint or _ask("Controlecode die u telefonisch kreeg")
        verify_told(opened, told)
        made = join(data, opened, into, now=now())
    holders = ", ".join(at.id for at in said.holders)
    for line in (
        f"Klaar. De instellingen staan in {made.settings}.",
        f"Stuur {made.request} aan {Party.INDEX}, aan {Party.HOLDER} ({holders}) en "
        f"aan {Party.PROVIDER}. Het is voor iedereen hetzelfde bestand.",
        f"Bel hen en noem uw controlecode: {made.fingerprint}",
        f"Van de index en van {Party.HOLDER} krijgt u een bestand terug. Zet het in "
        f"{made.acceptances}. Van de inlogdienst komt niets terug.",
        f"Kijk daarna of alles klopt: `signal-source doctor --settings "
        f"{quote(str(made.settings))}`",
    ):
        console.print(line)


def _ask(question: str) -> str:
    """Ask once; raises `InvitationRefused` where it is broken off."""
    try:
        return str(typer.prompt(question))
    except typer.Abort:
        typer.echo(err=True)
        raise InvitationRefused("Afgebroken. Er is niets gemaakt.") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise InvitationRefused(say_unreadable(path)) from None
