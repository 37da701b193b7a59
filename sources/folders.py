"""Folders that we write in: made when they are not there, refused in a sentence."""

from pathlib import Path
from typing import Final

from sources.errors import InvalidAgencySettings

OWNER_ONLY: Final = 0o700


def make_folder(path: Path) -> None:
    """Make a folder for its owner alone, or raise `InvalidAgencySettings`.

    A file of that name, or a place where we may not write, is said by its name.
    """
    try:
        path.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    except OSError:
        raise InvalidAgencySettings(
            f"{path.name} is geen map die wij kunnen gebruiken. Kies een andere map, "
            "of haal het bestand met die naam weg."
        ) from None
