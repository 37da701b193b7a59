"""Blind, ask a pair of holders, verify, combine; with another pair when one fails.

Curve work runs in threads: ctypes releases the interpreter, so two threads do twice
the work and the event loop stays free.

- Every pair is a new question: `req` binds the pair, so both holders are asked (and
  metered) anew. Keep the transport: it remembers a holder that is sick, which then
  costs the others their budget once, not with every batch.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeVar

from keys.bsn import Bsn
from keys.client.asking import Asked, EvaluationTransport, HolderAnswer, Pseudonymised
from keys.config import KeyConfig
from keys.dleq import parse_proof
from keys.errors import (
    ConfigRefused,
    EvaluationFailed,
    HolderBudgetSpent,
    HolderRefused,
    HolderSlow,
    HolderUnavailable,
    InvalidBatch,
    ParseError,
    ProofRefused,
    TicketInvalid,
    TicketPairBroken,
    TicketRefused,
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
from keys.person_proof import PersonEvidence
from keys.pseudonym import Pseudonym
from keys.quorum import (
    BUDGET_SPENT,
    SLOW,
    STALE,
    TICKET_REFUSED,
    UNAVAILABLE,
    Watch,
)
from keys.request import MAX_POINTS, Act, compute_req
from keys.shares import get_public_share
from keys.ticket import CLOCK_LEEWAY, Ticket, read_ticket, verify_granted

THREADS: Final = os.cpu_count() or 1
SMALLEST_PART: Final = 64
"""Fewer points than this are not worth a thread of their own."""

PROOF_REFUSED: Final = "proof-refused"

Item = TypeVar("Item")
Made = TypeVar("Made")


async def pseudonymise(
    transport: EvaluationTransport,
    config: KeyConfig,
    identifiers: Sequence[Bsn],
    act: Act,
) -> Pseudonymised:
    """Give the pseudonyms of 1 to 4,096 numbers, in their order.

    `config` is a verified one. Pairs take turns; another follows when a holder is sick
    (`keys.quorum` says of what) or has no budget left, and the transport remembers it.
    The numbers are blinded once more for each pair, so that a holder asked twice cannot
    tell. Two tickets that disagree on index, person or time are no pair: the third
    holder shows whose was wrong.

    Raises `InvalidBatch`. When no pair is left: `HolderRefused` (its words are the
    problem's name; at `stale-key-version` see `pseudonymise_anew`),
    `HolderBudgetSpent`, else `HolderUnavailable`; `failures` names each.

    Proven by tests/unit/keys_holder/test_client.py and
    tests/attack/test_one_sick_holder.py.
    """
    if not 1 <= len(identifiers) <= MAX_POINTS:
        raise InvalidBatch
    messages = [identifier.registered for identifier in identifiers]
    failures: dict[int, Exception] = {}
    doubted: set[int] = set()
    ids = {holder.index: holder.id for holder in config.holders}
    for pair in transport.watch.order_pairs(list(ids), config.threshold):
        if failures.keys() & set(pair):
            continue
        blinded = await _blind(messages)
        points = tuple(point.encoded for point in blinded.points)
        asked = Asked(act, pair, config.key_version, config.epoch, points, ids)
        answers = await _ask_pair(transport, asked, failures)
        proven = await _verify(config, asked, blinded.points, answers, failures)
        if len(proven) < len(pair):
            continue
        if not _agree([each.ticket for each in proven]):
            doubted |= {*pair}
            continue
        failures |= {holder: TicketPairBroken() for holder in doubted - {*pair}}
        _remember(transport.watch, pair, failures)
        pseudonyms = await _combine(blinded, [each.evaluation for each in proven])
        tickets = tuple(each.ticket for each in answers if each.ticket)
        return Pseudonymised(
            config.key_version,
            pseudonyms,
            tickets,
            pair,
            _name_all(failures),
            _keep(blinded, answers) if len(messages) == 1 else None,
        )
    _remember(transport.watch, (), failures)
    raise _find_worst(failures)


async def pseudonymise_anew(
    transport: EvaluationTransport,
    config: KeyConfig,
    fetch: Callable[[], Awaitable[KeyConfig]],
    identifiers: Sequence[Bsn],
    act: Act,
) -> tuple[KeyConfig, Pseudonymised]:
    """Give the same; where holders have gone on to another config, under that one.

    `fetch` gives the config as it is now, and is asked once: everything is blinded and
    asked anew, and answers under two configs never meet. Gives the config to use next.
    Where a pair served while one holder had gone on, that is one fetched since, and
    can be of another version: a body names the version of what was found.
    """
    try:
        found = await pseudonymise(transport, config, identifiers, act)
    except EvaluationFailed as refused:
        if STALE not in refused.failures.values():
            raise
        config = await fetch()
        return config, await pseudonymise(transport, config, identifiers, act)
    if STALE in found.passed_over.values():
        with suppress(ConfigRefused, HolderUnavailable):
            return await fetch(), found
    return config, found


@dataclass(frozen=True, slots=True)
class _Proven:
    evaluation: VerifiedEvaluation
    ticket: Ticket | None


def _agree(tickets: Sequence[Ticket | None]) -> bool:
    """Say whether the index takes these as the tickets of one question."""
    given = [ticket for ticket in tickets if ticket is not None]
    if not given:
        return True
    moments = [ticket.issued_at for ticket in given]
    is_together = max(moments) - min(moments) <= CLOCK_LEEWAY
    return is_together and len({ticket.shared_terms for ticket in given}) == 1


def _remember(
    watch: Watch, served: Sequence[int], failures: Mapping[int, Exception]
) -> None:
    for holder in served:
        watch.note_served(holder)
    for holder, failure in failures.items():
        watch.note(holder, _name(failure))


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
) -> list[_Proven]:
    """Verify every proof and ticket, each in a thread; what fails is no answer."""
    outcomes = await asyncio.gather(
        *(
            asyncio.to_thread(_verify_one, config, asked, blinded, answer)
            for answer in answers
        ),
        return_exceptions=True,
    )
    proven: list[_Proven] = []
    for answer, outcome in zip(answers, outcomes, strict=True):
        if isinstance(outcome, (ProofRefused, TicketRefused)):
            failures[answer.holder] = outcome
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            proven.append(outcome)
    return proven


def _verify_one(
    config: KeyConfig, asked: Asked, blinded: tuple[Point, ...], answer: HolderAnswer
) -> _Proven:
    if (answer.key_version, answer.epoch) != (asked.key_version, asked.epoch):
        raise ProofRefused
    ticket = _verify_ticket(config, asked, answer)
    try:
        points = tuple(parse_point(each) for each in answer.evaluations)
        evaluation = Evaluation(points, parse_proof(answer.proof))
        share = get_public_share(config, answer.holder)
        return _Proven(verify_evaluation(share, blinded, evaluation), ticket)
    except ParseError:
        raise ProofRefused from None


def _verify_ticket(
    config: KeyConfig, asked: Asked, answer: HolderAnswer
) -> Ticket | None:
    """Give the ticket that reading needs; publishing, which reads nothing, has none."""
    if (answer.ticket is None) != (asked.act is Act.PUBLISH):
        raise TicketInvalid
    if answer.ticket is None:
        return None
    req = compute_req(
        asked.act, asked.key_version, asked.epoch, asked.pair, asked.points
    )
    count = len(asked.points)
    ticket = read_ticket(answer.ticket, config)
    verify_granted(ticket, config, answer.holder, act=asked.act, count=count, req=req)
    return ticket


def _keep(blinded: BlindedBatch, answers: Sequence[HolderAnswer]) -> PersonEvidence:
    """Keep what proves the pseudonym of the one number that was asked about."""
    return PersonEvidence(
        blinded.points[0],
        blinded.blinds[0],
        [(one.holder, parse_point(one.evaluations[0]), one.proof) for one in answers],
    )


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
        case TicketRefused():
            return TICKET_REFUSED
        case HolderSlow():
            return SLOW
        case _:
            return UNAVAILABLE


def _find_worst(failures: Mapping[int, Exception]) -> EvaluationFailed:
    """Give what a person can do most about, with all that failed."""
    found: EvaluationFailed = HolderUnavailable()
    for kind in (HolderBudgetSpent, HolderRefused):
        for failure in failures.values():
            if isinstance(failure, kind):
                found = failure
    found.failures = _name_all(failures)
    return found
