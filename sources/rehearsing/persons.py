"""The test persons of a rehearsal: numbers that are nobody's.

From the official set of test persons of the population register (RvIG), as published
with the BRP API: https://github.com/BRP-API/Haal-Centraal-BRP-bevragen, test data. They
begin with 99999, pass the 11-proof and are given to no citizen. Not to be replaced by a
number of one's own: a flag under it could be somebody's.

Proven by tests/unit/sources/test_rehearsal_persons.py.
"""

from typing import Final

from keys.bsn import Bsn, parse_bsn

TEST_PERSONS: Final[tuple[Bsn, ...]] = tuple(
    parse_bsn(number) for number in ("999993653", "999990639", "999993872")
)
