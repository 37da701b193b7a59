"""Measure the real system: every party a process of its own, every limit switched on.

- What is timed is what a party meets: HTTP to real processes, on a real database.
- What a client must have beforehand (access tokens, tickets) is fetched from the real
  provider and key holders before the clock starts, within the limits that their
  operators set: more users and a larger declared caseload, never a limit less.
- An answer counts only when its receipt verifies, it says what was known beforehand,
  and its tickets are spent in the database. One that does not ends the measurement.
"""
