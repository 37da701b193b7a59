"""Why a secret file of an agency is refused, in Dutch and by its name alone."""

from pathlib import Path

from keys.errors import KeyFileExposed, KeyringRefused
from keys.files import read_secret
from sources.errors import UnsafeKeyFile


def read_agency_secret(path: Path) -> bytes:
    """Give what a secret file holds, or raise `UnsafeKeyFile` with what to do."""
    try:
        return read_secret(path)
    except KeyFileExposed:
        raise UnsafeKeyFile(
            f"Anderen kunnen {path.name} lezen. Zorg dat alleen het eigen account dat "
            f"kan: chmod 600 {path.name}"
        ) from None
    except KeyringRefused:
        raise UnsafeKeyFile(
            f"{path.name} is er niet, of is niet te lezen. Kijk of de naam en de map "
            "in de instellingen kloppen."
        ) from None
