"""Distributed key generation, against the published vectors and against our own.

The published ones (C2SP/CCTV, `cocktail-dkg-ristretto255-sha512.json`) come without a
licence of their own, so no copy lies here: they are read where they lie. Ours hold the
same suite, with every secret derived from a seed that stands in the file.
"""

import hashlib
import json
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from keys.dkg import (
    Contribution,
    Polynomial,
    Session,
    add_up,
    certify,
    contribute,
    open_session,
    open_shares,
    schnorr,
    verify_certificate,
    verify_contribution,
    write_transcript,
)
from keys.dkg.polynomial import find_point
from keys.dkg.sealed_shares import Passage, unseal
from keys.group import (
    Scalar,
    add_scalars,
    derive_scalar,
    multiply_base,
    parse_point,
    parse_scalar,
)

PUBLISHED = "cocktail-dkg-ristretto255-sha512.json"
OURS = Path(__file__).with_name("dkg-vectors.json")


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text)


def _session(vector: dict[str, Any]) -> Session:
    keys = vector["config"]["static_public_keys"]
    session = open_session(
        _unhex(vector["session_tag"]),
        vector["t"],
        [parse_point(_unhex(key)) for key in keys],
    )
    assert session.context.hex() == vector["context"]
    return session


def _contributions(vector: dict[str, Any]) -> list[Contribution]:
    return [
        Contribution(
            tuple(parse_point(_unhex(each)) for each in one["vss_commitment"]),
            _unhex(one["pop"]),
            parse_point(_unhex(one["ephemeral_public_key"])),
            tuple(map(_unhex, one["encrypted_shares"])),
        )
        for one in vector["round1"]
    ]


def _secrets(vector: dict[str, Any]) -> list[Scalar]:
    keys = vector["config"]["static_secret_keys"]
    return [parse_scalar(_unhex(key)) for key in keys]


def _open_all(vector: dict[str, Any], session: Session, index: int) -> Scalar:
    """A party's share, where what is sealed may carry more than the share."""
    own = _secrets(vector)[index - 1]
    shares = []
    for sender, one in zip(session.indexes, _contributions(vector), strict=True):
        passage = Passage(
            ephemeral=one.ephemeral,
            sender=session.party(sender),
            receiver=session.party(index),
            context=session.context,
        )
        plain = unseal(one.sealed[index - 1], passage, own)
        payloads = vector.get("payloads")
        assert plain[32:].hex() == (payloads[sender - 1] if payloads else "")
        share = parse_scalar(plain[:32])
        assert multiply_base(share) == find_point(one.commitments, index)
        shares.append(share)
    return reduce(add_scalars, shares)


def _check(vector: dict[str, Any]) -> None:
    session, contributions = _session(vector), _contributions(vector)
    for index, one in zip(session.indexes, contributions, strict=True):
        verify_contribution(session, index, one)
    outcome = add_up(session, contributions)
    assert outcome.public_key.encoded.hex() == vector["group_public_key"]
    for index, said in zip(session.indexes, vector["round2"], strict=True):
        share = _open_all(vector, session, index)
        assert share.encoded.hex() == said["secret_share"]
        public = outcome.public_shares[index - 1]
        assert public.encoded.hex() == said["verification_share"]
        assert public == multiply_base(share)
    transcript = write_transcript(session, contributions, _unhex(vector["extension"]))
    digest = hashlib.sha512(transcript).hexdigest()
    assert digest == vector["round3"]["transcript_hash"]
    signatures = vector["round3"]["signatures"]
    for index, own, said in zip(
        session.indexes, _secrets(vector), signatures, strict=True
    ):
        certificate = certify(own, transcript)
        assert certificate.hex() == said["signature"]
        verify_certificate(session, index, transcript, certificate)


def test_every_published_vector_holds(conformance: Path) -> None:
    path = conformance / PUBLISHED
    if not path.exists():
        pytest.skip(f"{PUBLISHED} is not there")
    vectors = json.loads(path.read_text())["vectors"]
    assert [(each["t"], each["n"]) for each in vectors] == [
        (2, 3),
        (3, 5),
        (7, 14),
        (2, 3),
    ]
    for vector in vectors:
        _check(vector)


def test_our_own_vectors_are_made_again_from_their_seed() -> None:
    document = json.loads(OURS.read_text())
    assert [make_vector(**_terms(each)) for each in document["vectors"]] == document[
        "vectors"
    ]


@pytest.mark.parametrize("at", range(3))
def test_our_own_vectors_hold(at: int) -> None:
    _check(json.loads(OURS.read_text())["vectors"][at])


def _terms(vector: dict[str, Any]) -> dict[str, Any]:
    return {name: vector[name] for name in ("t", "n", "seed")} | {
        "extension": vector["extension"]
    }


def make_vector(*, t: int, n: int, seed: str, extension: str) -> dict[str, Any]:
    """Run the protocol with secrets SHA-512(seed || label), reduced."""

    def derive(label: str) -> Scalar:
        return derive_scalar(hashlib.sha512(f"{seed}/{label}".encode()).digest())

    tag = f"{seed} {t} of {n}".encode()
    secrets = [derive(f"static {at}") for at in range(1, n + 1)]
    session = open_session(tag, t, [multiply_base(each) for each in secrets])
    contributions = [
        contribute(
            session,
            at,
            secrets[at - 1],
            Polynomial(tuple(derive(f"coefficient {at}.{k}") for k in range(t))),
            derive(f"ephemeral {at}"),
        )
        for at in session.indexes
    ]
    shares = [
        open_shares(session, at, secrets[at - 1], contributions)
        for at in session.indexes
    ]
    outcome = add_up(session, contributions)
    transcript = write_transcript(session, contributions, _unhex(extension))
    return {
        "t": t,
        "n": n,
        "seed": seed,
        "session_tag": tag.hex(),
        "context": session.context.hex(),
        "extension": extension,
        "config": {
            "static_secret_keys": [each.encoded.hex() for each in secrets],
            "static_public_keys": [each.encoded.hex() for each in session.parties],
        },
        "round1": [
            {
                "participant_id": at,
                "ephemeral_public_key": each.ephemeral.encoded.hex(),
                "vss_commitment": [point.encoded.hex() for point in each.commitments],
                "pop": each.possession.hex(),
                "encrypted_shares": [sealed.hex() for sealed in each.sealed],
            }
            for at, each in enumerate(contributions, 1)
        ],
        "round2": [
            {
                "participant_id": at,
                "secret_share": share.encoded.hex(),
                "verification_share": outcome.public_shares[at - 1].encoded.hex(),
            }
            for at, share in enumerate(shares, 1)
        ],
        "round3": {
            "transcript_hash": hashlib.sha512(transcript).hexdigest(),
            "signatures": [
                {"signer_id": at, "signature": certify(own, transcript).hex()}
                for at, own in enumerate(secrets, 1)
            ],
        },
        "group_public_key": outcome.public_key.encoded.hex(),
    }


def test_a_signature_says_who_knew_what() -> None:
    own = derive_scalar(hashlib.sha512(b"own").digest())
    schnorr.verify(multiply_base(own), b"said", schnorr.sign(own, b"said"))
