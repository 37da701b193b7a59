"""Check a ceremony's record from what is public: for whoever took no part in it.

Needs no secret and makes none: index, auditor and anybody else call this, and nothing
else of a ceremony.

- `check_record` makes all public checks again and gives what the ceremony came to.
- `verify_in_use` holds a key config against that: it is what the ceremony came to, or
  a renewal of it. Without it a record proves that some ceremony was held, not this one.

Proven by tests/unit/keys/test_ceremony_checking.py.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

from keys.ceremony.conclusion import make_pins, verify_record
from keys.ceremony.documents import RecordFile, parse_file
from keys.ceremony.errors import CeremonyMixed
from keys.config import ConfigPins, KeyConfig, open_config, verify_succession
from keys.errors import ConfigRefused, KeysError, RecordRefused

__all__ = [
    "CheckedRecord",
    "RecordRefused",
    "check_record",
    "open_signed",
    "verify_in_use",
]


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """What a ceremony came to: its kind, the digest of its transcript, its config.

    `pins` are the config keys of the holders that took part.
    """

    kind: Literal["generate", "refresh", "replace", "rotate"]
    transcript: bytes
    config: KeyConfig
    pins: ConfigPins


def check_record(data: bytes, name: str = "record.json") -> CheckedRecord:
    """Give what the ceremony of a record came to, or raise `RecordRefused`."""
    try:
        conclusion, _ = verify_record(parse_file(RecordFile, data, name))
    except KeysError as refusal:
        raise RecordRefused(f"{name}: {refusal.why}") from None
    plan = conclusion.plan
    return CheckedRecord(
        kind=plan.file.kind,
        transcript=hashlib.sha256(conclusion.transcript).digest(),
        config=conclusion.config,
        pins=make_pins(plan),
    )


def verify_in_use(config: KeyConfig, made: KeyConfig) -> None:
    """Return when a config is what a ceremony made, or a renewal of that.

    `config` must be opened (`open_config`) or accepted before: what it says is believed
    here. Raises `CeremonyMixed`.
    """
    same = (made.key_version, made.epoch, made.ceremony)
    if (config.key_version, config.epoch, config.ceremony) != same:
        raise CeremonyMixed("the key config in use names another ceremony")
    try:
        verify_succession(config, made)
    except ConfigRefused as refusal:
        raise CeremonyMixed(
            "the key config in use is no renewal of what the ceremony made: "
            f"{refusal.why}"
        ) from None


def open_signed(document: bytes, pins: ConfigPins) -> KeyConfig:
    """Give the config in use that each holder of a ceremony signed.

    Raises `CeremonyMixed` where one of them did not.
    """
    try:
        return open_config(document, pins)
    except ConfigRefused as refusal:
        raise CeremonyMixed(f"the key config in use: {refusal.why}") from None
