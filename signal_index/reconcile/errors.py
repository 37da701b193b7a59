"""What stands in the way of judging a day.

CannotReconcile            something needed is absent or not of this day: exit code 2
├── FileMalformed            a file has not the form that docs/wire-formats.md gives
└── EvidenceMissing          a holder, a day or a part of the ledger is not there

A ledger that does not verify is false, as `signal-index verify` says: `ProofRefused`.
"""


class CannotReconcile(Exception):
    """The day cannot be judged with what was given."""


class FileMalformed(CannotReconcile):
    """A file is not of the form that it should have."""


class EvidenceMissing(CannotReconcile):
    """A statement, a part of the ledger or the end of the day is missing."""
