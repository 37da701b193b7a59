"""RFC 9497, appendix A.1: ristretto255-SHA512 in modes OPRF and VOPRF.

The published file runs where it is present; the facts written out here are public
(RFC 9497 appendix A.1.2) and let the project's own tests stand without that folder.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keys.checking import evaluations
from keys.checking.hashing import expand_message
from keys.checking.ristretto import encode_element
from keys.checking.ristretto import multiply as multiply_plainly
from keys.dleq import parse_proof, prove, verify_proof
from keys.errors import ProofRefused
from keys.group import (
    Point,
    Scalar,
    add_scalars,
    derive_scalar,
    invert_scalars,
    multiply,
    multiply_base,
    parse_point,
    parse_scalar,
    subtract_scalars,
)
from keys.lagrange import combine_points
from keys.oprf import blind
from keys.suite import VOPRF, Context

IDENTIFIER = "ristretto255-SHA512"
SEED = bytes.fromhex("a3" * 32)
KEY_INFO = b"test key"
BLINDS = (
    "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706",
    "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
)
BATCH_NONCE = "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c"
BATCH_PROOF = (
    "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a"
    "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08"
)
PUBLIC_KEY = "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"
RFC_SCALAR = "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909"
BLINDED = (
    "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
    "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
)
EVALUATED = (
    "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
    "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a",
)
OUTPUTS = (
    "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
    "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c",
    "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
    "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6",
)
INPUTS = (b"\x00", b"\x5a" * 17)


@dataclass(frozen=True)
class Vector:
    """One row of the appendix, for one or more inputs."""

    context: Context
    secret: Scalar
    inputs: tuple[bytes, ...]
    blinds: tuple[Scalar, ...]
    blinded: tuple[Point, ...]
    evaluated: tuple[Point, ...]
    outputs: tuple[bytes, ...]
    proof: bytes | None
    nonce: Scalar | None


WRITTEN_HERE = Vector(
    context=VOPRF,
    secret=parse_scalar(bytes.fromhex(RFC_SCALAR)),
    inputs=INPUTS,
    blinds=tuple(parse_scalar(bytes.fromhex(each)) for each in BLINDS),
    blinded=tuple(parse_point(bytes.fromhex(each)) for each in BLINDED),
    evaluated=tuple(parse_point(bytes.fromhex(each)) for each in EVALUATED),
    outputs=tuple(bytes.fromhex(each) for each in OUTPUTS),
    proof=bytes.fromhex(BATCH_PROOF),
    nonce=parse_scalar(bytes.fromhex(BATCH_NONCE)),
)


def derive_key(context: Context) -> Scalar:
    """DeriveKeyPair of RFC 9497 section 3.2.1; only its vectors need it."""
    info = SEED + len(KEY_INFO).to_bytes(2, "big") + KEY_INFO
    tag = b"DeriveKeyPair" + context.name
    return derive_scalar(expand_message(info + b"\x00", tag))


def finalize(message: bytes, unblinded: Point) -> bytes:
    """Finalize of RFC 9497 section 3.3.1; our pseudonym is the element before it."""
    parts = (message, unblinded.encoded)
    framed = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
    return hashlib.sha512(framed + b"Finalize").digest()


def read_vectors(path: Path) -> list[Vector]:
    suites = json.loads(path.read_text())
    assert [suite["identifier"] for suite in suites] == [IDENTIFIER] * len(suites)
    return [
        _read_vector(suite, vector) for suite in suites for vector in suite["vectors"]
    ]


def _read_vector(suite: dict[str, Any], row: dict[str, Any]) -> Vector:
    def many(name: str) -> tuple[bytes, ...]:
        return tuple(bytes.fromhex(each) for each in row[name].split(","))

    proof = row.get("Proof")
    return Vector(
        context=Context(suite["mode"]),
        secret=parse_scalar(bytes.fromhex(suite["skSm"])),
        inputs=many("Input"),
        blinds=tuple(map(parse_scalar, many("Blind"))),
        blinded=tuple(map(parse_point, many("BlindedElement"))),
        evaluated=tuple(map(parse_point, many("EvaluationElement"))),
        outputs=many("Output"),
        proof=bytes.fromhex(proof["proof"]) if proof else None,
        nonce=parse_scalar(bytes.fromhex(proof["r"])) if proof else None,
    )


def check_plainly(vector: Vector) -> None:
    """Hold the same values in whole numbers, as verifiers without libsodium do."""
    rows = zip(vector.inputs, vector.blinds, vector.blinded, strict=True)
    for message, r, expected in rows:
        factor = int.from_bytes(r.encoded, "little")
        point = multiply_plainly(factor, evaluations.hash_to_group(message))
        assert encode_element(point) == expected.encoded
    if vector.proof is not None and len(vector.inputs) == 1:
        evaluations.verify_evaluation(
            multiply_base(vector.secret).encoded,
            vector.blinded[0].encoded,
            vector.evaluated[0].encoded,
            vector.proof,
        )


def check(vector: Vector) -> None:
    """Run a vector forwards: every intermediate value and the proof's bytes."""
    for message, r, expected in zip(
        vector.inputs, vector.blinds, vector.blinded, strict=True
    ):
        assert blind(message, r, vector.context) == expected
    evaluated = tuple(multiply(vector.secret, point) for point in vector.blinded)
    assert evaluated == vector.evaluated
    if vector.proof is not None and vector.nonce is not None:
        public = multiply_base(vector.secret)
        made = prove(
            vector.secret, public, vector.blinded, vector.evaluated, vector.nonce
        )
        assert made.encode() == vector.proof
        verify_proof(
            public, vector.blinded, vector.evaluated, parse_proof(vector.proof)
        )
    if vector.context == VOPRF:
        check_plainly(vector)
    inverses = invert_scalars(vector.blinds)
    unblinded = [multiply(r, e) for r, e in zip(inverses, evaluated, strict=True)]
    outputs = [finalize(m, n) for m, n in zip(vector.inputs, unblinded, strict=True)]
    assert tuple(outputs) == vector.outputs


def test_the_batch_vector_of_the_rfc_holds() -> None:
    check(WRITTEN_HERE)


def test_the_public_key_of_the_rfc_holds() -> None:
    assert multiply_base(WRITTEN_HERE.secret).encoded.hex() == PUBLIC_KEY


def test_the_key_of_the_rfc_comes_from_its_seed() -> None:
    assert derive_key(VOPRF) == WRITTEN_HERE.secret


def test_a_shared_key_gives_the_outputs_of_the_rfc() -> None:
    # k = k_1*2 - k_2 for shares at 1 and 2: the RFC's key, never in one place.
    first = WRITTEN_HERE.blinds[0]
    second = subtract_scalars(add_scalars(first, first), WRITTEN_HERE.secret)
    for message, output in zip(WRITTEN_HERE.inputs, WRITTEN_HERE.outputs, strict=True):
        point = VOPRF.hash_to_group(message)
        parts = {
            1: multiply(first, point).encoded,
            2: multiply(second, point).encoded,
        }
        assert finalize(message, parse_point(combine_points(parts))) == output


def test_every_published_vector_holds(conformance: Path) -> None:
    vectors = read_vectors(conformance / "rfc9497-ristretto255-sha512.json")
    assert {vector.context.mode for vector in vectors} == {0, 1}
    assert any(len(vector.inputs) == 2 and vector.proof for vector in vectors)
    for vector in vectors:
        check(vector)


@pytest.mark.parametrize("at", [0, 31, 32, 63])
def test_a_changed_byte_of_the_published_proof_fails(at: int) -> None:
    changed = bytearray(bytes.fromhex(BATCH_PROOF))
    changed[at] ^= 1
    with pytest.raises(ProofRefused):
        verify_proof(
            multiply_base(WRITTEN_HERE.secret),
            WRITTEN_HERE.blinded,
            WRITTEN_HERE.evaluated,
            parse_proof(bytes(changed)),
        )
