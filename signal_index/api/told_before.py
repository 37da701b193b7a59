"""What changed since the same user asked the same: flags that came, went or passed on.

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
from signal_index.successions import Held, Succession, find_heir
from signal_index.wire.lookups import AskedBefore

MOST_NAMED: Final = 3


def tell_before(
    before: Opened | None,
    signals: Sequence[StoredSignal],
    labels: Labels,
    since: Sequence[Succession],
) -> AskedBefore | None:
    """Say since when it is the same, or what is not; None where it was not asked.

    `since`: a flag that passed on to another source neither came nor went.
    """
    if before is None:
        return None
    now = [Held(str(one.category), one.source, one.contact_id) for one in signals]
    place, at = before.parsed_leaf.municipality or "", before.recorded_at
    told = zip(before.flags or (), before.contacts, strict=True)
    then = [Held(*flag, contact) for flag, contact in told]
    left = Counter(map(_flag, now))
    heirs, went, passed = [], set(), set()
    for one in then:
        heir = find_heir(one, place, at, since)
        heirs.append(heir)
        if not left[_flag(heir)]:
            went.add(_flag(one))
            continue
        left[_flag(heir)] -= 1
        if heir.source != one.source:
            passed.add((*_flag(one), heir.source))
    came = set(+left)
    others = Counter(now) - Counter(heirs)
    moved = set(map(_flag, others)) - came - {(kind, to) for kind, _, to in passed}
    changed = (
        ("Nieuw", came),
        ("Overgegaan", passed),
        ("Niet meer te zien", went),
        ("Andere contactpersoon", moved),
    )
    changes = [f"{what}: {_name(flags, labels)}" for what, flags in changed if flags]
    return AskedBefore(at=at, changes=changes)


def _flag(one: Held) -> tuple[str, str]:
    return one.category, one.source


def _name(flags: Iterable[tuple[str, ...]], labels: Labels) -> str:
    names = [
        f"{labels.category_short(category)}"
        f" ({' naar '.join(labels.organisation(one) for one in sources)})"
        for category, *sources in sorted(flags)
    ]
    others = ["en meer"] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *others])
