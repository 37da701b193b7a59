"""Write a day's receipts to a file, for whoever holds the ledger against them.

Only what convicts: leaf and promise. What the groups say, of whom or why, stays here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from desk.errors import ReceiptFileRefused
from desk.receipts import KeptPromise, Receipts
from keys.base64url import encode_b64u
from signal_index.proof import RECEIPTS_OF_DAY, LineWriter, ProofError, parse_leaf

AROUND: Final = timedelta(hours=1)
"""How far our clock and the index's may differ without a receipt being missed."""


async def write_receipts(receipts: Receipts, day: date, into: Path) -> int:
    """Write the receipts of lookups recorded on a UTC day; give how many there are.

    Raises `ReceiptFileRefused` where something stands there already.
    """
    start = datetime.combine(day, time(), UTC)
    head = {
        "format": RECEIPTS_OF_DAY,
        "organisation": receipts.rules.organisation,
        "day": day.isoformat(),
    }
    with _new_file(into) as file:
        writer = LineWriter(file.write, head)
        kept = receipts.find_received(start - AROUND, start + 25 * AROUND)
        async for one in kept:
            if _is_of(one, day):
                leaf = encode_b64u(one.leaf)
                writer.add({"leaf": leaf, "promise": one.promise})
        return writer.end()


def _is_of(kept: KeptPromise, day: date) -> bool:
    """Tell whether the index recorded it on that day, by the leaf, not our clock."""
    try:
        return parse_leaf(kept.leaf).minute.date() == day
    except ProofError:
        return True  # a damaged row is not ours to leave out


@contextmanager
def _new_file(into: Path) -> Iterator[BinaryIO]:
    """Give a file for its owner only, that appears under its name when it is whole."""
    unfinished = into.with_name(f"{into.name}.part")
    if into.exists():
        raise ReceiptFileRefused(f"{into.name} is there already")
    try:
        unfinished.touch(mode=0o600, exist_ok=False)
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(into)
    except OSError as cause:
        raise ReceiptFileRefused(f"{into.name}: {cause.strerror}") from cause
    finally:
        unfinished.unlink(missing_ok=True)
