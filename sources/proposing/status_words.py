"""Which words of a status are known: open, ended or not begun. The rest is asked.

A wrong guess here is a flag on somebody who left years ago, or none on somebody who is
there. A word counts only as a whole: `Beëindiging aangevraagd` has not ended, and
`Openstaand verzoek` is no case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sources.proposing.words import fold

OPEN: Final = frozenset(
    {
        *("open", "geopend", "heropend", "lopend", "lopende", "loopt", "actief"),
        *("inbehandeling", "inuitvoering", "inbegeleiding", "inzorg", "intraject"),
        *("gestart", "begonnen", "lopendezaak", "actievezaak", "opendossier"),
    }
)
ENDED: Final = frozenset(
    {
        *("beeindigd", "geeindigd", "gesloten", "afgesloten", "afgerond", "klaar"),
        *("afgehandeld", "gereed", "gestopt", "stopgezet", "uitgestroomd", "uitstroom"),
        *("vervallen", "ingetrokken", "overleden", "verhuisd", "afgewezen", "dicht"),
        *("geannuleerd", "inactief", "nietactief", "buitenbehandeling", "verlopen"),
        *("buitenbehandelinggesteld", "buitenbehandelinggelaten", "niettoegekend"),
        *("opgeheven", "voltooid", "gearchiveerd", "geweigerd", "afgebroken"),
        *("uitgeschreven", "nietontvankelijk", "geseponeerd", "afgemeld"),
    }
)
NOT_BEGUN: Final = frozenset(
    {
        *("aanvraag", "aangevraagd", "inaanvraag", "concept", "aangemeld"),
        *("aanmelding", "intake"),
    }
)


@dataclass(frozen=True, slots=True)
class Sorted:
    """The words of a status, each in one list; `undecided` is for a person."""

    opens: tuple[str, ...]
    closes: tuple[str, ...]
    ignores: tuple[str, ...]
    undecided: tuple[str, ...]


def sort_status(words: Iterable[str]) -> Sorted:
    """Sort words by what is known of them."""
    lists: tuple[list[str], ...] = ([], [], [], [])
    for word in sorted(words):
        folded = fold(word)
        known = (folded in OPEN, folded in ENDED, folded in NOT_BEGUN, True)
        lists[known.index(True)].append(word)
    return Sorted(*(tuple(each) for each in lists))


def is_of_states(words: Iterable[str]) -> bool:
    """Tell whether words are those of a status: open and over, and most are known."""
    found = sort_status(words)
    known = len(found.opens) + len(found.closes) + len(found.ignores)
    return bool(found.opens and found.closes) and known >= len(found.undecided)
