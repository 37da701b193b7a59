"""Verifies a ledger offline: from an export, a folder, or the public tiles over HTTP.

Shares nothing with the side that writes (an import contract holds it to that): what it
says rests on `signal_index.proof` and on the public key that the verifier was given.
"""

from signal_index.verify.command import verify_command
from signal_index.verify.errors import CannotJudge
from signal_index.verify.sources import LedgerSource, open_source

__all__ = [
    "CannotJudge",
    "LedgerSource",
    "open_source",
    "verify_command",
]
