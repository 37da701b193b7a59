"""Which token seals: a small file without a secret, given in place of a passphrase.

    module = "/usr/lib/softhsm/libsofthsm2.so"        # PKCS#11 library of the token
    serial = "ea16ef5dd769e183"                       # of the token
    key = "signal-keys"                               # the name of its key
    pin = "/run/credentials/signal-keys.service/pin"  # a file with the PIN, or nothing:
                                                      # a command then asks for it

- The PIN is in a file of its owner, or typed; never in this file, an argument or the
  environment. What stands at `pin` is not said again: it may be the PIN by mistake.
"""

import tomllib
from pathlib import Path
from types import ModuleType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from keys.errors import KeyFileMalformed, TokenRefused
from keys.extras import ExtraMissing, import_with_extra
from keys.files import read_public
from keys.sealing import Pin, Sealer


class TokenPlace(BaseModel):
    """A token, and the name of the key in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    module: Path
    serial: Annotated[str, Field(min_length=1, max_length=16)]
    key: Annotated[str, Field(min_length=1, max_length=32)]
    pin: Path | None = None


def read_token(path: Path) -> TokenPlace:
    """Read which token seals, or raise `KeyFileMalformed`.

    A relative path would be another file from another folder: both are absolute.
    """
    try:
        place = TokenPlace(**tomllib.loads(read_public(path).decode()))
    except ValidationError as error:
        names = {str(fault["loc"][0]) for fault in error.errors(include_input=False)}
        said = ", ".join(sorted(names & set(TokenPlace.model_fields))) or "other names"
        raise KeyFileMalformed(f"{path.name}: {said}: not as it must be") from None
    except (ValueError, TypeError):
        raise KeyFileMalformed(f"{path.name}: not TOML") from None
    if not place.module.is_absolute():
        raise KeyFileMalformed(f"{path.name}: module: not an absolute path")
    if not place.module.exists():
        raise KeyFileMalformed(f"{path.name}: module: no such file on this machine")
    if place.pin is not None and not place.pin.is_absolute():
        raise KeyFileMalformed(f"{path.name}: pin: not an absolute path of a file")
    return place


def open_token(place: TokenPlace, pin: Pin) -> Sealer:
    """Give what seals by a token; it is asked when something is sealed or opened."""
    sealer: Sealer = _with_extra().TokenSealer(place, pin)
    return sealer


def make_token_key(place: TokenPlace, pin: Pin) -> None:
    """Make the key in the token; raises `TokenRefused` where it has one."""
    _with_extra().make_key(place, pin)


def _with_extra() -> ModuleType:
    try:
        return import_with_extra("keys.token_sealing", "token")
    except ExtraMissing as missing:
        raise TokenRefused(f"this install speaks to no token: {missing.install}") from (
            None
        )
