"""Know the rows of a CSV file again, in whatever order an export writes them.

The header and what stands above it count as they stand; of the rows below, the sum of
their keyed hashes modulo 2**256, which is the same in any order and which nobody can
aim at without the key: MSet-Add-Hash, Clarke et al., "Incremental multiset hash
functions" (ASIACRYPT 2003).

There is no mark where a line need not be a row (quotes, UTF-16, an end of text in the
middle): such a file is known by its bytes alone.
"""

import hashlib
from itertools import islice
from typing import BinaryIO, Final

from sources.connectors.delimited import open_csv
from sources.layouts import CsvLayout
from sources.outbox_key import OutboxKey

_MODULUS: Final = 1 << 256
_NO_LINES: Final = (b'"', b"\0", b"\x1a")


def mark_rows(file: BinaryIO, layout: CsvLayout, key: OutboxKey) -> bytes | None:
    """Give the mark of a file's rows, or None; raises `UnreadableFile`."""
    _lines, table = open_csv(file, layout, ())
    file.seek(0)
    above = b"".join(islice(file, table.line))
    secret = key.mark("row")
    count = total = 0
    for line in file:
        if any(sign in line for sign in _NO_LINES):
            return None
        row = hashlib.blake2b(line.rstrip(b"\r\n"), key=secret, digest_size=32).digest()
        total += int.from_bytes(row, "big")
        count += 1
    if any(sign in above for sign in _NO_LINES):
        return None
    head = hashlib.sha256(above).hexdigest()
    return key.mark("rows", head, str(count), f"{total % _MODULUS:064x}")
