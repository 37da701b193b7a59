"""Proves single entries: text files that anyone can check without asking us.

- `prove_entry` is for the entry's own organisation, which has the leaf from its
  receipt: place and hashes, nothing else.
- `prove_entry_for` adds the leaf and opens exactly the groups that its reader may see;
  who that is, and which groups, is the caller's to decide before.
- The checkpoint in a proof is the last one that enough witnesses cosigned, where it
  holds the entry already; else the newest one signed.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from signal_index.errors import ProofNotReady, UnknownEntry
from signal_index.keyring import YearKeys
from signal_index.ledger import open_disclosures
from signal_index.merkle import inclusion_ranges
from signal_index.proof import Group, Shown, TlogProof
from signal_index.store.ledger_tiles import (
    find_checkpoint,
    open_checkpoint,
    prove_ranges,
)
from signal_index.store.witnessing import find_witnessed
from signal_index.tables.ledger import ledger_disclosure, ledger_entry, ledger_leaf

_IN_A_TREE = ledger_leaf.c.entry_id == ledger_entry.c.entry_id


async def prove_entry(conn: AsyncConnection, entry: UUID, organisation: str) -> str:
    """Give the tlog-proof of an organisation's own entry.

    Raises `UnknownEntry` where that organisation has no such entry: one answer for
    another's entry and for none. Raises `ProofNotReady` until its tree is signed.
    """
    found = (
        await conn.execute(
            select(
                ledger_entry.c.organisation, ledger_leaf.c.year, ledger_leaf.c.position
            )
            .join_from(ledger_entry, ledger_leaf, isouter=True)
            .where(ledger_entry.c.entry_id == entry)
        )
    ).one_or_none()
    if found is None or found.organisation != organisation:
        raise UnknownEntry("no such entry of this organisation")
    return (await _prove(conn, found.year, found.position)).encode()


async def prove_entry_for(
    conn: AsyncConnection, entry: UUID, groups: Collection[Group], keys: YearKeys
) -> str:
    """Give the tlog-proof of an entry that shows its leaf and exactly these groups.

    No group at all is allowed: then the file proves only that there is such an entry.
    Of an entry whose disclosures were erased nothing is opened. Raises `UnknownEntry`,
    or `ProofNotReady` until its tree is signed. Checked by `proof.verify_proof_file`
    and `signal-index verify`; proven by tests/contract/test_proof_files.py.
    """
    row = (
        await conn.execute(
            select(
                ledger_entry.c.leaf,
                ledger_entry.c.year,
                ledger_disclosure.c.sealed,
                ledger_leaf.c.year.label("key"),
                ledger_leaf.c.position,
            )
            .join_from(ledger_entry, ledger_disclosure, isouter=True)
            .join(ledger_leaf, _IN_A_TREE, isouter=True)
            .where(ledger_entry.c.entry_id == entry)
        )
    ).one_or_none()
    if row is None:
        raise UnknownEntry("no such entry")
    disclosures: Sequence[str] = ()
    if row.sealed is not None and groups:
        key = keys.get_disclosure_key(row.year)
        texts = open_disclosures(entry, row.sealed, key=key)
        disclosures = [texts[group] for group in Group if group in groups]
    shown = Shown(row.leaf, disclosures)
    return (await _prove(conn, row.key, row.position, shown)).encode()


async def _prove(
    conn: AsyncConnection,
    key: int | None,
    position: int | None,
    shown: Shown | None = None,
) -> TlogProof:
    note = None
    if key is not None and position is not None:
        note = await _find_note(conn, key, position)
    if key is None or position is None or note is None:
        raise ProofNotReady("the tree that holds the entry is not signed yet")
    size = open_checkpoint(note).size
    path = await prove_ranges(conn, key, size, inclusion_ranges(position, size))
    extra = None if shown is None else shown.encode()
    return TlogProof(position, path, note, extra)


async def _find_note(conn: AsyncConnection, key: int, position: int) -> str | None:
    """Give the checkpoint to prove an entry by: a cosigned one where it holds it."""
    witnessed = await find_witnessed(conn, key)
    if witnessed is not None and position < witnessed.size:
        return witnessed.note
    # Beyond what was cosigned there are no cosignatures to look for.
    note = await find_checkpoint(conn, key)
    holds_it = note is not None and position < open_checkpoint(note).size
    return note if holds_it else None
