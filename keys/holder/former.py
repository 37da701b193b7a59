"""The sharings that a holder answers for beside the newest: until `keys.overlap` ends.

In memory from the moment that a newer one was taken up; after a restart from a share
file that lies there still. Whatever is over is dropped, and never opened again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from keys.config import KeyConfig
from keys.holder.opening import HolderKeys
from keys.overlap import find_end


@dataclass(frozen=True, slots=True)
class KeptConfig:
    """A key config that was accepted, and when somebody first asked under it."""

    config: KeyConfig
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Former:
    """A sharing that another one follows; without an end it is the others that wait."""

    keys: HolderKeys
    until: datetime | None = None

    def is_served(self, now: datetime) -> bool:
        """Tell whether it is answered for at this moment."""
        ended = self.until is not None and now >= self.until
        return not ended and now < self.keys.identity.config.valid_until


def find_end_of(config: KeyConfig, kept: Iterable[KeptConfig]) -> datetime | None:
    """Give when the sharing of this config ends, by what this holder remembers."""
    return find_end(config.place, ((one.config.place, one.asked_at) for one in kept))


def put_behind(
    former: Sequence[Former], was: HolderKeys, newer: HolderKeys
) -> tuple[Former, ...]:
    """Give the former sharings once a config was taken up."""
    if was.identity.config.place == newer.identity.config.place:
        return tuple(former)
    return (Former(was), *former)


def find_over(kept: Sequence[KeptConfig], now: datetime) -> tuple[KeyConfig, ...]:
    """Give the configs of all sharings that are over, from what is remembered."""
    ends = [(one.config, find_end_of(one.config, kept)) for one in kept]
    return tuple(config for config, end in ends if end is not None and end <= now)


def let_go(
    former: Sequence[Former], kept: Sequence[KeptConfig], now: datetime
) -> tuple[tuple[Former, ...], tuple[KeyConfig, ...]]:
    """Give those that are answered for still, with their end, and those that are over.

    Who drops them holds nothing of their shares: no file is kept open or read again.
    """
    dated = [
        Former(one.keys, find_end_of(one.keys.identity.config, kept)) for one in former
    ]
    over = [one.keys.identity.config for one in dated if not one.is_served(now)]
    return tuple(one for one in dated if one.is_served(now)), tuple(over)
