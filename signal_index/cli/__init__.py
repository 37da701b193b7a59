"""The command line of the index: one function per verb.

- Exit codes: 0 done, 1 refused (with the reason on stderr), 2 wrong usage.
- Each administrative act and its ledger entry commit in one transaction.
- Assembled in `cli.commands`; `signal_index.__main__` runs it.
"""
