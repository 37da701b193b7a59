"""The outbox: what an agency has told, and what it is about to tell. One SQLite file.

    reading   a delivery is being read into `staged`; a crash drops it, nothing was sent
    planned   every difference is a row of `work`: sealed -> ready -> sending -> gone
    closed    the index knows that the delivery is complete

- Each step is one transaction, durable before the next begins; whatever was under way
  when the process died is done again, and doing it twice changes nothing: references,
  versions, salts and the make-up of a batch are settled before anything is sent.
- A BSN is in `staged` or in `work` while `sealed`, encrypted, and nowhere else.
- Cases and persons are keyed hashes. Proven by
  tests/attack/test_source_killed_at_every_step_loses_nothing.py and
  tests/attack/test_outbox_at_rest_holds_no_bsn.py.
"""
