"""One dirty file and what is right."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sources.passed_over import PassedOver
from sources.reasons import Reason


@dataclass(frozen=True, slots=True)
class Rejected:
    """A field of a record that must be rejected; without a line, what names it."""

    line: int | None
    field: str
    reason: Reason
    record: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading gives by the profile beside the file.

    With `refusal` nothing of the file may be used, and these words are in the reason.
    """

    signals: int = 0
    closed: int = 0
    rejects: tuple[Rejected, ...] = ()
    refusal: str = ""
    passed: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """What `profile init` makes of it, told everything that only the agency knows.

    `asks` are the keys that it leaves to a person, `columns` what it proposes; both are
    whole. With `refusal` it proposes nothing, and these words are in the reason.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    asks: frozenset[str] = frozenset()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Dirty:
    """A dirty file: its name, what is the matter with it, and what is right."""

    name: str
    about: str
    file: str
    data: bytes = field(repr=False)
    profile: str = field(repr=False)
    proposed: Proposed
    checked: Checked
