"""Rehearsing: twenty named cases against the real index, with official test persons.

- Nothing of it goes through the outbox: what an agency delivers for real is left alone.
- Every reference is declared to the index before anything is published under it, so
  that the index erases what a rehearsal that breaks off leaves behind.
- A case that goes wrong stops no other; only a party that is gone does.

The cases stand in `signal_index.wire.rehearsals`, how each is run in `steps`.
"""
