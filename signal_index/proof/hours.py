"""The file of cosigned checkpoints, one an hour: when which entries stood in the tree.

    {"checkpoints":[cosigned note,…],"format":"signal-index/hourly-checkpoints/1"}

Beside the tiles, as `hourly-checkpoints`. Nothing in it is believed for standing there:
each note is signed and cosigned, and its root is that of the tree as it was then.
"""

from collections.abc import Sequence
from typing import Final

from signal_index.proof.encoding import decode_json, encode_json
from signal_index.proof.errors import MalformedProof

HOURS_PATH: Final = "hourly-checkpoints"
_FORMAT = "signal-index/hourly-checkpoints/1"


def write_hours(notes: Sequence[str]) -> bytes:
    """Give the file of these notes."""
    return encode_json({"checkpoints": list(notes), "format": _FORMAT})


def parse_hours(data: bytes) -> Sequence[str]:
    """Give the notes in a file, or raise `MalformedProof`."""
    match decode_json(data):
        case {"checkpoints": [*notes], "format": str(form), **rest} if (
            form == _FORMAT and not rest
        ):
            found = [note for note in notes if isinstance(note, str)]
            if len(found) == len(notes):
                return found
    raise MalformedProof("the file of hourly checkpoints is not one")
