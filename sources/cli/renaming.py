"""`signal-source profile rename`: a profile goes on under another name."""

from typing import Annotated

import typer

from sources.agency_keys import load_keys
from sources.cli.edge import refusing_plainly
from sources.cli.plain import PlainConsole
from sources.cli.settings_file import SettingsFile
from sources.counted import say_count
from sources.outbox.renaming import rename_profile
from sources.outbox.store import Outbox
from sources.settings import load_settings


def rename_command(
    old: Annotated[str, typer.Argument(help="De naam waaronder u tot nu toe leverde.")],
    new: Annotated[str, typer.Argument(help="De naam die nu in het profiel staat.")],
    *,
    settings: SettingsFile,
) -> None:
    """Geef een profiel een andere naam; zijn signalen gaan mee."""
    with refusing_plainly():
        given = load_settings(settings)
        with Outbox(given.outbox, load_keys(given.keys).outbox) as outbox:
            moved = rename_profile(outbox, old, new)
    told = say_count(moved, "signaal gaat", "signalen gaan")
    PlainConsole().print(f"{told} verder als {new}.")
