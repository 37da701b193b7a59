"""A holder's share now, at a ceremony that follows on a key in use.

- The config in ceremony.json is the one that this holder serves with, by its own
  key-config.json and pins.json: an older one, or one of other holders, is refused.
- The share is of exactly that config: one of another epoch would give a share that
  fits nothing, and no proof of a single holder would show it.
- What a rotation hands over is for the index whose key lies here, got from its own
  hands: whoever leads the call cannot have it sealed for another.
"""

from pathlib import Path
from typing import Final

from keys import clock
from keys.ceremony.cards import KEY_CONFIG
from keys.ceremony.errors import CeremonyMixed
from keys.ceremony.plan import Plan
from keys.config import open_config, parse_pins
from keys.errors import ConfigRefused, KeyFileMalformed
from keys.joining.confirming import read_index_keys
from keys.jose import PublicKey
from keys.keyring import SHARE, load_share
from keys.sealing import Sealer
from keys.shares import KeyShare, get_public_share

PINS: Final = "pins.json"
INDEX_KEY: Final = "receipt.public.jwk"


def open_former(
    folder: Path, plan: Plan, index: int, sealer: Sealer
) -> KeyShare | None:
    """Give the share with which this holder takes part; None where there is none.

    Raises `CeremonyMixed` where this holder serves with another config or share than
    ceremony.json follows on, or for another index; `KeyringRefused` where the share
    does not open.
    """
    former = plan.former
    if former is None:
        return None
    known = former.find_holder(index, plan.card(index))
    if known is None:
        return None
    try:
        pins = parse_pins(_read(folder / PINS))
        config = open_config(_read(folder / KEY_CONFIG), pins)
    except ConfigRefused as refusal:
        raise CeremonyMixed(f"{KEY_CONFIG} and {PINS}: {refusal.why}") from None
    if config != former.config:
        raise CeremonyMixed(
            "ceremony.json follows on another config than the key-config.json here"
        )
    if not former.needs_share(index):
        return None
    if former.rotation is not None:
        verify_index(former.rotation.index_key, folder, "rotation.json")
    share = load_share(folder / SHARE, known.id, sealer)
    if share.public != get_public_share(config, index):
        raise CeremonyMixed(f"{SHARE} is not of the config in use")
    return share


def verify_index(key: PublicKey, folder: Path, name: str) -> None:
    """Hold that a file is of the index whose key lies here, or `CeremonyMixed`."""
    if key not in read_index_keys(folder / INDEX_KEY, clock.now()):
        raise CeremonyMixed(f"{name} is not of the index of {INDEX_KEY}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileMalformed(f"{path.name}: {error.strerror}") from None
