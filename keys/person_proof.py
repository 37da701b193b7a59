"""That a pseudonym is that of a number: two holders' proofs, for its citizen to keep.

Whoever blinded the number writes it down (`write_person`), and hands over a code beside
it. With file, code and number anybody holds the pseudonym N to the holders' public
shares, without asking us; group `about` of an entry then leads from N to that entry.

- The blind is sealed under the code: the file alone names nobody and gives no N, to
  whoever finds it, however many numbers they try. File and code give both to who tries
  all numbers: keep them apart, as the page says.
- The key config is in the file, as its holders signed it; whose holders these are says
  who checks it, with pins of their own.

Proven by tests/unit/keys/test_person_proof.py.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from keys.base64url import decode_b64u, encode_b64u
from keys.bsn import Bsn, parse_bsn
from keys.config import ConfigPins, KeyConfig, open_config
from keys.config_document import Document, SignedDocument, parse_document
from keys.dleq import parse_proof
from keys.errors import (
    ConfigUnsigned,
    KeysError,
    PersonRefused,
)
from keys.group import Point, Scalar, multiply, parse_point, parse_scalar
from keys.oprf import (
    Evaluation,
    VerifiedEvaluation,
    combine,
    verify_evaluation,
)
from keys.pins import read_pins
from keys.pseudonym import KeyVersion, Pseudonym
from keys.shares import get_public_share
from keys.suite import VOPRF

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_CHARACTERS: Final = 16
"""Eighty bits: nobody tries them all."""

_LABEL: Final = b"signal-keys/person/1\n"
_GROUP: Final = 4


class ProvenEvaluation(Document):
    """What one holder made of the blinded number, and that it did so by its share."""

    holder: int
    evaluated: str
    proof: str


class PersonFile(Document):
    """The file: `sealed` is the blind, under the code."""

    format: Literal["signal-keys/person/1"]
    key_config: SignedDocument
    blinded: str
    sealed: str
    evaluations: tuple[ProvenEvaluation, ...]


@dataclass(frozen=True, slots=True, repr=False)
class PersonEvidence:
    """How one number was blinded, and what each holder of the pair answered.

    With its blind a point names a person: it is written down sealed, or not at all.
    """

    point: Point
    blind: Scalar
    answers: Sequence[tuple[int, Point, bytes]]


@dataclass(frozen=True, slots=True, repr=False)
class ProvenPerson:
    """The pseudonym that a number has under a key version; the holders say so."""

    key_version: KeyVersion
    pseudonym: Pseudonym


def draw_code() -> str:
    """Draw a fresh code, in groups of four: `7KQ4-TMPX-2B9D-HW6R`."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS))
    parts = (drawn[at : at + _GROUP] for at in range(0, CODE_CHARACTERS, _GROUP))
    return "-".join(parts)


def write_person(evidence: PersonEvidence, signed_config: bytes, code: str) -> bytes:
    """Give the file. `signed_config` is the key config under which it was evaluated."""
    said = PersonFile(
        format="signal-keys/person/1",
        key_config=parse_document(SignedDocument, signed_config),
        blinded=encode_b64u(evidence.point.encoded),
        sealed=encode_b64u(_mask(evidence.blind.encoded, code)),
        evaluations=tuple(
            ProvenEvaluation(
                holder=holder,
                evaluated=encode_b64u(point.encoded),
                proof=encode_b64u(proof),
            )
            for holder, point, proof in evidence.answers
        ),
    )
    return said.model_dump_json(by_alias=True).encode()


def open_person(
    data: bytes, code: str, number: Bsn, pins: Sequence[ConfigPins]
) -> ProvenPerson:
    """Give the pseudonym of this number, or raise `PersonRefused`.

    What must hold: (1) all holders of one set of pins signed the key config; (2) the
    blinded point is this number's, by the blind that the code opens; (3) each of as
    many holders as the config asks for proved its evaluation.
    """
    try:
        said = parse_document(PersonFile, data)
        config = _open_config(said.key_config, pins)
        point = parse_point(decode_b64u(said.blinded))
        proven = [_verify(config, point, one) for one in said.evaluations]
        blind = _open_blind(said, code, number, point)
        (pseudonym,) = combine([blind], proven)
    except PersonRefused:
        raise
    except (KeysError, ValueError) as refusal:
        raise PersonRefused("what the holders proved does not hold") from refusal
    return ProvenPerson(config.key_version, pseudonym)


def _open_blind(said: PersonFile, code: str, number: Bsn, point: Point) -> Scalar:
    other = PersonRefused("it is of another number, or the code is another")
    try:
        blind = parse_scalar(_mask(decode_b64u(said.sealed), code))
    except KeysError:
        raise other from None
    if multiply(blind, VOPRF.hash_to_group(number.registered)) != point:
        raise other
    return blind


def open_person_file(file: Path, pins: Path, number: str, code: str) -> ProvenPerson:
    """Give the same of a file and pins that lie there, and a number as it was typed.

    Raises `InvalidBsn`, `OSError`, `ConfigMalformed` for pins that are none, too.
    """
    return open_person(file.read_bytes(), code, parse_bsn(number), read_pins(pins))


def _open_config(signed: SignedDocument, pins: Sequence[ConfigPins]) -> KeyConfig:
    for one in pins:
        try:
            return open_config(signed.model_dump_json().encode(), one)
        except ConfigUnsigned:
            continue
    raise PersonRefused("the key config is not of the holders that are known")


def _verify(
    config: KeyConfig, point: Point, said: ProvenEvaluation
) -> VerifiedEvaluation:
    evaluated = parse_point(decode_b64u(said.evaluated))
    evaluation = Evaluation((evaluated,), parse_proof(decode_b64u(said.proof)))
    share = get_public_share(config, said.holder)
    return verify_evaluation(share, [point], evaluation)


def _mask(data: bytes, code: str) -> bytes:
    """Seal or open 32 bytes under a code that is used for one file."""
    typed = "".join(one for one in code.upper() if one in ALPHABET)
    key = sha256(_LABEL + typed.encode("ascii")).digest()
    return bytes(one ^ other for one, other in zip(data, key, strict=True))
