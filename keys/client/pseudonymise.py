"""Blind, ask a pair of holders, verify, combine; with another pair when one fails.

Curve work runs in threads: ctypes releases the interpreter, so two threads do twice
the work and the event loop stays free.

- Every pair is a new question: `req` binds the pair, so both holders are asked (and
  metered) anew. Hand `result.pair` to the next call as `first`, and a holder that is
  down costs its budget once, not with every batch.
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from typing import Final, TypeVar

from keys.bsn import Bsn
from keys.client.asking import Asked, EvaluationTransport, HolderAnswer, Pseudonymised
from keys.config import KeyConfig
from keys.dleq import parse_proof
from keys.errors import (
    EvaluationFailed,
    HolderBudgetSpent,
    HolderRefused,
    HolderUnavailable,
    InvalidBatch,
    ParseError,
    ProofRefused,
)
from keys.group import Point, parse_point
from keys.oprf import (
    BlindedBatch,
    Evaluation,
    VerifiedEvaluation,
    blind_batch,
    combine,
    verify_evaluation,
)
from keys.pseudonym import Pseudonym
from keys.request import MAX_POINTS, Act
from keys.shares import get_public_share

THREADS: Final = os.cpu_count() or 1
SMALLEST_PART: Final = 64
"""Fewer points than this are not worth a thread of their own."""

UNAVAILABLE: Final = "unavailable"
BUDGET_SPENT: Final = "budget-spent"
PROOF_REFUSED: Final = "proof-refused"
STALE: Final = "stale-key-version"
"""Another config is in use: no other pair takes this one either."""

Item = TypeVar("Item")
Made = TypeVar("Made")


async def pseudonymise(
    transport: EvaluationTransport,
    config: KeyConfig,
    identifiers: Sequence[Bsn],
    act: Act,
    *,
    first: tuple[int, ...] | None = None,
) -> Pseudonymised:
    """Give the pseudonyms of 1 to 4,096 numbers, in their order.

    `config` is a verified one. `first` is the pair to begin with; others follow when a
    holder of it is down, refuses, has no budget left or proves nothing. The numbers are
    blinded once more for each pair, so that a holder asked twice cannot tell.

    Raises `InvalidBatch`; `HolderRefused` at once at `stale-key-version` (fetch the
    config anew). When no pair is left: `HolderRefused` (its words are the problem's
    name), `HolderBudgetSpent`, else `HolderUnavailable`; `failures` names each. Proven
    by tests/unit/keys_holder/test_client.py.
    """
    if not 1 <= len(identifiers) <= MAX_POINTS:
        raise InvalidBatch
    messages = [identifier.registered for identifier in identifiers]
    failures: dict[int, Exception] = {}
    for pair in _pairs(config, first):
        if failures.keys() & set(pair):
            continue
        blinded = await _blind(messages)
        points = tuple(point.encoded for point in blinded.points)
        asked = Asked(act, pair, config.key_version, config.epoch, points)
        answers = await _ask_pair(transport, asked, failures)
        proven = await _verify(config, asked, blinded.points, answers, failures)
        if len(proven) == len(pair):
            pseudonyms = await _combine(blinded, proven)
            tickets = tuple(each.ticket for each in answers if each.ticket)
            return Pseudonymised(pseudonyms, tickets, pair, _name_all(failures))
    raise _worst(failures)


def _pairs(
    config: KeyConfig, first: tuple[int, ...] | None
) -> Iterator[tuple[int, ...]]:
    indexes = sorted(holder.index for holder in config.holders)
    every = list(combinations(indexes, config.threshold))
    if first in every:
        every.remove(first)
        every.insert(0, first)
    return iter(every)


async def _ask_pair(
    transport: EvaluationTransport, asked: Asked, failures: dict[int, Exception]
) -> list[HolderAnswer]:
    """Ask all of a pair at once; note who failed or refused."""
    outcomes = await asyncio.gather(
        *(transport.evaluate(holder, asked) for holder in asked.pair),
        return_exceptions=True,
    )
    answers: list[HolderAnswer] = []
    for holder, outcome in zip(asked.pair, outcomes, strict=True):
        if isinstance(outcome, HolderRefused) and str(outcome) == STALE:
            raise outcome
        if isinstance(outcome, EvaluationFailed):
            failures[holder] = outcome
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            answers.append(outcome)
    return answers


async def _verify(
    config: KeyConfig,
    asked: Asked,
    blinded: tuple[Point, ...],
    answers: Sequence[HolderAnswer],
    failures: dict[int, Exception],
) -> list[VerifiedEvaluation]:
    """Verify every proof, each in a thread; an answer that fails it is no answer."""
    outcomes = await asyncio.gather(
        *(
            asyncio.to_thread(_verify_one, config, asked, blinded, answer)
            for answer in answers
        ),
        return_exceptions=True,
    )
    proven: list[VerifiedEvaluation] = []
    for answer, outcome in zip(answers, outcomes, strict=True):
        if isinstance(outcome, ProofRefused):
            failures[answer.holder] = outcome
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            proven.append(outcome)
    return proven


def _verify_one(
    config: KeyConfig, asked: Asked, blinded: tuple[Point, ...], answer: HolderAnswer
) -> VerifiedEvaluation:
    if (answer.key_version, answer.epoch) != (asked.key_version, asked.epoch):
        raise ProofRefused
    if (answer.ticket is None) != (asked.act is Act.PUBLISH):
        raise ProofRefused
    try:
        points = tuple(parse_point(each) for each in answer.evaluations)
        evaluation = Evaluation(points, parse_proof(answer.proof))
        share = get_public_share(config, answer.holder)
        return verify_evaluation(share, blinded, evaluation)
    except ParseError:
        raise ProofRefused from None


async def _blind(messages: Sequence[bytes]) -> BlindedBatch:
    parts = await _in_threads(blind_batch, _parts(messages))
    return BlindedBatch(
        tuple(chain.from_iterable(part.points for part in parts)),
        tuple(chain.from_iterable(part.blinds for part in parts)),
    )


async def _combine(
    blinded: BlindedBatch, proven: Sequence[VerifiedEvaluation]
) -> tuple[Pseudonym, ...]:
    def combine_part(places: Sequence[int]) -> tuple[Pseudonym, ...]:
        start, end = places[0], places[-1] + 1
        part = [
            VerifiedEvaluation(each.share, each.points[start:end]) for each in proven
        ]
        return combine(blinded.blinds[start:end], part)

    parts = await _in_threads(combine_part, _parts(range(len(blinded.points))))
    return tuple(chain.from_iterable(parts))


def _parts(items: Sequence[Item]) -> list[Sequence[Item]]:
    size = max(SMALLEST_PART, -(-len(items) // THREADS))
    return [items[start : start + size] for start in range(0, len(items), size)]


async def _in_threads(
    work: Callable[[Sequence[Item]], Made], parts: Iterable[Sequence[Item]]
) -> list[Made]:
    return await asyncio.gather(*(asyncio.to_thread(work, part) for part in parts))


def _name_all(failures: Mapping[int, Exception]) -> Mapping[int, str]:
    return {holder: _name(failure) for holder, failure in sorted(failures.items())}


def _name(failure: Exception) -> str:
    """Give a code for why a holder gave nothing; of a refusal its own."""
    match failure:
        case HolderRefused():
            return str(failure)
        case HolderBudgetSpent():
            return BUDGET_SPENT
        case ProofRefused():
            return PROOF_REFUSED
        case _:
            return UNAVAILABLE


def _worst(failures: Mapping[int, Exception]) -> EvaluationFailed:
    """Give what a person can do most about, with all that failed."""
    found: EvaluationFailed = HolderUnavailable()
    for kind in (HolderBudgetSpent, HolderRefused):
        for failure in failures.values():
            if isinstance(failure, kind):
                found = failure
    found.failures = _name_all(failures)
    return found
