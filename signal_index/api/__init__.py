"""The index over HTTP: who calls, what they sent, what they get, how it fails.

- Every route names its caller's type in its signature.
- Effects and ledger entries commit together here, never inside the store.
- Input is never echoed; every failure is a problem from one table.
"""
