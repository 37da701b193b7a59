"""What a citizen may see of themselves, read within one act, and proven after it.

An officer's report and a citizen's own page are this same reading: rows under a
`ReportPermit`, entries by the person's keyed hashes, embargoes left out before anything
is counted, recorded or proven. The statements are the same whatever is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from policy.reports import ReportPermit
from signal_index.api.acting import Acting
from signal_index.api.context import Index
from signal_index.api.person_asked import (
    PersonAct,
    PersonAsked,
    find_keys_by_year,
    record_about_person,
)
from signal_index.api.transactions import looking
from signal_index.citizens.embargo import (
    find_embargo_rows,
    withhold_entries,
    withhold_signals,
)
from signal_index.citizens.reported import (
    REPORTED_KINDS,
    Use,
    derive_own_search,
)
from signal_index.days import day_of
from signal_index.errors import ProofNotReady
from signal_index.follows import name_follow_row
from signal_index.labels import Labels
from signal_index.ledger import Openings
from signal_index.proof import DisclosureRefused
from signal_index.row_keys import RowKeys
from signal_index.store import citizen_reports, corrections
from signal_index.store.embargoes import find_held_categories
from signal_index.store.found_entries import count_missing
from signal_index.store.ledger_proofs import prove_entry_for
from signal_index.wire import citizen_reports as wire

Line = TypeVar("Line", wire.ReportedLookup, wire.ReportedMatch, wire.ReportedCheck)
Data = TypeVar("Data", bound=wire.OwnData)


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """Whose data is read, under which permit, and in whose words it is told."""

    index: Index
    asked: PersonAsked
    rows: RowKeys
    permit: ReportPermit
    labels: Labels


async def read_and_record(
    act: Acting, reading: Reading, done: PersonAct
) -> dict[str, Any]:
    """Read all that the permit's person may see, and record that it was read.

    Gives the members of `OwnData`; nothing is proven yet.
    """
    index, asked, permit = reading.index, reading.asked, reading.permit
    labels, conn, place = reading.labels, act.conn, permit.municipality
    row_keys, point, keys = reading.rows, asked.point, index.keys.disclosures
    search = derive_own_search(permit, point, row_keys)
    held_rows = find_embargo_rows(row_keys, point)
    persons = find_keys_by_year(index.keys, point, REPORTED_KINDS)
    held = await find_held_categories(conn, held_rows, place, index.keys, asked.at)
    today = day_of(act.now)
    signals = await citizen_reports.find_own_signals(conn, search, labels, today)
    follows = await citizen_reports.find_own_follows(
        conn,
        search,
        lambda oin: row_keys.find(point, name_follow_row(oin)),
        labels,
        today,
    )
    openings = Openings()
    looked = await citizen_reports.find_person_entries(
        conn, persons, place, keys, labels, openings=openings
    )
    missing = await count_missing(conn, persons, keys, openings)
    disputed = await corrections.report_corrections(
        conn, search.rows, place, labels, held=held, today=today
    )
    recorded = await record_about_person(act, asked, done)
    most = wire.MOST_LINES
    shown = withhold_entries(looked[:most], held, labels.catalogue)
    return {
        "reportId": recorded.id,
        "madeAt": asked.at,
        "organisation": labels.organisation(asked.caller.organisation),
        "firstYear": min(keys, default=asked.at.year),
        "ledgerOrigin": index.names.ledger_origin,
        "lookups": [one for one in shown if isinstance(one, wire.ReportedLookup)],
        "matches": [one for one in shown if isinstance(one, wire.ReportedMatch)],
        "checks": [one for one in shown if isinstance(one, wire.ReportedCheck)],
        "follows": list(follows),
        "hasMore": len(looked) > most,
        "missing": missing,
        "signals": list(withhold_signals(signals, held)),
        "corrections": list(disputed),
    }


async def prove_lines(index: Index, data: Data) -> Data:
    """Add each entry's proof file, opened as far as the citizen may see it."""
    async with looking(index.engine) as conn:
        lookups = [await _prove_line(index, conn, one) for one in data.lookups]
        matches = [await _prove_line(index, conn, one) for one in data.matches]
        checks = [await _prove_line(index, conn, one) for one in data.checks]
    return data.model_copy(
        update={"lookups": lookups, "matches": matches, "checks": checks}
    )


async def _prove_line(index: Index, conn: AsyncConnection, line: Line) -> Line:
    proof = await find_proof(index, conn, line.entryId, Use.of(line))
    return line.model_copy(update={"proof": proof})


async def find_proof(
    index: Index, conn: AsyncConnection, entry: UUID, use: Use
) -> str | None:
    """Give the proof file of an entry, or None where nothing proves it yet."""
    try:
        return await prove_entry_for(conn, entry, use.groups, index.keys)
    except (ProofNotReady, DisclosureRefused):
        return None
