"""`decoys`: which numbers that were never issued are watched, as a whole."""

from pathlib import Path
from typing import Annotated

import typer

from keys.decoys import read_decoys
from keys.files import read_secret
from keys.pseudonym import derive_stored_point
from signal_index.cli.console import SettingsFile, run, say
from signal_index.cli.recording import administering
from signal_index.decoys import name_decoys
from signal_index.key_files import load_keys
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.settings import load_settings
from signal_index.store.acts import Act
from signal_index.store.watching import replace_decoys

DecoyFile = Annotated[
    Path | None, typer.Argument(help="Of `signal-keys decoys`; none: watch none.")
]


def set_decoys(settings: SettingsFile, file: DecoyFile = None) -> None:
    """Watch the decoys in a file, in place of those before; without one, none."""
    count = run(lambda: _set(settings, file))
    say(f"{count} decoys are watched")


async def _set(settings_file: Path, file: Path | None) -> int:
    settings = load_settings(settings_file)
    keys = load_keys(settings.keys)
    points = []
    if file is not None:
        version, found = read_decoys(read_secret(file))
        scalar = keys.get_scalar(version)
        points = [derive_stored_point(scalar, one) for one in found]
    async with administering(settings) as (conn, recorder):
        await replace_decoys(conn, name_decoys(points, keys))
        what: JsonObject = {"act": "decoys-set", "count": len(points)}
        await recorder.record(conn, Act(what, Kind.ADMINISTRATION))
    return len(points)
