"""What is registered, held against what the ledger says was registered.

Whoever writes in the database changes whom to call, a name, a key or whom somebody may
send for, and makes no entry of it. Here each row is held against the newest entry about
it, so that it is named, whether or not anybody met it in an answer.

- Contact holders are held by the digest of their details. One that came along with a
  transfer has no entry of its own: it stands as another once had.
- The newest is the last in the tree, whatever its id; what no tree holds yet comes
  after. Two of one minute that no tree has yet are in no order: a row may be
  as either says.
- What an entry says is read with the key of its year. Where years have expired, a row
  that has none left is counted apart: nothing can be said of it. An entry of a year
  that is kept and that cannot be read, or no more, is named: what it said last of a row
  is hidden, and an older one would stand for it.
- Words that two persons approved count by their approval; here it is held that each
  ended when the ledger says, and not otherwise.
- What ended did so within a minute of its entry: by when decides what held meanwhile.
- What citizens asked and municipalities established: `store.registered_asks`; what
  was decided: `store.registered_done`.
- Who has the keys too, and writes entries, leaves them in the tree for all to see.

Proven by tests/attack/test_what_is_registered_is_what_the_ledger_says.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.identifiers import read_uuid7_minute
from signal_index.keyring import YearKeys
from signal_index.ledger import Group, Kind, Opened
from signal_index.notice.text import digest_compact
from signal_index.proof import JsonObject
from signal_index.store.opened_entries import OPENED, open_row
from signal_index.store.registered_asks import KINDS, Asked, Said, Thing, read_asked
from signal_index.store.registered_done import DONE_KINDS, Done, read_done
from signal_index.tables import registry
from signal_index.tables.approvals import contact_label_request
from signal_index.tables.ledger import ledger_disclosure, ledger_entry, ledger_leaf
from signal_index.tables.overview import account_mandate

_PAGE: Final = 1_000
_READ: Final = KINDS | DONE_KINDS | {Kind.ADMINISTRATION}
_ONE_ACT: Final = timedelta(minutes=1)
"""How far a row and the entry of the act that wrote it lie apart at the most."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as the ledger says, or one of the two that lacks the other.

    `members`: what differs in a row that is `changed`. `hidden`: an entry of a year
    that is kept, which says nothing any more.
    """

    thing: Thing
    how: Literal["changed", "not-recorded", "gone", "hidden"]
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """Everything that differs; how many rows were held, and of how many none can."""

    differences: Sequence[Difference]
    held: int
    erased: int


async def compare_registered(
    conn: AsyncConnection, keys: YearKeys, *, first_kept_year: int, closed: date
) -> Compared:
    """Hold every row of the registry against the newest entry about it.

    Of years before `first_kept_year` nothing need be left, and nothing of what a
    citizen asked that was over before `closed`.
    """
    told = _Told(first_kept_year)
    for entry in await _read_entries(conn, keys):
        told.take(entry)
    told.things |= {thing: [said] for thing, said in told.asked.list_things()}
    stands = await _read_rows(conn)
    found = [Difference(("entry", str(one)), "hidden") for one in told.hidden]
    erased = 0
    for thing, row in sorted(stands.items()):
        decided = told.done.find(thing)
        words = told.things.get(thing) if decided is None else [decided]
        if words is None and row.get("details") in told.details:
            continue
        if words is not None:
            members = min((_differing(row, said) for said in words), key=len)
            found += [Difference(thing, "changed", members)] if members else []
        elif told.is_erased:
            erased += 1
        else:
            found.append(Difference(thing, "not-recorded"))
    gone = sorted((told.things.keys() | told.done.things.keys()) - stands.keys())
    found += [
        Difference(thing, "gone")
        for thing in gone
        if not told.asked.may_be_gone(thing, closed)
        and not told.done.may_be_gone(thing, first_kept_year)
    ]
    otherwise, count = await _compare_words(conn, told)
    return Compared([*found, *otherwise], len(stands) + count, erased)


def _differing(row: Said, said: Said) -> tuple[str, ...]:
    return tuple(sorted(one for one in row if _is_other(said.get(one), row[one])))


def _is_other(said: object, stands: object) -> bool:
    """Tell whether two differ; instants of one act never are quite the same.

    Nor are the days of an act about midnight.
    """
    if isinstance(said, datetime) and isinstance(stands, datetime):
        return abs(said - stands) > _ONE_ACT
    if isinstance(said, date) and isinstance(stands, date):
        return abs(said - stands) > timedelta(days=1)
    return said != stands


@dataclass(slots=True)
class _Told:
    """What the entries say of each thing, the newest word of each member.

    `things`: one word of each, or what each entry of one minute says.
    """

    first_kept: int
    things: dict[Thing, list[Said]] = field(default_factory=dict)
    details: set[object] = field(default_factory=set)
    ended_words: list[tuple[Thing, datetime, object]] = field(default_factory=list)
    hidden: list[UUID] = field(default_factory=list)
    is_erased: bool = False
    asked: Asked = field(default_factory=Asked)
    done: Done = field(default_factory=Done)
    _at: dict[Thing, datetime] = field(default_factory=dict)

    def take(self, entry: Opened) -> None:
        """Take what one entry says, in the order in which they were made."""
        what = entry.group(Group.WHAT)
        if entry.groups is None:
            is_kept = entry.recorded_at.year >= self.first_kept
            self.hidden += [entry.entry] if is_kept else []
            self.is_erased |= not is_kept
        elif entry.kind in KINDS:
            self.asked.take(entry, what)
        else:
            self.done.take(entry, what)
            self._administer(entry, what)

    def _administer(self, entry: Opened, what: JsonObject) -> None:
        act, oin = str(what.get("act")), str(what.get("oin"))
        if act == "contact-holder":
            self._contact(entry, what)
        elif act in _STATES:
            self._add(("source", oin), {"state": _STATES[act]})
        elif act in _GIVEN:
            kind, members = _GIVEN[act]
            self._give(_name(kind, entry, what), {m: what.get(m) for m in members})
        elif act in _TAKEN:
            self.things.pop(_name(_TAKEN[act], entry, what), None)
        else:
            self._register(entry, what, act)

    def _contact(self, entry: Opened, what: JsonObject) -> None:
        """Take whom to call; beside it what another entry of that minute says."""
        thing = ("contact-holder", str(what.get("id")))
        said: Said = {
            "organisation": entry.organisation,
            "details": what.get("digest"),
        }
        self.details.add(what.get("digest"))
        at = read_uuid7_minute(entry.entry)
        beside = self.things[thing] if self._at.get(thing) == at else []
        self.things[thing], self._at[thing] = [*beside, said], at

    def _register(self, entry: Opened, what: JsonObject, act: str) -> None:
        kind, _, step = act.rpartition("-")
        if kind not in _KEYS:
            return
        thing = _name(kind, entry, what)
        if step in {"added", "changed"}:
            place = entry.parsed_leaf.municipality
            said: Said = {one: what.get(one) for one in _MEMBERS[kind]}
            stands: Said = {"municipality": place, "ended": None, "endedAt": None}
            self._give(thing, said | stands)
        elif step == "ended":
            self._end(thing, what, entry.recorded_at)

    def _give(self, thing: Thing, said: Said) -> None:
        known = self.things.setdefault(thing, [{}])
        known[0] |= said

    def _end(self, thing: Thing, what: JsonObject, at: datetime) -> None:
        """End a thing, once; its source too, where that goes along."""
        because = what.get("because")
        if thing[0] == "contact-label":
            self.ended_words.append((thing, at, because))
        if thing[0] != "source" and self._stands(thing):
            self._add(thing, {"ended": because, "endedAt": at})
        source = ("source", str(what.get("oin")))
        is_along = thing[0] in {"organisation", "source"} or "withdrawn" in what
        if is_along and self._stands(source):
            over: Said = {"ended": because, "endedAt": at, "state": "ended"}
            self._add(source, over)

    def _stands(self, thing: Thing) -> bool:
        return thing in self.things and self.things[thing][0].get("ended") is None

    def _add(self, thing: Thing, said: Said) -> None:
        """Add to what is known; of what a list of two officers has nothing is."""
        if thing in self.things:
            self.things[thing][0] |= said


_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "organisation": ("oin",),
    "admission": ("oin", "municipality"),
    "client": ("client_id",),
    "signer": ("oin", "kid"),
    "source": ("oin",),
    "contact-label": ("oin", "label"),
    "account": ("oin", "account"),
    "mandate": ("oin", "account"),
}
_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "organisation": ("name", "kind"),
    "admission": (),
    "client": ("oin", "kind"),
    "signer": ("jwk",),
    "source": (
        *("kind", "categories", "municipalities", "rhythmDays"),
        *("submitters", "byHand", "state"),
    ),
    "contact-label": ("byRole", "on"),
    "account": (),
    "mandate": (),
}
_STATES: Final = {"source-made-live": "live", "source-to-trial": "trial"}
_GIVEN: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "organisation-admitted": ("admission", ("byRole", "on", "ended", "endedAt")),
    "account-suspended": ("account", ()),
    "mandate-given": ("mandate", ("until",)),
}
"""Acts under a name of their own: of which kind, and what they say. No act says
`ended`: who is admitted anew is not ended any more."""
_TAKEN: Final = {"account-restored": "account", "mandate-ended": "mandate"}


def _name(kind: str, entry: Opened, what: JsonObject) -> Thing:
    """Name what an entry is about; its municipality stands in the leaf."""
    said = {"municipality": entry.parsed_leaf.municipality, **what}
    return (kind, *(str(said.get(one, said.get("oin"))) for one in _KEYS[kind]))


async def _compare_words(
    conn: AsyncConnection, told: _Told
) -> tuple[list[Difference], int]:
    """Hold that each word that was asked for ended when the ledger says, and so only.

    By when it was asked, as its id says: that is in what was approved. The first ending
    after that is its own; of those whose year has expired nothing is said.
    """
    found: list[Difference] = []
    rows = (await conn.execute(select(contact_label_request))).all()
    for row in rows:
        asked = read_uuid7_minute(row.id)
        thing = ("contact-label", row.organisation, row.label)
        ended = [
            {"ended": because, "endedAt": at}
            for named, at, because in told.ended_words
            if named == thing and at >= asked
        ]
        if told.is_erased and not ended and asked.year < told.first_kept:
            continue
        stands: Said = {"ended": row.ended_because, "endedAt": row.ended_at}
        members = _differing(stands, ended[0] if ended else {})
        if members:
            name = ("contact-label-request", row.organisation, row.label)
            found.append(Difference(name, "changed", members))
    return found, len(rows)


async def _read_entries(conn: AsyncConnection, keys: YearKeys) -> Sequence[Opened]:
    """Read the entries of administration as they stand in the tree.

    Those that it does not hold yet come last, the oldest first.
    """
    page: Select[*tuple[Any, ...]] = (
        select(*OPENED, ledger_leaf.c.year.label("tree"), ledger_leaf.c.position)
        .join_from(ledger_entry, ledger_disclosure, isouter=True)
        .join(
            ledger_leaf, ledger_leaf.c.entry_id == ledger_entry.c.entry_id, isouter=True
        )
        .where(ledger_entry.c.kind.in_(sorted(_READ)))
        .order_by(ledger_entry.c.entry_id)
        .limit(_PAGE)
    )
    found: list[tuple[tuple[bool, int, int], Opened]] = []
    rows = (await conn.execute(page)).all()
    while rows:
        for row in rows:
            place = (row.tree is None, row.tree or 0, row.position or 0)
            found.append((place, open_row(row, keys.disclosures)))
        after = page.where(ledger_entry.c.entry_id > rows[-1].entry_id)
        rows = (await conn.execute(after)).all()
    found.sort(key=lambda one: one[0])
    return [entry for _, entry in found]


async def _read_rows(conn: AsyncConnection) -> Mapping[Thing, Said]:
    read = (_read_contacts, _read_taking_part, _read_accounts, read_asked, read_done)
    return {thing: said for each in read async for thing, said in each(conn)}


async def _read_contacts(conn: AsyncConnection) -> AsyncIterator[tuple[Thing, Said]]:
    for row in await conn.execute(select(registry.contact_holder)):
        yield ("contact-holder", str(row.id)), _contact(row)
    for row in await conn.execute(select(registry.contact_label)):
        said = _said(row, byRole=row.by_role, on=row.approved_on.isoformat())
        yield ("contact-label", row.organisation, row.label), said


async def _read_taking_part(
    conn: AsyncConnection,
) -> AsyncIterator[tuple[Thing, Said]]:
    for row in await conn.execute(select(registry.organisation)):
        yield ("organisation", row.oin), _said(row, name=row.name, kind=row.kind)
    for row in await conn.execute(select(registry.admission)):
        said: Said = {"byRole": row.by_role, "on": row.admitted_on.isoformat()}
        place = ("admission", row.organisation, row.municipality)
        yield place, {**said, **_ended(row)}
    for row in await conn.execute(select(registry.client)):
        yield ("client", row.client_id), _said(row, oin=row.organisation, kind=row.kind)
    for row in await conn.execute(select(registry.signer)):
        yield ("signer", row.organisation, row.kid), _said(row, jwk=row.jwk)
    for thing in _sources(
        (await conn.execute(select(registry.source))).all(),
        (await conn.execute(select(registry.coverage))).all(),
        (await conn.execute(select(registry.source_submitter))).all(),
    ):
        yield thing


async def _read_accounts(conn: AsyncConnection) -> AsyncIterator[tuple[Thing, Said]]:
    for row in await conn.execute(select(registry.account_suspension)):
        yield ("account", row.organisation, row.subject), {}
    for row in await conn.execute(select(account_mandate)):
        said: Said = {"until": row.until.isoformat()}
        yield ("mandate", row.organisation, row.subject), said


def _said(row: Row[*tuple[Any, ...]], **members: object) -> Said:
    """Give what a row says, with who is responsible, and why it ended."""
    return {
        **members,
        "municipality": row.municipality,
        **_ended(row),
    }


def _ended(row: Row[*tuple[Any, ...]]) -> Said:
    return {"ended": row.ended_because, "endedAt": row.ended_at}


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
        said = _said(
            row,
            kind=row.kind,
            byHand=row.by_hand,
            state=row.state,
            submitters=sorted(
                one.submitter for one in submitters if one.source == row.oin
            ),
        )
        if active:  # a register has none, and says where it is of
            said |= _places(active)
        yield ("source", row.oin), said


def _places(active: Sequence[Row[*tuple[Any, ...]]]) -> Said:
    """Say what is published where: every category in every municipality, as often.

    Where it is not so, that is said instead, and no entry says the same.
    """
    categories = sorted({one.category for one in active})
    municipalities = sorted({one.municipality for one in active})
    places = {(one.municipality, one.category) for one in active}
    rhythms = sorted({one.rhythm_days for one in active})
    is_whole = places == set(product(municipalities, categories))
    return {
        "categories": categories,
        "municipalities": municipalities if is_whole else sorted(places),
        "rhythmDays": rhythms[0] if len(rhythms) == 1 else rhythms,
    }
