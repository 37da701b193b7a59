"""The key config: which key is in use, who holds it, and why a client may believe so.

One JSON document, signed by every holder (JWS General JSON, RFC 7515 section 7.2.1,
signatures in order of index). A client pins the holders' config keys and keeps the
last config it accepted; everything else about the holders it learns from here.

Invariants of what `verify_config` returns:

- every pinned holder signed it, with the key that the document names for it;
- it is active, valid now and of the origin this client was set up for;
- it is no older than the one accepted before, and within that one's version and epoch
  nothing is another but serial, dates and ticket keys: holders, their shares and keys
  and the threshold change by a ceremony, which the config then names;
- public key and shares are no identity, all different, and every quorum gives K;
- ids, indexes, config keys and ticket keys belong to one holder each.

Verifies only, and never imports `keys.group`. Proven by tests/unit/keys/test_config.py
and tests/attack/test_another_key_under_a_higher_serial.py.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import combinations
from typing import Any

from keys.base64url import decode_b64u
from keys.checking.person import CONFIG_TYPE
from keys.config_changes import RENEWED, list_changes
from keys.config_document import (
    ConfigPins,
    HolderConfig,
    KeyConfig,
    KeyOrigin,
    Signature,
    SignedDocument,
    parse_document,
    parse_pins,
)
from keys.errors import (
    ConfigForked,
    ConfigHoldersChanged,
    ConfigKeyChanged,
    ConfigNotActive,
    ConfigNotValidNow,
    ConfigOriginRefused,
    ConfigRolledBack,
    ConfigSharesDisagree,
    ConfigSharesEqual,
    ConfigUncertified,
    ConfigUnsigned,
    InvalidPoint,
    InvalidToken,
)
from keys.jose import PublicKey, open_compact
from keys.lagrange import combine_points

__all__ = [
    "CONFIG_TYPE",
    "ConfigPins",
    "HolderConfig",
    "KeyConfig",
    "KeyOrigin",
    "is_signed",
    "open_config",
    "parse_pins",
    "verify_config",
    "verify_succession",
]


def verify_config(
    document: bytes,
    pins: ConfigPins,
    *,
    accepted_origin: KeyOrigin,
    known: KeyConfig | None,
    now: datetime,
) -> KeyConfig:
    """Give the key config this document holds, or raise a leaf of `ConfigRefused`.

    `known` is the config accepted before; whoever forgets to keep it can be rolled
    back. `accepted_origin` must match exactly: production says `distributed`, and
    then a key that one party dealt, and so has seen whole, is refused.
    """
    config = open_config(document, pins)
    if config.origin != accepted_origin:
        raise ConfigOriginRefused
    if config.state != "active":
        raise ConfigNotActive
    if not config.valid_from <= now < config.valid_until:
        raise ConfigNotValidNow(
            f"from {_tell(config.valid_from)} until {_tell(config.valid_until)}, "
            f"and here it is {_tell(now)}"
        )
    if known is not None:
        verify_succession(config, known)
    return config


def open_config(document: bytes, pins: ConfigPins) -> KeyConfig:
    """Give what all pinned holders signed, or raise a leaf of `ConfigRefused`.

    For whoever makes the next one: it says nothing of whether this one is in use, which
    it need not be any more.
    """
    config = _open_signed(document, pins)
    if tuple(holder.config_key for holder in config.holders) != pins.keys:
        raise ConfigUnsigned("the document names other config keys than the pins")
    _verify_shares(config)
    return config


def _open_signed(document: bytes, pins: ConfigPins) -> KeyConfig:
    envelope = parse_document(SignedDocument, document)
    if len(envelope.signatures) != len(pins.keys):
        raise ConfigUnsigned("as many signatures as pins are needed")
    for at, pin in enumerate(pins.keys, 1):
        if not is_signed(envelope.payload, envelope.signatures[at - 1], pin):
            raise ConfigUnsigned(
                f"not by holder {at} of the pins: the key config was changed, or the "
                "pins are of other holders; get both once more"
            )
    return parse_document(KeyConfig, decode_b64u(envelope.payload))


def is_signed(payload: str, member: Signature, key: PublicKey) -> bool:
    """Tell whether this key signed the payload of a key config."""
    # One member of a general JWS, with the payload, is a compact JWS.
    token = f"{member.protected}.{payload}.{member.signature}"
    try:
        open_compact(token, CONFIG_TYPE, partial(_signer, key))
    except InvalidToken:
        return False
    return True


def _signer(pin: PublicKey, _claims: Mapping[str, Any]) -> PublicKey:
    return pin


def verify_succession(config: KeyConfig, known: KeyConfig) -> None:
    """Return when this config may follow the one that is known, or raise."""
    if config.serial < known.serial:
        raise ConfigRolledBack
    if config.serial == known.serial and config != known:
        raise ConfigForked
    if config.key_version < known.key_version:
        raise ConfigRolledBack
    if config.key_version == known.key_version:
        if config.public_key != known.public_key:
            raise ConfigKeyChanged
        if config.epoch < known.epoch:
            raise ConfigRolledBack
        if config.epoch == known.epoch:
            _verify_renewal(config, known)
            return
    _verify_rotation(config, known)


def _verify_renewal(config: KeyConfig, known: KeyConfig) -> None:
    """Within a version and epoch, whatever may not be renewed is as it was."""
    for change in list_changes(known, config):
        if change.member not in RENEWED:
            raise ConfigHoldersChanged(change.where)


def _verify_rotation(config: KeyConfig, known: KeyConfig) -> None:
    """Another version or epoch is what a ceremony of its own certifies.

    Its digest is in what every holder signs; that the transcript holds, the holders
    checked before they signed, and anybody can who has it.
    """
    if config.ceremony is None or config.ceremony == known.ceremony:
        raise ConfigUncertified


def _verify_shares(config: KeyConfig) -> None:
    shares = {holder.index: holder.public_share for holder in config.holders}
    if len(set(shares.values())) != len(shares):
        raise ConfigSharesEqual
    for quorum in combinations(shares, config.threshold):
        if _combined(quorum, shares) != config.public_key:
            raise ConfigSharesDisagree


def _combined(quorum: Sequence[int], shares: dict[int, bytes]) -> bytes | None:
    try:
        return combine_points({index: shares[index] for index in quorum})
    except InvalidPoint:  # they cancel out: no key at all
        return None


def _tell(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
