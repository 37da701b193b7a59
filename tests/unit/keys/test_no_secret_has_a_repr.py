"""What can end in a log line or a traceback shows a type and nothing else."""

import secrets
from base64 import b64encode, urlsafe_b64encode

import pytest

from keys.bsn import parse_bsn
from keys.group import generate_scalar, multiply_base
from keys.jose import PrivateKey
from keys.oprf import blind_batch, evaluate, verify_evaluation
from keys.pseudonym import (
    IndexScalar,
    SealedRow,
    StoredPoint,
    parse_ledger_name_key,
    parse_pseudonym,
    parse_row_key_secret,
)
from keys.sealing import Passphrase, PassphraseSealer
from tests.keys_builders import the_dealing

SECRET = generate_scalar()
POINT = multiply_base(SECRET)
KEY = PrivateKey.generate()
HOLDER = the_dealing().holders[0]
TEXT = "a passphrase of some length"
BATCH = blind_batch([b"nl-bsn:999990019"])
ANSWER = evaluate(HOLDER.share, BATCH.points, generate_scalar())
ROW_SECRET = secrets.token_bytes(64)
BSN = "999990019"

# What is printed, and the bytes or text that must not be in it.
HOLDERS_OF_SECRETS: list[tuple[object, list[bytes | str]]] = [
    (SECRET, [SECRET.encoded]),
    (POINT, [POINT.encoded]),
    (parse_pseudonym(POINT.encoded), [POINT.encoded]),
    (StoredPoint(POINT.encoded), [POINT.encoded]),
    (IndexScalar(SECRET.encoded), [SECRET.encoded]),
    (parse_row_key_secret(ROW_SECRET), [ROW_SECRET[:32], ROW_SECRET[32:]]),
    (parse_ledger_name_key(ROW_SECRET[:32]), [ROW_SECRET[:32]]),
    (SealedRow(POINT.encoded[:16], POINT.encoded), [POINT.encoded, POINT.encoded[:16]]),
    (HOLDER.share, [HOLDER.share.scalar.encoded]),
    (HOLDER.share.public, [HOLDER.share.scalar.encoded]),
    (HOLDER, [HOLDER.share.scalar.encoded, KEY.jwk["d"]]),
    (the_dealing(), [HOLDER.share.scalar.encoded, HOLDER.config_key.jwk["d"]]),
    (KEY, [KEY.jwk["d"]]),
    (Passphrase(TEXT), [TEXT]),
    (PassphraseSealer(Passphrase(TEXT)), [TEXT]),
    (BATCH, [BATCH.blinds[0].encoded, BATCH.points[0].encoded]),
    (ANSWER, [ANSWER.points[0].encoded]),
    (
        verify_evaluation(HOLDER.share.public, BATCH.points, ANSWER),
        [ANSWER.points[0].encoded],
    ),
    (parse_bsn(BSN), [BSN]),
]


def _spellings(secret: bytes | str) -> list[str]:
    if isinstance(secret, str):
        return [secret]
    return [
        secret.hex(),
        repr(secret)[2:-1],
        b64encode(secret).decode().rstrip("="),
        urlsafe_b64encode(secret).decode().rstrip("="),
        str(int.from_bytes(secret, "little")),
        str(int.from_bytes(secret, "big")),
    ]


@pytest.mark.parametrize(
    ("value", "hidden"), HOLDERS_OF_SECRETS, ids=lambda each: type(each).__name__
)
def test_printing_reveals_nothing(value: object, hidden: list[bytes | str]) -> None:
    for printed in (repr(value), str(value), f"{value}", f"{[value]}", f"{value!a}"):
        for secret in hidden:
            assert not any(spelling in printed for spelling in _spellings(secret))
