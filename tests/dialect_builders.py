"""A small registration as text, and what is read of it."""

import io
import zipfile

from sources.connectors import read_file
from sources.profile import Profile
from sources.values import Aside, Entry
from tests.sources_builders import PROFILE, TODAY, a_number, a_profile

SMALL = a_profile(
    PROFILE.replace('municipality = "Gemeente"\n', "")
    .replace('contact = "Team"\nphone = "Telefoon"\n', "")
    .replace('["9901", "9902"]', '["9901"]')
    .replace('closes = ["dicht"]', 'closes = ["dicht", "beëindigd"]')
)


HEAD = "Zaak;BSN;Begin;Eind;Stand"


ROW = f"Z-1;{a_number(1)};2026-01-05;;open"


OTHER = f"Z-2;{a_number(2)};13-02-2026;;open"


GOOD = f"{HEAD}\n{ROW}\n{OTHER}\n"


def read(data: bytes | str, profile: Profile = SMALL) -> list[Entry]:
    made = data.encode() if isinstance(data, str) else data
    return [each for each in read_all(made, profile) if not isinstance(each, Aside)]


def read_all(data: bytes, profile: Profile = SMALL) -> list[Entry]:
    found = read_file(io.BytesIO(data), profile, today=TODAY)
    return [entry for reading in found for entry in reading]


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return packed.getvalue()
