"""What `doctor` holds of flags: profiles that lost all, cases that lack their own."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sources.findings import Finding, Patient, State
from sources.outbox.refused import find_refused_files
from sources.outbox.standing import find_standings
from sources.standing_words import say_cases, say_standings

LOST_WITHIN: Final = timedelta(days=35)
_REMEDY: Final = "Hieronder staat welke zaken, waarom, en wat u doet."


def look_at_flags(patient: Patient) -> Iterator[Finding]:
    """Warn of what is not as the agency's own file has it; nothing where all is.

    And of a file that was refused whole, with nothing of its profile read since.
    """
    for refused in find_refused_files(patient.outbox):
        says = f"Het laatste bestand van profiel {refused.profile} is geweigerd."
        yield Finding("bestanden", State.WRONG, says, "", (refused.say(),))
    for one in find_standings(patient.outbox):
        is_recent = one.since is not None and patient.now() - one.since <= LOST_WITHIN
        if one.is_lost and is_recent:
            (says,) = say_standings([one])
            yield Finding("signalen", State.WARNING, says)
    if named := tuple(say_cases(patient.outbox)):
        says = "Van sommige zaken staat het vlaggetje niet zoals uw bestand het zegt."
        yield Finding("zaken", State.WARNING, says, _REMEDY, named)
