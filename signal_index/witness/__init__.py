"""The witness: sees that a ledger only grows, and says so with a cosignature.

A process of its own, run by somebody else than the index (c2sp.org/tlog-witness), or an
officer's laptop that does the same with files. It knows the public key of the ledger
and nothing of ours: an import contract keeps it, as the verifier, from the side that
writes.

- It never cosigns two trees of one origin of which neither extends the other, and never
  a smaller one after a larger one, across restarts and crashes: what it saw is durable
  before its cosignature leaves.
- Its key belongs to its state. A witness whose state was lost is retired, not restarted
  (`WitnessUnusable`): with an empty memory it would vouch for a second history.
"""

from signal_index.witness.command import witness_app

__all__ = ["witness_app"]
