"""What makes an approval ours: the index's signature over who asked and who decided.

Whoever has the database, with the rights of whichever role, can add a row and change
what a trigger lets change. That makes neither of the two persons: a row counts only
with this index's signature (its receipt key, kept outside the database) over all that
it says. A request that nobody asked is unknown, and so is one that nobody decided.

Proven by tests/contract/test_approvals.py.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from keys.base64url import decode_b64u
from signal_index.ledger import ReceiptKey
from signal_index.proof import SignatureRefused
from signal_index.proof.note import verify_ed25519
from signal_index.store.row_texts import encode_row
from signal_index.tables.approvals import approval

_SAID: Final = tuple(column.name for column in approval.c if column.name != "signature")
_USE: Final = b"approval\n"
_RAN_OUT: Final = {"expired": "open"}
"""That its time is over nobody says: it needs no signature of its own."""


def sign_approval(row: Mapping[Any, Any], key: ReceiptKey) -> bytes:
    """Sign all that a row says; a column that it lacks is null."""
    return key.private.sign(_encode(row))


def is_signed(row: Mapping[Any, Any], key: ReceiptKey) -> bool:
    """Tell whether this index wrote exactly this row, with a key of now or before."""
    signature, said = bytes(row["signature"]), _encode(row)
    for one in key.verifying:
        with suppress(SignatureRefused):
            verify_ed25519(decode_b64u(str(one.as_dict()["x"])), signature, said)
            return True
    return False


def _encode(row: Mapping[Any, Any]) -> bytes:
    state = row.get("state")
    return _USE + encode_row({**row, "state": _RAN_OUT.get(str(state), state)}, _SAID)
