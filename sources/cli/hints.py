"""What somebody should look at in a file and its profile: `check` and `publish` alike.

One function for both, so that whoever delivers without checking reads the same. It
holds nothing up. Proven by tests/unit/sources/test_hints_of_a_file.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sources.cli.own_files import look_for_unread
from sources.clock import day_of, now
from sources.counted import EVERYTHING, Cut
from sources.judging.words import say_not_begun, say_open_though_over
from sources.outbox.contacts import count_contacts, find_unstored_holders
from sources.outbox.standing import count_signals, find_registration
from sources.outbox.store import Outbox
from sources.profile import Profile
from sources.proposing.unread import NOTHING_UNREAD, Unread
from sources.refused_beforehand import (
    Registered,
    find_crowd,
    find_refused,
    find_source_faults,
    find_unlisted_holders,
)

_NOT_BEGUN: Final = (
    "de meeste records zijn volgens de status nog niet begonnen. Klopt de lijst van "
    "codes in het profiel?"
)


@dataclass(frozen=True, slots=True)
class Hints:
    """What the index would refuse of a profile, and what of a file is not read."""

    unfit: Sequence[str] = ()
    unread: Unread = NOTHING_UNREAD


NO_HINTS: Final = Hints()


def find_hints(
    outbox: Outbox, profile: Profile, file: Path | None, source: str
) -> Hints:
    """Find them once the file was read, by how the index knew us last.

    Whom the records name is read from the outbox: as it would be sent, or was refused.
    """
    found = find_registration(outbox)
    registered = Registered(found[0], source) if found else None
    faults = [*find_refused(profile, registered, today=day_of(now()))]
    faults += find_crowd(count_contacts(outbox), count_signals(outbox))
    if registered:
        holders = find_unstored_holders(outbox)
        faults += find_source_faults(registered)
        faults += find_unlisted_holders(holders, profile, registered)
    unread = look_for_unread(file, profile) if file else NOTHING_UNREAD
    return Hints([f"{says} {remedy}" for says, remedy in faults], unread)


def say_hints(
    one: Mapping[str, object],
    hints: Hints,
    *,
    not_begun: Sequence[str] = (),
    asked: Sequence[str] = (),
    cut: Cut = EVERYTHING,
) -> Iterator[str]:
    """Say them of a delivery as it is described; `asked`: what is asked says itself.

    `not_begun`: the cases whose flag stays, as the agency calls them.
    """
    for said in (
        *hints.unfit,
        *hints.unread.say(),
        *say_open_though_over(one["openThoughOver"], asked),
        *say_not_begun(one["notBegunTold"], not_begun, cut),
        *([_NOT_BEGUN] if _is_mostly_unbegun(one) else ()),
    ):
        yield f"Let op: {said}"


def describe_hints(hints: Hints) -> dict[str, object]:
    """Give the same for a machine."""
    return {
        "unfit": list(hints.unfit),
        "endsUnread": list(hints.unread.ends),
        "statusUnread": [name for name, _ in hints.unread.states],
    }


def _is_mostly_unbegun(one: Mapping[str, object]) -> bool:
    return int(str(one["notBegun"])) * 2 > int(str(one["read"]))
