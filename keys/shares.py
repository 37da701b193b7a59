"""Shares of a key: any `threshold` holders together have it, fewer know nothing.

Shamir over the scalars of ristretto255. A share belongs to one key version and one
share epoch: after a refresh the same key has new shares, and an old share put together
with a new one gives a different, meaningless key.

- Shares of two versions, epochs or thresholds never combine: `MixedShares`.
- A share has no repr; its file is `keys.keyring`'s business.

One share alone fits every key: tests/attack/test_one_share_names_nobody.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from keys.config import KeyConfig
from keys.errors import DuplicateShare, InvalidPoint, MixedShares, TooFewShares
from keys.group import (
    Point,
    Scalar,
    multiply_base,
    parse_point,
)
from keys.pseudonym import KeyVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What the shares of one ceremony have in common."""

    key_version: KeyVersion
    epoch: int
    threshold: int


@dataclass(frozen=True, slots=True)
class PublicShare:
    """K_i = k_i*G: what a holder's proofs are checked with."""

    sharing: Sharing
    index: int
    point: Point


@dataclass(frozen=True, slots=True, repr=False)
class KeyShare:
    """k_i, one holder's share of the key."""

    sharing: Sharing
    index: int
    scalar: Scalar
    public: PublicShare = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Derive the public half once: every proof needs it."""
        public = PublicShare(self.sharing, self.index, multiply_base(self.scalar))
        object.__setattr__(self, "public", public)

    def __repr__(self) -> str:
        """Show the type, never the share."""
        return "<KeyShare>"


def verify_quorum(shares: Sequence[PublicShare]) -> None:
    """Raise unless these are enough different holders of one and the same sharing.

    `MixedShares` comes first: two epochs are wrong however many holders answered.
    """
    if not shares:
        raise TooFewShares
    if len({share.sharing for share in shares}) != 1:
        raise MixedShares
    if len({share.index for share in shares}) != len(shares):
        raise DuplicateShare
    if len(shares) < shares[0].sharing.threshold:
        raise TooFewShares


def get_public_share(config: KeyConfig, index: int) -> PublicShare:
    """Give what holder `index` must prove against, from a verified config.

    Raises `InvalidPoint` when the config knows no such holder.
    """
    for holder in config.holders:
        if holder.index == index:
            point = parse_point(holder.public_share)
            return PublicShare(get_sharing(config), index, point)
    raise InvalidPoint("no such holder")


def get_sharing(config: KeyConfig) -> Sharing:
    """Give the version, epoch and threshold that a config announces."""
    return Sharing(
        key_version=config.key_version, epoch=config.epoch, threshold=config.threshold
    )
