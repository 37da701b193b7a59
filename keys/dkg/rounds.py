"""The three rounds: contribute, open and check, certify.

What must hold of every contribution before anything is added up:

1. it commits to exactly as many coefficients as the threshold: a longer polynomial
   would need more holders than everybody believes;
2. its sender knows the constant term (where that is zero, the one of x), in this
   session (so nobody chooses its own after the others', and none is replayed);
3. its constant term is the one that the session demands of its sender, if any: who
   shares anew what is there already changes no key;
4. the share in it for this party opens, is reduced, and fits the commitments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from keys.dkg import schnorr
from keys.dkg.faults import PartyBlamed, Rule
from keys.dkg.polynomial import (
    Polynomial,
    ZeroSharing,
    find_point,
    find_zero_point,
)
from keys.dkg.sealed_shares import Passage, SealBroken, seal, unseal
from keys.dkg.session import SUITE, Constant, Session
from keys.errors import InvalidScalar, SharesRefused, SignatureInvalid
from keys.group import (
    POINT_BYTES,
    Point,
    Scalar,
    add,
    add_scalars,
    multiply_base,
    parse_scalar,
)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a party tells the others: public but for what is sealed in it.

    Shares of zero have no commitment to a constant term: theirs begin at x.
    """

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
    session: Session,
    index: int,
    own: Scalar,
    polynomial: Polynomial | ZeroSharing,
    fresh: Scalar,
) -> Contribution:
    """Make a party's contribution.

    `own` is the secret of its card, `polynomial` and `fresh` are drawn for this session
    and thrown away afterwards: nothing later needs them.
    """
    ephemeral = multiply_base(fresh)
    commitments = polynomial.commitments
    stated = _stated(session, index, commitments, ephemeral)
    sealed = tuple(
        seal(
            polynomial.value_at(to).encoded,
            _passage(session, ephemeral, index, to),
            fresh,
            own,
        )
        for to in session.indexes
    )
    possession = schnorr.sign(polynomial.lowest, stated)
    return Contribution(commitments, possession, ephemeral, sealed)


def verify_contribution(
    session: Session, index: int, contribution: Contribution
) -> None:
    """Hold what everybody can see of a contribution, or raise `PartyBlamed`."""
    commitments = contribution.commitments
    demanded = session.constant(index)
    is_zero = demanded is Constant.ZERO
    if is_zero and len(commitments) == session.threshold:
        raise PartyBlamed(index, Rule.CONSTANT)
    if len(commitments) != session.threshold - is_zero:
        raise PartyBlamed(index, Rule.DEGREE)
    if isinstance(demanded, Point) and commitments[0] != demanded:
        raise PartyBlamed(index, Rule.CONSTANT)
    stated = _stated(session, index, commitments, contribution.ephemeral)
    try:
        schnorr.verify(commitments[0], stated, contribution.possession)
    except SignatureInvalid:
        raise PartyBlamed(index, Rule.POSSESSION) from None


def verify_fresh(index: int, contributions: Sequence[Contribution]) -> None:
    """Hold that a party drew anew for each run of a ceremony, or raise `PartyBlamed`.

    What hides one value hides nothing when it hides another as well.
    """
    points = [point for each in contributions for point in each.commitments]
    points += [each.ephemeral for each in contributions]
    if len(set(points)) != len(points):
        raise PartyBlamed(index, Rule.REPEATED)


def open_shares(
    session: Session, index: int, own: Scalar, contributions: Sequence[Contribution]
) -> Scalar:
    """Give what everybody's contributions come to for this party.

    That is its share, or, where all share zero, what it adds to the share it has.

    Raises `PartyBlamed` with the first party whose contribution does not hold.
    """
    shares = [
        _open_share(session, sender, index, own, contribution)
        for sender, contribution in zip(session.indexes, contributions, strict=True)
    ]
    return reduce(add_scalars, shares)


def add_up(session: Session, contributions: Sequence[Contribution]) -> Outcome:
    """Give the key and the public shares; raises `InvalidPoint` if one is no point."""
    return Outcome(
        reduce(add, _find_constants(session, contributions)),
        add_values(session, contributions),
    )


def add_values(
    session: Session, contributions: Sequence[Contribution]
) -> tuple[Point, ...]:
    """Give what everybody's share comes to, times G; raises `InvalidPoint` for none."""
    senders = list(zip(session.indexes, contributions, strict=True))
    return tuple(
        reduce(add, [_find_value(session, *each, index) for each in senders])
        for index in session.indexes
    )


def refresh(
    session: Session, contributions: Sequence[Contribution], former: Outcome
) -> Outcome:
    """Give the same key with the public shares that shares of zero make of it.

    Raises `InvalidPoint` if one is no point.
    """
    added = add_values(session, contributions)
    return Outcome(
        former.public_key,
        tuple(map(add, former.public_shares, added)),
    )


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
            *(
                _encode_commitments(session, index, each.commitments)
                for index, each in enumerate(contributions, 1)
            ),
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
    expected = _find_value(session, sender, contribution, index)
    return _read_share(sender, expected, plain)


def _find_value(
    session: Session, sender: int, contribution: Contribution, index: int
) -> Point:
    is_zero = session.constant(sender) is Constant.ZERO
    find = find_zero_point if is_zero else find_point
    return find(contribution.commitments, index)


def _find_constants(
    session: Session, contributions: Sequence[Contribution]
) -> list[Point]:
    return [
        each.commitments[0]
        for sender, each in zip(session.indexes, contributions, strict=True)
        if session.constant(sender) is not Constant.ZERO
    ]


def _read_share(sender: int, expected: Point, plain: bytes) -> Scalar:
    try:
        share = parse_scalar(plain)
    except InvalidScalar:
        raise PartyBlamed(sender, Rule.SCALAR, plain) from None
    if multiply_base(share) != expected:
        raise PartyBlamed(sender, Rule.SHARE, plain)
    return share


def _passage(session: Session, ephemeral: Point, sender: int, receiver: int) -> Passage:
    return Passage(
        ephemeral=ephemeral,
        sender=session.party(sender),
        receiver=session.party(receiver),
        context=session.context,
    )


def _stated(
    session: Session, index: int, commitments: Sequence[Point], ephemeral: Point
) -> bytes:
    encoded = _encode_commitments(session, index, commitments)
    return session.context + encoded + ephemeral.encoded


def _encode_commitments(
    session: Session, index: int, commitments: Sequence[Point]
) -> bytes:
    """Give them as they are signed: the identity stands for a constant term of zero."""
    is_zero = session.constant(index) is Constant.ZERO
    return bytes(POINT_BYTES * is_zero) + _encoded(commitments)


def _encoded(points: Sequence[Point]) -> bytes:
    return b"".join(point.encoded for point in points)
