"""Which of two entries came first: what their minutes say, and within one the tree."""

from typing import Any

from sqlalchemy import Select

from signal_index.tables.ledger import ledger_entry, ledger_leaf


def newest_first(statement: Select[Any]) -> Select[Any]:
    """Order entries by minute, then by place in the tree; who waits for it is newest.

    For a few entries: it sorts them all. Of those that wait the later id is taken for
    the newer, which it is where one process made both.
    """
    entry, leaf = ledger_entry.c, ledger_leaf.c
    joined = statement.join(ledger_leaf, leaf.entry_id == entry.entry_id, isouter=True)
    return joined.order_by(
        entry.recorded_at.desc(),
        leaf.position.is_(None).desc(),
        leaf.year.desc(),
        leaf.position.desc(),
        entry.entry_id.desc(),
    )
