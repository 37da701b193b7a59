"""What stops any run: the root of the tree, and what it was given to read."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID


def shorten(delivery: UUID) -> str:
    """Give as much of a delivery's id as a person copies: its end.

    The beginning is the same for every delivery of an outbox.
    """
    return str(delivery)[-8:]


def say_unreadable(path: Path) -> str:
    """Say of a file that was named that it cannot be opened, and what to look at."""
    if path.is_dir():
        return f"{path} is een map. Noem een bestand."
    return (
        f"{path.name} is er niet, of is niet te lezen. Kijk of de naam en de map "
        "kloppen, en of u het bestand mag openen."
    )


def say_no_text(path: Path) -> str:
    """Say of a file that should be TOML that it is something else, as an export is."""
    return (
        f"{path.name} is niet te lezen: er staan tekens in die daar niet horen "
        "(het moet UTF-8 zijn). Noemde u het goede bestand?"
    )


class SourceError(Exception):
    """Stop a run; the message is Dutch and safe to show and to log."""


class InvalidProfile(SourceError):
    """Refuse a mapping profile."""


class CodesUnfit(InvalidProfile):
    """The index takes other codes of informing: it would refuse each record."""

    def __init__(self, profile: str, says: str) -> None:
        super().__init__(
            f"Profiel {profile}: {says} Er is niets gelezen en niets verstuurd. "
            "Verbeter het profiel en geef de opdracht opnieuw."
        )


class NotRegistered(InvalidProfile):
    """The index takes nothing of what a first delivery, or a known case by it, holds.

    `is_known`: known cases go on as that.
    """

    def __init__(
        self, profile: str, places: Sequence[tuple[str, str]], *, is_known: bool
    ) -> None:
        named = " en ".join(f"{kind} in gemeente {place}" for kind, place in places)
        cases = "bekende zaken krijgen" if is_known else "elke zaak is van"
        stays = " en niets ingetrokken: elk vlaggetje staat er nog" * is_known
        super().__init__(
            f"Profiel {profile}: {cases} soort signaal {named}. Die neemt de index van "
            f"deze bron nu niet aan. Er is niets verstuurd{stays}. Verbeter het "
            "profiel, of vraag de beheerder van de index om dit aan te melden. Is het "
            "aangemeld? Vraag dan de gemeente of het doel is vastgesteld. Geef daarna "
            "de opdracht opnieuw."
        )


class InvalidAgencySettings(SourceError):
    """Refuse settings or key files."""


class UnsafeKeyFile(InvalidAgencySettings):
    """Refuse a key file that group or others may read."""


class UnreadableFile(SourceError):
    """Refuse a delivery that is not in the format of its profile."""


class LineTooLong(UnreadableFile):
    """A line of a delivery has no end, by whatever separator it is read."""


class LettersRefused(SourceError):
    """No letters were written: nobody gets one, or they have no place."""


class FolderRefused(SourceError):
    """Refuse a folder for deliveries that cannot be made, read or moved in."""
