"""The pins of a client, as they lie in its folder: one file, or more while all change.

A replaced holder brings other pins. No client gets them in the moment in which holders
change over, so they lie beside the former ones for a while: `pins.json` and beside it
`pins-*.json`. A config is good when all of one file signed it; what a client accepted
before it never goes back on, whichever file is older.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from keys.checking.person import list_pin_files
from keys.config import (
    ConfigPins,
    KeyConfig,
    KeyOrigin,
    parse_pins,
    verify_config,
)
from keys.errors import ConfigUnsigned


def read_pins(path: Path) -> list[ConfigPins]:
    """Read the pins that lie there, each set that its holders signed together.

    Raises `OSError` where none lies there, `ConfigMalformed` for what is no such file.
    """
    return [parse_pins(one.read_bytes()) for one in list_pin_files(path)]


def verify_by_one_of(
    document: bytes,
    pins: Sequence[ConfigPins],
    *,
    accepted_origin: KeyOrigin,
    known: KeyConfig | None,
    now: datetime,
) -> KeyConfig:
    """Give the key config that the holders of one set signed; raises as for one."""
    refused = ConfigUnsigned("there are no pins")
    for one in pins:
        try:
            return verify_config(
                document, one, accepted_origin=accepted_origin, known=known, now=now
            )
        except ConfigUnsigned as refusal:
            refused = refusal
    raise refused
