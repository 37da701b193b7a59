"""Take up files that were replaced while a holder serves: organisations, limits, keys.

The keys of the index too: what follows on the one that was pinned.

- What was replaced is checked as at the start; what does not hold changes nothing, and
  is told once.
- A key config is held against the one in use (`keys.config.verify_succession`), and
  counts when it is kept: while the record cannot be written it is tried again.
- The sharing before it is answered for until it is over (`keys.holder.former`); that is
  noted for good, and it is dropped from memory.
- The settings file itself and the database are read at the start only.

Proven by tests/contract/test_holder_renewing.py.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from keys.config import KeyConfig
from keys.errors import KeysError
from keys.holder.errors import HolderNotReady, HolderStartRefused
from keys.holder.evaluations import Holder
from keys.holder.former import find_over, let_go, put_behind
from keys.holder.opening import (
    find_shares,
    list_openers,
    list_shares,
    open_keys,
)
from keys.holder.organisations import load_organisations
from keys.holder.settings import HolderSettings
from keys.pinned_keys import ReadOn, list_files
from keys.successor import Chain, KeyUse
from keys.watching import Watched


@dataclass(frozen=True, slots=True)
class Renewed:
    """What to serve from now on, and why some of what was replaced was not taken up."""

    holder: Holder
    refusals: tuple[str, ...] = ()
    retired: tuple["Retired", ...] = ()
    is_taken_up: bool = False
    """Whether something that was replaced counts now; else it was all refused, or it is
    time alone that went on."""


@dataclass(frozen=True, slots=True)
class Retired:
    """A sharing that is over, and how many files of it lie there still, to erase."""

    config: KeyConfig
    left: int


class Renewal:
    """The files of one holder, and what it serves because of them."""

    def __init__(self, settings: HolderSettings) -> None:
        """Look at the files; make this before they are read."""
        self._settings = settings
        self._is_told = False
        self._is_waiting = True
        self._organisations = Watched([settings.organisations])
        self._index_keys = Watched(list_files(settings.index_key))
        self._heard: list[Exception] = []
        self._read_index_keys = ReadOn(
            settings.index_key,
            KeyUse.RECEIPT,
            self._heard.append,
            settings.database.parent,
        )
        self._keys = Watched(
            [
                settings.key_config,
                settings.pins,
                settings.ticket_key,
            ],
            lambda: [*_list_openers(settings), *list_shares(settings)],
            passing=(HolderNotReady,),
        )

    def renew(self, served: Holder) -> Renewed | None:
        """Read again what was replaced and drop what is over; None where nothing is."""
        renewed = self._read_again(served)
        found = renewed or Renewed(served)
        if not self._is_waiting and not found.holder.former:
            return renewed
        try:
            return self._let_go(found, renewed)
        except HolderNotReady:
            return renewed

    def _let_go(self, found: Renewed, renewed: Renewed | None) -> Renewed | None:
        """Note what is over and drop it; the first time say all whose files lie here.

        A sharing is over for good when that stands in the record, also one of which
        nothing was in memory.
        """
        before, now = found.holder, found.holder.now()
        kept = before.meter.find_kept()
        over = find_over(kept, now)
        ended = [one for one in over if one.ended_at is None]
        if ended:
            before.meter.note_ended([one.config for one in ended], now=now)
        self._is_waiting = len(over) < len(kept[1:])
        said = ended if self._is_told else over
        retired = tuple(_find_left(self._settings, one.config) for one in said)
        told = tuple(one for one in retired if one.left or self._is_told)
        self._is_told = True
        former = let_go(before.former, kept, now)
        if renewed is None and former == before.former and not told:
            return None
        return replace(found, holder=replace(before, former=former), retired=told)

    def _read_again(self, served: Holder) -> Renewed | None:
        steps = [
            (watched, take_up)
            for watched, take_up in (
                (self._organisations, self._take_up_organisations),
                (self._index_keys, self._take_up_index_keys),
                (self._keys, self._take_up_keys),
            )
            if watched.has_changed()
        ]
        if not steps and not self._heard:
            return None
        before, refusals = served, list[Exception]()
        for watched, take_up in steps:
            with watched.reading(refusals.append, HolderStartRefused, HolderNotReady):
                served = take_up(served)
        refusals = [*self._heard, *refusals]
        self._heard.clear()
        told = tuple(str(one) or type(one).__name__ for one in refusals)
        return Renewed(served, told, is_taken_up=served is not before)

    def _take_up_organisations(self, served: Holder) -> Holder:
        found = load_organisations(self._settings.organisations)
        return replace(served, organisations=found)

    def _take_up_index_keys(self, served: Holder) -> Holder:
        return replace(served, index_keys=self.read_index_keys())

    def read_index_keys(self) -> Chain:
        """Read whose word is taken on whom to refuse, or raise `HolderStartRefused`.

        What followed on it once is kept beside the database, and counts over a restart.
        """
        try:
            return self._read_index_keys()
        except KeysError as error:
            raise HolderStartRefused(str(error)) from None

    def _take_up_keys(self, served: Holder) -> Holder:
        known = served.keys.identity.config
        keys = open_keys(self._settings, known=known, now=served.now())
        served.meter.keep_config(keys.identity.config)
        former = put_behind(served.former, served.keys, keys)
        return replace(served, keys=keys, former=former)


def _list_openers(settings: HolderSettings) -> list[Path]:
    try:
        return list_openers(settings)
    except KeysError:  # the file of the token is none: it is refused when it is read
        return []


def _find_left(settings: HolderSettings, over: KeyConfig) -> Retired:
    """Say of a sharing that is over how many files of it lie there still."""
    try:
        return Retired(over, len(find_shares(settings, over)))
    except KeysError:  # a file there is none; at its next change that is refused
        return Retired(over, 0)
