"""A holder, or whoever carries the files, cheats: no key comes of it."""

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keys.base64url import decode_b64u, encode_b64u
from keys.ceremony import steps
from keys.ceremony.cards import load_ceremony_key
from keys.ceremony.digits import tell_digits, verify_digits
from keys.ceremony.documents import (
    Blame,
    BlameFile,
    CertificateFile,
    CommitFile,
    MessageFile,
    PlanFile,
    encode,
    parse_file,
    read_file,
)
from keys.ceremony.errors import (
    CeremonyForged,
    CeremonyIncomplete,
    CeremonyMalformed,
    CeremonyMixed,
    CeremonyStepRefused,
    DigitsMismatch,
    HolderBlamed,
)
from keys.ceremony.plan import open_plan
from keys.ceremony.signing import open_statement
from keys.ceremony.state import erase_states, find_states
from keys.config import parse_pins, verify_config
from keys.dkg import Contribution, contribute, draw_polynomial
from keys.dkg.sealed_shares import Passage, seal
from keys.errors import (
    ConfigMalformed,
    ConfigUnsigned,
    KeyFileExists,
    KeyFileMalformed,
    KeyFileSealed,
)
from keys.group import generate_scalar, multiply_base
from keys.jose import sign_compact
from tests.ceremony_builders import NOW, SEALER, Call, read_config_key
from tests.keys_builders import ORDER

CHEATER = 2
RECEIVER = 1


@pytest.fixture
def call(tmp_path: Path) -> Call:
    return Call(tmp_path)


def cheated(call: Call, contribution: Contribution) -> str:
    """Run a call in which holder 2 gives this contribution; what holder 1 says."""
    call.commit(1)
    call.commit(3)
    call.cheat(CHEATER, contribution)
    call.share(1)
    call.share(3)
    with pytest.raises(HolderBlamed) as caught:
        call.accept(RECEIVER)
    assert str(caught.value).startswith("holder-2: ")
    assert call.usable() == []
    return str(caught.value)


def blame_of(call: Call) -> Blame:
    path = call.folders[RECEIVER] / f"blame-{RECEIVER}.json"
    token = read_file(BlameFile, path).blame
    return open_statement(Blame, call.plan, token, path.name)


def resealed(
    call: Call, change: Callable[[bytes], bytes]
) -> tuple[Contribution, bytes]:
    """Holder 2's contribution with another share sealed for holder 1."""
    session = call.plan.session
    own = load_ceremony_key(call.folders[CHEATER], "holder-2", SEALER)
    polynomial, fresh = draw_polynomial(2), generate_scalar()
    made = contribute(session, CHEATER, own, polynomial, fresh)
    passage = Passage(
        ephemeral=made.ephemeral,
        sender=session.party(CHEATER),
        receiver=session.party(RECEIVER),
        context=session.context,
    )
    plain = change(polynomial.value_at(RECEIVER).encoded)
    sealed = (seal(plain, passage, fresh, own), *made.sealed[1:])
    return replace(made, sealed=sealed), plain


def test_a_constant_that_takes_the_others_away_is_blamed(call: Call) -> None:
    honest = call.contribution(CHEATER)
    wanted = multiply_base(generate_scalar())
    rogue = replace(honest, commitments=(wanted, honest.commitments[1]))
    assert "does not prove" in cheated(call, rogue)


@pytest.mark.parametrize("degree", [1, 3])
def test_another_degree_is_blamed(call: Call, degree: int) -> None:
    said = cheated(call, call.contribution(CHEATER, threshold=degree))
    assert "number of coefficients" in said


def test_a_wrong_share_for_one_is_blamed_and_shown(call: Call) -> None:
    contribution, plain = resealed(call, lambda _share: generate_scalar().encoded)
    assert "does not fit" in cheated(call, contribution)
    blame = blame_of(call)
    assert (blame.index, blame.blamed, blame.share) == (RECEIVER, CHEATER, plain)


@pytest.mark.parametrize(
    "change",
    [
        lambda share: (int.from_bytes(share, "little") + ORDER).to_bytes(32, "little"),
        lambda _share: bytes(32),
    ],
    ids=["unreduced", "zero"],
)
def test_a_share_that_is_no_scalar_is_blamed(
    call: Call, change: Callable[[bytes], bytes]
) -> None:
    contribution, _ = resealed(call, change)
    assert "zero or not reduced" in cheated(call, contribution)


def test_a_blame_holds_no_share_that_was_good(call: Call) -> None:
    honest = call.contribution(CHEATER)
    broken = (bytes(48), *honest.sealed[1:])
    assert "does not open" in cheated(call, replace(honest, sealed=broken))
    assert blame_of(call).share is None


def _signed_commit(call: Call, **changed: object) -> str:
    """The commit of holder 2 with some members changed, signed by its own key."""
    call.all(call.commit)
    token = json.loads(call.table["commit-2.json"])["commit"]
    claims: dict[str, Any] = json.loads(decode_b64u(token.split(".")[1]))
    key = read_config_key(call.folders[CHEATER])
    return sign_compact(key, "signal-ceremony-commit+json", claims | changed)


@pytest.mark.parametrize("index", [0, 1, 4, -1, True])
def test_nobody_stands_at_another_place_than_its_card(call: Call, index: int) -> None:
    """At 0 the share is the key; at another's place it is another's."""
    token = _signed_commit(call, index=index)
    call.lay("commit-2.json", CommitFile(commit=token))
    with pytest.raises((CeremonyMalformed, CeremonyForged)):
        call.share(RECEIVER)


def test_two_commits_of_one_holder_stop(call: Call) -> None:
    token = _signed_commit(call, message=encode_b64u(bytes(32)))
    call.lay("commit-4.json", CommitFile(commit=token))
    with pytest.raises(CeremonyIncomplete, match="two different"):
        call.share(RECEIVER)


def test_the_identity_is_no_point(call: Call) -> None:
    call.all(call.commit, call.share)
    token = json.loads(call.table["message-2.json"])["message"]
    claims = json.loads(decode_b64u(token.split(".")[1]))
    claims["runs"][0]["ephemeral"] = encode_b64u(bytes(32))
    token = sign_compact(
        read_config_key(call.folders[CHEATER]), "signal-ceremony-message+json", claims
    )
    shares = json.loads(call.table["message-2.json"])["shares"]
    sealed = tuple(decode_b64u(each) for each in shares[0])
    call.lay("message-2.json", MessageFile(message=token, shares=(sealed,)))
    with pytest.raises(CeremonyMalformed, match="message-2"):
        call.accept(RECEIVER)


def test_a_message_chosen_after_the_others_is_not_the_one_committed_to(
    call: Call,
) -> None:
    call.all(call.commit, call.share)
    committed = call.table["commit-2.json"]
    call.cheat(CHEATER, call.contribution(CHEATER))
    call.table["commit-2.json"] = committed
    with pytest.raises(CeremonyMixed, match="holder-2"):
        call.accept(RECEIVER)


def test_nothing_is_shown_before_all_have_committed(call: Call) -> None:
    call.commit(1)
    call.commit(2)
    with pytest.raises(CeremonyIncomplete, match="holder-3"):
        call.share(1)
    assert not list(call.folders[1].glob("message-*"))


def test_other_commits_after_the_message_went_out_are_refused(call: Call) -> None:
    call.all(call.commit)
    call.share(1)
    call.cheat(CHEATER, call.contribution(CHEATER))
    with pytest.raises(CeremonyMixed, match="other commits"):
        call.share(1)


def test_a_split_view_gives_nobody_a_share(call: Call) -> None:
    """Whoever carries the files works with holder 2, and shows 1 and 3 two of its."""
    views = {at: Call.__new__(Call) for at in (1, 3)}
    call.all(call.commit)
    for view in views.values():
        view.__dict__ |= call.__dict__ | {"table": dict(call.table)}
    for at, view in views.items():
        view.cheat(CHEATER, call.contribution(CHEATER))
        view.share(at)
    views[1].table["message-3.json"] = views[3].table["message-3.json"]
    views[3].table["message-1.json"] = views[1].table["message-1.json"]
    seen = {at: view.accept(at) for at, view in views.items()}
    assert tell_digits(seen[1]) != tell_digits(seen[3])
    certificates = {at: views[at].table[f"certificate-{at}.json"] for at in views}
    for at, view in views.items():
        for other, data in certificates.items():
            view.table[f"certificate-{other}.json"] = data
        forged = parse_file(CertificateFile, certificates[at], "certificate")
        copied = forged.model_copy(update={"index": CHEATER})
        view.table["certificate-2.json"] = encode(copied)
        with pytest.raises(CeremonyForged, match="of another transcript"):
            view.conclude(at)
    assert call.usable() == []


def test_a_message_of_an_aborted_try_holds_in_no_other(call: Call) -> None:
    call.all(call.commit, call.share)
    earlier = dict(call.table)
    for folder in call.folders.values():
        erase_states(folder)
    call.begin_anew()
    call.all(call.commit)
    call.table["commit-2.json"] = earlier["commit-2.json"]
    with pytest.raises(CeremonyMixed, match="earlier try"):
        call.share(1)
    call.commit(2)
    call.all(call.share)
    call.table["message-2.json"] = earlier["message-2.json"]
    with pytest.raises(CeremonyMixed, match="earlier try"):
        call.accept(1)


def test_a_new_try_does_not_begin_over_an_old_one_unasked(call: Call) -> None:
    call.commit(1)
    call.begin_anew()
    with pytest.raises(CeremonyStepRefused, match="--anew"):
        call.commit(1)


def test_a_new_try_is_never_of_the_same_ceremony(call: Call) -> None:
    """What went out in the first would hold beside what goes out in the second."""
    call.all(call.commit)
    call.share(1)
    with pytest.raises(CeremonyStepRefused, match="a new one is needed"):
        call.holder(1).states.give_up()
    call.begin_anew()
    call.holder(1).states.give_up()
    call.commit(1)


def test_without_the_last_certificate_nobody_has_anything(call: Call) -> None:
    call.all(call.commit, call.share)
    call.accept(1)
    call.accept(3)
    for at in (1, 3):
        with pytest.raises(CeremonyIncomplete, match="holder-2"):
            call.finish(at)
    assert call.usable() == []
    call.accept(2)
    call.all(call.finish)
    assert call.usable() == [1, 2, 3]


def test_one_state_signs_one_transcript(call: Call) -> None:
    """Holder 2 shows two messages, and asks holder 1 to certify both."""
    call.all(call.commit, call.share)
    call.accept(1)
    call.cheat(CHEATER, call.contribution(CHEATER))
    with pytest.raises(CeremonyMixed, match="other messages"):
        call.accept(1)


def test_two_runs_with_one_state_certify_once(call: Call) -> None:
    call.all(call.commit, call.share)
    holder = call.holder(1)
    states = find_states(call.folders[1])
    states[0].rename(states[0].with_suffix(".spent"))
    with pytest.raises(CeremonyStepRefused):
        steps.accept(holder, call.messages())


def test_an_edited_config_is_no_config(call: Call) -> None:
    """Whoever runs the index, or carries the file, would live longer by the key."""
    call.all(call.commit, call.share, call.accept, call.finish)
    folder = call.folders[1]
    document = json.loads((folder / "key-config.json").read_bytes())
    payload = json.loads(decode_b64u(document["payload"]))
    pins = parse_pins((folder / "pins.json").read_bytes())
    for name, value in (
        ("validUntil", "2099-01-01T00:00:00Z"),
        ("threshold", 3),
        ("ceremony", encode_b64u(bytes(32))),
        ("publicKey", payload["holders"][0]["publicShare"]),
    ):
        edited = json.dumps(payload | {name: value}).encode()
        forged = json.dumps(document | {"payload": encode_b64u(edited)}).encode()
        with pytest.raises((ConfigUnsigned, ConfigMalformed)):
            verify_config(
                forged, pins, accepted_origin="distributed", known=None, now=NOW
            )


def test_a_card_with_anothers_key_is_no_card(call: Call) -> None:
    """Who copies a public key into its card cannot sign with it."""
    other = call.cards[0]
    for changed in (
        {"possession": call.cards[1].possession},
        {"signatures": call.cards[1].signatures},
        {"payload": call.cards[1].payload},
    ):
        cards = (other.model_copy(update=changed), *call.cards[1:])
        file = call.plan.file.model_copy(update={"cards": cards})
        with pytest.raises(CeremonyForged):
            open_plan(file)


def test_a_holder_counts_once(call: Call) -> None:
    cards = (call.cards[0], call.cards[0], call.cards[2])
    with pytest.raises(CeremonyMalformed, match="same id"):
        open_plan(call.plan.file.model_copy(update={"cards": cards}))


def test_every_byte_of_the_plan_changes_the_digits(call: Call) -> None:
    file = call.plan.file
    reordered = file.model_copy(update={"cards": tuple(reversed(file.cards))})
    longer = file.draft.model_copy(
        update={"valid_until": file.draft.valid_until.replace(year=2099)}
    )
    others: list[PlanFile] = [
        reordered,
        file.model_copy(update={"nonce": bytes(32)}),
        file.model_copy(update={"draft": longer}),
    ]
    told = {tell_digits(open_plan(each).session.context) for each in [file, *others]}
    assert len(told) == 4
    with pytest.raises(DigitsMismatch):
        verify_digits(told.pop(), open_plan(reordered).session.context + b"!")


def test_what_a_step_leaves_is_sealed_and_goes(call: Call) -> None:
    """A copy of a folder after the end opens nothing that was sent."""
    call.all(call.commit, call.share, call.accept)
    folder = call.folders[1]
    for path in find_states(folder):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert b"message" not in path.read_bytes()
    call.all(call.finish)
    left = {path.name for path in folder.iterdir()}
    assert left == {
        *("card.json", "config-signing.key", "ticket.key", "share.json"),
        *("key-config.json", "pins.json", "record.json"),
        *("commit-1.json", "certificate-1.json"),
    }


def test_a_state_of_another_holder_does_not_open(call: Call) -> None:
    call.all(call.commit)
    for path in find_states(call.folders[1]):
        path.unlink()
    for path in find_states(call.folders[2]):
        path.rename(call.folders[1] / path.name)
    with pytest.raises(KeyFileMalformed, match="changed"):
        call.share(1)


def test_a_ceremony_key_is_its_holders_own(call: Call) -> None:
    with pytest.raises(KeyFileSealed):
        SEALER.open(SEALER.seal(b"", b"holder-1"), b"holder-2")
    (call.folders[1] / "ceremony.key").unlink()
    (call.folders[2] / "ceremony.key").rename(call.folders[1] / "ceremony.key")
    with pytest.raises(KeyFileMalformed, match="another holder"):
        call.commit(1)


def test_a_key_in_use_is_never_overwritten(call: Call) -> None:
    call.all(call.commit, call.share, call.accept)
    (call.folders[1] / "key-config.json").write_text("of another key")
    with pytest.raises(KeyFileExists):
        call.finish(1)
    assert call.usable() == []
