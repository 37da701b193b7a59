"""What is said of a source that is in trial: nobody sees its flags, and what it lacks.

Doctor and whatever delivers say it with the same words: who reads that signals were
delivered must know that no colleague reads them yet.
"""

from typing import Final

from signal_index.wire.own_registration import OwnSource
from signal_index.wire.sources import SourceState
from sources.outbox.standing import find_registration
from sources.outbox.store import Outbox
from sources.rehearsing.cases import LACKS

_NOBODY: Final = "De bron is in proef: niemand ziet haar vlaggetjes nog."
_REHEARSE: Final = "Oefen met `signal-source rehearse`."
_DELIVER: Final = (
    "Lever aan met `signal-source publish`: dat vergelijkt ook. Vraag daarna de "
    "beheerder van de index om haar live te zetten."
)
_ASK: Final = (
    "Er mist niets meer. Vraag de beheerder van de index om haar live te zetten: dan "
    "is te zien wat u leverde."
)


def say_trial(source: OwnSource, *, is_told: bool) -> str:
    """Say that nobody sees this source yet, and what going live still lacks."""
    lacks = [LACKS.get(one, one) for one in source.lacks]
    rest = [*lacks, _REHEARSE] if lacks else [_ASK if is_told else _DELIVER]
    return " ".join([_NOBODY, *rest])


def find_trial(outbox: Outbox, source: str) -> OwnSource | None:
    """Give how our source stands, where the index said last that it is in trial."""
    found = find_registration(outbox)
    tried = [
        one
        for one in (found[0].sources if found else ())
        if one.source == source and one.state is SourceState.TRIAL
    ]
    return tried[0] if tried else None
