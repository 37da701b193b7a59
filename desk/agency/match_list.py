"""Which matches a page shows: of one organisation or case, and twenty at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from desk.agency.cases import ShownCase
from keys.case_name import find_called
from signal_index.wire.lookups import FlagContact
from signal_index.wire.matches import Match

ACTS: Final = ("take-lead", "leave-lead", "agreed", "not-agreed", "done")
SECTIONS: Final = ("late", "open", "settled", "done")
PAGE_ROWS: Final = 20
_SAID_BY_LEAD: Final = {"own": "take-lead", "other": "leave-lead"}


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """A match as the page shows it, with the own case.

    `is_first`: no match above it is about the same signal, so a notice leads here.
    """

    said: Match
    case: ShownCase
    is_first: bool

    @property
    def section(self) -> str:
        """Give under which heading it stands."""
        if self.said.isOverdue:
            return "late"
        if self.said.stage in ("open", "done"):
            return self.said.stage
        return "settled"

    @property
    def partner(self) -> str:
        """Give with whom it is: one organisation, and what it helps with."""
        partner = self.said.partner
        return f"{partner.organisation} ({partner.categoryLabel})"

    @property
    def contact(self) -> FlagContact | None:
        """Give whom to call at the other organisation; None where that is false."""
        return self.said.partner.contactHolder

    @property
    def acts(self) -> Sequence[str]:
        """Give what can be said of it: not what holds already, nothing once done."""
        said = self.said
        if said.stage == "done":
            return ()
        holds = (said.stage, _SAID_BY_LEAD.get(said.lead or ""))
        return tuple(act for act in ACTS if act not in holds)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see; empty: all.

    `case`: an own case, as `find_called` takes it, of which all is shown on one page.
    `at`: a match or the reference of a signal, whose page it is whatever `page` says.
    """

    partner: str = ""
    case: str = ""
    at: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class MatchList:
    """One page: each heading with how many stand under it in all, and who there are."""

    sections: Sequence[tuple[str, int, Sequence[ShownMatch]]]
    partners: Sequence[tuple[str, int]]
    page: int
    pages: int
    total: int

    def has(self, match: str) -> bool:
        """Tell whether this match stands on the page."""
        ids = (str(one.said.id) for _, _, ones in self.sections for one in ones)
        return match in ids


def list_matches(shown: Sequence[ShownMatch], wanted: Wanted) -> MatchList:
    """Give the page that is wanted, in the order in which its matches came."""
    case = wanted.case.strip()
    called = find_called({one.said.reference: one.case.name for one in shown}, case)
    kept = sorted(
        (
            one
            for one in shown
            if wanted.partner in ("", one.partner)
            and (not case or one.said.reference in called)
        ),
        key=lambda one: SECTIONS.index(one.section),
    )
    rows = max(1, len(kept)) if case else PAGE_ROWS
    pages = max(1, -(-len(kept) // rows))
    at = next((n for n, one in enumerate(kept) if wanted.at in _names(one)), None)
    page = min(max(1, wanted.page if at is None else at // rows + 1), pages)
    counts = Counter(one.section for one in kept)
    here = kept[(page - 1) * rows : page * rows]
    by_section = [(name, [x for x in here if x.section == name]) for name in SECTIONS]
    return MatchList(
        sections=[(name, counts[name], ones) for name, ones in by_section if ones],
        partners=sorted(Counter(one.partner for one in shown).items()),
        page=page,
        pages=pages,
        total=len(shown),
    )


def _names(one: ShownMatch) -> tuple[str, str]:
    return str(one.said.id), str(one.said.reference)
