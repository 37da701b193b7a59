"""Decoys: numbers that pass the 11-proof and were never issued, as the index has them.

Evaluated once by key holders (`signal-keys decoys`), and handed to the index as
pseudonyms: it never sees the numbers. Ten at the least, watched together: an alarm
tells that somebody asked for one, never for which, so that nobody follows a person by
entering that person's number as a decoy.
"""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from keys.base64url import decode_b64u, encode_b64u
from keys.errors import DecoysRefused, InvalidPseudonym
from keys.pseudonym import KeyVersion, Pseudonym, parse_pseudonym

LEAST: Final = 10
MOST: Final = 1_000


class DecoyFile(BaseModel):
    """What stands in a file of decoys."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    format: Literal["signal-decoys/1"] = "signal-decoys/1"
    key_version: Annotated[int, Field(ge=1, lt=2**32)]
    pseudonyms: Annotated[tuple[str, ...], Field(min_length=LEAST, max_length=MOST)]

    def parse(self) -> tuple[KeyVersion, tuple[Pseudonym, ...]]:
        """Give the key version and the pseudonyms, or raise `DecoysRefused`."""
        try:
            found = tuple(parse_pseudonym(decode_b64u(one)) for one in self.pseudonyms)
        except (ValueError, InvalidPseudonym):
            raise DecoysRefused("pseudonyms: one is none") from None
        if len({one.encoded for one in found}) < len(found):
            raise DecoysRefused("pseudonyms: one stands there twice")
        return KeyVersion(self.key_version), found


def write_decoys(version: int, pseudonyms: Sequence[Pseudonym]) -> bytes:
    """Write the file that `signal-index decoys` reads."""
    encoded = tuple(encode_b64u(one.encoded) for one in pseudonyms)
    found = DecoyFile(key_version=version, pseudonyms=encoded)
    return found.model_dump_json(indent=1).encode() + b"\n"


def read_decoys(data: bytes) -> tuple[KeyVersion, tuple[Pseudonym, ...]]:
    """Read such a file, or raise `DecoysRefused`, which echoes nothing of it."""
    try:
        return DecoyFile.model_validate_json(data).parse()
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise DecoysRefused(f"{place}: {fault['msg']}") from None
