"""Open a holder's keys and check that they are those of the key config.

What must hold before a holder evaluates anything:

1. the key config is signed by every pinned holder, active, valid and of the accepted
   origin;
2. it names this holder;
3. the sealed share lies apart from what opens it (a passphrase, or the PIN of a
   token), opens, belongs to the config's version and epoch, and its public half is the
   config's share for this holder; no other share of that version and epoch lies beside
   it;
4. the ticket key is one of the config's ticket keys for this holder.

Shares of several sharings may lie in one folder: `share.json`, and beside it
`share-*.json`. One of a sharing to come waits for its key config and is not opened.

The config-signing key is not read: a process on the network has no use for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.config import KeyConfig, KeyOrigin, parse_pins, verify_config
from keys.errors import KeysError
from keys.holder.admission import HolderIdentity
from keys.holder.errors import HolderStartRefused
from keys.holder.settings import HolderSettings
from keys.jose import PrivateKey
from keys.keyring import SealedUse, load_share, load_signing_key, read_sharing
from keys.sealing import PassphraseSealer, Sealer, read_passphrase, read_pin
from keys.shares import KeyShare, get_public_share
from keys.token_file import open_token, read_token

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
        return _open_sharing(settings, config, document, find_shares(settings, config))
    except HolderStartRefused:
        raise
    except KeysError as error:
        raise HolderStartRefused(_reason(error)) from None


def open_former_keys(settings: HolderSettings, config: KeyConfig) -> HolderKeys | None:
    """Open what a holder answered with before, if the share lies there still.

    `config` is one that it accepted. Raises `HolderStartRefused` for another share of
    that version and epoch than it accepted.
    """
    try:
        paths = find_shares(settings, config)
        return _open_sharing(settings, config, b"", paths) if paths else None
    except HolderStartRefused:
        raise
    except KeysError as error:
        raise HolderStartRefused(_reason(error)) from None


def list_shares(settings: HolderSettings) -> list[Path]:
    """List the share files: the one that the settings name, and those beside it."""
    named = settings.share
    beside = named.parent.glob(f"{named.stem}-*{named.suffix}")
    return [path for path in (named, *sorted(beside)) if path.exists()]


def find_shares(settings: HolderSettings, config: KeyConfig) -> list[Path]:
    """Find the share files that say they are of the sharing of a config."""
    place = config.place
    said = {path: read_sharing(path) for path in list_shares(settings)}
    return [path for path, one in said.items() if (one.key_version, one.epoch) == place]


def _open_sharing(
    settings: HolderSettings,
    config: KeyConfig,
    document: bytes,
    paths: Sequence[Path],
) -> HolderKeys:
    """Open every share that says it is of this sharing: all must be the config's."""
    sealer = read_sealer(settings)
    named = list(paths) or [settings.share]
    opened = [_open_share(settings, config, path, sealer) for path in named]
    ticket_key = load_ticket_key(settings, sealer)
    return match_keys(config, document, settings.holder, opened[0], ticket_key)


def list_openers(settings: HolderSettings) -> list[Path]:
    """List the files with which the share is opened, the secret one last.

    Raises `KeyFileMalformed` where the file of a token is none, `HolderStartRefused`
    where it names no PIN: nobody is there to be asked.
    """
    if settings.token is None:
        return [path for path in (settings.passphrase,) if path is not None]
    pin = read_token(settings.token).pin
    if pin is None:
        raise HolderStartRefused("token: names no file with the PIN; nobody is asked")
    return [settings.token, pin]


def load_ticket_key(settings: HolderSettings, sealer: Sealer) -> PrivateKey:
    """Open the key with which this holder signs tickets, or raise `KeysError`."""
    path = settings.ticket_key
    return load_signing_key(path, SealedUse.TICKET, settings.holder, sealer)


def read_sealer(settings: HolderSettings) -> Sealer:
    """Read what opens this holder's files, or raise `KeysError`."""
    opener = list_openers(settings)[-1]
    if settings.token is None:
        return PassphraseSealer(read_passphrase(opener))
    return open_token(read_token(settings.token), read_pin(opener))


def _open_share(
    settings: HolderSettings, config: KeyConfig, path: Path, sealer: Sealer
) -> KeyShare:
    share = load_share(path, settings.holder, sealer)
    own = config.find_holder(settings.holder)
    if own is not None and share.public != get_public_share(config, own.index):
        raise HolderStartRefused(
            f"{path.name}: the share is not the one that the key config names"
        )
    return share


def verify_apart(settings: HolderSettings, config: KeyConfig, now: datetime) -> None:
    """Hold that whoever copies what is sealed has no passphrase or PIN, or raise.

    A folder that is copied, or a disk that is carried away, holds one of the two. In a
    trial on one machine (`together_until`) another folder of the same disk will do. A
    trial counts from when the key began, as all holders signed it and no renewal
    changes: another date in the settings does not begin it again.
    Raises `HolderStartRefused`.
    """
    name = "PIN" if settings.passphrase is None else "passphrase"
    opener = list_openers(settings)[-1].resolve()
    lying = [[*list_shares(settings), settings.share][0], settings.ticket_key]
    sealed = [one.resolve() for one in lying]
    if any(_holds(one.parent, opener) or _holds(opener.parent, one) for one in sealed):
        raise HolderStartRefused(
            f"{name}: lies with the share or the ticket key; keep it in a folder apart"
        )
    try:
        volumes = {one.stat().st_dev for one in sealed}
        is_one_volume = opener.stat().st_dev in volumes
    except OSError as error:
        raise HolderStartRefused(
            f"share, ticket key or {name}: {error.strerror}"
        ) from None
    if is_one_volume:
        began = config.valid_from.date()
        _verify_trial(settings.together_until, began, now.date(), name)


def _verify_trial(until: date | None, began: date, today: date, name: str) -> None:
    if until is None:
        raise HolderStartRefused(
            f"{name}: lies on the share's volume; keep it on another one"
        )
    if today > until:
        raise HolderStartRefused(
            f"together_until: the trial ended on {until}; "
            f"keep the {name} on another volume than the share"
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
    """Say it in one line: the name of the fact, and its words."""
    return f"{type(error).__name__}: {error.why}"
