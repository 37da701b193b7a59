"""What is said of flags that do not stand as the agency meant them; Dutch, B1.

By its own case numbers, for its own eyes: a planner reads counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from sources.clock import write_moment
from sources.counted import AT_ONCE, Cut, say_count
from sources.errors import shorten
from sources.judging.rules import Doubt
from sources.judging.words import list_cases, say_not_begun
from sources.outbox.awaited import Awaited, find_awaited, find_awaited_of_held
from sources.outbox.holding import Held, NamedCase, find_held, get_named_cases
from sources.outbox.not_begun import name_not_begun
from sources.outbox.standing import ProfileStanding
from sources.outbox.store import Outbox
from sources.reasons import EXPLANATIONS
from sources.values import call_with_line

_BARE: Final = (
    "{} zaak staat nu zonder vlaggetje",
    "{} zaken staan nu zonder vlaggetje",
)
_WRONG: Final = (
    "{} zaak houdt nog het vlaggetje van de vorige persoon",
    "{} zaken houden nog het vlaggetje van de vorige persoon",
)
_FORMER: Final = (
    "{} zaak houdt het vlaggetje van de vorige soort of gemeente",
    "{} zaken houden het vlaggetje van de vorige soort of gemeente",
)
_OTHER: Final = (
    "{} zaak heeft in uw bestand een andere persoon, en het record is afgewezen",
    "{} zaken hebben in uw bestand een andere persoon, en het record is afgewezen",
)
_AS_IT_WAS: Final = (
    "{} zaak houdt het vlaggetje zoals het was: het record is afgewezen",
    "{} zaken houden het vlaggetje zoals het was: het record is afgewezen",
)
_SAYS_REJECTED: Final = {
    True: (
        _OTHER,
        "Het vlaggetje staat nog bij de vorige persoon. Wie die persoon opzoekt, leest "
        "dat u helpt.",
    ),
    False: (_AS_IT_WAS, "Is zo'n zaak afgelopen? Dan is dat nog niet gemeld."),
}
"""By whether the record is of another person."""
_SAYS: Final = {
    (True, False): (
        _BARE,
        "De zaak kreeg een andere persoon. Het vlaggetje van de vorige is weg, want "
        "dat stond bij de verkeerde. Het nieuwe staat er nog niet.",
    ),
    (True, True): (_WRONG, "Wie die persoon opzoekt, leest dat u helpt."),
    (False, False): (
        _BARE,
        "De zaak kreeg een andere soort of gemeente. Het nieuwe vlaggetje staat er nog "
        "niet.",
    ),
    (False, True): (_FORMER, "Het nieuwe vlaggetje staat er nog niet."),
}
"""By whether it is of another person, and whether the former flag stands."""
_ASKED: Final = (
    "{} zaak krijgt een andere persoon, en wacht op uw antwoord",
    "{} zaken krijgen een andere persoon, en wachten op uw antwoord",
)
_WAITS: Final = (
    "De levering is nog onderweg: de agent gaat ermee verder, of geef `signal-source "
    "publish` opnieuw."
)
_MEND: Final = (
    "Verbeter het record (waarom: het bestand met afgewezen records) en lever opnieuw "
    "aan."
)
_UNSENT: Final = "Het is niet verstuurd. Lever alles aan."
_NOT_WITHDRAWN: Final = (
    "De index nam de intrekking niet aan. Lever opnieuw aan. Blijft het zo? Bel de "
    "beheerder van de index."
)
FIRST: Final = Cut(AT_ONCE, "alle: `signal-source status --all`")


def say_awaited(awaited: Iterable[Awaited], cut: Cut = FIRST) -> Iterator[str]:
    """Say which cases have no flag, or the one of before, why, and what to do."""
    alike: dict[Awaited, list[str]] = defaultdict(list)
    for one in awaited:
        alike[replace(one, profile="", name="")].append(one.name)
    for how, names in alike.items():
        (of_one, of_more), says = (
            _SAYS_REJECTED[how.other_person]
            if how.rejected
            else _SAYS[how.other_person, how.stands]
        )
        form = of_one if len(names) == 1 else of_more
        said = form.format(len(names))
        listed = list_cases(said, sorted(filter(None, names)), len(names), cut)
        yield f"{listed} {says} {_explain(how)}"


def _explain(how: Awaited) -> str:
    if how.rejected:
        return _MEND
    if how.waits:
        return _WAITS
    if how.reason is None:
        return _UNSENT
    if how.other_person and how.stands:
        return _NOT_WITHDRAWN
    explained = EXPLANATIONS[how.reason]
    return f"{explained.what} {explained.remedy} Lever daarna opnieuw aan."


def say_cases(outbox: Outbox, cut: Cut = FIRST) -> Iterator[str]:
    """Say of which cases the flag is not as the file has it: awaited, asked, paused."""
    awaited = find_awaited(outbox)
    yield from say_awaited(awaited, cut)
    for held in find_held(outbox):
        if named := get_named_cases(outbox, held).get(Doubt.OTHER_PERSON):
            yield _say_asked(held, named, cut)
        of_held = find_awaited_of_held(outbox, held.delivery)
        yield from say_awaited((one for one in of_held if one not in awaited), cut)
    paused = name_not_begun(outbox)
    yield from say_not_begun(len(paused), paused, cut)


def _say_asked(held: Held, named: Sequence[NamedCase], cut: Cut) -> str:
    names = sorted(call_with_line(one.name, one.line) for one in named)
    form = _ASKED[0] if len(named) == 1 else _ASKED[1]
    said = form.format(len(named))
    listed = list_cases(said, [*filter(None, names)], len(named), cut)
    return (
        f"{listed} Tot u antwoordt, staat het vlaggetje bij de vorige persoon: "
        f"`signal-source deliveries show {shorten(held.delivery)}`."
    )


def remedy_strays(outbox: Outbox) -> str:
    """Say what takes back the signals of an outbox before: an answer, or a file."""
    if find_held(outbox):
        return (
            "Beantwoord eerst de levering die op u wacht: `signal-source deliveries "
            "show`. Staan ze er daarna nog? Lever dan alles aan."
        )
    return "Lever alles aan: dat meldt elke open zaak opnieuw en trekt ze in."


def describe_awaited(awaited: Sequence[Awaited]) -> dict[str, int]:
    """Give the same for a machine: counts."""
    return {
        "withoutFlag": sum(not one.stands for one in awaited),
        "formerPerson": sum(one.stands and one.other_person for one in awaited),
        "formerKind": sum(
            one.stands and not (one.other_person or one.rejected) for one in awaited
        ),
        "rejected": sum(one.rejected for one in awaited),
    }


def say_standings(standings: Iterable[ProfileStanding]) -> Iterator[str]:
    """Say of each profile how many flags stand, and how many did before."""
    for one in standings:
        now = say_count(one.signals, "vlaggetje", "vlaggetjes")
        if one.before is None or one.since is None:
            yield f"Profiel {one.profile}: {now}."
            continue
        then = f"na de levering van {write_moment(one.since)}"
        if one.is_lost:
            yield (
                f"Profiel {one.profile}: geen enkel vlaggetje meer; {then} waren het "
                f"er {one.before}. {_WHICH}"
            )
        elif less := max(one.before - one.signals, 0):
            fewer = say_count(less, "minder", "minder")
            yield f"Profiel {one.profile}: {now}, {fewer} dan {then}. {_WHICH}"
        else:
            more = one.signals - one.before
            than = f"{more} meer dan" if more else "evenveel als"
            yield f"Profiel {one.profile}: {now}, {than} {then}."


_WHICH: Final = (
    "Klopt dat niet? `signal-source deliveries show` zegt welke levering introk."
)
