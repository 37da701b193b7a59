"""The only part that speaks SQL: one module per subject, functions over a connection.

- A function takes an `AsyncConnection` that is already in a transaction; the edge
  decides where that begins and ends (`store.connect.transaction`), so that an effect
  and its ledger entry commit together.
- Reading signals asks for a `Permit`; nothing else does that job.
"""
