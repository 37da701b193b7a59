"""`--settings` of every verb: without it, `agency.toml` in the folder we stand in.

Whoever followed `join` stands there, and every command that a page or a sentence names
can then be typed as it stands.
"""

from pathlib import Path
from typing import Annotated, Final

import typer

HERE: Final = Path("agency.toml")


def _here() -> Path:
    return HERE


def find_in_folder(path: Path | None) -> Path | None:
    """Give the settings of a folder where a folder was named."""
    return path / HERE if path is not None and path.is_dir() else path


SettingsFile = Annotated[
    Path,
    typer.Option(
        "--settings",
        default_factory=_here,
        show_default=False,
        callback=find_in_folder,
        help="agency.toml van deze organisatie; zonder: die in deze map.",
    ),
]
