"""A notice as a sentence in Dutch (B1): who looked, what came of it, what is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from signal_index.wire.notice_order import find_moment_of
from signal_index.wire.notices import ReturnNotice
from signal_index.wire.values import Phone
from sources.clock import day_of, write_day, write_hour, write_moment
from sources.outbox.notices import KeptNotice
from sources.phones import write_phone

_OUTCOMES: Final = {
    "contact-made": "Er is contact geweest.",
    "already-known": "Zij kenden elkaar al.",
    "not-reachable": "U was niet bereikbaar. Bel zelf terug.",
    "not-needed": "Bellen was niet nodig.",
    "citizen-says-ended": "De inwoner zegt dat uw hulp is gestopt.",
}
DISPUTES: Final[Mapping[str, str]] = {
    "correction": "Een inwoner zegt dat een signaal niet klopt",
    "objection": "Een inwoner maakt bezwaar tegen een signaal",
}
_IF_ENDED: Final = (
    "Klopt dat? Sluit de zaak in uw eigen systeem; de volgende levering haalt het"
    " vlaggetje weg. Loopt de hulp nog? Dan hoeft u niets te doen."
)
_SETTLED: Final[Mapping[str, str]] = {
    "answered": "Beantwoord op {on} door {by}: {label}.",
    "confirmed": "Dat is gedaan op {on}.",
    "unused": "Er is geen signaal meer met deze contactpersoon.",
    "prolonged": "Het is verlengd, tot {on}.",
    "ended": "Het signaal is intussen beëindigd.",
    "goes-on": "Op {on} is gezegd: het klopt nog.",
    "passed-on": "Het signaal is nu van {by}.",
    "lead-taken": "Het voortouw heeft {by}, sinds {on}.",
    "agreed": "Er is iets afgesproken, op {on}.",
    "not-agreed": "Er is niets afgesproken, op {on}.",
    "done": "Afgerond op {on}.",
}


def say_kept(one: KeptNotice) -> str:
    """Say what a notice tells, and whether it replaces something, or was replaced."""
    says = say(one.said)
    if one.is_replaced:
        return f"{says} (Daarna is iets anders gezegd: dit geldt niet meer.)"
    before = next((each for each in one.former if each.outcome), None)
    if before is None or before.outcome == one.said.outcome:
        return says
    label = before.outcomeLabel or before.outcome
    if one.said.outcome is None:
        return f"{says} (Dit telt niet meer: {label}.)"
    return f"{says} (In plaats van wat eerder is gezegd: {label}.)"


def say(one: ReturnNotice) -> str:
    """Say what a notice tells; a kind that we do not know by its own name."""
    said = _SENTENCES.get(one.kind)
    if said is not None:
        return said(one)
    facts = ", ".join(f"{key} {value}" for key, value in one.facts.items())
    return f"Bericht van de soort {one.kind}{': ' + facts if facts else ''}."


def say_settled(one: ReturnNotice) -> str:
    """Say what was done with what a notice asks; empty while it waits for somebody."""
    done = one.settled
    if done is None:
        return ""
    said = _SETTLED.get(done.how, "Dat is gedaan.")
    day = write_day(done.on) if done.on else "een dag die niet bekend is"
    by, label = done.by or "een andere organisatie", done.label or "zie de correctie"
    return said.format(on=day, by=by, label=label)


def say_whom_to_call(one: ReturnNotice) -> str:
    """Say whom to call back; empty where nobody was named.

    Of signals that passed on: the other organisation, at its own number.
    """
    called = one.callBack
    if called is None:
        return ""
    who = called.function
    if one.kind == "succession":
        is_given = one.facts.get("source") == one.source
        who = one.facts.get("successorName" if is_given else "sourceName", who)
    return f"{who}, {write_phone(Phone(called.phone))}"


def write_when(one: ReturnNotice) -> str:
    """Write when it happened; of what carries its hour alone: between when and when."""
    moment = find_moment_of(one)
    return write_moment(moment) if moment else write_hour(one.madeIn)


def _say_looked_up(one: ReturnNotice) -> str:
    looker = one.lookedUp
    if looker is None:
        if one.content == "unreadable":
            return "Niet leesbaar: wie er naar uw signaal keek, opent niet."
        return "Er is naar uw signaal gekeken."
    team = f" ({looker.team})" if looker.team else ""
    return (
        f"{looker.organisation}{team} heeft gezien dat u betrokken bent, voor:"
        f" {looker.purposeLabel}."
    )


def _say_outcome(one: ReturnNotice) -> str:
    who = one.lookedUp.organisation if one.lookedUp else "Iemand die keek"
    if one.outcome is None:
        return f"{who}: wat eerder is ingevuld, is weggehaald."
    known = _OUTCOMES.get(one.outcome)
    asks = _IF_ENDED if one.outcome == "citizen-says-ended" else ""
    return _ask(f"{who}: {known or one.outcomeLabel or one.outcome}", one, asks)


def _say_stale(one: ReturnNotice) -> str:
    until = _until(one.facts.get("on"))
    if one.settled:
        return _ask(f"Een contactpersoon moest worden bevestigd, {until}.", one, "")
    return f"Een contactpersoon moet worden bevestigd, {until}."


def _say_expires(one: ReturnNotice) -> str:
    day = _day(one.facts.get("on"))
    if one.settled:
        return _ask(f"Het signaal zou vervallen op {day}.", one, "")
    return f"Het signaal vervalt op {day}. Loopt de zaak nog? Lever hem aan."


def _say_succession(one: ReturnNotice) -> str:
    before, after = (one.facts.get(key, "") for key in ("sourceName", "successorName"))
    named = len(one.signals)
    count = one.facts.get("signals", str(named))
    subject = "Het signaal is" if count in ("0", "1") else f"{count} signalen zijn"
    day = write_day(day_of(find_moment_of(one) or one.madeIn))
    return (
        f"{subject} op {day} overgedragen, van {before} aan"
        f" {after}. {after} antwoordt en levert nu aan."
    )


def _say_match(one: ReturnNotice) -> str:
    asks = (
        "Wie u daar belt, staat op de pagina Matches en bij"
        " `signal-source matches list`."
    )
    return _ask("Een andere organisatie helpt deze inwoner ook.", one, asks)


def ask_to_answer(kind: str, reference: str, on: date | None) -> str:
    """Say what a citizen disputes, until when to answer, and with which command."""
    until = f"uiterlijk {write_day(on)}" if on else "binnenkort"
    return (
        f"{DISPUTES[kind]} ({reference}). Antwoord {until} met"
        f" `signal-source corrections answer {reference} ANTWOORD`."
    )


def _say_dispute(one: ReturnNotice) -> str:
    reference = one.facts.get("reference", "")
    if settled := say_settled(one):
        says = f"{DISPUTES[one.kind]} ({reference}). {settled}"
    else:
        says = ask_to_answer(one.kind, reference, _read_day(one.facts.get("dueOn")))
    reason = one.facts.get("reasonLabel", "")
    return f"{says} Wat de inwoner zegt: {reason}." if reason else says


def _ask(says: str, one: ReturnNotice, asks: str) -> str:
    """Add what is asked; once that was done, what was done in its place."""
    return " ".join(filter(None, (says, say_settled(one) or asks)))


def _read_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _day(text: str | None) -> str:
    day = _read_day(text)
    return write_day(day) if day else "binnenkort"


def _until(text: str | None) -> str:
    day = _read_day(text)
    return f"uiterlijk {write_day(day)}" if day else "binnenkort"


_SENTENCES: Final[Mapping[str, Callable[[ReturnNotice], str]]] = {
    "looked-up": _say_looked_up,
    "outcome": _say_outcome,
    "correction": _say_dispute,
    "objection": _say_dispute,
    "contact-stale-soon": _say_stale,
    "signal-expires-soon": _say_expires,
    "succession": _say_succession,
    "match": _say_match,
}
