"""Messages of iWmo and iJw, read by a profile in which an assignment opens."""

import io
from datetime import date

from sources.connectors import read_file
from sources.profile import Profile
from sources.values import (
    Reading,
)
from tests.connector_formats import CONTACTS, in_format
from tests.sources_builders import TODAY

BY_ASSIGNMENT = in_format("iwmo-3.2", CONTACTS)


def read(
    data: bytes, profile: Profile = BY_ASSIGNMENT, today: date = TODAY
) -> list[Reading]:
    return list(read_file(io.BytesIO(data), profile, today=today))
