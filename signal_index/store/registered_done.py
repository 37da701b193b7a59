"""What people decided, held against the ledger: hand-overs, reviews, closed findings.

A part of `store.registered`. Nothing begins here that has no entry, so that a row that
nobody decided on is held as that: not decided.

- A hand-over that was carried out: between whom, of what, how many signals, and whom
  the successor named for whom; those find whom to call of a flag that was shown before.
- A review: how it was judged, and that its citizen asked for it, from which day.
- A finding of completeness: that it was closed, and why.

Proven by tests/attack/test_what_is_asked_is_what_the_ledger_says.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.days import day_of
from signal_index.identifiers import read_uuid7_minute
from signal_index.ledger import Kind, Opened
from signal_index.proof import JsonObject
from signal_index.store.registered_asks import Said, Thing
from signal_index.tables.completeness import completeness_finding
from signal_index.tables.reviews import review
from signal_index.tables.transfers import signal_transfer

DONE_KINDS: Final = frozenset({Kind.REVIEW, Kind.COMPLETENESS})
"""Of which entries, beside administration, these are said."""
_NOBODY: Final[Mapping[str, Said]] = {
    "review": {"verdict": None, "closed": False, "askedOn": None},
    "finding": {"closed": False, "reason": None, "closedAt": None},
}
_TRANSFERRED: Final = (
    *("source", "successor", "categories", "contacts", "contactHolder"),
    *("reason", "signals", "references", "named"),
)


@dataclass(slots=True)
class Done:
    """What the entries say of each thing, the newest word of each member."""

    things: dict[Thing, Said] = field(default_factory=dict)
    _lookups: dict[Thing, int] = field(default_factory=dict)

    def take(self, entry: Opened, what: JsonObject) -> None:
        """Take what one entry says."""
        act = str(what.get("act"))
        if entry.kind is Kind.ADMINISTRATION and act == "signals-transferred":
            said: Said = {one: what.get(one) for one in _TRANSFERRED}
            place = entry.parsed_leaf.municipality
            at: Said = {"municipality": place, "carriedOutAt": entry.recorded_at}
            self.things["transfer", str(what.get("transfer"))] = said | at
        elif entry.kind is Kind.REVIEW and "review" in what:
            self._review(entry, what, act)
        elif entry.kind is Kind.COMPLETENESS and act == "finding-closed":
            self.things["finding", str(what.get("finding"))] = {
                "closed": True,
                "reason": what.get("reason"),
                "closedAt": entry.recorded_at,
            }

    def find(self, thing: Thing) -> Said | None:
        """Find what is said of a row; what nobody decided on is open."""
        return self.things.get(thing, _NOBODY.get(thing[0]))

    def may_be_gone(self, thing: Thing, first_kept: int) -> bool:
        """Tell whether its row may be erased: with the lookup, or what it was found in.

        Which day a finding was of stands in its entry, and is erased with its year.
        """
        if thing[0] == "review":
            return self._lookups.get(thing, first_kept) < first_kept
        return thing[0] == "finding"

    def _review(self, entry: Opened, what: JsonObject, act: str) -> None:
        thing = ("review", str(what["review"]))
        said = self.things.setdefault(thing, dict(_NOBODY["review"]))
        looked = read_uuid7_minute(UUID(str(what["entry"])))
        self._lookups[thing] = looked.astimezone(UTC).year
        if act == "picked" and what.get("byCitizen") and said["askedOn"] is None:
            said["askedOn"] = day_of(entry.recorded_at)
        elif act == "judged":
            verdict = what.get("verdict")
            said |= {"verdict": verdict, "closed": verdict == "in-order"}
        elif act == "second-look":
            agrees = what.get("agrees")
            said |= {"closed": agrees, "verdict": what.get("verdict")}
            said |= {} if agrees else {"verdict": None}


async def read_done(conn: AsyncConnection) -> AsyncIterator[tuple[Thing, Said]]:
    """Read how each of them stands."""
    done = signal_transfer.c.carried_out_at.is_not(None)
    for row in await conn.execute(select(signal_transfer).where(done)):
        holder, digest = row.contact_holder, row.references_digest
        said: Said = {
            **{one: getattr(row, one) for one in ("source", "successor", "categories")},
            **{one: getattr(row, one) for one in ("contacts", "reason", "signals")},
            "contactHolder": None if holder is None else str(holder),
            "references": None if digest is None else bytes(digest).hex(),
            "named": row.named,
            "municipality": row.municipality,
            "carriedOutAt": row.carried_out_at,
        }
        yield ("transfer", str(row.id)), said
    columns = review.c
    read = (columns.id, columns.verdict, columns.state, columns.asked_on)
    for row in await conn.execute(select(*read)):
        verdict, is_closed = row.verdict, row.state == "closed"
        judged: Said = {"verdict": verdict, "closed": is_closed}
        yield ("review", str(row.id)), {**judged, "askedOn": row.asked_on}
    found = completeness_finding.c
    closing = (found.id, found.closed_at, found.closing_reason)
    for row in await conn.execute(select(*closing)):
        closed: Said = {"closed": row.closed_at is not None}
        closed |= {"reason": row.closing_reason, "closedAt": row.closed_at}
        yield ("finding", str(row.id)), closed
