"""The index: who is involved with a citizen, for a purpose, with a record.

- It knows pseudonyms and never who they are: no key, no number, no name.
- Nothing is read without a `Permit`, and nothing is answered without an entry in the
  ledger that commits with it.
- The way in is `signal_index.app`; `pyproject.toml` holds the layers between the rooms.
"""
