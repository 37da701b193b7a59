"""What a command reads from, by what its profile says: a file, or a database."""

from dataclasses import dataclass
from pathlib import Path

from signal_index.wire.deliveries import DeliveryKind
from sources.errors import InvalidAgencySettings, InvalidProfile
from sources.intake import Intake
from sources.intake.files import FileIntake
from sources.intake.views import open_database, open_view
from sources.outbox.store import Outbox
from sources.profile import Profile
from sources.settings import AgencySettings


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: the file that was named, if any, and the agency's settings."""

    file: Path | None
    settings: AgencySettings | None


def open_intake(
    place: Place, profile: Profile, kind: DeliveryKind, outbox: Outbox
) -> Intake:
    """Give what to read; raises `InvalidAgencySettings` or `InvalidProfile`."""
    if profile.sql is None:
        if place.file is None:
            raise InvalidProfile("Bij dit profiel hoort een bestand.")
        return FileIntake(place.file, profile)
    if place.file is not None:
        raise InvalidProfile("Dit profiel leest een database; noem geen bestand.")
    known = place.settings.databases if place.settings else {}
    if profile.sql.database not in known:
        raise InvalidAgencySettings(
            "De database van dit profiel staat niet in [databases] van agency.toml."
        )
    engine = open_database(known[profile.sql.database])
    return open_view(engine, profile, kind, outbox.connection)
