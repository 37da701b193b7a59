"""The plan of a succession, or the config in use, is another than its holders know."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from keys.base64url import decode_b64u, encode_b64u
from keys.ceremony.cards import (
    make_card,
    make_card_again,
)
from keys.ceremony.documents import (
    PlanFile,
)
from keys.ceremony.errors import (
    CeremonyMalformed,
    CeremonyMixed,
)
from keys.ceremony.plan import draw_up_succession, open_plan
from keys.config import KeyConfig, parse_pins, verify_config
from keys.config_document import (
    ConfigPins,
    SignedDocument,
    parse_document,
    read_payload,
)
from keys.errors import (
    ConfigRolledBack,
    ConfigUncertified,
    ConfigUnsigned,
)
from keys.jose import PrivateKey
from keys.keyring import SealedUse, load_key, write_key
from tests.ceremony_builders import NOW, SEALER, VALID, Call, read_config_key
from tests.dealing import sign_config
from tests.keys_builders import the_dealing
from tests.succession_builders import (
    EITHER,
    NEW,
    config_of,
    take,
)

CHEATER = 2


RECEIVER = 1


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
def test_a_plan_makes_no_key_younger(call: Call, lost: tuple[int, ...]) -> None:
    """A holder on one machine would begin a trial of 92 days anew with each refresh."""
    call.follow(lost)
    file, later = call.plan.file, NOW + timedelta(days=40)
    assert file.current is not None
    gone = [f"holder-{at}" for at in lost]
    made = draw_up_succession(
        file.current, file.cards, lost=gone, valid=VALID, nonce=b"4" * 32, now=later
    )
    assert made.draft.valid_from == read_payload(file.current).valid_from == NOW
    assert made.draft.valid_until == later + VALID
    other = made.draft.model_copy(update={"valid_from": later})
    with pytest.raises(CeremonyMalformed, match="validFrom is not when the key began"):
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
    (call.folders[2] / "ticket.key").unlink()
    with pytest.raises(CeremonyMixed, match="another ticket key than holder-2"):
        call.follow()


def test_a_new_holder_has_no_key_of_another(call: Call, tmp_path: Path) -> None:
    """Who leaves would sign tickets for who comes."""
    call.follow([NEW])
    gone = tmp_path / "now" / "holder-3"
    taken = load_key(gone / "ticket.key", SealedUse.TICKET, None, SEALER)
    (own := call.folders[3] / "ticket.key").unlink()
    write_key(own, taken, SealedUse.TICKET, "new-3", SEALER)
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


def test_a_ticket_key_of_before_holds_as_long_as_without_a_refresh(
    call: Call,
) -> None:
    """A refresh on the day after a renewal takes no ticket of before away."""
    known = config_of(call.folders[1])
    former = PrivateKey.generate().public
    holders = list(known.holders)
    holders[1] = holders[1].model_copy(update={"former_ticket_key": former})
    renewed = known.model_copy(update={"serial": 2, "holders": tuple(holders)})
    keys = [read_config_key(folder) for folder in call.folders.values()]
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
