"""Lines of a citizen's report, as the index tells them."""

from __future__ import annotations

from uuid import UUID

from signal_index.citizens.reported import tell_entry
from signal_index.labels import Labels
from signal_index.proof import Group, Kind
from signal_index.wire.citizen_reports import ReportedEntry
from tests.policy_builders import NOW, the_catalogue


def a_told_entry(
    purpose: str = "veiligheid", *shown: str, kind: Kind = Kind.LOOKUP
) -> ReportedEntry:
    """A lookup for this purpose that showed these categories; or another kind."""
    flags = [{"category": category, "source": "0" * 20} for category in shown]
    return tell_entry(
        {
            Group.WHY: {"purpose": purpose},
            Group.WHAT: {"flags": flags},
            Group.DECISION: {"outcome": "answered"},
        },
        Labels(the_catalogue(), {}),
        entry=UUID(int=1),
        kind=kind,
        at=NOW,
        organisation="0" * 20,
    )


def a_match(*shown: str) -> ReportedEntry:
    """That two organisations were told of each other."""
    return a_told_entry("match", *shown, kind=Kind.MATCH)
