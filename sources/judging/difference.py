"""What a delivery that was read would change, against what was told before: numbers."""

from dataclasses import dataclass
from typing import Final

OLDEST_START: Final = 50  # years


@dataclass(frozen=True, slots=True)
class Difference:
    """One delivery against the signals of its profile that stand at the index.

    - `known`: cases that the index was told of; `new`: open ones that it was not.
    - `gone`: known, and absent from a full delivery; `spared` of them stay, because a
      rejected record may be theirs.
    - `ended`: known, and over by the file's own word. `persons`: known, and now of
      another person. `kinds`: known, and now of another category or municipality.
    - `starts`, `ends`: known, of the same person and kind, and now since or until
      another day. Of `ends`, the flags of `sooner` go earlier than was told.
    - `contacts`: known, and now with another contact holder.
    - `numbers`: telephone numbers that nobody was told of before, of `opened`
      cases that are open by this file, new or known.
    - `not_begun`: known, and not begun by their status; their signals stay.
    - `though_open`: records with a last day that is over, and a status that is open.
    - `rejected_before`, `though_open_before` of `read_before`: the same of the delivery
      before this one.
    - `swallowed`: lines of the file that stand inside a field of another line.
    - `total`: records that a total row says there are, where not so many but `counted`
      rows were read.
    - `is_first_and_empty`: no full delivery before this one held a record or a header,
      and this one holds its header alone.
    - `old_starts`: open cases that began longer ago than `OLDEST_START` years, of which
      that first day was not told before.
    - `strays` are signals of an outbox that is gone, which this would take back. They
      are `known`; `lost` of them have no new case in their place, and of those that
      have, whoever is since another day is among `starts`. Those of `unsure` rejected
      records may be among them.
    - `replayed`: this very file was delivered before the last one. `predates`: it says
      of itself that it is older than the last one.
    - `reverted` of `turned`: of what the last delivery changed, what this one undoes.
      `reopened`: cases that ended or went this month, and are open by this file.
    """

    known: int = 0
    new: int = 0
    gone: int = 0
    spared: int = 0
    ended: int = 0
    persons: int = 0
    kinds: int = 0
    starts: int = 0
    ends: int = 0
    sooner: int = 0
    contacts: int = 0
    numbers: int = 0
    opened: int = 0
    read: int = 0
    rejected: int = 0
    not_begun: int = 0
    though_open: int = 0
    read_before: int = 0
    rejected_before: int = 0
    though_open_before: int = 0
    swallowed: int = 0
    total: int = 0
    counted: int = 0
    is_first_and_empty: bool = False
    old_starts: int = 0
    strays: int = 0
    lost: int = 0
    unsure: int = 0
    replayed: bool = False
    predates: bool = False
    reverted: int = 0
    turned: int = 0
    reopened: int = 0
