"""What is registered, held against what the ledger says was registered.

Whoever writes in the database changes whom to call, a name, a key or whom somebody may
send for, and makes no entry of it. Here each row is held against the newest entry about
it, so that it is named, whether or not anybody met it in an answer.

- Contact holders are held by the digest of their details. One that came along with a
  transfer has no entry of its own: it stands as another that has one.
- What an entry says is read with the key of its year. Where entries were erased, a row
  that has none left is counted apart: nothing can be said of it.
- Who has the keys too, and writes entries, leaves them in the tree for all to see.

Proven by tests/attack/test_what_is_registered_is_what_the_ledger_says.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.keyring import YearKeys
from signal_index.ledger import Group, Kind, Opened
from signal_index.notice.text import digest_compact
from signal_index.store.opened_entries import OPENED, open_row
from signal_index.tables import registry
from signal_index.tables.ledger import ledger_disclosure, ledger_entry

_PAGE: Final = 1_000

Thing = tuple[str, ...]
"""What it is, and the ids by which it is known."""
Said = dict[str, object]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as the ledger says, or one of the two that lacks the other.

    `members`: what differs in a row that is `changed`.
    """

    thing: Thing
    how: Literal["changed", "not-recorded", "gone"]
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """Everything that differs; how many rows were held, and of how many none can."""

    differences: Sequence[Difference]
    held: int
    erased: int


async def compare_registered(conn: AsyncConnection, keys: YearKeys) -> Compared:
    """Hold every row of the registry against the newest entry about it."""
    told = _Told()
    async for entry in _read_entries(conn, keys):
        told.take(entry)
    stands = {thing: said async for thing, said in _read_rows(conn)}
    copies = {said.get("details") for said in told.things.values()} - {None}
    found: list[Difference] = []
    erased = 0
    for thing, row in sorted(stands.items()):
        said = told.things.get(thing)
        if said is None and row.get("details") in copies:
            continue
        if said is not None:
            members = tuple(sorted(one for one in row if said.get(one) != row[one]))
            found += [Difference(thing, "changed", members)] if members else []
        elif told.is_erased:
            erased += 1
        else:
            found.append(Difference(thing, "not-recorded"))
    gone = sorted(told.things.keys() - stands.keys())
    found += [Difference(thing, "gone") for thing in gone]
    return Compared(found, len(stands), erased)


@dataclass(slots=True)
class _Told:
    """What the entries say of each thing, the newest word of each member."""

    things: dict[Thing, Said] = field(default_factory=dict)
    readable: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)

    @property
    def is_erased(self) -> bool:
        """Tell whether a whole year was erased: not one entry, and not by hand."""
        return bool(self.closed - self.readable)

    def take(self, entry: Opened) -> None:
        """Take what one entry says, in the order in which they were made."""
        year = entry.recorded_at.year
        if entry.groups is None:
            self.closed |= set() if entry.is_unreadable else {year}
            return
        self.readable.add(year)
        what = entry.group(Group.WHAT)
        act, oin = str(what.get("act")), str(what.get("oin"))
        if act == "contact-holder":
            self.things["contact-holder", str(what.get("id"))] = {
                "organisation": entry.organisation,
                "details": what.get("digest"),
            }
            return
        if act in _STATES:
            self._add(("source", oin), {"state": _STATES[act]})
            return
        kind, _, step = act.rpartition("-")
        if kind not in _KEYS:
            return
        thing = (kind, *(str(what.get(one, oin)) for one in _KEYS[kind]))
        if step in {"added", "changed"}:
            said = self.things.setdefault(thing, {})
            said |= {one: what.get(one) for one in _MEMBERS[kind]}
        elif step == "ended":
            self._end(thing, what.get("because"))

    def _end(self, thing: Thing, because: object) -> None:
        """End a thing; an organisation takes its source along."""
        self._add(thing, {"ended": because})
        if thing[0] in {"organisation", "source"}:
            gone = {"ended": because, "state": "ended"}
            known = self.things.get(("source", *thing[1:]), {})
            if known.get("ended") is None:
                self._add(("source", *thing[1:]), gone)

    def _add(self, thing: Thing, said: Said) -> None:
        """Add to what is known; of what a list of two officers has nothing is."""
        if thing in self.things:
            self.things[thing] |= said


_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "organisation": ("oin",),
    "client": ("client_id",),
    "signer": ("oin", "kid"),
    "source": ("oin",),
    "contact-label": ("oin", "label"),
}
_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "organisation": ("name", "kind"),
    "client": ("oin", "kind"),
    "signer": ("jwk",),
    "source": ("kind", "categories", "municipalities", "submitters", "byHand", "state"),
    "contact-label": ("byRole", "on"),
}
_STATES: Final = {"source-made-live": "live", "source-to-trial": "trial"}


async def _read_entries(conn: AsyncConnection, keys: YearKeys) -> AsyncIterator[Opened]:
    """Read the entries of administration, the oldest first."""
    page: Select[*tuple[Any, ...]] = (
        select(*OPENED)
        .join_from(ledger_entry, ledger_disclosure, isouter=True)
        .where(ledger_entry.c.kind == Kind.ADMINISTRATION.value)
        .order_by(ledger_entry.c.entry_id)
        .limit(_PAGE)
    )
    rows = (await conn.execute(page)).all()
    while rows:
        for row in rows:
            yield open_row(row, keys.disclosures)
        after = page.where(ledger_entry.c.entry_id > rows[-1].entry_id)
        rows = (await conn.execute(after)).all()


async def _read_rows(conn: AsyncConnection) -> AsyncIterator[tuple[Thing, Said]]:
    for row in await conn.execute(select(registry.contact_holder)):
        yield ("contact-holder", str(row.id)), _contact(row)
    for row in await conn.execute(select(registry.organisation)):
        said = {"name": row.name, "kind": row.kind, "ended": row.ended_because}
        yield ("organisation", row.oin), said
    for row in await conn.execute(select(registry.client)):
        said = {"oin": row.organisation, "kind": row.kind, "ended": row.ended_because}
        yield ("client", row.client_id), said
    for row in await conn.execute(select(registry.signer)):
        said = {"jwk": row.jwk, "ended": row.ended_because}
        yield ("signer", row.organisation, row.kid), said
    for row in await conn.execute(select(registry.contact_label)):
        said = {"byRole": row.by_role, "on": row.approved_on.isoformat()}
        yield (
            ("contact-label", row.organisation, row.label),
            said | {"ended": row.ended_because},
        )
    for thing in _sources(
        (await conn.execute(select(registry.source))).all(),
        (await conn.execute(select(registry.coverage))).all(),
        (await conn.execute(select(registry.source_submitter))).all(),
    ):
        yield thing


def _contact(row: Row[*tuple[Any, ...]]) -> Said:
    """Give the digest of what is stored; the day beside it must be the one in it."""
    details = row.details if isinstance(row.details, dict) else {}
    is_day = details.get("lastVerified") == row.last_verified.isoformat()
    digest = digest_compact(row.details) if is_day else None
    return {"organisation": row.organisation, "details": digest}


def _sources(
    sources: Sequence[Row[*tuple[Any, ...]]],
    coverage: Sequence[Row[*tuple[Any, ...]]],
    submitters: Sequence[Row[*tuple[Any, ...]]],
) -> Iterator[tuple[Thing, Said]]:
    for row in sources:
        active = [one for one in coverage if one.source == row.oin and one.active]
        said: Said = {
            "kind": row.kind,
            "byHand": row.by_hand,
            "state": row.state,
            "ended": row.ended_because,
            "submitters": sorted(
                one.submitter for one in submitters if one.source == row.oin
            ),
        }
        if active:  # a register has none, and says where it is of
            said["categories"] = sorted({one.category for one in active})
            said["municipalities"] = sorted({one.municipality for one in active})
        yield ("source", row.oin), said
