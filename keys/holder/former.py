"""The sharings that a holder answers for beside the newest: until `keys.overlap` ends.

In memory from the moment that a newer one was taken up; after a restart from a share
file that lies there still. Whatever is over is noted so in the record, once, before it
is dropped: from then on no clock and no restart opens it again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from keys.config import KeyConfig
from keys.holder.opening import HolderKeys
from keys.overlap import find_end


@dataclass(frozen=True, slots=True)
class KeptConfig:
    """A key config that was accepted, and when somebody first asked under it.

    `ended_at`: when its sharing was seen to be over.
    """

    config: KeyConfig
    asked_at: datetime | None
    ended_at: datetime | None = None


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


def find_over(kept: Sequence[KeptConfig], now: datetime) -> tuple[KeptConfig, ...]:
    """Give the sharings that are over, of all that are remembered, the newest first.

    The newest is in use and never over.
    """
    return tuple(one for one in kept[1:] if _is_over(one, kept, now))


def _is_over(one: KeptConfig, kept: Sequence[KeptConfig], now: datetime) -> bool:
    end = find_end_of(one.config, kept) or one.config.valid_until
    return one.ended_at is not None or now >= min(end, one.config.valid_until)


def let_go(
    former: Sequence[Former], kept: Sequence[KeptConfig], now: datetime
) -> tuple[Former, ...]:
    """Give those that are answered for still, with their end.

    Who drops the others holds nothing of their shares: no file is kept open or read
    again.
    """
    over = {one.config.place for one in find_over(kept, now)}
    dated = [
        Former(one.keys, find_end_of(one.keys.identity.config, kept))
        for one in former
        if one.keys.identity.config.place not in over
    ]
    return tuple(one for one in dated if one.is_served(now))
