"""What a citizen keeps of whose a pseudonym is: two holders' proofs, written down.

Whoever blinded the number writes it down (`write_person`), and hands over a code beside
it. With file, code and number anybody holds the pseudonym N to the holders' public
shares, without asking us (`keys.checking.person`); group `about` of an entry then leads
from N to that entry.

- The blind is sealed under the code: the file alone names nobody and gives no N, to
  whoever finds it, however many numbers they try. File and code give both to who tries
  all numbers: keep them apart, as the page says.
- The key config is in the file, as its holders signed it; whose holders these are says
  who checks it, with pins of their own.

Proven by tests/unit/keys/test_person_proof.py.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from keys.base64url import encode_b64u
from keys.checking.person import ALPHABET, FORMAT, mask_blind
from keys.config_document import SignedDocument, parse_document
from keys.group import Point, Scalar

CODE_CHARACTERS: Final = 16
"""Eighty bits: nobody tries them all."""

_GROUP: Final = 4


@dataclass(frozen=True, slots=True, repr=False)
class PersonEvidence:
    """How one number was blinded, and what each holder of the pair answered.

    With its blind a point names a person: it is written down sealed, or not at all.
    """

    point: Point
    blind: Scalar
    answers: Sequence[tuple[int, Point, bytes]]


def draw_code() -> str:
    """Draw a fresh code, in groups of four: `7KQ4-TMPX-2B9D-HW6R`."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS))
    parts = (drawn[at : at + _GROUP] for at in range(0, CODE_CHARACTERS, _GROUP))
    return "-".join(parts)


def write_person(evidence: PersonEvidence, signed_config: bytes, code: str) -> bytes:
    """Give the file. `signed_config` is the key config under which it was evaluated."""
    signed = parse_document(SignedDocument, signed_config)
    said = {
        "format": FORMAT,
        "keyConfig": signed.model_dump(by_alias=True),
        "blinded": encode_b64u(evidence.point.encoded),
        "sealed": encode_b64u(mask_blind(evidence.blind.encoded, code)),
        "evaluations": [
            {
                "holder": holder,
                "evaluated": encode_b64u(point.encoded),
                "proof": encode_b64u(proof),
            }
            for holder, point, proof in evidence.answers
        ],
    }
    return json.dumps(said, separators=(",", ":")).encode()
