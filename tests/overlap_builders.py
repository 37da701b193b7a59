"""A key that was shared anew, in a moment: what a ceremony comes to without it."""

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from keys.config import KeyConfig
from keys.events import EventLog
from keys.group import generate_scalar, multiply_base
from keys.holder.building import build_app
from keys.holder.evaluations import Holder
from keys.holder.former import put_behind
from keys.holder.opening import match_keys
from keys.jose import PrivateKey
from keys.keyring import write_share
from keys.pseudonym import KeyVersion
from keys.shares import Sharing
from tests.dealing import (
    Dealing,
    DealtHolder,
    combine_shares,
    encode_pins,
    sign_config,
    split_key,
)
from tests.dealing_files import open_sealer
from tests.holder_fakes import INDEX_KEYS
from tests.holders_builders import (
    AUDIENCE,
    NOON,
    Holders,
    some_dealing,
    some_holders,
)


def some_distributed(moment: datetime = NOON) -> Dealing:
    """A key whose config says that a ceremony made it."""
    return as_distributed(some_dealing(moment))


def as_distributed(dealing: Dealing) -> Dealing:
    """The same key, with a config that says that a ceremony made it."""
    return _write_config(dealing.holders, dealing.config, serial=1)


def share_anew(
    dealing: Dealing, *, replaced: int | None = None, rotated: bool = False
) -> Dealing:
    """Share the key of a dealing anew: its next epoch.

    `replaced`: this holder is another one from now on. `rotated`: under another key,
    which begins its own count of epochs.
    """
    before = dealing.config
    version, epoch = int(before.key_version), before.epoch + 1
    key = combine_shares([holder.share for holder in dealing.holders])
    if rotated:
        version, epoch, key = version + 1, 1, generate_scalar()
    sharing = Sharing(
        key_version=KeyVersion(version), epoch=epoch, threshold=before.threshold
    )
    shares = split_key(key, sharing, len(dealing.holders))
    holders = tuple(
        _new_holder(holder) if holder.share.index == replaced else holder
        for holder in dealing.holders
    )
    holders = tuple(
        replace(holder, share=share)
        for holder, share in zip(holders, shares, strict=True)
    )
    public_key = multiply_base(key).encoded
    config = before.model_copy(
        update={"key_version": sharing.key_version, "public_key": public_key}
    )
    return _write_config(
        holders, config.model_copy(update={"epoch": epoch}), serial=before.serial + 1
    )


def some_distributed_holders() -> Holders:
    """Three holders in memory whose key was made by a ceremony."""
    holders = some_holders()
    holders.dealing = as_distributed(holders.dealing)
    change_over(holders, holders.dealing, 1, 2, 3)
    return holders


def change_over(
    holders: Holders, dealing: Dealing, *indexes: int, alone: bool = False
) -> None:
    """Have these holders answer for this sharing too, beside what they answer for.

    `alone`: for this one and no other, as when the overlap is over.
    """
    for index in indexes:
        dealt, made = dealing.holders[index - 1], holders.holders[index]
        keys = match_keys(
            dealing.config, dealing.document, dealt.id, dealt.share, dealt.ticket_key
        )
        now, index_keys = holders.clock, INDEX_KEYS
        # Another holder in its place knows nothing of what was before.
        is_same = made.keys.identity.id == dealt.id and not alone
        was = put_behind((), made.keys, keys) if is_same else ()
        holder = Holder(keys, AUDIENCE, holders.known, made.meter, now, index_keys, was)
        made.keys, made.app = keys, build_app(holder, EventLog(made.log))


def write_anew(folder: Path, dealing: Dealing, index: int, name: str) -> Path:
    """Write a holder's share of this sharing in its folder, sealed as the others."""
    holder = dealing.holders[index - 1]
    write_share(folder / name, holder.share, holder.id, open_sealer(folder))
    return folder / name


def _new_holder(holder: DealtHolder) -> DealtHolder:
    return replace(
        holder,
        id=f"{holder.id}-new",
        config_key=PrivateKey.generate(),
        ticket_key=PrivateKey.generate(),
    )


def _write_config(
    holders: tuple[DealtHolder, ...], config: KeyConfig, *, serial: int
) -> Dealing:
    keys = [holder.config_key for holder in holders]
    made = config.model_copy(
        update={
            "serial": serial,
            "origin": "distributed",
            "ceremony": hashlib.sha256(str(serial).encode()).digest(),
            "holders": tuple(holder.public for holder in holders),
        }
    )
    return Dealing(holders, made, sign_config(made, keys), encode_pins(keys))
