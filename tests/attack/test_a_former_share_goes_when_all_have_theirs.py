"""A former share goes when all have their new one, and no two of them are a key."""

import json
import shutil
from collections.abc import Callable

import pytest

from keys.ceremony.cards import (
    CEREMONY_KEY,
    make_card_again,
)
from keys.ceremony.conclusion import verify_record
from keys.ceremony.documents import (
    RecordFile,
    read_file,
)
from keys.ceremony.errors import (
    CeremonyIncomplete,
    CeremonyMixed,
    CeremonyStepRefused,
)
from keys.ceremony.plan import draw_up_succession, open_plan
from keys.ceremony.results import erase_traces
from keys.config_document import (
    SignedDocument,
    parse_document,
)
from keys.errors import (
    KeyFileExists,
    KeyFileMalformed,
    KeyFileSealed,
)
from keys.keyring import load_share
from keys.lagrange import combine_points
from keys.shares import get_public_share
from tests.ceremony_builders import NOW, SEALER, VALID, Call
from tests.succession_builders import (
    EITHER,
    NEW,
    config_of,
    take,
)

CHEATER = 2


RECEIVER = 1


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
    for name in ("share.json", "ticket.key", "card.json"):
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


def test_no_card_is_made_over_a_share_that_waits(call: Call) -> None:
    """Holder 1 had finished when the others stopped; what it has is of no key.

    The others may settle with the done file of holder 1: its share would be lost.
    """
    call.follow()
    call.all(call.commit, call.share, call.accept)
    call.finish(1)
    for at in (2, 3):
        erase_traces(call.folders[at])
    with pytest.raises(KeyFileExists, match=r"epoch-2: .* go on with `settle`"):
        call.follow(nonce=b"6" * 32)
    assert not (call.folders[1] / CEREMONY_KEY).exists()
    shutil.rmtree(call.folders[1] / "epoch-2")
    call.follow(nonce=b"6" * 32)
    call.all(call.commit, call.share, call.accept, call.finish, call.settle)
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
