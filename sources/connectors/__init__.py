"""Connectors: one per format, each giving the same typed readings.

    with path.open("rb") as file: read(file, profile, today=...) -> Iterator[Reading]

- A connector reads a stream in constant memory and keeps no record.
- It says where a record stands and what its fields are; `cases.read_case` alone says
  what they mean. So every format obeys the same rules, and one test suite.
- What is no file is read by `sql_view`; how files and events arrive is in `intake`.
"""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, Final, Protocol

from sources.connectors import (
    cloud_events,
    ddas_shv,
    ddas_vs,
    delimited,
    excel,
    istandaarden,
)
from sources.errors import UnreadableFile
from sources.formats import FORMATS
from sources.profile import Profile
from sources.values import Reading


class Connector(Protocol):
    """Read one format."""

    def __call__(
        self, file: BinaryIO, profile: Profile, *, today: date
    ) -> Iterator[Reading]:
        """Give one reading for each record of a file, in its order.

        A record that cannot be used gives a `Reject` for each wrong field; a file
        that is not in the format raises `UnreadableFile`. The file can be rewound.
        """
        ...


CONNECTORS: Final[dict[str, Connector]] = {
    "csv": delimited.read,
    "xlsx": excel.read,
    "cloudevents-1.0": cloud_events.read,
    "ddas-shv-1.0": ddas_shv.read,
    "ddas-vs-0.9": ddas_vs.read,
    "iwmo-3.2": istandaarden.read,
    "ijw-3.2": istandaarden.read,
}
if CONNECTORS.keys() != {name for name, facts in FORMATS.items() if facts.is_file}:
    raise ImportError("each format of a file has one reader, and no other has")


def read_file(file: BinaryIO, profile: Profile, *, today: date) -> Iterator[Reading]:
    """Give the readings of a file in the format its profile names."""
    if profile.format not in CONNECTORS:
        raise UnreadableFile("Het profiel beschrijft geen bestand.")
    return CONNECTORS[profile.format](file, profile, today=today)
