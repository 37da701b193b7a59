"""A key is shared anew, and a holder or whoever carries the files would change it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from keys.base64url import decode_b64u, encode_b64u
from keys.ceremony.cards import (
    load_config_key,
    make_card,
    make_card_again,
)
from keys.ceremony.conclusion import verify_record
from keys.ceremony.documents import (
    Blame,
    BlameFile,
    MessageFile,
    PlanFile,
    RecordFile,
    read_file,
)
from keys.ceremony.errors import (
    CeremonyIncomplete,
    CeremonyMalformed,
    CeremonyMixed,
    CeremonyStepRefused,
    HolderBlamed,
)
from keys.ceremony.plan import draw_up_succession, open_plan
from keys.ceremony.results import erase_traces
from keys.ceremony.signing import open_statement
from keys.config import KeyConfig, parse_pins, verify_config
from keys.config_document import (
    ConfigPins,
    SignedDocument,
    parse_document,
    read_payload,
)
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
from keys.errors import (
    ConfigRolledBack,
    ConfigUncertified,
    ConfigUnsigned,
    KeyFileExists,
    KeyFileMalformed,
    KeyFileSealed,
)
from keys.group import add_scalars, generate_scalar, multiply_base
from keys.jose import PrivateKey, sign_compact
from keys.keyring import load_share
from keys.lagrange import combine_points
from keys.shares import get_public_share
from tests.ceremony_builders import NOW, SEALER, VALID, Call
from tests.dealing import sign_config
from tests.keys_builders import the_dealing

CHEATER, RECEIVER, NEW = 2, 1, 3
KINDS = [(), (NEW,)]
EITHER = pytest.mark.parametrize("lost", KINDS, ids=["refresh", "replace"])


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Holders that have made a key, and may make no more of it."""
    call = Call(tmp_path_factory.mktemp("first") / "now")
    call.all(call.commit, call.share, call.accept, call.finish)
    return call


@pytest.fixture
def call(first: Call, tmp_path: Path) -> Call:
    """The same, for one test to go on with."""
    call = Call.__new__(Call)
    call.__dict__ |= first.__dict__
    shutil.copytree(first.folders[1].parent, tmp_path / "now")
    call.folders = {at: tmp_path / "now" / f.name for at, f in first.folders.items()}
    call.cards, call.table = list(first.cards), {}
    return call


def take(call: Call, *, settle: bool = True) -> None:
    call.all(call.commit, call.share, call.accept, call.finish)
    if settle:
        call.all(call.settle)


def config_of(folder: Path) -> KeyConfig:
    document = (folder / "key-config.json").read_bytes()
    return read_payload(parse_document(SignedDocument, document))


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
    claims["commitments"].insert(0, encode_b64u(bytes(32)))
    key = load_config_key(call.folders[3])
    token = sign_compact(key, "signal-ceremony-message+json", claims)
    shares = tuple(decode_b64u(each) for each in file["shares"])
    call.lay("message-3.json", MessageFile(message=token, shares=shares))
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


def test_a_ceremony_follows_on_the_config_that_its_holders_serve_with(
    call: Call, first: Call
) -> None:
    """Whoever opens it with a config of before would bring a former epoch back."""
    call.follow()
    take(call)
    cards = list(call.cards)
    old = (first.folders[1] / "key-config.json").read_bytes()
    file = draw_up_succession(
        parse_document(SignedDocument, old),
        tuple(cards),
        lost=(),
        valid=VALID,
        nonce=b"4" * 32,
        now=NOW,
    )
    call.follow()
    call.plan = open_plan(file.model_copy(update={"cards": tuple(call.cards)}))
    with pytest.raises(CeremonyMixed, match="another config"):
        call.commit(1)


def test_a_dealt_key_does_not_become_a_distributed_one(call: Call) -> None:
    """Whoever dealt it has seen it whole, and still has."""
    dealt = parse_document(SignedDocument, the_dealing().document)
    with pytest.raises(CeremonyMalformed, match="dealt"):
        draw_up_succession(
            dealt, tuple(call.cards), lost=(), valid=VALID, nonce=bytes(32), now=NOW
        )


def changed(call: Call, **members: object) -> PlanFile:
    return call.plan.file.model_copy(update=members)


@EITHER
def test_a_plan_brings_no_other_threshold_serial_or_epoch(
    call: Call, lost: tuple[int, ...]
) -> None:
    call.follow(lost)
    draft = call.plan.file.draft
    for member in ("threshold", "serial", "epoch", "key_version"):
        value = getattr(draft, member) + 1
        other = draft.model_copy(update={member: value})
        with pytest.raises(CeremonyMalformed):
            open_plan(changed(call, draft=other))


@EITHER
def test_a_plan_cannot_say_that_it_is_of_another_kind(
    call: Call, lost: tuple[int, ...]
) -> None:
    """A new key under the old one's name; nobody gives; all give; one gives twice."""
    call.follow(lost)
    others: list[dict[str, object]] = [
        {"kind": "generate"},
        {"kind": "generate", "current": None},
        {"current": None},
        {"givers": (1,)},
        {"givers": (1, 1)},
        {"givers": (2, 1)},
        {"givers": (1, 2, 3)},
        {"givers": (1, 9)},
        {"kind": "replace" if not lost else "refresh"},
        {"cards": call.plan.file.cards[:2]},
    ]
    for members in others:
        with pytest.raises((CeremonyMalformed, CeremonyMixed)):
            open_plan(changed(call, **members))


def _other_card(call: Call, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    cards = list(call.plan.file.cards)
    cards[CHEATER - 1] = make_card(folder, name, SEALER)
    call.plan = replace(call.plan, file=changed(call, cards=tuple(cards)))


@EITHER
def test_nobody_takes_the_place_of_a_holder_that_stays(
    call: Call, lost: tuple[int, ...], tmp_path: Path
) -> None:
    call.follow(lost)
    _other_card(call, tmp_path, "holder-2")
    with pytest.raises(CeremonyMixed, match="is not of holder-2"):
        open_plan(call.plan.file)


def test_a_ticket_key_is_changed_by_a_renewal_alone(call: Call) -> None:
    (call.folders[2] / "ticket.jwk").unlink()
    with pytest.raises(CeremonyMixed, match="another ticket key than holder-2"):
        call.follow()


def test_a_new_holder_has_no_key_of_another(call: Call, tmp_path: Path) -> None:
    """Who leaves would sign tickets for who comes."""
    call.follow([NEW])
    gone = tmp_path / "now" / "holder-3"
    shutil.copy(gone / "ticket.jwk", call.folders[3] / "ticket.jwk")
    (call.folders[3] / "ceremony.key").unlink()
    cards = list(call.plan.file.cards)
    cards[2] = make_card_again(call.folders[3], "new-3", SEALER)
    with pytest.raises(CeremonyMixed, match="key of another holder"):
        open_plan(changed(call, cards=tuple(cards)))


def test_a_config_in_use_that_was_edited_is_none(call: Call) -> None:
    call.follow()
    current = call.plan.file.current
    assert current is not None
    payload = json.loads(decode_b64u(current.payload)) | {"threshold": 3}
    edited = current.model_copy(
        update={"payload": encode_b64u(json.dumps(payload).encode())}
    )
    with pytest.raises(CeremonyMalformed, match="config in use"):
        open_plan(changed(call, current=edited))


@EITHER
def test_clients_take_it_as_what_follows_and_go_back_to_none(
    call: Call, first: Call, lost: tuple[int, ...]
) -> None:
    known = config_of(first.folders[1])
    call.follow(lost)
    take(call)
    document = (call.folders[1] / "key-config.json").read_bytes()

    def accept(folder: Path, data: bytes, before: KeyConfig) -> KeyConfig:
        pins: ConfigPins = parse_pins((folder / "pins.json").read_bytes())
        return verify_config(
            data, pins, accepted_origin="distributed", known=before, now=NOW
        )

    config = accept(call.folders[1], document, known)
    assert (config.epoch, config.public_key) == (2, known.public_key)
    old = (first.folders[1] / "key-config.json").read_bytes()
    with pytest.raises((ConfigRolledBack, ConfigUnsigned)):
        accept(first.folders[1], old, config)
    if lost:
        with pytest.raises(ConfigUnsigned):
            accept(first.folders[1], document, known)
    copied = known.model_copy(update={"ceremony": config.ceremony})
    with pytest.raises(ConfigUncertified):
        accept(call.folders[1], document, copied)


def test_a_former_share_stays_until_all_have_their_new_one(call: Call) -> None:
    former = (call.folders[1] / "share.json").read_bytes()
    call.follow()
    call.all(call.commit, call.share, call.accept)
    call.finish(1)
    call.finish(2)
    with pytest.raises(CeremonyIncomplete, match="holder-3"):
        call.settle(1)
    assert (call.folders[1] / "share.json").read_bytes() == former
    with pytest.raises(CeremonyStepRefused):
        call.settle(3)
    call.finish(3)
    call.all(call.settle)
    assert (call.folders[1] / "share.json").read_bytes() != former
    assert not (call.folders[1] / "epoch-2").exists()
    with pytest.raises(CeremonyStepRefused, match="no new share waits"):
        call.settle(1)


def test_what_was_done_in_another_ceremony_settles_nothing(call: Call) -> None:
    call.follow()
    take(call)
    earlier = dict(call.table)
    call.follow(nonce=b"5" * 32)
    take(call, settle=False)
    call.table["done-2.json"] = earlier["done-2.json"]
    with pytest.raises(CeremonyMixed, match="another ceremony"):
        call.settle(1)


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda own, _other: json.dumps(json.loads(own) | {"epoch": 9}), KeyFileSealed),
        (lambda _own, other: other, KeyFileMalformed),
    ],
    ids=["changed", "anothers"],
)
def test_a_new_share_that_is_none_takes_no_ones_place(
    call: Call, spoil: Callable[[str, str], str], refusal: type[Exception]
) -> None:
    call.follow()
    take(call, settle=False)
    former = (call.folders[1] / "share.json").read_bytes()
    waiting = call.folders[1] / "epoch-2" / "share.json"
    other = (call.folders[2] / "epoch-2" / "share.json").read_text()
    waiting.write_text(spoil(waiting.read_text(), other))
    with pytest.raises(refusal):
        call.settle(1)
    assert (call.folders[1] / "share.json").read_bytes() == former


@EITHER
def test_a_former_share_and_a_new_one_are_no_key(
    call: Call, first: Call, lost: tuple[int, ...]
) -> None:
    """A thief with one of each, of two epochs, has nothing."""
    key = config_of(first.folders[1]).public_key
    call.follow(lost)
    take(call)
    new = load_share(call.folders[1] / "share.json", "holder-1", SEALER)
    for at in (2, 3):
        old = load_share(first.folders[at] / "share.json", f"holder-{at}", SEALER)
        points = {1: new.public.point.encoded, at: old.public.point.encoded}
        assert combine_points(points) != key


def test_anybody_checks_a_record_of_a_succession(call: Call, first: Call) -> None:
    call.follow([NEW])
    take(call)
    record = read_file(RecordFile, call.folders[NEW] / "record.json")
    conclusion, document = verify_record(record)
    assert document == (call.folders[1] / "key-config.json").read_bytes()
    assert conclusion.plan.former is not None
    assert conclusion.plan.former.config == config_of(first.folders[1])
    swapped = tuple(reversed(record.messages))
    with pytest.raises(CeremonyMixed):
        verify_record(record.model_copy(update={"messages": swapped}))


def test_a_holder_that_lost_its_share_gets_one_by_its_config_key(call: Call) -> None:
    """It stays who it is: pins are the same, its ticket key and share are others."""
    folder = call.folders[NEW]
    before, pins = config_of(folder), (folder / "pins.json").read_bytes()
    for name in ("share.json", "ticket.jwk", "card.json"):
        (folder / name).unlink()
    _share_anew(call, lost="holder-3")
    take(call)
    config = config_of(folder)
    assert config.holders[2].id == "holder-3"
    assert config.holders[2].ticket_key != before.holders[2].ticket_key
    assert config.holders[:2] != before.holders[:2]
    assert config.public_key == before.public_key
    assert (folder / "pins.json").read_bytes() == pins
    share = load_share(folder / "share.json", "holder-3", SEALER)
    assert share.public == get_public_share(config, NEW)


def test_a_share_that_waits_from_a_try_before_is_not_written_over(call: Call) -> None:
    """Holder 1 had finished when the others stopped; what it has is of no key."""
    call.follow()
    call.all(call.commit, call.share, call.accept)
    call.finish(1)
    for at in (2, 3):
        erase_traces(call.folders[at])
    call.follow(nonce=b"6" * 32)
    call.all(call.commit, call.share, call.accept)
    with pytest.raises(KeyFileExists, match="record"):
        call.finish(1)
    shutil.rmtree(call.folders[1] / "epoch-2")
    call.all(call.finish, call.settle)
    assert {config_of(folder).epoch for folder in call.folders.values()} == {2}


def _share_anew(call: Call, lost: str) -> None:
    """Begin with the cards of those that are there already, the lost one's too."""
    current = (call.folders[1] / "key-config.json").read_bytes()
    cards = tuple(
        make_card_again(folder, folder.name, SEALER) for folder in call.folders.values()
    )
    call.cards = list(cards)
    file = draw_up_succession(
        parse_document(SignedDocument, current),
        cards,
        lost=[lost],
        valid=VALID,
        nonce=b"7" * 32,
        now=NOW,
    )
    call.plan, call.table = open_plan(file), {}


def test_a_ticket_key_of_before_holds_as_long_as_without_a_refresh(
    call: Call,
) -> None:
    """A refresh on the day after a renewal takes no ticket of before away."""
    known = config_of(call.folders[1])
    former = PrivateKey.generate().public
    holders = list(known.holders)
    holders[1] = holders[1].model_copy(update={"former_ticket_key": former})
    renewed = known.model_copy(update={"serial": 2, "holders": tuple(holders)})
    keys = [load_config_key(folder) for folder in call.folders.values()]
    document = sign_config(renewed, keys)
    for folder in call.folders.values():
        (folder / "key-config.json").write_bytes(document)
    call.follow()
    take(call)
    config = config_of(call.folders[1])
    assert (config.serial, config.epoch) == (3, 2)
    assert config.holders[1].former_ticket_key == former
    assert config.holders[0].former_ticket_key is None


@pytest.mark.parametrize(
    ("lost", "said"),
    [("holder-1", "1 left, and 2 must give"), ("nobody", "nobody: no holder")],
)
def test_fewer_than_suffice_bring_no_key_back(call: Call, lost: str, said: str) -> None:
    current = (call.folders[1] / "key-config.json").read_bytes()
    with pytest.raises(CeremonyMalformed, match=said):
        draw_up_succession(
            parse_document(SignedDocument, current),
            tuple(call.cards),
            lost=[lost, "holder-2"],
            valid=VALID,
            nonce=bytes(32),
            now=NOW,
        )
