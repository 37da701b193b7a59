"""What a source agency runs: connectors, outbox, publisher.

An agency keeps its case files. What leaves it is that there IS a case, in which
category and whom to call; a BSN leaves this process only as a blinded point.

- A BSN is in memory, or sealed in the outbox until its evaluation succeeded.
- No column of a file can reach the index as text: a profile chooses from closed lists.
- Rejects, logs and messages never hold a value from a record.
"""
