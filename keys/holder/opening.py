"""Open a holder's keys and check that they are those of the key config.

What must hold before a holder evaluates anything:

1. the key config is signed by every pinned holder, active, valid and of the accepted
   origin;
2. it names this holder;
3. the sealed share lies apart from its passphrase, opens, belongs to the config's
   version and epoch, and its public half is the config's share for this holder;
4. the ticket key is one of the config's ticket keys for this holder.

The config-signing key is not read: a process on the network has no use for it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.config import KeyConfig, KeyOrigin, parse_pins, verify_config
from keys.errors import KeysError
from keys.files import read_json, read_secret
from keys.holder.admission import HolderIdentity
from keys.holder.errors import HolderStartRefused
from keys.holder.settings import HolderSettings
from keys.jose import PrivateKey, parse_private_key
from keys.keyring import load_share
from keys.sealing import PassphraseSealer, read_passphrase
from keys.shares import KeyShare, get_public_share

LONGEST_TRIAL: Final = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class HolderKeys:
    """What a holder evaluates, signs and is known by; checked against each other."""

    identity: HolderIdentity
    document: bytes
    share: KeyShare
    ticket_key: PrivateKey


def open_keys(
    settings: HolderSettings, *, known: KeyConfig | None, now: datetime
) -> HolderKeys:
    """Open and check the keys, or raise `HolderStartRefused` with the reason.

    `known`: the config in use, while the holder serves.

    Proven by tests/unit/keys_holder/test_opening.py.
    """
    document = _read_public(settings.key_config)
    try:
        pins = _read_public(settings.pins)
        config = _verify(document, pins, settings, known, now)
        verify_apart(settings, config, now)
        sealer = PassphraseSealer(read_passphrase(settings.passphrase))
        share = load_share(settings.share, settings.holder, sealer)
        ticket_key = parse_private_key(
            read_json(read_secret(settings.ticket_key), settings.ticket_key.name)
        )
    except KeysError as error:
        raise HolderStartRefused(_reason(error)) from None
    return match_keys(config, document, settings.holder, share, ticket_key)


def verify_apart(settings: HolderSettings, config: KeyConfig, now: datetime) -> None:
    """Hold that whoever copies the share has no passphrase, or raise.

    A folder that is copied, or a disk that is carried away, holds one of the two. In a
    trial on one machine (`together_until`) another folder of the same disk will do. A
    trial counts from when the key began, as all holders signed it and no renewal
    changes: another date in the settings does not begin it again.
    Raises `HolderStartRefused`.
    """
    share, passphrase = settings.share.resolve(), settings.passphrase.resolve()
    if _holds(share.parent, passphrase) or _holds(passphrase.parent, share):
        raise HolderStartRefused(
            "passphrase: lies with the share; keep it in a folder apart"
        )
    try:
        is_one_volume = share.stat().st_dev == passphrase.stat().st_dev
    except OSError as error:
        raise HolderStartRefused(f"share or passphrase: {error.strerror}") from None
    if is_one_volume:
        _verify_trial(settings.together_until, config.valid_from.date(), now.date())


def _verify_trial(until: date | None, began: date, today: date) -> None:
    if until is None:
        raise HolderStartRefused(
            "passphrase: lies on the share's volume; keep it on another one"
        )
    if today > until:
        raise HolderStartRefused(
            f"together_until: the trial ended on {until}; "
            "keep the passphrase on another volume than the share"
        )
    if until - began > LONGEST_TRIAL:
        raise HolderStartRefused(
            f"together_until: a trial lasts {LONGEST_TRIAL.days} days from when the "
            f"key began, here until {began + LONGEST_TRIAL}"
        )


def _holds(folder: Path, file: Path) -> bool:
    return file.is_relative_to(folder)


def match_keys(
    config: KeyConfig,
    document: bytes,
    holder_id: str,
    share: KeyShare,
    ticket_key: PrivateKey,
) -> HolderKeys:
    """Put keys together that belong together, or raise `HolderStartRefused`."""
    own = config.find_holder(holder_id)
    if own is None:
        raise HolderStartRefused("the key config does not name this holder")
    if share.public != get_public_share(config, own.index):
        raise HolderStartRefused("the share is not the one that the key config names")
    if ticket_key.public not in own.ticket_keys:
        raise HolderStartRefused("the ticket key is not the one in the key config")
    identity = HolderIdentity(own.index, own.id, config)
    return HolderKeys(identity, document, share, ticket_key)


def name_key(keys: HolderKeys) -> bytes:
    """Give the key under which this holder's security stream names accounts."""
    return HKDF(SHA256(), 32, salt=None, info=b"signal-keys/security/accounts").derive(
        keys.ticket_key.jwk["d"].encode()
    )


def _verify(
    document: bytes,
    pins: bytes,
    settings: HolderSettings,
    known: KeyConfig | None,
    now: datetime,
) -> KeyConfig:
    origin: KeyOrigin = settings.accepted_origin
    return verify_config(
        document, parse_pins(pins), accepted_origin=origin, known=known, now=now
    )


def _read_public(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HolderStartRefused(f"{path.name}: {error.strerror}") from None


def _reason(error: KeysError) -> str:
    """Say it in one line: the name of the fact, and its words if it has any."""
    said = str(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
