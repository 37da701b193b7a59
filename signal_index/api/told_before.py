"""What changed since the same user asked the same: flags that came or went.

- It compares kinds, sources and which contact holder; not their number, nor since when
  a case runs. So the page says no more than that, and to read what stands there now.
- What is not shown any more may have ended or be withheld: the word tells neither.

In words, so that nobody compares two answers by eye. Of each kind of change at most
`MOST_NAMED` are named, so that the part keeps its length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from signal_index.labels import Labels
from signal_index.ledger import Opened
from signal_index.signals import StoredSignal
from signal_index.wire.lookups import AskedBefore

MOST_NAMED: Final = 3

_Flag = tuple[str, str]


def tell_before(
    before: Opened | None, signals: Sequence[StoredSignal], labels: Labels
) -> AskedBefore | None:
    """Say since when it is the same, or what is not; None where it was not asked."""
    if before is None:
        return None
    now = [(str(one.category), one.source) for one in signals]
    then = [(category, source) for category, source in before.flags or ()]
    came, went = Counter(now) - Counter(then), Counter(then) - Counter(now)
    contacts = Counter(zip(now, (one.contact_id for one in signals), strict=True))
    others = contacts - Counter(zip(then, before.contacts, strict=True))
    moved = {flag for flag, _ in others} - set(came)
    told = (
        ("Nieuw", came),
        ("Niet meer te zien", went),
        ("Andere contactpersoon", moved),
    )
    changes = [f"{what}: {_name(flags, labels)}" for what, flags in told if flags]
    return AskedBefore(at=before.recorded_at, changes=changes)


def _name(flags: Iterable[_Flag], labels: Labels) -> str:
    names = [
        f"{labels.category_short(category)} ({labels.organisation(source)})"
        for category, source in sorted(flags)
    ]
    others = ["en meer"] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *others])
