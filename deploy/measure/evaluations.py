"""Measure key holders: a pair at work on large batches, and one on single persons.

Every request is signed, metered durably and answered with a proof; the proofs are
checked when the clock has stopped.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.measure.budgets import AGENCY_OF, Spender
from deploy.measure.citizens import number_citizens
from deploy.measure.load import Answer, Block, build_post, send_block
from deploy.measure.sizes import Sizes
from deploy.measure.town import MeasuredTown
from deploy.town.parties import TEAM
from keys.base64url import decode_b64u, encode_b64u
from keys.bsn import parse_bsn
from keys.client import Signer
from keys.client.asking import Asked
from keys.dleq import parse_proof
from keys.group import Point, parse_point
from keys.oprf import Evaluation, blind_batch, verify_evaluation
from keys.request import MAX_POINTS, Act, RequestKey, load_request_key
from keys.shares import get_public_share

PAIR = (1, 2)
EVALUATED_BY = AGENCY_OF[Spender.EVALUATE]
PERSONS_PER_USER = 100
CONNECTIONS = 16


class EvaluationsFailed(Exception):
    """A holder refused, or its answer does not hold."""


@dataclass(frozen=True)
class Evaluations:
    """Evaluations a second of a pair, and answered single requests of one holder."""

    per_second: float
    requests_per_second: float


async def measure_evaluations(town: MeasuredTown, sizes: Sizes) -> Evaluations:
    """Measure both; raises `EvaluationsFailed` or `ProofRefused`."""
    numbers = [parse_bsn(bsn) for bsn in number_citizens(MAX_POINTS)]
    points = blind_batch([number.registered for number in numbers]).points
    return Evaluations(
        await _measure_pair(town, points, sizes.evaluation_batches),
        await _measure_single(town, points[: sizes.evaluation_requests]),
    )


async def _measure_pair(
    town: MeasuredTown, points: Sequence[Point], batches: int
) -> float:
    """Give evaluations per second of two holders, each busy with whole batches."""
    key = load_request_key(_request_key(town, EVALUATED_BY.slug))
    signer = Signer(EVALUATED_BY.organisation, EVALUATED_BY.organisation, key)
    # Holders give a ticket for the same points once: each batch has another order.
    turned = [(*points[at:], *points[:at]) for at in range(batches)]
    asked = [_ask(town, Act.PUBLISH, each) for each in turned]
    blocks = await asyncio.gather(
        *(
            send_block(
                town.holder(holder),
                [_build(signer, holder, each) for each in asked],
                connections=1,
            )
            for holder in PAIR
        )
    )
    for holder, block in zip(PAIR, blocks, strict=True):
        _verify_all(town, holder, turned, block.answers)
    return len(PAIR) * batches * len(points) / max(each.seconds for each in blocks)


async def _measure_single(town: MeasuredTown, points: Sequence[Point]) -> float:
    """Give single-person requests per second of one holder, tickets and all."""
    key = load_request_key(town.places.desk / "keys" / "request-key.jwk")
    holder = PAIR[0]
    block = await send_block(
        town.holder(holder),
        [
            _build(_user(key, place), holder, _ask(town, Act.LOOKUP, [point]))
            for place, point in enumerate(points)
        ],
        connections=CONNECTIONS,
    )
    _verify_all(town, holder, [[point] for point in points], block.answers)
    return _rate(block)


def _ask(town: MeasuredTown, act: Act, points: Sequence[Point]) -> Asked:
    encoded = tuple(point.encoded for point in points)
    return Asked(act, PAIR, town.config.key_version, town.config.epoch, encoded)


def _build(signer: Signer, holder: int, asked: Asked) -> bytes:
    body = {
        "request": signer.sign(f"holder-{holder}", asked),
        "points": [encode_b64u(point) for point in asked.points],
    }
    return build_post("/v1/evaluations", json.dumps(body).encode())


def _user(key: RequestKey, place: int) -> Signer:
    return Signer(TEAM, f"evaluated-{place // PERSONS_PER_USER}", key)


def _verify_all(
    town: MeasuredTown,
    holder: int,
    asked: Sequence[Sequence[Point]],
    answers: Sequence[Answer],
) -> None:
    """Verify each answer by the points of its request."""
    share = get_public_share(town.config, holder)
    for points, answer in zip(asked, answers, strict=True):
        if answer.status != 200:
            raise EvaluationsFailed(f"holder {holder} gave {answer.status}")
        said = json.loads(answer.body)
        evaluated = tuple(
            parse_point(decode_b64u(text)) for text in said["evaluations"]
        )
        proof = parse_proof(decode_b64u(said["proof"]))
        verify_evaluation(share, tuple(points), Evaluation(evaluated, proof))


def _rate(block: Block) -> float:
    return len(block.answers) / block.seconds


def _request_key(town: MeasuredTown, slug: str) -> Path:
    return town.places.agency(slug) / "keys" / "request-key.jwk"
