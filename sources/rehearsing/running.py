"""A rehearsal from beginning to end: declare, run each case, hand in what was seen."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from signal_index.wire.own_registration import OwnRegistration, OwnSource
from signal_index.wire.rehearsals import (
    CaseResult,
    NewRehearsal,
    RehearsalCase,
    RehearsalRecorded,
    RehearsalResult,
)
from signal_index.wire.sources import SourceState
from signal_index.wire.values import Slug
from sources.errors import (
    IndexRefused,
    IndexUnreachable,
    RehearsalRefused,
    SourceError,
    TokenRefused,
)
from sources.publisher.http_index import HttpIndex
from sources.publisher.parties import Evaluator
from sources.publisher.pipeline import Sender
from sources.rehearsing.desk import RehearsalDesk
from sources.rehearsing.persons import TEST_PERSONS
from sources.rehearsing.steps import STEPS

AS_EXPECTED: Final = Slug("as-expected")


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came of each case, and what the index made of all of it."""

    cases: tuple[CaseResult, ...]
    recorded: RehearsalRecorded


async def rehearse(
    parties: tuple[Evaluator, HttpIndex],
    sender: Sender,
    told: Callable[[CaseResult], None],
) -> Rehearsed:
    """Run every case; `told` hears of each. Afterwards the index has nothing of it.

    Raises `RehearsalRefused` for a source that is live or publishes nothing, before
    anything was sent, and `PublishingStopped` where a party is gone: then the next
    rehearsal begins anew, and the index erases what this one left.
    """
    evaluator, index = parties
    own = find_own(await index.fetch_registration(), sender)
    if own.state is not SourceState.TRIAL:
        raise RehearsalRefused(_LIVE)
    if not own.coverage:
        raise RehearsalRefused(_NO_PLACE)
    found = await evaluator.evaluate(TEST_PERSONS)
    desk = RehearsalDesk(
        index, sender, own.coverage, found.key_version, found.pseudonyms
    )
    begun = NewRehearsal(
        rehearsal=uuid4(),
        source=sender.source,
        delivery=desk.delivery,
        references=desk.references.all,
    )
    await index.begin_rehearsal(begun)
    cases = []
    for case in RehearsalCase:
        cases.append(await _try(case, STEPS[case](desk)))
        told(cases[-1])
    said = RehearsalResult(cases=cases)
    return Rehearsed(tuple(cases), await index.end_rehearsal(begun.rehearsal, said))


def find_own(known: OwnRegistration, sender: Sender) -> OwnSource:
    """Give how our source stands at the index, or raise `RehearsalRefused`."""
    for one in known.sources:
        if one.source == sender.source:
            return one
    raise RehearsalRefused(_UNKNOWN)


async def _try(case: RehearsalCase, step: Awaitable[str | None]) -> CaseResult:
    try:
        seen = await step
    except (IndexUnreachable, TokenRefused):
        raise
    except IndexRefused as refusal:
        seen = refusal.slug
    except (SourceError, KeyError):
        seen = "not-possible"  # an earlier case that failed left nothing to go on with
    return CaseResult(
        case=case, passed=seen is None, seen=AS_EXPECTED if seen is None else Slug(seen)
    )


_LIVE: Final = (
    "Deze bron is live. Oefenen kan alleen met een bron in proef: anders zou een "
    "generalist testpersonen kunnen zien."
)
_NO_PLACE: Final = (
    "De index weet nog niet wat deze bron aanlevert. Vraag de beheerder van de index "
    "om de soorten en gemeenten aan te melden."
)
_UNKNOWN: Final = (
    "De index kent deze bron niet. Vraag de beheerder van de index om haar aan te "
    "melden."
)
