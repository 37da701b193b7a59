"""What came back and waits for our answer: said first, with its last day.

A term that runs in silence is missed: `doctor`, `status`, `publish` and the daily run
each say it first. What was laid aside (`notices done`) and is a citizen's dispute still
waits, until it is answered. Proven by tests/unit/sources/test_what_waits_is_said.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from signal_index.wire.corrections import OwnCorrection
from sources.clock import write_day
from sources.counted import say_count
from sources.notices.words import DISPUTES, ask_to_answer
from sources.outbox.notices import find_notices, is_asking
from sources.outbox.store import Outbox

MOST_SAID: Final = 10
UNHEARD: Final = (
    "Of er iets op uw antwoord wacht, was nu niet te vragen. Vraag het later met "
    "`signal-source notices list`."
)
_KINDS: Final = {
    "outcome": (
        "inwoner zegt dat uw hulp is gestopt",
        "inwoners zeggen dat uw hulp is gestopt",
    ),
    "contact-stale-soon": (
        "contactpersoon wacht tot u die bevestigt",
        "contactpersonen wachten tot u die bevestigt",
    ),
    "signal-expires-soon": (
        "signaal vervalt als u het niet opnieuw aanlevert",
        "signalen vervallen als u ze niet opnieuw aanlevert",
    ),
    "match": ("match wacht op u", "matches wachten op u"),
}


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that waits for us: its kind, the reference of a dispute, its last day.

    Without a day where the kind has none.
    """

    kind: str
    reference: str
    on: date | None


def find_due(outbox: Outbox) -> Sequence[Due]:
    """Give what waits by what was fetched last, the most urgent first."""
    return _sort(
        Due(
            one.kind,
            one.said.facts.get("reference", ""),
            _read_day(one.said.facts.get("dueOn") or one.said.facts.get("on")),
        )
        for one in find_notices(outbox, is_all=True)
        if is_asking(one.said)
        and not one.is_replaced
        and (not one.is_done or one.kind in DISPUTES)
    )


def put_in_disputes(due: Iterable[Due], found: Iterable[OwnCorrection]) -> list[Due]:
    """Give the same, with the disputes that are open at the index now and no other."""
    others = [one for one in due if one.kind not in DISPUTES]
    return _sort([*others, *(Due(x.kind, x.reference, x.dueOn) for x in found)])


def say_due(due: Sequence[Due], *, today: date) -> Iterator[str]:
    """Say each dispute with its last day, and of other kinds how many and the first."""
    disputes = [one for one in due if one.kind in DISPUTES]
    for one in disputes[:MOST_SAID]:
        late = "Te laat: " if one.on and one.on < today else ""
        yield late + ask_to_answer(one.kind, one.reference, one.on)
    if (more := len(disputes) - MOST_SAID) > 0:
        yield f"En nog {more}: `signal-source corrections list`."
    of: dict[str, list[Due]] = defaultdict(list)
    for one in due:
        if one.kind in _KINDS:
            of[one.kind].append(one)
    for kind, waits in of.items():
        first = next((one.on for one in waits if one.on), None)
        until = f", uiterlijk {write_day(first)}" if first else ""
        told = say_count(len(waits), *_KINDS[kind])
        yield f"{told}{until}: `signal-source notices list`."


def describe_due(due: Iterable[Due]) -> list[dict[str, object]]:
    """Give the same for a machine: kinds, references and days."""
    return [
        {
            "kind": one.kind,
            "reference": one.reference or None,
            "until": one.on and one.on.isoformat(),
        }
        for one in due
    ]


def _sort(due: Iterable[Due]) -> list[Due]:
    return sorted(due, key=lambda one: (one.on or date.max, one.kind, one.reference))


def _read_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
