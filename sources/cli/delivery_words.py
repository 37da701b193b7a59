"""A delivery as a person or a machine reads it: counts and codes, no record."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final
from uuid import UUID

from signal_index.wire.deliveries import Hearing
from sources.cli.hints import NO_HINTS, Hints, say_hints
from sources.cli.plain import PlainConsole, make_table
from sources.clock import write_day, write_moment
from sources.counted import AT_ONCE, EVERYTHING, Cut, say_count
from sources.judging.rules import Doubt, Finding
from sources.judging.words import (
    find_remedy,
    say_finding,
)
from sources.outbox.deliveries import (
    OpenDelivery,
    count_by_field,
    count_rejects,
    find_newest,
    find_rejects_file,
)
from sources.outbox.holding import Held, NamedCase, find_held
from sources.outbox.let_go import LetGo, find_let_go
from sources.outbox.owed import Owed
from sources.outbox.store import Outbox
from sources.passed_over import describe_passed, read_passed, say_passed
from sources.reasons import Reason, Rejected, say_all_rejects
from sources.values import call_with_line

COUNTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "read": "Gelezen",
        "accepted": "Verstuurd",
        "unchanged": "Ongewijzigd",
        "ended": "Afgelopen",
        "notBegun": "Nog niet begonnen, volgens de status",
        "ignored": "Niets te melden",
        "overtaken": "Ingehaald door een nieuwere levering",
        "rejected": "Afgewezen",
        "withdrawn": "Ingetrokken",
        "persons": "Kregen een andere persoon",
        "contacts": "Kregen een andere contactpersoon",
    }
)
"""Where records went, which adds up to what was read; then what became of signals."""

_SENDING: Final = frozenset({"planned", "parked", "closed"})
_KNOWN_BEFORE: Final = {
    "held": ("read", "ended", "notBegun", "ignored", "rejected"),
    "reading": ("read",),
}
_KNOWN_AFTER: Final = ("read", "rejected")  # what is kept of one that was let go of
_WIDTHS: Final = (8, 7, 11, 11, 7, 9)

STATES: Final = {
    "reading": "wordt gelezen",
    "held": "wacht op u",
    "planned": "onderweg",
    "parked": "wacht op de sleutelhouders",
    "closed": "afgesloten",
    "dropped": "vervallen, niets verstuurd",
    "replaced": "vervangen door een nieuwere",
    "outdated": "verlopen zonder antwoord",
    "abandoned": "losgelaten",
    "refused": "bestand geweigerd",
}


def describe(outbox: Outbox, one: OpenDelivery) -> dict[str, object]:
    """Give a delivery for a machine: counts and codes, no record."""
    waiting = find_held(outbox, one.profile)
    held = next((each for each in waiting if each.delivery == one.id), None)
    answer_by = held and held.last_day
    return {
        "delivery": str(one.id),
        "profile": one.profile,
        "kind": one.kind.value,
        "state": one.state,
        "until": one.ends.isoformat(),
        "answerBy": answer_by and answer_by.isoformat(),
        **one.counts.model_dump(),
        "ended": one.ended,
        "notBegun": one.not_begun,
        "notBegunTold": one.not_begun_told,
        "ignored": one.ignored,
        "overtaken": one.overtaken,
        "persons": one.persons,
        "contacts": one.contacts,
        "spared": one.spared,
        "openThoughOver": one.though_open,
        "passed": describe_passed(one.passed),
        "hearing": one.hearing.value,
        "rejects": {x.reason: x.count for x in count_rejects(outbox, one.id)},
        "rejectedColumns": list_rejected(outbox, one.id),
        "findings": _describe_findings(held),
    }


def list_newest(
    outbox: Outbox, *, limit: int, rejects: Path | None = None
) -> list[dict[str, object]]:
    """Give the newest deliveries, also those that ended untold and refused files.

    With `rejects`, the folder of these: where those of each delivery are.
    """
    newest = find_newest(outbox, limit=limit)
    found = [
        summarise(outbox, one, rejects) if rejects else describe(outbox, one)
        for one in newest
    ]
    found += [describe_let_go(one) for one in find_let_go(outbox, limit=limit)]
    found.sort(key=lambda one: str(one["until"]), reverse=True)
    return found[:limit]


def list_rejected(outbox: Outbox, delivery: UUID) -> list[dict[str, object]]:
    """Give how many records of a delivery were rejected for what, by column."""
    return [
        {
            "column": one.column,
            "reason": one.reason.value,
            "count": one.count,
            "lines": list(one.lines),
        }
        for one in count_by_field(outbox, delivery)
    ]


def _describe_findings(held: Held | None) -> list[dict[str, object]]:
    return [
        {"finding": each.doubt.value, "count": each.count, "of": each.of}
        for each in (held.findings if held else ())
    ]


def describe_let_go(one: LetGo) -> dict[str, object]:
    """Give a delivery of which nothing was told, in the shape of any other."""
    return {
        "delivery": str(one.id),
        "profile": one.profile,
        "kind": one.kind.value,
        "state": one.how,
        "until": one.ends.isoformat(),
        "answerBy": None,
        **dict.fromkeys((*COUNTS, "spared", "openThoughOver", "notBegunTold"), 0),
        "passed": [],
        "read": one.read,
        "rejected": one.rejected,
        "hearing": Hearing.UNHEARD.value,
        "rejects": {},
        "rejectedColumns": [],
        "findings": [],
    }


def cut_of(one: Mapping[str, object]) -> Cut:
    """Give how many cases or lines are said at once, and where all are."""
    short = str(one["delivery"])[-8:]
    way = f"alle: `signal-source deliveries show {short} --all`"
    return Cut(AT_ONCE, way)


def say_questions(
    findings: Sequence[Finding],
    cases: Mapping[Doubt, Sequence[NamedCase]],
    cut: Cut = EVERYTHING,
) -> Sequence[str]:
    """Say what is asked, with the agency's own case numbers, and what to look at."""
    said = []
    for finding in findings:
        listed = sorted(cases.get(finding.doubt, ()), key=_find_place)
        named = [call_with_line(one.name, one.line) for one in listed]
        names = [name for name in named if name]
        said += [say_finding(finding, names, cut), f"  {find_remedy(finding.doubt)}"]
    return said


def _find_place(case: NamedCase) -> tuple[int, str]:
    return (case.line or 0, case.name)


def say_owed(owed: Owed) -> Sequence[str]:
    """Say which cases of changes must be delivered again: for the agency's own eyes."""
    names = [name for name in owed.names if name]
    lines = [str(owed.say())]
    if names:
        lines.append(f"  Opnieuw aanleveren: {', '.join(names)}.")
    return lines


def say_state(one: Mapping[str, object]) -> str:
    """Say how far a delivery is, and that it counts for nothing where it does."""
    said = STATES[str(one["state"])]
    if one["answerBy"] is not None:
        last = write_day(date.fromisoformat(str(one["answerBy"])))
        return f"{said}, tot en met {last}"
    if one["state"] != "closed":
        return said
    if one["hearing"] != Hearing.HEARD.value:
        return f"{said}, niet gehoord"
    is_all = not one["read"] and one["withdrawn"]
    return f"{said}, alles ingetrokken" if is_all else said


def say_delivered(one: Mapping[str, object]) -> str:
    """Give when a delivery was read: until then it tells; by the clock on the wall."""
    return write_moment(datetime.fromisoformat(str(one["until"])))


def show_all(found: Sequence[Mapping[str, object]]) -> None:
    """Show deliveries in a table that fits 80 columns; the id is never cut."""
    console = PlainConsole()
    if not found:
        console.print("Er is nog niets aangeleverd.")
        return
    table = make_table(
        *("Levering", "Profiel", "Aangeleverd", "Stand", "Gelezen", "Afgewezen")
    )
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.min_width = width
    for one in found:
        told = (str(one["delivery"])[-8:], str(one["profile"]), say_delivered(one))
        counts = (str(one[name]) for name in ("read", "rejected"))
        table.add_row(*told, say_state(one), *counts)
    console.print(table)
    console.print(
        "Meer over een: `signal-source deliveries show LEVERING`.", soft_wrap=True
    )


def _find_known_counts(state: str) -> Sequence[str]:
    """Give what is known of a delivery: of what waits nothing was sent or compared."""
    if state in _SENDING:
        return tuple(COUNTS)
    return _KNOWN_BEFORE.get(state, _KNOWN_AFTER)


def show_one(
    one: Mapping[str, object],
    questions: Sequence[str],
    not_begun: Sequence[str] = (),
    cut: Cut = EVERYTHING,
) -> None:
    """Show all of one delivery, with what is asked about it.

    `not_begun`: the cases of which a flag stays, as the agency calls them.
    """
    console = PlainConsole()
    console.print(
        f"Levering {one['profile']}, aangeleverd op {say_delivered(one)}: "
        f"{say_state(one)}.",
        soft_wrap=True,
    )
    console.print(f"Naam van de levering: {one['delivery']}", soft_wrap=True)
    short = str(one["delivery"])[-8:]
    for line in questions:
        console.print(line, soft_wrap=True)
    if one["state"] == "held":
        console.print(
            f"Klopt dit? `signal-source deliveries approve {short}`. Zo niet: "
            f"`signal-source deliveries drop {short}`, of lever een beter bestand aan. "
            "Zonder antwoord vervalt zij na die dag: er is dan niets van verstuurd.",
            soft_wrap=True,
        )
    for name in _find_known_counts(str(one["state"])):
        console.print(f"{COUNTS[name]}: {one[name]}")
    show_aside(console, one, not_begun, cut)
    show_rejected(console, one)


def summarise(
    outbox: Outbox, delivery: OpenDelivery, rejects: Path
) -> dict[str, object]:
    """Give what became of a delivery, and where its rejects are; None without any."""
    file = find_rejects_file(rejects, delivery)
    return describe(outbox, delivery) | {"rejectsFile": file and str(file)}


def show_summary(
    summary: Mapping[str, object],
    not_begun: Sequence[str] = (),
    hints: Hints = NO_HINTS,
) -> None:
    """Show what became of a delivery, and where its rejects are."""
    table = make_table("", "", title=f"Levering {summary['profile']}")
    for name, label in COUNTS.items():
        table.add_row(label, str(summary[name]))
    console = PlainConsole()
    console.print(table)
    show_aside(console, summary, not_begun, cut_of(summary), hints)
    show_rejected(console, summary)


def show_aside(
    console: PlainConsole,
    one: Mapping[str, object],
    not_begun: Sequence[str],
    cut: Cut,
    hints: Hints = NO_HINTS,
) -> None:
    """Say which lines of a file were passed over, and what to look at in it."""
    told = one["passed"]
    passed = read_passed(told if isinstance(told, Sequence) else ())
    for line in say_passed(passed, cut):
        console.print(line, soft_wrap=True)
    findings = one["findings"]
    asked = [
        str(each["finding"])
        for each in (findings if isinstance(findings, Sequence) else ())
    ]
    for line in say_spared(one["spared"]):
        console.print(line, soft_wrap=True)
    for said in say_hints(one, hints, not_begun=not_begun, asked=asked, cut=cut):
        console.print(said, soft_wrap=True)


def say_spared(count: object) -> Iterator[str]:
    """Say that no flag goes of what is absent, while a reject may be any of it."""
    if many := int(str(count)):
        cases = say_count(many, "bekende zaak staat", "bekende zaken staan")
        yield (
            f"{cases} niet in dit bestand. Elk signaal daarvan blijft staan, ook als u "
            "goedkeurt: een afgewezen record zonder bruikbaar zaaknummer kan ervan "
            "zijn. Is zo'n zaak echt weg? Verbeter eerst de afgewezen records."
        )


def show_rejected(console: PlainConsole, one: Mapping[str, object]) -> None:
    """Say of each column how many records were rejected for what."""
    columns = one["rejectedColumns"]
    rows = [
        Rejected(
            str(each["column"]),
            Reason(each["reason"]),
            int(each["count"]),
            each["lines"],
        )
        for each in (columns if isinstance(columns, Sequence) else ())
    ]
    went = ("read", "ended", "notBegun", "ignored")
    read, *aside = (int(str(one[name])) for name in went)
    for said in say_all_rejects(rows, read - sum(aside)):
        console.print(said, soft_wrap=True)
    if file := one.get("rejectsFile"):
        console.print(f"Afgewezen records: {file}", soft_wrap=True)
