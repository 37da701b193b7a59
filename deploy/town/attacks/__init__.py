"""Ten attacks on the running town; each raises `AttackSucceeded` where it works.

Every attack first shows that its tool works (the honest counterpart succeeds), so that
none can be "stopped" by being broken.
"""

from dataclasses import dataclass

from deploy.town.case_system import CaseSystem
from deploy.town.places import Places


class AttackSucceeded(Exception):
    """An attacker got what the design denies them; says what."""


@dataclass(frozen=True)
class Scene:
    """What the attacks run against: the town, a person's case system, known BSNs."""

    places: Places
    case_system: CaseSystem
    bsns: tuple[str, ...]
    hit: str


def demand(holds: object, otherwise: str) -> None:
    """Raise `AttackSucceeded` unless something holds."""
    if not holds:
        raise AttackSucceeded(otherwise)
