"""What changed since the same user asked the same: flags that came, went or passed on.

- It compares kinds, sources and which contact holder; not their number, nor since when
  a case runs. So the page says no more than that, and to read what stands there now.
- What is not shown any more may have ended or be withheld: the word tells neither.

In words, so that nobody compares two answers by eye. Of each kind of change at most
`MOST_NAMED` are named, so that the part keeps its length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from signal_index.labels import Labels
from signal_index.ledger import Opened
from signal_index.signals import StoredSignal
from signal_index.successions import Held, Succession, find_heir
from signal_index.wire.lookups import AskedBefore

MOST_NAMED: Final = 3

_WORDS: Final = {1: "een", 2: "twee", 3: "drie", 4: "vier"}
_Flag = tuple[str, str]
"""Category and source."""


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
    heirs, went, passed = [], Counter[_Flag](), set[tuple[str, ...]]()
    for one in then:
        heir = find_heir(one, place, at, since)
        heirs.append(heir)
        if not left[_flag(heir)]:
            went[_flag(one)] += 1
            continue
        left[_flag(heir)] -= 1
        if heir.source != one.source:
            passed.add((*_flag(one), heir.source))
    came, stood = +left, Counter(map(_flag, now)) - left
    shown = Counter(map(_flag, then))
    others = Counter(now) - Counter(heirs)
    moved = set(map(_flag, others)) - set(came) - {(kind, to) for kind, _, to in passed}
    changed = (
        ("Nieuw", {one: _say_came(n, stood[one]) for one, n in came.items()}),
        ("Overgegaan", dict.fromkeys(passed, "")),
        (
            "Niet meer te zien",
            {one: _say_went(n, shown[one]) for one, n in went.items()},
        ),
        ("Andere contactpersoon", dict.fromkeys(moved, "")),
    )
    changes = [f"{what}: {_name(flags, labels)}" for what, flags in changed if flags]
    return AskedBefore(at=at, changes=changes)


def _flag(one: Held) -> _Flag:
    return one.category, one.source


def _say_came(number: int, stood: int) -> str:
    """Say how many came where others like it stand, or where it is more than one."""
    if stood:
        return f", nog {_count(number)}"
    return f", {_count(number)}" if number > 1 else ""


def _say_went(number: int, of: int) -> str:
    """Say how many of those alike went, where there was more than one."""
    if number < of:
        return f", {_count(number)} van {_count(of)}"
    return f", alle {_count(of)}" if of > 1 else ""


def _count(number: int) -> str:
    return _WORDS.get(number, str(number))


def _name(flags: Mapping[Any, str], labels: Labels) -> str:
    names = [
        f"{labels.category_short(category)}"
        f" ({' naar '.join(labels.organisation(one) for one in sources)}{number})"
        for (category, *sources), number in sorted(flags.items())
    ]
    others = ["en meer"] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *others])
