"""The guide for who connects a source, and each part of it that a message points at.

A message that names a part which is not there leaves its reader with nothing; so each
is named here, and held to a heading of the guide, by
tests/unit/docs/test_parts_of_the_guide.py.
"""

from enum import StrEnum
from typing import Final

GUIDE: Final = "docs/connect-a-source.md"


class Part(StrEnum):
    """A part of the guide, called as its heading."""

    LOST = "Uw laptop is kwijt"
    STOPPING = "Als u stopt"


def see(part: Part) -> str:
    """Point at a part of the guide."""
    return f"Zie '{part}' in de handleiding ({GUIDE})."
