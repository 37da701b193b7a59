"""Attacks on joining: forged, swapped, replayed or misled, nobody gets in.

Whoever sends files between the parties can change, drop and repeat them. What it cannot
do is sign with a key that it lacks, or tell a fingerprint by telephone.
"""

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from keys import clock
from keys.base64url import encode_b64u
from keys.errors import (
    AcceptanceForged,
    ConfigRefused,
    FingerprintMismatch,
    InvitationExpired,
    InvitationForged,
    JoiningRefused,
    JoinRequestForged,
    JoinRequestMismatch,
)
from keys.joining import (
    Acceptance,
    Invitation,
    JoinRequest,
    open_acceptance,
    open_invitation,
    open_request,
    read_document,
    sign_acceptance,
    sign_invitation,
    sign_request,
    tell_fingerprint,
    verify_fingerprint,
)
from keys.joining.documents import parse_client_jwk
from keys.jose import PrivateKey
from tests.joining_builders import OIN, Parties, found_parties

NOW = clock.now().replace(microsecond=0)
INDEX, STRANGER = PrivateKey.generate("index"), PrivateKey.generate("index")
REQUEST, NOTICE = PrivateKey.generate("r"), PrivateKey.generate("n")
CLIENT = PrivateKey.generate("c")


def an_invitation(key: PrivateKey = INDEX, **changed: Any) -> Invitation:  # noqa: ANN401
    pins = tuple(PrivateKey.generate(f"pin-{at}").public for at in (1, 2, 3))
    holders = [
        {"index": at, "id": f"holder-{at}", "url": f"https://h{at}.example"}
        for at in (1, 2, 3)
    ]
    members: dict[str, Any] = {
        "id": uuid4(),
        "ledger": "index.example/ledger",
        "issued_at": NOW - timedelta(minutes=5),
        "expires_at": NOW + timedelta(days=14),
        "organisation": OIN,
        "name": "Kredietbank",
        "organisation_kind": "source-agency",
        "client_id": "source-kredietbank",
        "client_algorithm": "Ed25519",
        "source": {
            "kind": "debt-help",
            "categories": ("schuldhulpverlening",),
            "municipality": "9901",
            "rhythm_days": 7,
            "declared_caseload": 100,
        },
        "index": {"url": "https://index.example", "audience": "index"},
        "issuer": "https://login.example",
        "accepted_origin": "distributed",
        "pins": pins,
        "holders": tuple(holders),
        "checkpoint_key": "index.example+1+key",
        "witnesses": (),
        "key": key.public,
    }
    return Invitation(**{**members, **changed})


def a_request(
    invitation: bytes,
    signers: tuple[PrivateKey, ...] = (),
    **changed: Any,  # noqa: ANN401
) -> bytes:
    members: dict[str, Any] = {
        "invitation": read_document(invitation),
        "organisation": OIN,
        "made_at": NOW,
        "request_key": REQUEST.public,
        "notice_key": NOTICE.public,
        "client_key": CLIENT.public.jwk,
    }
    said = JoinRequest(**{**members, **changed})
    request, notice, client = signers or (REQUEST, NOTICE, CLIENT)
    return sign_request(said, request, notice, client.jose)


INVITED = sign_invitation(an_invitation(), INDEX)


def test_a_request_that_is_what_it_says_is_opened() -> None:
    opened = open_request(a_request(INVITED), index_keys=[INDEX.public], now=NOW)
    assert opened.said.request_key == REQUEST.public


def test_a_forged_invitation_lets_nobody_in() -> None:
    """Also under the index's own key id: the key counts, not its name."""
    forged = sign_invitation(an_invitation(STRANGER), STRANGER)
    with pytest.raises(InvitationForged):
        open_request(a_request(forged), index_keys=[INDEX.public], now=NOW)
    borrowed = sign_invitation(an_invitation(INDEX), STRANGER)
    with pytest.raises(InvitationForged):
        open_invitation(borrowed, now=NOW)


def test_an_invitation_that_was_changed_is_refused() -> None:
    signed = json.loads(INVITED)
    other = json.loads(sign_invitation(an_invitation(), INDEX))
    signed["payload"] = other["payload"]
    with pytest.raises(InvitationForged):
        open_invitation(json.dumps(signed).encode(), now=NOW)


def test_an_invitation_to_an_attackers_holders_has_another_fingerprint() -> None:
    """It is whole and signed: only what was told by telephone tells it apart."""
    misleading = sign_invitation(an_invitation(STRANGER), STRANGER)
    told = tell_fingerprint(open_invitation(INVITED, now=NOW).payload)
    opened = open_invitation(misleading, now=NOW)
    with pytest.raises(FingerprintMismatch):
        verify_fingerprint(told, opened.payload)


@pytest.mark.parametrize("told", ["", "AAAA", "AAAA-AAAA-AAAA-AAAA-AAAA"])
def test_a_fingerprint_is_held_whole(told: str) -> None:
    with pytest.raises(FingerprintMismatch):
        verify_fingerprint(told, b"payload")
    with pytest.raises(FingerprintMismatch):
        verify_fingerprint(tell_fingerprint(b"payload")[:-1], b"payload")


@pytest.mark.parametrize(
    "name", ["Bank\x1b[2J", "Bank\nIndex", "Bank\u202e", "", "B" * 121]
)
def test_a_name_that_a_terminal_could_obey_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        an_invitation(name=name)


@pytest.mark.parametrize(
    "url", ["https://a.example/\nx", "https://a b", "https://\x7f"]
)
def test_an_address_is_one_address(url: str) -> None:
    with pytest.raises(ValidationError):
        an_invitation(issuer=url)


@pytest.mark.parametrize("more", ["jku", "x5u", "d", "use"])
def test_a_clients_key_says_nothing_but_the_key(more: str) -> None:
    """A provider is handed it, and could follow an address that stands in it."""
    with pytest.raises(ValidationError):
        a_request(INVITED, client_key=CLIENT.public.jwk | {more: "https://x.example"})


@pytest.mark.parametrize(("exponent", "holds"), [("AQ", 0), ("Aw", 0), ("AQAB", 1)])
def test_a_clients_key_has_the_usual_exponent(exponent: str, holds: int) -> None:
    """With a small one a signature may be made by others: with 1, by anybody."""
    modulus = encode_b64u(b"\xff" * 256)
    jwk = {"kty": "RSA", "kid": "c", "n": modulus, "e": exponent}
    with nullcontext() if holds else pytest.raises(ValueError, match="key"):
        parse_client_jwk(jwk)


def sign_with(place: int) -> bytes:
    signers = [REQUEST, NOTICE, CLIENT]
    signers[place] = PrivateKey.generate(signers[place].kid)
    return a_request(INVITED, tuple(signers))


def drop_a_signature(place: int) -> bytes:
    signed = json.loads(a_request(INVITED))
    del signed["signatures"][place]
    return json.dumps(signed).encode()


def repeat_a_signature(place: int) -> bytes:
    signed = json.loads(a_request(INVITED))
    signed["signatures"][place] = signed["signatures"][(place + 1) % 3]
    return json.dumps(signed).encode()


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("forge", [sign_with, drop_a_signature, repeat_a_signature])
def test_a_key_that_the_sender_does_not_have_is_not_registered(
    forge: Callable[[int], bytes], place: int
) -> None:
    """Request, notice and client key each prove that they are the sender's."""
    with pytest.raises(JoinRequestForged):
        open_request(forge(place), index_keys=[INDEX.public], now=NOW)


def test_a_swapped_key_breaks_the_request() -> None:
    signed = json.loads(a_request(INVITED))
    other = json.loads(a_request(INVITED, request_key=STRANGER.public))
    signed["payload"] = other["payload"]
    with pytest.raises(JoinRequestForged):
        open_request(json.dumps(signed).encode(), index_keys=[INDEX.public], now=NOW)


def test_one_key_for_two_purposes_is_refused() -> None:
    with pytest.raises(ValueError, match="two purposes"):
        a_request(INVITED, notice_key=REQUEST.public)


def test_a_request_for_another_organisation_is_refused() -> None:
    with pytest.raises(JoinRequestMismatch):
        open_request(
            a_request(INVITED, organisation="00000001000000000099"),
            index_keys=[INDEX.public],
            now=NOW,
        )


@pytest.mark.parametrize("days", [-1, 14])
def test_an_invitation_that_expired_or_is_not_valid_yet_lets_nobody_in(
    days: int,
) -> None:
    moment = NOW + timedelta(days=days)
    with pytest.raises(InvitationExpired):
        open_invitation(INVITED, now=moment)
    with pytest.raises(InvitationExpired):
        open_request(a_request(INVITED), index_keys=[INDEX.public], now=moment)
    with pytest.raises(InvitationExpired):
        open_request(
            a_request(INVITED, made_at=moment), index_keys=[INDEX.public], now=NOW
        )


def test_an_acceptance_of_a_stranger_is_refused() -> None:
    said = Acceptance(
        party="index",
        name="index.example/ledger",
        organisation=OIN,
        request="A" * 43,
        accepted_at=NOW,
    )
    with pytest.raises(AcceptanceForged):
        open_acceptance(sign_acceptance(said, STRANGER), [INDEX.public])


@pytest.mark.parametrize(
    "junk", [b"", b"{}", b"[]", b'{"payload":"e30","signatures":[]}']
)
def test_junk_is_refused_as_itself(junk: bytes) -> None:
    with pytest.raises((ConfigRefused, JoiningRefused)):
        open_request(junk, index_keys=[INDEX.public], now=NOW)


@pytest.fixture
def parties(tmp_path: Path) -> Parties:
    return found_parties(tmp_path)


def count(parties: Parties) -> object:
    return parties.ask("SELECT count(*) FROM organisation")


def test_an_invitation_that_was_used_lets_no_second_agency_in(parties: Parties) -> None:
    """Not at the index and not at a holder, with whatever keys."""
    parties.invite()
    parties.join()
    assert parties.accept().exit_code == parties.accept_at(1).exit_code == 0
    parties.join(into="second")
    second = parties.folder / "second" / "joining" / "request.json"
    refused = (parties.accept(request=second), parties.accept_at(1, request=second))
    assert [done.exit_code for done in refused] == [1, 1]
    assert all("was used" in done.output for done in refused)
    assert parties.ask("SELECT count(*) FROM signer") == [(1,)]


def test_a_wrong_fingerprint_registers_nothing_anywhere(parties: Parties) -> None:
    parties.invite()
    parties.join()
    for done in (
        parties.accept(told=parties.told["invitation"]),
        parties.accept_at(1, told=parties.told["invitation"]),
    ):
        assert done.exit_code == 1
        assert "fingerprint" in done.output
    assert count(parties) == [(0,)]
    assert not (parties.holder(1) / "organisations.toml").exists()


def test_a_holder_lets_nobody_in_that_another_index_invited(
    parties: Parties, tmp_path: Path
) -> None:
    other = found_parties(tmp_path / "other")
    other.invite()
    other.join()
    done = parties.accept_at(1, request=other.request, told=other.told["request"])
    assert done.exit_code == 1
    assert "did not make the invitation" in done.output


@pytest.mark.parametrize(
    "changed",
    [
        "DELETE FROM invitation",
        "UPDATE invitation SET organisation = '00000001000000000077'",
        "UPDATE invitation SET municipality = '9902'",
    ],
)
def test_an_invitation_that_the_index_forgot_lets_nobody_in(
    parties: Parties, changed: str
) -> None:
    """Signed by its key, but not made by its command: a copied key is not enough.

    Nor is the id of an invitation that was made for somebody else.
    """
    parties.invite()
    parties.join()
    parties.change_invitations(changed)
    done = parties.accept()
    assert done.exit_code == 1
    assert "does not know" in done.output
    assert count(parties) == [(0,)]


def test_a_key_of_another_organisation_under_its_name_is_not_replaced(
    parties: Parties,
) -> None:
    """A second invitation for a number that a holder knows changes no key there."""
    parties.invite()
    parties.join()
    parties.accept_at(1)
    known = (parties.holder(1) / "organisations.toml").read_bytes()
    parties.invitation.unlink()
    parties.invite()
    parties.join(into="second")
    second = parties.folder / "second" / "joining" / "request.json"
    done = parties.accept_at(1, request=second)
    assert done.exit_code == 1
    assert (parties.holder(1) / "organisations.toml").read_bytes() == known
