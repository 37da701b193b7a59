"""A key is shared anew, and a holder or whoever carries the files would change it."""

import json
from dataclasses import replace

import pytest

from keys.base64url import decode_b64u, encode_b64u
from keys.ceremony.documents import (
    Blame,
    BlameFile,
    MessageFile,
    read_file,
)
from keys.ceremony.errors import (
    CeremonyMalformed,
    CeremonyMixed,
    HolderBlamed,
)
from keys.ceremony.signing import open_statement
from keys.dkg import (
    Contribution,
    Polynomial,
    ZeroSharing,
    contribute,
    draw_polynomial,
    draw_sharing,
    draw_zero_sharing,
)
from keys.dkg.sealed_shares import Passage, seal
from keys.group import add_scalars, generate_scalar, multiply_base
from keys.jose import sign_compact
from tests.ceremony_builders import Call, read_config_key
from tests.succession_builders import (
    EITHER,
    NEW,
    take,
)

CHEATER = 2
RECEIVER = 1


def given(call: Call, at: int, what: Polynomial | ZeroSharing) -> Contribution:
    own = call.holder(at).own
    return contribute(call.plan.session, at, own, what, generate_scalar())


def cheated(call: Call, at: int, contribution: Contribution) -> str:
    """Run a call in which one holder gives this; what another one says of it."""
    others = [other for other in call.folders if other != at]
    for other in others:
        call.commit(other)
    call.cheat(at, contribution)
    for other in others:
        call.share(other)
    receiver = others[0]
    with pytest.raises(HolderBlamed) as caught:
        call.accept(receiver)
    path = call.folders[receiver] / f"blame-{receiver}.json"
    token = read_file(BlameFile, path).blame
    blame = open_statement(Blame, call.plan, token, path.name)
    name, said = str(caught.value).split(": its message ")
    assert (name, said) == (call.plan.card(at).id, blame.rule)
    assert blame.blamed == at
    return said


def test_a_refresh_with_a_constant_term_is_blamed(call: Call) -> None:
    call.follow()
    said = cheated(call, CHEATER, given(call, CHEATER, draw_polynomial(2)))
    assert "another constant term" in said


def test_a_constant_hidden_in_a_share_of_zero_is_blamed(call: Call) -> None:
    call.follow()
    own = call.holder(CHEATER).own
    zero, fresh = draw_zero_sharing(2), generate_scalar()
    session = call.plan.session
    honest = contribute(session, CHEATER, own, zero, fresh)
    passage = Passage(
        ephemeral=honest.ephemeral,
        sender=session.party(CHEATER),
        receiver=session.party(RECEIVER),
        context=session.context,
    )
    plain = add_scalars(zero.value_at(RECEIVER), generate_scalar()).encoded
    sealed = (seal(plain, passage, fresh, own), *honest.sealed[1:])
    assert "does not fit" in cheated(call, CHEATER, replace(honest, sealed=sealed))


def test_shares_of_zero_that_their_sender_does_not_know_are_blamed(call: Call) -> None:
    call.follow()
    honest = given(call, CHEATER, draw_zero_sharing(2))
    taken = replace(honest, commitments=(multiply_base(generate_scalar()),))
    assert "does not prove" in cheated(call, CHEATER, taken)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_replacement_with_another_constant_is_blamed(call: Call, at: int) -> None:
    """Who gives brings another key in; or the new one does, which has none to give."""
    call.follow([NEW])
    said = cheated(call, at, given(call, at, draw_polynomial(2)))
    assert "another constant term" in said


def test_a_share_that_was_not_weighed_is_blamed(call: Call) -> None:
    call.follow([NEW])
    former = call.holder(CHEATER).former
    assert former is not None
    bare = draw_sharing(former.scalar, 2)
    assert "another constant term" in cheated(call, CHEATER, given(call, CHEATER, bare))


def test_who_must_give_cannot_give_nothing(call: Call) -> None:
    """Without its part the others' come to another key."""
    call.follow([NEW])
    said = cheated(call, CHEATER, given(call, CHEATER, draw_zero_sharing(2)))
    assert "number of coefficients" in said


@EITHER
@pytest.mark.parametrize("degree", [3, 4])
def test_another_degree_is_blamed(
    call: Call, lost: tuple[int, ...], degree: int
) -> None:
    call.follow(lost)
    said = cheated(call, NEW, given(call, NEW, draw_zero_sharing(degree)))
    assert "coefficients" in said or "constant term" in said


@EITHER
def test_the_identity_is_never_written(call: Call, lost: tuple[int, ...]) -> None:
    """Zero has no constant by its form: no point of a message may be the identity."""
    call.follow(lost)
    call.all(call.commit, call.share)
    file = json.loads(call.table["message-3.json"])
    claims = json.loads(decode_b64u(file["message"].split(".")[1]))
    claims["runs"][0]["commitments"].insert(0, encode_b64u(bytes(32)))
    key = read_config_key(call.folders[3])
    token = sign_compact(key, "signal-ceremony-message+json", claims)
    shares = tuple(decode_b64u(each) for each in file["shares"][0])
    call.lay("message-3.json", MessageFile(message=token, shares=(shares,)))
    with pytest.raises(CeremonyMalformed, match="message-3"):
        call.accept(1)


@EITHER
def test_a_share_of_another_epoch_is_not_taken(
    call: Call, lost: tuple[int, ...]
) -> None:
    """Added to a former share, shares of zero give what fits nothing."""
    former = (call.folders[2] / "share.json").read_bytes()
    call.follow()
    take(call)
    (call.folders[2] / "share.json").write_bytes(former)
    call.follow(lost)
    with pytest.raises(CeremonyMixed, match=r"share\.json is not of the config"):
        call.commit(2)
