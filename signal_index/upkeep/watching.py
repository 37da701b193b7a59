"""Watches what accounts do, as the ledger has it: alarms for officer and SOC.

- Every ten seconds the windows that are open, and those that closed since the look
  before, are held against the rules (`keys.security.rules`); what counts a whole day
  once a minute, but for decoys. The ledger is the state, and until when it was seen is
  kept with it: however long nobody led, a restart or another leader sees all of it.
- An alarm is a line of the security stream for each window, which goes to the SOC where
  the settings name one, and a finding for officers of each municipality in which the
  account did something of it: one a day while it is open, another where an account goes
  on after that was closed.
- Who did it is opened here, for the officers alone; whom it was about never is, nor is
  it said which of the decoys somebody asked for.
- What was administered, approved, exported and changed of keys and rules becomes lines
  of the same stream. After a restart some may come twice: they name their entry.

Proven by tests/contract/test_what_happened_is_known.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from keys.errors import KeysError
from keys.events import EventLog
from keys.security.events import SecurityEvent, SecurityLog
from keys.security.rules import RULES, Account, Alarm, Counted, Rule, RuleId
from keys.security.sending import open_sender, sending
from signal_index.errors import SettingsRefused
from signal_index.keyring import YearKeys
from signal_index.ledger import Group, Kind, Opened
from signal_index.settings import Settings
from signal_index.store.connect import reading, transaction
from signal_index.store.opened_entries import open_entries
from signal_index.store.watching import (
    Crossed,
    Told,
    Window,
    count_decoys,
    find_acts,
    find_crossed,
    find_told,
    find_until,
    has_acts,
    keep_told,
    keep_until,
    note_crossed,
    raise_count,
)

WATCH_SECONDS: Final = 10.0
LOOKS_IN_WINDOW: Final = 1_440
"""How often a rule is looked at in its window: a whole day each minute."""
AT_ONCE: Final = timedelta(days=1)
"""How much of the past one look takes in; after a while without a leader, several."""
COMMITTED_WITHIN: Final = timedelta(minutes=2)
"""An entry is named by when its act came; it is there when that was committed."""

_EVENTS: Final[Mapping[Kind, SecurityEvent]] = {
    Kind.KEY: SecurityEvent.KEYS_CHANGED,
    Kind.POLICY: SecurityEvent.RULES_CHANGED,
    Kind.ADMINISTRATION: SecurityEvent.ADMINISTERED,
    Kind.ESTABLISHMENT: SecurityEvent.ADMINISTERED,
    Kind.APPROVAL: SecurityEvent.APPROVAL,
    Kind.REPORT: SecurityEvent.EXPORT,
}
_EXPORTS: Final = frozenset({"export", "day-opened"})
"""Acts of an administrator, of whatever kind, that take something out of the index."""

_LEDGERS: Final = frozenset({Counted.PERSONS, Counted.REFUSALS, Counted.DECOYS})
WATCHED: Final = tuple(rule for rule in RULES if rule.counts in _LEDGERS)
"""The rules that count what the ledger has; the others count in memory."""


@asynccontextmanager
async def open_security(
    settings: Settings, keys: YearKeys, log: EventLog, clock: Callable[[], datetime]
) -> AsyncIterator[SecurityLog]:
    """Open the security stream of a process, or raise `SettingsRefused`."""

    def name(organisation: str, sub: str) -> str:
        return keys.name_account(organisation, sub, clock())

    try:
        sender = open_sender(settings.alarms, settings.audience, log)
    except KeysError as refusal:
        raise SettingsRefused(f"alarms.token_file: {refusal}") from refusal
    async with sending(sender):
        yield SecurityLog(log, name, sender, clock)


@dataclass
class Watching:
    """What watching takes, and until when it has looked."""

    engine: AsyncEngine
    keys: YearKeys
    security: SecurityLog
    clock: Callable[[], datetime]
    until: datetime | None = None
    looked: dict[RuleId, datetime] = field(default_factory=dict)
    said: dict[UUID, datetime] = field(default_factory=dict)

    async def run(self) -> None:
        """Look at what happened since the last look, whoever had that, a day at a time.

        Where it stops half-way the next one goes on from there.
        """
        now = self.clock()
        if self.until is None:
            async with reading(self.engine) as conn:
                self.until = await find_until(conn) or now
        while True:
            until = min(now, self.until + AT_ONCE)
            await self._look(self.until, until)
            self.until = until
            if until == now:
                return

    async def _look(self, since: datetime, now: datetime) -> None:
        due = [rule for rule in WATCHED if self._is_due(rule, now)]
        async with reading(self.engine) as conn:
            begin = min((self._since(rule, since) for rule in due), default=now)
            something = await has_acts(conn, begin, now)
            crossed = [
                one
                for rule in (due if something else ())
                for begins in list_windows(rule, self._since(rule, since), now)
                for one in await find_crossed(conn, rule, begins)
            ]
            told = await find_told(conn, crossed) if crossed else {}
            await self._say_acts(conn, now, since)
        grown = [
            one
            for one in crossed
            if one.window not in told or told[one.window].count < one.count
        ]
        if grown:
            await self._note(grown, told)
        if len(due) == len(WATCHED):
            async with transaction(self.engine) as conn:
                await keep_until(conn, now)
        self.looked |= {rule.id: now for rule in due}

    async def check_decoys(self, year: int) -> None:
        """Say that decoys are watched in other years, and none in this one."""
        async with reading(self.engine) as conn:
            counts = await count_decoys(conn)
        if counts and year not in counts:
            lacking = max(counts.values())
            self.security.write(SecurityEvent.DECOYS_LACKING, count=lacking)

    def _is_due(self, rule: Rule, now: datetime) -> bool:
        before = self.looked.get(rule.id)
        if before is None or rule.counts is Counted.DECOYS:
            return True
        return now - before >= rule.window / LOOKS_IN_WINDOW

    def _since(self, rule: Rule, since: datetime) -> datetime:
        return self.looked.get(rule.id, since) - COMMITTED_WITHIN

    async def _note(self, grown: Sequence[Crossed], told: dict[Window, Told]) -> None:
        """Tell officers, of an account in one open finding a day, and the SOC."""
        now = self.clock()
        fresh = [one for one in grown if one.window not in told]
        findings = {w.whose: one.finding for w, one in told.items() if one.is_open}
        async with transaction(self.engine) as conn:
            entries = [one.entry for one in grown]
            opened = await open_entries(conn, entries, self.keys.disclosures)
            for one in grown:
                finding = findings.get(one.window.whose)
                if finding is None:
                    who = _who(opened.get(one.entry))
                    finding = await note_crossed(conn, one, who, now=now)
                    findings[one.window.whose] = finding
                else:
                    await raise_count(conn, finding, one.count)
                is_fresh = one.window not in told
                await keep_told(conn, one, finding, is_fresh=is_fresh)
        for one in fresh:
            self.security.tell(_alarm(one, now))

    async def _say_acts(
        self, conn: AsyncConnection, now: datetime, since: datetime
    ) -> None:
        begins = since - COMMITTED_WITHIN
        kinds = [*_EVENTS, Kind.COMPLETENESS]
        acts = await find_acts(conn, kinds, begins, now)
        new = [act for act in acts if act[0] not in self.said]
        self.said = {entry: now for entry, *_ in acts}
        entries = [entry for entry, *_ in new]
        opened = await open_entries(conn, entries, self.keys.disclosures)
        for entry, municipality, account in new:
            self._say_act(opened.get(entry), entry, municipality, account)

    def _say_act(
        self,
        opened: Opened | None,
        entry: UUID,
        municipality: str | None,
        account: bytes | None,
    ) -> None:
        if opened is None:
            return
        act = opened.group(Group.WHAT).get("act")
        is_export = act in _EXPORTS
        event = SecurityEvent.EXPORT if is_export else _EVENTS.get(opened.kind)
        if event is None:
            return
        named = None if account is None else account.hex()
        who = Account(opened.organisation, None, named)
        self.security.write(
            event,
            who,
            act=act if isinstance(act, str) else None,
            municipality=municipality,
            entry=str(entry),
        )


def list_windows(rule: Rule, since: datetime, now: datetime) -> Iterable[datetime]:
    """Give when each window began that was open at some moment of a while."""
    begins = rule.begin(since)
    while begins <= now:
        yield begins
        begins += rule.window


def _who(opened: Opened | None) -> str | None:
    found = None if opened is None else opened.group(Group.WHO).get("sub")
    return found if isinstance(found, str) else None


def _alarm(one: Crossed, now: datetime) -> Alarm:
    window = one.window
    return Alarm(
        rule=window.rule,
        who=Account(window.organisation, None, window.account.hex()),
        begins=window.begins,
        count=one.count,
        at=now,
        entry=str(one.entry),
        municipality=window.municipality,
    )
