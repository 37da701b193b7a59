"""Holds entries against a person: from a number, by what holders proved, to each entry.

The number is asked for and kept nowhere; what is read of the person is their pseudonym
under one key version. An entry of another key version cannot be held: no holder has the
share of before any more.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keys.checking.person import ProvenPerson, open_person_file
from keys.errors import KeysError, PersonRefused
from signal_index.proof import (
    AboutRefused,
    Group,
    Leaf,
    OpenedEntry,
    verify_about,
)
from signal_index.verify.errors import CannotJudge

__all__ = ["AboutThem", "ProvenPerson", "count_about", "hold_about", "read_person"]


@dataclass(frozen=True)
class AboutThem:
    """How many entries are about the person, and how many name another key version."""

    held: int
    other_key: int


def read_person(file: Path, pins: Path, number: str, code: str) -> ProvenPerson:
    """Give the pseudonym that holders proved, or raise `AboutRefused`, `CannotJudge`.

    `pins` say whose holders these are; they come from elsewhere than the file.
    """
    try:
        return open_person_file(file, pins, re.sub(r"[\s.]", "", number), code)
    except PersonRefused as refusal:
        raise AboutRefused(refusal.why) from None
    except KeysError as cause:
        raise CannotJudge("the number or the pins are not of their form") from cause
    except OSError as cause:
        raise CannotJudge("a file that was named cannot be read") from cause


def hold_about(one: OpenedEntry, person: ProvenPerson) -> bool:
    """Hold that an entry is about this person; False where it cannot be held.

    It names another key version then. Raises `AboutRefused`, or `CannotJudge` where it
    does not open about whom it is.
    """
    about = [each.value for each in one.groups if each.group is Group.ABOUT]
    if not isinstance(one.leaf, Leaf) or not about:
        raise CannotJudge("an entry does not open about whom it is")
    if (about[0] or {}).get("keyVersion") != person.key_version:
        return False
    verify_about(about[0], person.pseudonym, person.key_version)
    return True


def count_about(found: Sequence[bool]) -> AboutThem:
    """Count what was held; raises `CannotJudge` where nothing could be."""
    if not any(found):
        raise CannotJudge("every entry names its person under another key version")
    return AboutThem(sum(found), len(found) - sum(found))
