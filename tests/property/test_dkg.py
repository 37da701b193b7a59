"""Any t of n have the key, fewer do not; what was changed names its sender."""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.dkg import (
    SEALED_BYTES,
    Contribution,
    PartyBlamed,
    Polynomial,
    Rule,
    Session,
    ZeroSharing,
    add_up,
    certify,
    contribute,
    draw_polynomial,
    open_session,
    open_shares,
    verify_certificate,
    verify_share,
    write_transcript,
)
from keys.dkg.sealed_shares import Passage, seal
from keys.errors import (
    DuplicateShare,
    InvalidPoint,
    InvalidScalar,
    SharesRefused,
    TooFewShares,
)
from keys.group import (
    Scalar,
    add_scalars,
    generate_scalar,
    multiply_base,
    multiply_scalars,
    parse_point,
    parse_scalar,
)
from keys.lagrange import derive_coefficients
from tests.keys_builders import ORDER

SIZES = [(t, n) for n in range(2, 6) for t in range(2, n + 1)]


class Run:
    """All parties of one session, in one place: for tests only."""

    def __init__(
        self, threshold: int = 2, parties: int = 3, tag: bytes = b"try 1"
    ) -> None:
        self.secrets = [generate_scalar() for _ in range(parties)]
        self.session = open_session(
            tag, threshold, [multiply_base(each) for each in self.secrets]
        )
        self.polynomials = [draw_polynomial(threshold) for _ in self.secrets]
        self.fresh = [generate_scalar() for _ in self.secrets]
        self.contributions = [self.contribute(at) for at in self.session.indexes]

    def contribute(self, at: int, session: Session | None = None) -> Contribution:
        return contribute(
            session or self.session,
            at,
            self.secrets[at - 1],
            self.polynomials[at - 1],
            self.fresh[at - 1],
        )

    def share(self, at: int, **changed: Contribution) -> Scalar:
        """The share of a party, with the contribution of party 2 changed if given."""
        given = list(self.contributions)
        if "second" in changed:
            given[1] = changed["second"]
        return open_shares(self.session, at, self.secrets[at - 1], given)

    def resealed(self, at: int, plain: bytes) -> Contribution:
        """What party 2 would send with other bytes sealed for one party."""
        honest = self.contributions[1]
        passage = Passage(
            ephemeral=honest.ephemeral,
            sender=self.session.party(2),
            receiver=self.session.party(at),
            context=self.session.context,
        )
        sealed = list(honest.sealed)
        sealed[at - 1] = seal(plain, passage, self.fresh[1], self.secrets[1])
        return replace(honest, sealed=tuple(sealed))


def combined(shares: dict[int, Scalar]) -> Scalar:
    factors = derive_coefficients(tuple(shares))
    terms = [
        multiply_scalars(parse_scalar(factor), share)
        for factor, share in zip(factors, shares.values(), strict=True)
    ]
    return reduce(add_scalars, terms)


@pytest.mark.parametrize(("threshold", "parties"), SIZES)
def test_every_quorum_has_the_key_that_nobody_drew(
    threshold: int, parties: int
) -> None:
    run = Run(threshold, parties)
    outcome = add_up(run.session, run.contributions)
    shares = {at: run.share(at) for at in run.session.indexes}
    for at, share in shares.items():
        verify_share(outcome, at, share)
    for quorum in combinations(shares, threshold):
        key = combined({at: shares[at] for at in quorum})
        assert multiply_base(key) == outcome.public_key
    for few in combinations(shares, threshold - 1):
        assert multiply_base(combined({at: shares[at] for at in few})) != (
            outcome.public_key
        )


RUN = Run()


def changed(honest: bytes, at: int, by: int) -> bytes:
    return honest[:at] + bytes([honest[at] ^ by]) + honest[at + 1 :]


@settings(deadline=None)
@given(
    at=st.integers(0, SEALED_BYTES - 1),
    by=st.integers(1, 255),
    receiver=st.sampled_from([1, 3]),
)
def test_any_changed_byte_of_a_sealed_share_names_its_sender(
    at: int, by: int, receiver: int
) -> None:
    sealed = list(RUN.contributions[1].sealed)
    sealed[receiver - 1] = changed(sealed[receiver - 1], at, by)
    with pytest.raises(PartyBlamed) as caught:
        RUN.share(receiver, second=replace(RUN.contributions[1], sealed=tuple(sealed)))
    assert (caught.value.index, caught.value.rule) == (2, Rule.SEALED)


@settings(deadline=None)
@given(at=st.integers(0, 63), by=st.integers(1, 255))
def test_any_changed_byte_of_a_proof_of_possession_names_its_sender(
    at: int, by: int
) -> None:
    honest = RUN.contributions[1]
    with pytest.raises(PartyBlamed) as caught:
        RUN.share(
            1, second=replace(honest, possession=changed(honest.possession, at, by))
        )
    assert (caught.value.index, caught.value.rule) == (2, Rule.POSSESSION)


@settings(deadline=None)
@given(at=st.integers(0, 95), by=st.integers(1, 255))
def test_any_changed_byte_of_a_point_is_no_point_or_names_its_sender(
    at: int, by: int
) -> None:
    honest = RUN.contributions[1]
    points = [*honest.commitments, honest.ephemeral]
    place, offset = divmod(at, 32)
    try:
        points[place] = parse_point(changed(points[place].encoded, offset, by))
    except InvalidPoint:
        return
    meddled = replace(honest, commitments=tuple(points[:2]), ephemeral=points[2])
    with pytest.raises(PartyBlamed) as caught:
        RUN.share(1, second=meddled)
    assert (caught.value.index, caught.value.rule) == (2, Rule.POSSESSION)


@pytest.mark.parametrize("points", [1, 3])
def test_another_degree_names_its_sender(points: int) -> None:
    longer = Run(tag=b"longer")
    longer.secrets, longer.session = RUN.secrets, RUN.session
    longer.polynomials = [draw_polynomial(points) for _ in RUN.secrets]
    with pytest.raises(PartyBlamed) as caught:
        RUN.share(1, second=longer.contribute(2))
    assert (caught.value.index, caught.value.rule) == (2, Rule.DEGREE)


def test_fewer_sealed_shares_than_parties_name_their_sender() -> None:
    honest = RUN.contributions[1]
    with pytest.raises(PartyBlamed) as caught:
        RUN.share(1, second=replace(honest, sealed=honest.sealed[:2]))
    assert (caught.value.index, caught.value.rule) == (2, Rule.COUNT)


def _unreduced(share: bytes) -> bytes:
    return (int.from_bytes(share, "little") + ORDER).to_bytes(32, "little")


def _other(_share: bytes) -> bytes:
    return generate_scalar().encoded


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (_other, Rule.SHARE),
        (_unreduced, Rule.SCALAR),
        (lambda _share: bytes(32), Rule.SCALAR),
        (lambda share: share[:31], Rule.SCALAR),
        (lambda share: share + b"\0", Rule.SCALAR),
    ],
    ids=["another", "unreduced", "zero", "short", "long"],
)
def test_a_wrong_share_names_its_sender_and_is_kept_as_evidence(
    change: Callable[[bytes], bytes], rule: Rule
) -> None:
    plain = change(RUN.polynomials[1].value_at(1).encoded)
    with pytest.raises(PartyBlamed) as caught:
        RUN.share(1, second=RUN.resealed(1, plain))
    assert (caught.value.index, caught.value.rule) == (2, rule)
    assert caught.value.share == plain
    RUN.share(3, second=RUN.resealed(1, plain))


def test_a_contribution_to_an_earlier_try_names_its_sender() -> None:
    earlier = open_session(b"try 0", 2, RUN.session.parties)
    with pytest.raises(PartyBlamed) as caught:
        RUN.share(1, second=RUN.contribute(2, earlier))
    assert (caught.value.index, caught.value.rule) == (2, Rule.POSSESSION)


def test_a_constant_chosen_after_the_others_cannot_be_proven() -> None:
    """Party 2 would fix the key: its commitment takes the others' away."""
    wanted = multiply_base(generate_scalar())
    honest = RUN.contributions[1]
    rogue = replace(honest, commitments=(wanted, honest.commitments[1]))
    with pytest.raises(PartyBlamed) as caught:
        RUN.share(1, second=rogue)
    assert (caught.value.index, caught.value.rule) == (2, Rule.POSSESSION)


def test_a_certificate_holds_for_one_transcript_and_one_party() -> None:
    transcript = write_transcript(RUN.session, RUN.contributions, b"draft")
    other = write_transcript(RUN.session, RUN.contributions, b"other draft")
    certificate = certify(RUN.secrets[0], transcript)
    verify_certificate(RUN.session, 1, transcript, certificate)
    for index, said in ((2, transcript), (1, other)):
        with pytest.raises(PartyBlamed) as caught:
            verify_certificate(RUN.session, index, said, certificate)
        assert (caught.value.index, caught.value.rule) == (index, Rule.CERTIFICATE)


def test_a_transcript_holds_the_threshold_and_the_order() -> None:
    session = RUN.session
    changed_order = open_session(
        session.identifier, 2, tuple(reversed(session.parties))
    )
    raised = open_session(session.identifier, 3, session.parties)
    written = {
        write_transcript(each, RUN.contributions, b"")
        for each in (session, changed_order, raised)
    }
    assert len(written) == 3
    assert changed_order.context != session.context


@pytest.mark.parametrize("index", [-1, 0, 256])
def test_no_party_stands_at_zero(index: int) -> None:
    with pytest.raises(InvalidScalar):
        Polynomial((generate_scalar(), generate_scalar())).value_at(index)
    with pytest.raises(InvalidScalar):
        ZeroSharing(draw_polynomial(1)).value_at(index)


def test_two_parties_have_two_keys_and_a_threshold_fits() -> None:
    first, second = (multiply_base(generate_scalar()) for _ in range(2))
    with pytest.raises(DuplicateShare):
        open_session(b"", 2, [first, second, first])
    for threshold in (0, 1, 3):
        with pytest.raises(TooFewShares):
            open_session(b"", threshold, [first, second])


def test_a_share_that_is_not_ours_is_refused() -> None:
    outcome = add_up(RUN.session, RUN.contributions)
    with pytest.raises(SharesRefused):
        verify_share(outcome, 1, RUN.share(2))


@pytest.mark.parametrize(("threshold", "parties"), SIZES)
def test_shares_of_zero_change_every_share_and_no_key(
    threshold: int, parties: int
) -> None:
    key = draw_polynomial(threshold)
    zero = ZeroSharing(draw_polynomial(threshold - 1))
    indexes = range(1, parties + 1)
    old = {at: key.value_at(at) for at in indexes}
    new = {at: add_scalars(old[at], zero.value_at(at)) for at in indexes}
    for quorum in combinations(indexes, threshold):
        assert combined({at: new[at] for at in quorum}) == key.coefficients[0]
    mixed = {**{at: old[at] for at in indexes}, 1: new[1]}
    assert combined(dict(list(mixed.items())[:threshold])) != key.coefficients[0]
    assert all(new[at] != old[at] for at in indexes)
    assert len(zero.commitments) == threshold - 1


def test_nothing_secret_has_a_repr() -> None:
    assert repr(draw_polynomial(2)) == "<Polynomial>"
    assert repr(ZeroSharing(draw_polynomial(1))) == "<ZeroSharing>"
