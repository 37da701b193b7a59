"""Which sources an answer may speak of, how fresh they are, and which may go live.

- A source in trial that was never live does not take part: an answer is as if it were
  not registered.
- A source that was taken back to trial stays among the sources, as one that is late and
  was last heard before that moment. Its flags are gone at once; were it gone too, a
  generalist could read the silence as "no contact".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from signal_index.wire.rehearsals import Lack

REHEARSED_WITHIN: Final = timedelta(days=30)

InTrial = Mapping[str, datetime | None]
"""The sources in trial: until when each was live, or None where it never was."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """That a source publishes a category in a municipality, and when it last spoke.

    It says nothing of whether the source takes part: `find_heard` does. `handed_over`:
    all that it told passed to another source, which tells it now.
    """

    source: str
    rhythm_days: int
    last_heard: datetime | None
    by_hand: bool = False
    handed_over: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A source that takes part: when it was last heard, and whether it is late.

    One that only its people signal for (`by_hand`) closes no delivery: it is never
    late, and its silence never means that there is no contact.
    """

    source: str
    last_heard: datetime | None
    stale: bool
    by_hand: bool = False


def is_stale(last_heard: datetime | None, rhythm_days: int, now: datetime) -> bool:
    """Tell whether a source has been silent for more than twice its rhythm."""
    return last_heard is None or now - last_heard > timedelta(days=2 * rhythm_days)


def find_heard(
    covering: Iterable[Coverage], in_trial: InTrial, now: datetime
) -> Iterator[Heard]:
    """Tell of each source that covers a category how fresh it is, as an answer may.

    `in_trial` must come from the transaction that read the flags: were it older, an
    answer could call a source fresh whose flags it did not show.
    """
    for one in covering:
        if one.handed_over:
            continue
        if one.source not in in_trial:
            late = is_stale(one.last_heard, one.rhythm_days, now)
            stale = late and not one.by_hand
            yield Heard(one.source, one.last_heard, stale, by_hand=one.by_hand)
        elif (live_until := in_trial[one.source]) is not None:
            heard = _earliest(one.last_heard, live_until)
            yield Heard(one.source, heard, stale=True, by_hand=one.by_hand)


def _earliest(last_heard: datetime | None, live_until: datetime) -> datetime | None:
    return None if last_heard is None else min(last_heard, live_until)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A rehearsal that ended: with which keys, and whether every case passed."""

    closed_at: datetime
    passed: bool
    signers: frozenset[str]
    key_version: int | None


def find_lacks(
    last: Rehearsed | None,
    signers: Collection[str],
    key_version: int | None,
    now: datetime,
) -> list[Lack]:
    """Say what stands in the way of going live: nothing, or the source stays in trial.

    `signers` are the keys that are registered now, `key_version` the version in which
    persons are told apart now: what was tried with others was not tried.
    """
    if last is None:
        return [Lack.NOT_REHEARSED]
    found = {
        Lack.REHEARSAL_FAILED: not last.passed,
        Lack.REHEARSAL_OLD: now - last.closed_at > REHEARSED_WITHIN,
        Lack.KEYS_CHANGED: (last.signers, last.key_version)
        != (frozenset(signers), key_version),
    }
    return [lack for lack, is_lacking in found.items() if is_lacking]
