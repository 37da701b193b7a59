"""Keys for tests: a dealt key, its config and pins, and documents that are wrong.

Dealing takes no files and no passphrase, so it is quick enough for every test.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from keys.config import (
    CONFIG_TYPE,
    ConfigPins,
    KeyConfig,
    KeyOrigin,
    parse_pins,
    verify_config,
)
from keys.group import Point, generate_scalar
from keys.jose import PrivateKey, sign_compact
from keys.oprf import (
    BlindedBatch,
    VerifiedEvaluation,
    blind_batch,
    combine,
    evaluate,
    verify_evaluation,
)
from keys.pseudonym import Pseudonym
from keys.shares import KeyShare
from tests.dealing import Dealing, DealingPlan, deal_key

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ORDER = 2**252 + 27742317777372353535851937790883648493
"""The prime order of the group (RFC 9496 section 4.4)."""

MESSAGE = b"nl-bsn:999990019"


def a_dealing(*, holders: int = 3, threshold: int = 2) -> Dealing:
    """Deal a fresh key, valid for thirty days around NOW."""
    plan = DealingPlan(
        holders=holders,
        threshold=threshold,
        valid_from=NOW - timedelta(days=1),
        valid_until=NOW + timedelta(days=29),
    )
    return deal_key(plan)


@cache
def the_dealing() -> Dealing:
    """Give one dealing that tests share where only reading is done."""
    return a_dealing()


def pins_of(dealing: Dealing) -> ConfigPins:
    return parse_pins(dealing.pins)


def signing_keys(dealing: Dealing) -> list[PrivateKey]:
    return [holder.config_key for holder in dealing.holders]


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client's view: what it pinned, what it knows, what it accepts."""

    pins: ConfigPins
    accepted_origin: KeyOrigin = "dealt"
    known: KeyConfig | None = None
    now: datetime = NOW

    def accept(self, document: bytes) -> KeyConfig:
        return verify_config(
            document,
            self.pins,
            accepted_origin=self.accepted_origin,
            known=self.known,
            now=self.now,
        )


def payload_of(document: bytes) -> dict[str, Any]:
    """Read what a signed config says, without checking it."""
    segment: str = json.loads(document)["payload"]
    payload: dict[str, Any] = json.loads(
        urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    )
    return payload


def evaluations_of(
    shares: Sequence[KeyShare], points: Sequence[Point]
) -> list[VerifiedEvaluation]:
    """Let each holder evaluate, and verify each answer as a client does."""
    return [
        verify_evaluation(
            share.public, points, evaluate(share, points, generate_scalar())
        )
        for share in shares
    ]


def pseudonymise_with(
    shares: Sequence[KeyShare], messages: Sequence[bytes]
) -> tuple[Pseudonym, ...]:
    """Run the whole protocol with these holders."""
    batch: BlindedBatch = blind_batch(messages)
    return combine(batch.blinds, evaluations_of(shares, batch.points))


def sign_payload(payload: dict[str, Any], keys: Sequence[PrivateKey]) -> bytes:
    """Sign any payload, a wrong one too, as the holders sign a config."""
    tokens = [sign_compact(key, CONFIG_TYPE, payload).split(".") for key in keys]
    members = [{"protected": head, "signature": tail} for head, _, tail in tokens]
    return json.dumps({"payload": tokens[0][1], "signatures": members}).encode()


def encode_point(point: bytes) -> str:
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def changed_config(**members: object) -> bytes:
    """Give the good config with some members changed, signed by all holders."""
    return sign_payload(
        payload_of(the_dealing().document) | members, signing_keys(the_dealing())
    )


def config_with_holder(at: int, /, **members: object) -> bytes:
    """Give the good config with one holder changed, signed by all holders."""
    holders = deepcopy(payload_of(the_dealing().document)["holders"])
    holders[at - 1] |= members
    return changed_config(holders=holders)
