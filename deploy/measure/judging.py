"""Which answers count: those that hold, say what was known beforehand, and cost.

Judged when the clock has stopped. One answer that fails ends the measurement: a figure
with wrong answers in it would be no figure.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.measure.asking import Lookup
from deploy.measure.load import Answer
from deploy.measure.town import MeasuredIndex, MeasuredTown
from deploy.town.parties import ORIGIN
from deploy.town.settings_files import read_jwk
from signal_index.proof import (
    Group,
    JsonObject,
    ProofError,
    parse_receipt_key,
    verify_receipt,
)

STEP = 500
_SPENT = text("SELECT count(*) FROM spent_ticket WHERE jti IN :jtis").bindparams(
    bindparam("jtis", expanding=True, type_=Uuid(as_uuid=False))
)


class AnswerDoesNotCount(Exception):
    """An answer that does not hold, or a ticket that was not spent; says which."""


class FlagMissed(AnswerDoesNotCount):
    """An answer shows no flag of whom one was published."""


def verify_answers(
    town: MeasuredTown, lookups: Sequence[Lookup], answers: Sequence[Answer]
) -> None:
    """Check every answer against its receipt and what was known beforehand.

    Raises `AnswerDoesNotCount`, or a `ProofError` of a receipt that does not hold.
    """
    keys = [parse_receipt_key(read_jwk(town.places.index / "keys/receipt.public.jwk"))]
    entries = set()
    for lookup, answer in zip(lookups, answers, strict=True):
        part = _read_part(answer)
        opened = verify_receipt(part["receipt"], keys=keys, origin_base=ORIGIN)
        _verify_content(lookup, part, opened.groups)
        entries.add(opened.entry)
    if len(entries) != len(lookups):
        raise AnswerDoesNotCount("two answers share one entry")


def count_faults(
    town: MeasuredTown, lookups: Sequence[Lookup], answers: Sequence[Answer]
) -> tuple[int, int]:
    """Count the answers that miss a flag, and those that do not hold otherwise."""
    misses = wrong = 0
    for lookup, answer in zip(lookups, answers, strict=True):
        try:
            verify_answers(town, [lookup], [answer])
        except FlagMissed:
            misses += 1
        except (AnswerDoesNotCount, ProofError):
            wrong += 1
    return misses, wrong


async def verify_spent(index: MeasuredIndex, lookups: Sequence[Lookup]) -> None:
    """Check in the database that every ticket of these lookups is spent."""
    tickets = [ticket for lookup in lookups for ticket in lookup.tickets]
    engine = create_async_engine(index.database_url)
    try:
        async with engine.connect() as connection:
            spent = 0
            for start in range(0, len(tickets), STEP):
                asked = {"jtis": tickets[start : start + STEP]}
                spent += (await connection.execute(_SPENT, asked)).scalar_one()
    finally:
        await engine.dispose()
    if spent != len(tickets):
        raise AnswerDoesNotCount(f"{len(tickets) - spent} tickets were not spent")


def _read_part(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:
        problem = json.loads(answer.body)
        said = f"{problem.get('type')} {problem.get('errors', '')}"
        raise AnswerDoesNotCount(f"status {answer.status}: {said}")
    parts = json.loads(answer.body)["answers"]
    if len(parts) != 1:
        raise AnswerDoesNotCount("not one part for one person")
    part: dict[str, Any] = parts[0]
    return part


def _verify_content(
    lookup: Lookup, part: dict[str, Any], groups: Mapping[Group, JsonObject | None]
) -> None:
    what, who = groups[Group.WHAT] or {}, groups[Group.WHO] or {}
    if what.get("tickets") != list(lookup.tickets):
        raise AnswerDoesNotCount("a receipt names other tickets")
    if who.get("sub") != lookup.subject:
        raise AnswerDoesNotCount("a receipt names another user")
    if lookup.known and not part["flags"]:
        raise FlagMissed("an answer shows no flag where one was published")
    if part["flags"] and not lookup.known:
        raise AnswerDoesNotCount("an answer shows a flag that nobody published")
