"""Evidence about one day: everything fits by default, override one thing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from keys.statement import DayStatement, StatedTicket
from signal_index.proof import Kind, Outcome
from signal_index.reconcile.evidence import (
    Answered,
    DayEvidence,
    DayWindow,
    Named,
    Promised,
)

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NEXT_NIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TEAM = "00000001990000000002"


def a_req(number: int = 1) -> str:
    return f"req-{number}"


def a_jti(holder: int, number: int = 1) -> str:
    return f"ticket-{holder}-{number}"


def a_ticket(holder: int, number: int = 1, **changes: object) -> StatedTicket:
    at = int(NOON.timestamp())
    ticket = StatedTicket(
        jti=a_jti(holder, number),
        sub="fatima",
        org=TEAM,
        act="lookup",
        count=1,
        keyVersion=1,
        epoch=1,
        req=a_req(number),
        iat=at,
        exp=at + 900,
    )
    return ticket.model_copy(update=changes)


def statements_of(
    *tickets: tuple[int, StatedTicket], day: date = DAY
) -> tuple[DayStatement, ...]:
    stated_at = datetime.combine(day, NOON.timetz()) + timedelta(days=1)
    return tuple(
        DayStatement(
            f"holder-{holder}",
            day,
            stated_at,
            tuple(ticket for given, ticket in tickets if given == holder),
        )
        for holder in (1, 2, 3)
    )


def stated_pairs(
    numbers: Sequence[int], **changes: object
) -> tuple[tuple[int, StatedTicket], ...]:
    return tuple(
        (holder, a_ticket(holder, number, **changes))
        for number in numbers
        for holder in (1, 2)
    )


def an_entry_named(number: int = 1, place: int = 0, **changes: object) -> Named:
    named = Named(
        entry=UUID(int=number * 100 + place),
        kind=Kind.LOOKUP,
        outcome=Outcome.ANSWERED,
        minute=NOON,
        organisation=TEAM,
        user="fatima",
        req=a_req(number),
        tickets=(a_jti(1, number), a_jti(2, number)),
        repeat=False,
    )
    return replace(named, **changes)  # type: ignore[arg-type] # names are the caller's


def an_answered(number: int = 1) -> Answered:
    return Answered(UUID(int=number * 100), bytes([number]) * 32, TEAM)


def a_promised(number: int = 1, made_at: datetime = NOON) -> Promised:
    return Promised(TEAM, UUID(int=number * 100), bytes([number]) * 32, made_at)


def some_evidence(**changes: object) -> DayEvidence:
    """Give the evidence of one lookup that fits in every way."""
    evidence = DayEvidence(
        window=DayWindow(DAY),
        as_of=NEXT_NIGHT,
        statements=statements_of(*stated_pairs([1])),
        before=(),
        restored=(),
        named=(an_entry_named(),),
        closed=(),
        unknown=(),
        reported={},
        answered=(an_answered(),),
        receipts={TEAM: (a_promised(),)},
    )
    return replace(evidence, **changes)  # type: ignore[arg-type] # the caller's names
