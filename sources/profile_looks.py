"""What `doctor` holds of profiles: what the index takes of them, and whom one calls.

Of each profile one thing is said: good, or all that is wrong. What is refused by the
index and what is out of date are never beside a word that the profile can be used.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from sources.findings import Bare, Finding, State
from sources.outbox.deliveries import was_told
from sources.outbox.standing import find_registration
from sources.outbox.store import Outbox
from sources.profile import Profile
from sources.refused_beforehand import Registered, find_refused

ABOUT: Final = "profiel"
CONFIRMED_WITHIN: Final = timedelta(days=150)


def look_at_profiles(bare: Bare, outbox: Outbox | None = None) -> Sequence[Finding]:
    """Give what is to be said of each profile, and before a first delivery: the words.

    Held against how the index knows us as far as it told; without an outbox, or where
    it never told, against the public list alone, and that is said.
    """
    found = find_registration(outbox) if outbox else None
    registered = Registered(found[0], bare.settings.source) if found else None
    said = [
        one
        for profile in bare.profiles
        for one in _look_at(profile, registered, bare.today)
    ]
    words = ", ".join(registered.functions) if registered else ""
    is_said = any(words in one.remedy for one in said)
    if outbox and words and not is_said and not was_told(outbox):
        says = f"Bij `function` in een profiel mag staan: {words}."
        said.append(Finding("functies", State.GOOD, says, _OTHER_WORD))
    return said


def _look_at(
    profile: Profile, registered: Registered | None, today: date
) -> Iterator[Finding]:
    faults = [*find_refused(profile, registered, today=today)]
    for says, remedy in faults:
        yield Finding(ABOUT, State.WRONG, f"Profiel {profile.name}: {says}", remedy)
    since = today - CONFIRMED_WITHIN
    old = [key for key, row in profile.contacts.items() if row.last_verified < since]
    if old:
        says = f"In profiel {profile.name} zijn lang niet bevestigd: {len(old)}."
        remedy = "Controleer ze en werk `last_verified` bij."
        yield Finding(ABOUT, State.WARNING, says, remedy)
    if faults or old:
        return
    if registered is None:
        says = (
            f"Profiel {profile.name} is te lezen. Of de index het aanneemt, is nog "
            "niet gevraagd."
        )
        yield Finding(ABOUT, State.WARNING, says, "Herstel eerst wat hierboven staat.")
        return
    yield Finding(ABOUT, State.GOOD, f"Profiel {profile.name} is te gebruiken.")


_OTHER_WORD: Final = (
    "Staat uw woord er niet bij? Vraag de gemeente om het vast te stellen, voordat u "
    "levert."
)
