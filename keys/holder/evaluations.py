"""One evaluation from body to answer: admit, spend, evaluate, sign the ticket.

    parse -> admit -> valid points -> spend (durable) -> evaluate -> ticket

Plain functions of one thread: the edge runs them off the event loop. What can be
refused is refused before anything is spent; what is spent is durable before anything
is evaluated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from pydantic import ValidationError

from keys.base64url import encode_b64u
from keys.config import KeyConfig
from keys.errors import InvalidPoint
from keys.group import Point, generate_scalar, parse_point
from keys.holder.admission import Admitted, HolderIdentity, admit
from keys.holder.errors import HolderNotReady, RequestMalformed, naming
from keys.holder.former import Former
from keys.holder.opening import HolderKeys
from keys.holder.organisations import Organisations
from keys.holder.spending import TicketGrant
from keys.holder.store import Meter
from keys.holder.wire import EvaluationClaims, parse_points
from keys.jose import sign_compact
from keys.oprf import Evaluation, evaluate
from keys.request import Act
from keys.successor import Chain
from keys.ticket import TICKET_LIFETIME, TICKET_TYPE
from keys.wire import EvaluationRequest

MAX_BODY: Final = 256 * 1024
"""4,096 points of 46 characters each, a request, and room."""


@dataclass(frozen=True, slots=True)
class Holder:
    """All that answering takes."""

    keys: HolderKeys
    audience: str
    organisations: Organisations
    meter: Meter
    now: Callable[[], datetime]
    index_keys: Chain
    """Whose word it takes on whom to refuse."""
    former: tuple[Former, ...] = ()
    """The sharings that `keys` followed and that it answers for still."""

    def list_served(self, now: datetime) -> list[HolderKeys]:
        """Give what it answers with at this moment, the newest sharing first."""
        return [self.keys, *(one.keys for one in self.former if one.is_served(now))]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An answer, and what is counted of it; the user is in no log."""

    body: dict[str, object]
    organisation: str
    user: str
    act: Act
    count: int


def answer_evaluation(holder: Holder, body: bytes) -> Evaluated:
    """Answer one `POST /v1/evaluations`, or raise a leaf of `RequestRefused`.

    Proven by tests/unit/keys_holder/test_evaluations.py.
    """
    now = holder.now()
    check_ready(holder.keys.identity.config, now)
    asked = _parse(body)
    points = parse_points(asked.points)
    newest, *former = holder.list_served(now)
    admitted = admit(
        asked.request,
        points,
        newest.identity,
        holder.organisations,
        now=now,
        former=[one.identity for one in former],
    )
    blinded = _valid(points)
    grant = _grant(admitted, now)
    claims = admitted.claims
    place = (claims.key_version, claims.epoch)
    keys = next(k for k in (newest, *former) if k.identity.config.place == place)
    with naming(claims.iss, claims.sub):
        holder.meter.spend(admitted, grant, now=now)
    evaluation = evaluate(keys.share, blinded, generate_scalar())
    answer = _answer(keys.identity, evaluation)
    if grant is not None:
        answer["ticket"] = _sign_ticket(keys, holder.audience, claims, grant, now)
    return Evaluated(answer, claims.iss, claims.sub, claims.act, claims.count)


def check_ready(config: KeyConfig, now: datetime) -> None:
    """Raise `HolderNotReady` outside the validity of the key config."""
    if not config.valid_from <= now < config.valid_until:
        raise HolderNotReady


def _parse(body: bytes) -> EvaluationRequest:
    try:
        return EvaluationRequest.model_validate_json(body)
    except ValidationError:
        raise RequestMalformed from None


def _valid(points: tuple[bytes, ...]) -> tuple[Point, ...]:
    try:
        return tuple(parse_point(point) for point in points)
    except InvalidPoint:
        raise RequestMalformed from None


def _grant(admitted: Admitted, now: datetime) -> TicketGrant | None:
    """Grant a ticket for every act but publishing, which reads nothing."""
    if admitted.claims.act is Act.PUBLISH:
        return None
    return TicketGrant(jti=str(uuid4()), expires_at=now + TICKET_LIFETIME)


def _answer(identity: HolderIdentity, evaluation: Evaluation) -> dict[str, object]:
    return {
        "holder": identity.index,
        "keyVersion": identity.config.key_version,
        "epoch": identity.config.epoch,
        "evaluations": [encode_b64u(point.encoded) for point in evaluation.points],
        "proof": encode_b64u(evaluation.proof.encode()),
    }


def _sign_ticket(
    keys: HolderKeys,
    audience: str,
    claims: EvaluationClaims,
    grant: TicketGrant,
    now: datetime,
) -> str:
    ticket = {
        "jti": grant.jti,
        "iss": keys.identity.id,
        "aud": audience,
        "sub": claims.sub,
        "org": claims.iss,
        "act": claims.act.value,
        "count": claims.count,
        "keyVersion": claims.key_version,
        "epoch": claims.epoch,
        "req": claims.req,
        "iat": int(now.timestamp()),
        "exp": int(grant.expires_at.timestamp()),
    }
    return sign_compact(keys.ticket_key, TICKET_TYPE, ticket)
