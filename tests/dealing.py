"""Deal a key: one party makes it, splits it, and makes the holders' signing keys.

For tests, which need a key in a moment. Nothing in the product can do it: whoever deals
has seen the whole key. The config says `origin: dealt`, and production refuses it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Final

from keys.config import HolderConfig, KeyConfig
from keys.dkg import Polynomial, draw_polynomial
from keys.group import (
    Scalar,
    add_scalars,
    generate_scalar,
    multiply_base,
    multiply_scalars,
    parse_scalar,
)
from keys.jose import PrivateKey
from keys.lagrange import derive_coefficients
from keys.pseudonym import KeyVersion
from keys.renewal import join, sign_alone
from keys.shares import KeyShare, Sharing, verify_quorum

FIRST_VERSION: Final = KeyVersion(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DealingPlan:
    """How many hold the key, how many suffice, and when it may be used."""

    holders: int
    threshold: int
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True, repr=False)
class DealtHolder:
    """All that one holder gets, and nobody else."""

    id: str
    share: KeyShare
    config_key: PrivateKey
    ticket_key: PrivateKey

    def __repr__(self) -> str:
        """Show the type, never what it holds."""
        return "<DealtHolder>"

    @property
    def public(self) -> HolderConfig:
        """Give what everybody may know of this holder."""
        return HolderConfig(
            index=self.share.index,
            id=self.id,
            public_share=self.share.public.point.encoded,
            config_key=self.config_key.public,
            ticket_key=self.ticket_key.public,
        )


@dataclass(frozen=True, slots=True)
class Dealing:
    """A dealt key: each holder's part, the signed config and the pins to check it."""

    holders: tuple[DealtHolder, ...]
    config: KeyConfig
    document: bytes
    pins: bytes


def deal_key(plan: DealingPlan) -> Dealing:
    """Make a new key of version 1, epoch 1, and deal it to holders 1 to n."""
    sharing = Sharing(key_version=FIRST_VERSION, epoch=1, threshold=plan.threshold)
    key = generate_scalar()
    holders = tuple(
        DealtHolder(
            f"holder-{share.index}", share, PrivateKey.generate(), PrivateKey.generate()
        )
        for share in split_key(key, sharing, plan.holders)
    )
    config = KeyConfig(
        serial=1,
        key_version=sharing.key_version,
        epoch=sharing.epoch,
        state="active",
        origin="dealt",
        threshold=sharing.threshold,
        valid_from=plan.valid_from.replace(microsecond=0),
        valid_until=plan.valid_until.replace(microsecond=0),
        public_key=multiply_base(key).encoded,
        holders=tuple(holder.public for holder in holders),
    )
    keys = [holder.config_key for holder in holders]
    return Dealing(holders, config, sign_config(config, keys), encode_pins(keys))


def sign_config(config: KeyConfig, keys: list[PrivateKey]) -> bytes:
    """Sign a config with the holders' keys, in order of index: JWS General JSON."""
    return join([sign_alone(config, key) for key in keys])


def encode_pins(keys: list[PrivateKey]) -> bytes:
    """Give the pins of these holders: what clients get by another road."""
    pins = [key.public.jwk for key in keys]
    return json.dumps({"pins": pins}, indent=2).encode() + b"\n"


def split_key(key: Scalar, sharing: Sharing, holders: int) -> tuple[KeyShare, ...]:
    """Split a key for holders 1 to `holders`; whoever calls this has seen it whole.

    The other coefficients are fresh, so each call gives unrelated shares of the key.
    """
    others = draw_polynomial(sharing.threshold - 1)
    polynomial = Polynomial((key, *others.coefficients))
    return tuple(
        KeyShare(sharing, index, polynomial.value_at(index))
        for index in range(1, holders + 1)
    )


def combine_shares(shares: Sequence[KeyShare]) -> Scalar:
    """Give the key itself; raises `MixedShares`, `DuplicateShare`, `TooFewShares`."""
    verify_quorum([share.public for share in shares])
    factors = derive_coefficients([share.index for share in shares])
    terms = [
        multiply_scalars(parse_scalar(factor), share.scalar)
        for factor, share in zip(factors, shares, strict=True)
    ]
    return reduce(add_scalars, terms)
