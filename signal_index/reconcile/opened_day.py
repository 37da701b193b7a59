"""Reads the entries of a day as the index opened them, each against its leaf.

The index says what its own entries hold; it cannot say otherwise than it recorded,
for every group is held to the digest in a leaf of the verified tree.

Opened are `what` (tickets, request), `who` and `decision`; never the person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from signal_index.proof import (
    OPENED_DAY,
    Group,
    JsonObject,
    Kind,
    Leaf,
    Outcome,
    verify_disclosure,
)
from signal_index.reconcile.errors import FileMalformed
from signal_index.reconcile.evidence import Answered, DayWindow, Named
from signal_index.reconcile.ledger_part import LedgerPart, TreeLeaf
from signal_index.reconcile.line_files import opened_lines

_INSTANT = "%Y-%m-%dT%H:%M:%SZ"
Groups = Mapping[Group, JsonObject | None]


@dataclass(frozen=True, slots=True)
class OpenedDay:
    """What a day's entries say of requests, and which entries say nothing."""

    as_of: datetime
    named: Sequence[Named]
    closed: Sequence[Answered]
    unknown: Sequence[UUID]
    reported: Mapping[tuple[str, str], frozenset[str]]


def read_opened_day(path: Path, ledger: LedgerPart, window: DayWindow) -> OpenedDay:
    """Read what was opened and hold it to the tree.

    Raises `FileMalformed`; `DisclosureRefused` where a group is not the leaf's.
    """
    named: list[Named] = []
    unknown: list[UUID] = []
    reported: dict[tuple[str, str], frozenset[str]] = {}
    seen: set[UUID] = set()
    with opened_lines(path, OPENED_DAY) as (head, items):
        as_of = _parse_head(head, ledger, window)
        for item in items:
            entry, texts = _parse_item(item)
            found = ledger.leaves.get(entry)
            seen.add(entry)
            if found is None:
                unknown.append(entry)
                continue
            groups = _open(found.leaf, texts)
            if found.leaf.kind is Kind.COMPLETENESS:
                _take_report(found.leaf, groups, reported)
            else:
                named += _read_named(found.leaf, groups)
    closed = tuple(_closed(ledger, seen, window))
    return OpenedDay(as_of, named, closed, unknown, reported)


def _parse_head(head: JsonObject, ledger: LedgerPart, window: DayWindow) -> datetime:
    match head:
        case {"day": str(day), "origin": str(origin), "asOf": str(as_of)}:
            if (day, origin) != (window.day.isoformat(), ledger.origin_base):
                raise FileMalformed("the opened entries are of another day or ledger")
            return parse_instant(as_of)
    raise FileMalformed("the head of the opened entries lacks day, origin or time")


def parse_instant(text: str) -> datetime:
    """Give an instant of a head, or raise `FileMalformed`."""
    try:
        return datetime.strptime(f"{text}+0000", f"{_INSTANT}%z")
    except ValueError as cause:
        raise FileMalformed("a time is not one") from cause


def _parse_item(item: JsonObject) -> tuple[UUID, Sequence[str]]:
    match item:
        case {"entry": str(entry), "disclosures": [*texts], **rest} if not rest:
            disclosures = [text for text in texts if isinstance(text, str)]
            if len(disclosures) == len(texts):
                return parse_entry(entry), disclosures
    raise FileMalformed("an opened entry is not entry and disclosures")


def parse_entry(text: str) -> UUID:
    """Give the id of an entry, or raise `FileMalformed`."""
    try:
        return UUID(text)
    except ValueError as cause:
        raise FileMalformed("the id of an entry is not one") from cause


def _open(leaf: Leaf, texts: Sequence[str]) -> Groups:
    opened = [verify_disclosure(leaf.groups, text) for text in texts]
    return {one.group: one.value for one in opened}


def _read_named(leaf: Leaf, groups: Groups) -> Iterator[Named]:
    what, who = groups.get(Group.WHAT) or {}, groups.get(Group.WHO) or {}
    decision = groups.get(Group.DECISION) or {}
    match what:
        # A match is a lookup by nobody: it names no request and no ticket.
        case {"req": str(req), "tickets": [*tickets]} if req or tickets:
            sub = who.get("sub")
            yield Named(
                entry=leaf.entry,
                kind=leaf.kind,
                outcome=leaf.outcome,
                minute=leaf.minute,
                organisation=leaf.organisation,
                user=sub if isinstance(sub, str) else None,
                req=req,
                tickets=tuple(str(ticket) for ticket in tickets),
                repeat=decision.get("repeat") is True,
            )


def _take_report(
    leaf: Leaf, groups: Groups, reported: dict[tuple[str, str], frozenset[str]]
) -> None:
    what, who = groups.get(Group.WHAT) or {}, groups.get(Group.WHO) or {}
    match what, who:
        case {"reqs": [*reqs]}, {"sub": str(sub)}:
            by = (leaf.organisation or "", sub)
            said = frozenset(req for req in reqs if isinstance(req, str))
            reported[by] = reported.get(by, frozenset()) | said


def _closed(
    ledger: LedgerPart, seen: set[UUID], window: DayWindow
) -> Iterator[Answered]:
    for entry, one in ledger.leaves.items():
        if is_lookup_of(one, window) and entry not in seen:
            yield Answered(entry, one.leaf_hash, one.leaf.organisation)


def is_lookup_of(one: TreeLeaf, window: DayWindow) -> bool:
    """Tell whether a leaf is a lookup of the day itself."""
    return one.leaf.kind is Kind.LOOKUP and window.holds(one.leaf.minute)


def list_answered(ledger: LedgerPart, window: DayWindow) -> Sequence[Answered]:
    """Give the answered lookups of the day, from their leaves alone."""
    return [
        Answered(entry, one.leaf_hash, one.leaf.organisation)
        for entry, one in ledger.leaves.items()
        if is_lookup_of(one, window) and one.leaf.outcome is Outcome.ANSWERED
    ]
