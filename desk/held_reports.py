"""Hold a citizen's report against what this desk was promised about them.

Beside each receipt stands a keyed hash of the entry and of whom it is about
(`about_of`): with the desk's notes key and a person's pseudonym it is known again, and
two of one person are not alike. A report that lacks a lookup of this desk is not whole.

- The pseudonym comes from what holders proved of the citizen's number (their own file,
  code and number); it lives in this command alone, never in the desk that serves.
- An embargo leaves lookups out of a report too: who reads what this says must be
  somebody who may know that, so it is for officers, never for the page.
- Nothing is said of receipts under another key version than the file is of.

Proven by tests/attack/test_a_report_is_held_against_a_desk.py.
"""

import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from desk.errors import ReceiptFileRefused
from desk.own_seal import OwnSeal
from desk.receipts import Receipts, about_of
from keys.checking.person import ProvenPerson, open_person_file
from keys.errors import KeysError
from signal_index.proof import (
    Leaf,
    ProofError,
    parse_leaf,
    parse_shown,
    parse_tlog_proof,
)

__all__ = ["HeldReport", "ProvenPerson", "hold_report", "read_entries", "read_person"]

SETTLED: Final = timedelta(minutes=2)
"""A lookup of just before a report may not be in it: clocks differ."""


@dataclass(frozen=True, slots=True)
class HeldReport:
    """How many lookups about the person this desk knows, and which the report lacks."""

    known: int
    lacking: Sequence[str]


def read_person(file: Path, pins: Path, number: str, code: str) -> ProvenPerson:
    """Give the pseudonym that holders proved, or raise `ReceiptFileRefused`."""
    try:
        return open_person_file(file, pins, number, code)
    except (KeysError, OSError) as error:
        why = error.why if isinstance(error, KeysError) else "cannot be read"
        raise ReceiptFileRefused(f"{file.name}: {why}") from None


def read_entries(proofs: Path) -> Collection[str]:
    """Give the entries of which a report has proofs, or raise `ReceiptFileRefused`."""
    try:
        with zipfile.ZipFile(proofs) as archive:
            names = [one for one in archive.namelist() if one.endswith(".tlog-proof")]
            return {_read_entry(archive.read(name)) for name in names}
    except (OSError, ValueError, ProofError, zipfile.BadZipFile):
        raise ReceiptFileRefused(f"{proofs.name}: is no file of proofs") from None


def _read_entry(data: bytes) -> str:
    leaf = parse_leaf(parse_shown(parse_tlog_proof(data.decode())).leaf)
    return str(leaf.entry) if isinstance(leaf, Leaf) else ""


async def hold_report(
    receipts: Receipts,
    seal: OwnSeal,
    person: ProvenPerson,
    entries: Collection[str],
    made: datetime,
) -> HeldReport:
    """Find this desk's lookups of a person, and those that a report of then lacks."""
    known: list[str] = []
    pseudonym, version = person.pseudonym, person.key_version
    async for entry, about in receipts.find_abouts(made - SETTLED):
        if about == about_of(seal, entry, pseudonym, version):
            known.append(entry)
    return HeldReport(len(known), sorted(set(known) - set(entries)))
