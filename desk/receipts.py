"""Receipts: hold each answer to what was asked, keep what proves it.

What must hold before an answer is passed on: one receipt per person, signed by the
index's receipt key; and it tells of this organisation, this user, this purpose, basis
and case, this person, these tickets, and of exactly the flags that the answer shows, of
which source and with which contact holder. An answer without that is not shown: it
would be an answer without a record.

Kept are leaf, promise and the opened groups but two: `what` names what was shown, and
no flag is ever written down here; `about` would tell who has somebody's pseudonym that
they were asked about here. That it was of this person was held before, or there would
be no receipt. The leaf holds both digests, so nothing is lost to the proof. A keyed
hash stands in its place, by which a report is held against it (`desk.held_reports`).
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from desk.database import Database
from desk.errors import ReceiptInvalid, ReceiptMismatch, SettingsRefused
from desk.own_seal import OwnSeal
from desk.settings import DeskSettings
from desk.tables import receipts
from desk.tokens import CLOCK_SKEW, Person
from keys.base64url import decode_b64u, encode_b64u
from keys.errors import KeysError
from keys.pinned_keys import PinnedKey
from keys.successor import KeyUse
from signal_index.proof import (
    Group,
    Kind,
    LedgerKey,
    OpenedReceipt,
    Outcome,
    ProofError,
    Quorum,
    SucceededKey,
    parse_disclosure,
    parse_receipt_key,
    verify_about,
    verify_receipt,
)
from signal_index.wire.errors import InvalidField
from signal_index.wire.lookups import Answer, AskedSubject, Flag, Lookup, Part
from signal_index.wire.model import parse_body

BATCH: Final = 200
NOT_KEPT: Final = frozenset({Group.WHAT, Group.ABOUT})

KeptBeside = Callable[[AsyncConnection, Sequence[UUID]], Awaitable[None]]
"""What else is kept of an answer, in the transaction of its receipts."""


class ReceiptState(StrEnum):
    """Whether the entry was found in the tree."""

    PROMISED = "promised"
    PROVEN = "proven"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class ReceiptRules:
    """Whose receipts these must be, and whose tree."""

    organisation: str
    origin_base: str
    receipt_key: PinnedKey
    """The receipt key that was pinned, and those that follow it."""
    checkpoint_key: PinnedKey
    quorum: Quorum | None
    """Who must have cosigned the ledger; None in a trial."""

    @property
    def is_forked(self) -> bool:
        """Whether somebody was shown two successors of one of these keys."""
        pinned = (self.receipt_key, self.checkpoint_key)
        return any(one.chain.is_forked for one in pinned)

    @property
    def ledger_key(self) -> LedgerKey:
        """The key of the ledger, with those that follow it."""
        chain = self.checkpoint_key.chain
        return SucceededKey(chain.name, chain.keys)


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """What is needed to ask for a proof and check it."""

    entry: str
    origin: str
    leaf: bytes
    received_at: int


@dataclass(frozen=True, slots=True, repr=False)
class KeptPromise:
    """What convicts an index that left an entry out."""

    leaf: bytes
    promise: str


def load_receipt_rules(
    settings: DeskSettings, tell: Callable[[Exception], None]
) -> ReceiptRules:
    """Read the index's public keys, or raise `SettingsRefused`.

    What follows on them is taken up while the desk serves; `tell` hears what is not.
    """
    ledger = settings.ledger

    def pin(path: Path, use: KeyUse) -> PinnedKey:
        return PinnedKey(path, use, tell, seen=settings.own_folder)

    try:
        receipt_key = pin(ledger.receipt_key, KeyUse.RECEIPT)
        checkpoint_key = pin(ledger.checkpoint_key, KeyUse.CHECKPOINT)
    except KeysError as error:
        raise SettingsRefused(f"ledger keys: {error}") from None
    return ReceiptRules(
        settings.organisation,
        ledger.origin,
        receipt_key,
        checkpoint_key,
        ledger.quorum,
    )


def verify_answer(
    answer: bytes, asked: Lookup, person: Person, rules: ReceiptRules, *, now: datetime
) -> list[tuple[OpenedReceipt, Part]]:
    """Open the receipt of each part of an answer, or raise `ReceiptRefused`.

    A key that was succeeded counts until its end, by this desk's clock (`now`). One
    that follows counts from half a minute before it begins, for a clock that is behind.

    Proven by tests/unit/desk/test_receipts.py.
    """
    try:
        parts = parse_body(Answer, answer).answers
        accepted = rules.receipt_key.chain.list_between(now, now + CLOCK_SKEW)
        keys = [parse_receipt_key(key.jwk) for key in accepted]
        opened = [
            verify_receipt(
                part.receipt.model_dump(), keys=keys, origin_base=rules.origin_base
            )
            for part in parts
        ]
        for one in zip(opened, parts, asked.subjects, strict=True):
            _verify_told(*one, asked, person=person, rules=rules)
        return list(zip(opened, parts, strict=True))
    except (InvalidField, ProofError):
        raise ReceiptInvalid from None
    except (ValueError, KeyError, TypeError):
        raise ReceiptInvalid from None


def _verify_told(
    opened: OpenedReceipt,
    part: Part,
    subject: AskedSubject,
    asked: Lookup,
    *,
    person: Person,
    rules: ReceiptRules,
) -> None:
    leaf = opened.leaf
    said = (leaf.kind, leaf.outcome, leaf.organisation, leaf.entry)
    expected = (Kind.LOOKUP, Outcome.ANSWERED, rules.organisation, part.entryId)
    if said != expected or _value(opened, Group.WHO) != {"sub": person.sub}:
        raise ReceiptMismatch
    verify_about(opened.groups[Group.ABOUT], subject.pseudonym, asked.keyVersion)
    _compare_why(_value(opened, Group.WHY), subject, asked)
    _compare_what(_value(opened, Group.WHAT), part, asked)


def _compare_why(said: dict[str, Any], subject: AskedSubject, asked: Lookup) -> None:
    stated = said["breakGlass"]
    if isinstance(stated, dict):
        stated = stated.get("reason")
    case, glass = asked.caseReference, asked.breakGlass
    expected = {
        "purpose": asked.purpose,
        "legalBasis": asked.legalBasis,
        "caseReference": None if case is None else encode_b64u(case),
        "informed": subject.informed,
        "breakGlass": None if glass is None else glass.reason,
    }
    told = {**said, "breakGlass": stated}
    if any(told[name] != value for name, value in expected.items()):
        raise ReceiptMismatch


def _compare_what(said: dict[str, Any], part: Part, asked: Lookup) -> None:
    shown = [_name_flag(flag) for flag in part.flags]  # a flag is its place
    told = [(one["category"], one["source"], one["contact"]) for one in said["flags"]]
    if told != shown:
        raise ReceiptMismatch
    if sorted(said["tickets"]) != sorted(read_jti(t) for t in asked.tickets):
        raise ReceiptMismatch


def _name_flag(flag: Flag) -> tuple[str, str, str]:
    contact = flag.contactHolder
    if contact is None:
        raise ReceiptMismatch
    return flag.category, contact.source, encode_b64u(contact.id.bytes)


def read_jti(ticket: str) -> str:
    """Read a ticket's number, or raise `ValueError` for what is no ticket at all.

    Whether it is genuine is the index's to judge.
    """
    _, claims, _ = ticket.split(".")
    return str(json.loads(decode_b64u(claims))["jti"])


def _value(opened: OpenedReceipt, group: Group) -> dict[str, Any]:
    value = opened.groups[group]
    if value is None:
        raise ReceiptMismatch
    return dict(value)


def about_of(seal: OwnSeal, entry: str, pseudonym: bytes, version: int) -> bytes:
    """Give the keyed hash by which a receipt is known to be about somebody.

    Another for each entry: a copy of the database links no two of one person.
    """
    return seal.name_row("about", entry, str(version), encode_b64u(pseudonym))


class Receipts:
    """The receipts that this desk keeps."""

    def __init__(
        self,
        database: Database,
        rules: ReceiptRules,
        clock: Callable[[], datetime],
        seal: OwnSeal,
    ) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self.rules = rules
        self.asked_up_to = (0, "")
        """Where the check of promises broke off; the next one goes on there."""

    async def check_and_keep(
        self, answer: bytes, asked: Lookup, person: Person, beside: KeptBeside
    ) -> None:
        """Check an answer's receipts and keep them, or raise `ReceiptRefused`.

        `beside` is given the entries, in the order of the persons asked about; what it
        keeps commits with the receipts.
        """
        opened = verify_answer(answer, asked, person, self.rules, now=self._clock())
        rows = [
            self._row(*pair, subject.pseudonym, asked.keyVersion)
            for pair, subject in zip(opened, asked.subjects, strict=True)
        ]
        async with self._database.transaction() as connection:
            found = await connection.execute(
                select(receipts.c.entry_id).where(
                    receipts.c.entry_id.in_([row["entry_id"] for row in rows])
                )
            )
            known = set(found.scalars())
            fresh = [row for row in rows if row["entry_id"] not in known]
            if fresh:
                await connection.execute(insert(receipts), fresh)
            await beside(connection, [part.entryId for _, part in opened])

    async def find_promised(
        self, before: datetime, after: tuple[int, str] = (0, "")
    ) -> Sequence[KeptReceipt]:
        """Give receipts from before an instant that are not proven, oldest first.

        `after`: when the one before these was received, and its entry; so that what
        stays open holds up nothing that came later.
        """
        place = tuple_(receipts.c.received_at, receipts.c.entry_id)
        async with self._database.transaction() as connection:
            rows = await connection.execute(
                select(receipts)
                .where(receipts.c.state == ReceiptState.PROMISED)
                .where(receipts.c.received_at <= int(before.timestamp()))
                .where(place > tuple_(literal(after[0]), literal(after[1])))
                .order_by(receipts.c.received_at, receipts.c.entry_id)
                .limit(BATCH)
            )
            return [
                KeptReceipt(row.entry_id, row.origin, row.leaf, row.received_at)
                for row in rows
            ]

    async def count_promised(self, before: datetime) -> int:
        """Count the receipts from before an instant that are not proven."""
        async with self._database.transaction() as connection:
            found = await connection.scalar(
                select(func.count())
                .select_from(receipts)
                .where(receipts.c.state == ReceiptState.PROMISED)
                .where(receipts.c.received_at <= int(before.timestamp()))
            )
        return int(found or 0)

    async def find_received(
        self, start: datetime, end: datetime
    ) -> AsyncIterator[KeptPromise]:
        """Give what was received from `start` until `end`, whatever became of it.

        A row at a time: any number takes constant memory.
        """
        async with self._database.transaction() as connection:
            rows = await connection.stream(
                select(receipts.c.leaf, receipts.c.promise)
                .where(receipts.c.received_at >= int(start.timestamp()))
                .where(receipts.c.received_at < int(end.timestamp()))
                .order_by(receipts.c.entry_id)
            )
            async for row in rows:
                yield KeptPromise(row.leaf, row.promise)

    async def find_states(self, entries: Sequence[UUID]) -> Mapping[UUID, ReceiptState]:
        """Give what became of the promises of these entries that are kept here."""
        names = {str(entry): entry for entry in entries}
        columns = receipts.c.entry_id, receipts.c.state
        async with self._database.transaction() as connection:
            rows = await connection.execute(
                select(*columns).where(receipts.c.entry_id.in_(names))
            )
            return {names[row.entry_id]: ReceiptState(row.state) for row in rows}

    async def mark(self, entry: str, state: ReceiptState) -> None:
        """Note what became of a promise."""
        async with self._database.transaction() as connection:
            await connection.execute(
                update(receipts)
                .where(receipts.c.entry_id == entry)
                .values(state=state, checked_at=int(self._clock().timestamp()))
            )

    async def find_abouts(self, before: datetime) -> AsyncIterator[tuple[str, bytes]]:
        """Give each entry with the keyed hash of whom it is about, a row at a time."""
        async with self._database.transaction() as connection:
            rows = await connection.stream(
                select(receipts.c.entry_id, receipts.c.about).where(
                    receipts.c.received_at < int(before.timestamp())
                )
            )
            async for row in rows:
                yield row.entry_id, bytes(row.about)

    def _row(
        self, opened: OpenedReceipt, part: Part, pseudonym: bytes, version: int
    ) -> dict[str, Any]:
        kept = [
            text
            for text in part.receipt.disclosures
            if parse_disclosure(text).group not in NOT_KEPT
        ]
        return {
            "entry_id": str(opened.entry),
            "received_at": int(self._clock().timestamp()),
            "origin": opened.promise.origin,
            "leaf": opened.leaf_bytes,
            "disclosures": json.dumps(kept),
            "about": about_of(self._seal, str(opened.entry), pseudonym, version),
            "promise": part.receipt.promise,
            "state": ReceiptState.PROMISED,
        }
