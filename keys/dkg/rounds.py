"""The three rounds: contribute, open and check, certify.

What must hold of every contribution before anything is added up:

1. it commits to exactly as many coefficients as the threshold: a longer polynomial
   would need more holders than everybody believes;
2. its sender knows the constant term, in this session (so nobody chooses its own after
   the others', and none is replayed);
3. the share in it for this party opens, is reduced, and fits the commitments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from keys.dkg import schnorr
from keys.dkg.faults import PartyBlamed, Rule
from keys.dkg.polynomial import Polynomial, find_point
from keys.dkg.sealed_shares import Passage, SealBroken, seal, unseal
from keys.dkg.session import SUITE, Session
from keys.errors import InvalidScalar, SharesRefused, SignatureInvalid
from keys.group import (
    Point,
    Scalar,
    add,
    add_scalars,
    multiply_base,
    parse_scalar,
)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a party tells the others: public but for what is sealed in it."""

    commitments: tuple[Point, ...]
    possession: bytes
    ephemeral: Point
    sealed: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The key and every party's share of it, in public form; index 1 first."""

    public_key: Point
    public_shares: tuple[Point, ...]


def contribute(
    session: Session, index: int, own: Scalar, polynomial: Polynomial, fresh: Scalar
) -> Contribution:
    """Make a party's contribution.

    `own` is the secret of its card, `polynomial` and `fresh` are drawn for this session
    and thrown away afterwards: nothing later needs them.
    """
    ephemeral = multiply_base(fresh)
    commitments = polynomial.commitments
    stated = _stated(session, commitments, ephemeral)
    sealed = tuple(
        seal(
            polynomial.value_at(to).encoded,
            _passage(session, ephemeral, index, to),
            fresh,
            own,
        )
        for to in session.indexes
    )
    possession = schnorr.sign(polynomial.coefficients[0], stated)
    return Contribution(commitments, possession, ephemeral, sealed)


def verify_contribution(
    session: Session, index: int, contribution: Contribution
) -> None:
    """Hold what everybody can see of a contribution, or raise `PartyBlamed`."""
    commitments = contribution.commitments
    if len(commitments) != session.threshold:
        raise PartyBlamed(index, Rule.DEGREE)
    stated = _stated(session, commitments, contribution.ephemeral)
    try:
        schnorr.verify(commitments[0], stated, contribution.possession)
    except SignatureInvalid:
        raise PartyBlamed(index, Rule.POSSESSION) from None


def open_shares(
    session: Session, index: int, own: Scalar, contributions: Sequence[Contribution]
) -> Scalar:
    """Give this party's share of the key, from everybody's contributions.

    Raises `PartyBlamed` with the first party whose contribution does not hold.
    """
    shares = [
        _open_share(session, sender, index, own, contribution)
        for sender, contribution in zip(session.indexes, contributions, strict=True)
    ]
    return reduce(add_scalars, shares)


def add_up(session: Session, contributions: Sequence[Contribution]) -> Outcome:
    """Give the key and the public shares; raises `InvalidPoint` if one is no point."""
    total = tuple(
        reduce(add, coefficients)
        for coefficients in zip(*(c.commitments for c in contributions), strict=True)
    )
    shares = tuple(find_point(total, index) for index in session.indexes)
    return Outcome(total[0], shares)


def verify_share(outcome: Outcome, index: int, share: Scalar) -> None:
    """Hold a party's share against its public form, or raise `SharesRefused`."""
    if multiply_base(share) != outcome.public_shares[index - 1]:
        raise SharesRefused("the share is not the one that all can see")


def write_transcript(
    session: Session, contributions: Sequence[Contribution], extension: bytes
) -> bytes:
    """Give the bytes that all certify; `extension` is what they agree on besides."""
    context = session.context
    count, threshold = len(session.parties), session.threshold
    return b"".join(
        (
            len(SUITE).to_bytes(8, "little") + SUITE,
            len(context).to_bytes(8, "little") + context,
            count.to_bytes(4, "little") + threshold.to_bytes(4, "little"),
            _encoded(session.parties),
            *(_encoded(each.commitments) for each in contributions),
            *(each.possession for each in contributions),
            _encoded([each.ephemeral for each in contributions]),
            len(extension).to_bytes(8, "little") + extension,
        )
    )


def certify(own: Scalar, transcript: bytes) -> bytes:
    """Sign the transcript with the secret of a party's card; 64 bytes."""
    return schnorr.sign(own, transcript)


def verify_certificate(
    session: Session, index: int, transcript: bytes, certificate: bytes
) -> None:
    """Return when this party certified this transcript, or raise `PartyBlamed`."""
    try:
        schnorr.verify(session.party(index), transcript, certificate)
    except SignatureInvalid:
        raise PartyBlamed(index, Rule.CERTIFICATE) from None


def _open_share(
    session: Session, sender: int, index: int, own: Scalar, contribution: Contribution
) -> Scalar:
    verify_contribution(session, sender, contribution)
    sealed = contribution.sealed
    if len(sealed) != len(session.parties):
        raise PartyBlamed(sender, Rule.COUNT)
    passage = _passage(session, contribution.ephemeral, sender, index)
    try:
        plain = unseal(sealed[index - 1], passage, own)
    except SealBroken:
        raise PartyBlamed(sender, Rule.SEALED) from None
    return _read_share(sender, index, contribution.commitments, plain)


def _read_share(
    sender: int, index: int, commitments: Sequence[Point], plain: bytes
) -> Scalar:
    try:
        share = parse_scalar(plain)
    except InvalidScalar:
        raise PartyBlamed(sender, Rule.SCALAR, plain) from None
    if multiply_base(share) != find_point(commitments, index):
        raise PartyBlamed(sender, Rule.SHARE, plain)
    return share


def _passage(session: Session, ephemeral: Point, sender: int, receiver: int) -> Passage:
    return Passage(
        ephemeral=ephemeral,
        sender=session.party(sender),
        receiver=session.party(receiver),
        context=session.context,
    )


def _stated(session: Session, commitments: Sequence[Point], ephemeral: Point) -> bytes:
    return session.context + _encoded(commitments) + ephemeral.encoded


def _encoded(points: Sequence[Point]) -> bytes:
    return b"".join(point.encoded for point in points)
