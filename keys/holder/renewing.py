"""Take up files that were replaced while a holder serves: organisations, limits, keys.

- What was replaced is checked as at the start; what does not hold changes nothing, and
  is told once.
- A key config is held against the one in use (`keys.config.verify_succession`), and
  counts when it is kept: while the record cannot be written it is tried again.
- The settings file itself and the database are read at the start only.

Proven by tests/contract/test_holder_renewing.py.
"""

from dataclasses import dataclass, replace

from keys.holder.errors import HolderNotReady, HolderStartRefused
from keys.holder.evaluations import Holder
from keys.holder.opening import open_keys
from keys.holder.organisations import load_organisations
from keys.holder.settings import HolderSettings
from keys.watching import Watched


@dataclass(frozen=True, slots=True)
class Renewed:
    """What to serve from now on, and why some of what was replaced was not taken up."""

    holder: Holder
    refusals: tuple[str, ...]


class Renewal:
    """The files of one holder, and what it serves because of them."""

    def __init__(self, settings: HolderSettings) -> None:
        """Look at the files; make this before they are read."""
        self._settings = settings
        self._organisations = Watched([settings.organisations])
        self._keys = Watched(
            [
                settings.key_config,
                settings.pins,
                settings.share,
                settings.passphrase,
                settings.ticket_key,
            ]
        )

    def renew(self, served: Holder) -> Renewed | None:
        """Read again what was replaced; None when all is as it was."""
        steps = [
            take_up
            for watched, take_up in (
                (self._organisations, self._take_up_organisations),
                (self._keys, self._take_up_keys),
            )
            if watched.has_changed()
        ]
        if not steps:
            return None
        refusals = []
        for take_up in steps:
            try:
                served = take_up(served)
            except HolderStartRefused as refusal:
                refusals.append(str(refusal))
        return Renewed(served, tuple(refusals))

    def _take_up_organisations(self, served: Holder) -> Holder:
        found = load_organisations(self._settings.organisations)
        return replace(served, organisations=found)

    def _take_up_keys(self, served: Holder) -> Holder:
        known = served.keys.identity.config
        keys = open_keys(self._settings, known=known, now=served.now())
        try:
            served.meter.keep_config(keys.identity.config)
        except HolderNotReady:
            self._keys.look_again()
            return served
        return replace(served, keys=keys)
