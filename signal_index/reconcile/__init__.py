"""Holds a day of the ledger against what other parties kept of it, offline.

Three parties that do not trust each other each keep a part of one lookup: the key
holders say which tickets they gave, the ledger says what was recorded, the desks keep
what was promised to them. What one of them left out stands with the others.

- Pure judging (`tickets`, `abandoned`, `promises`) over values that `evidence` holds;
  reading and verifying files stands in `reading`, `opened_day` and `receipt_file`.
- Needs no database and no network, and shares nothing with the side that writes: an
  import contract holds it to that.
- It says "no entry", never "fraud": a person closes each finding with a reason.
"""

from signal_index.reconcile.command import reconcile_command

__all__ = ["reconcile_command"]
