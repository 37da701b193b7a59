"""What a holder did already, or left behind, is said with the way on."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from keys.ceremony.cards import CEREMONY_KEY, make_card_again, verify_unserved
from keys.ceremony.describing import describe
from keys.ceremony.errors import CeremonyStepRefused
from keys.ceremony.plan import open_plan
from keys.ceremony.results import sweep
from keys.errors import KeyFileExposed, KeyFileMalformed, KeyFileSealed
from keys.sealing import Seal
from tests.ceremony_builders import SEALER, Call, QuickSealer
from tests.ceremony_people import run
from tests.succession_builders import go_on, make_first


class OtherSealer(QuickSealer):
    """Of another passphrase than the share was sealed with."""

    def open(self, _seal: Seal, _associated: bytes) -> bytes:
        raise KeyFileSealed("wrong passphrase, or the file was changed")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Call:
    return make_first(tmp_path_factory.mktemp("first"))


@pytest.fixture
def call(first: Call, tmp_path: Path) -> Call:
    return go_on(first, tmp_path)


def test_a_mistyped_passphrase_makes_no_card(call: Call) -> None:
    own = call.folders[1]
    before = {path.name: path.read_bytes() for path in own.iterdir()}
    with pytest.raises(KeyFileSealed):
        make_card_again(own, "holder-1", OtherSealer())
    assert {path.name: path.read_bytes() for path in own.iterdir()} == before


def test_a_share_that_others_read_or_that_is_anothers_makes_no_card(
    call: Call,
) -> None:
    share = call.folders[1] / "share.json"
    share.chmod(0o755)
    with pytest.raises(KeyFileExposed, match=r"share\.json: .*chmod 600"):
        make_card_again(call.folders[1], "holder-1", SEALER)
    share.chmod(0o600)
    with pytest.raises(KeyFileMalformed, match="another holder's share"):
        make_card_again(call.folders[1], "holder-2", SEALER)
    assert not (call.folders[1] / CEREMONY_KEY).exists()


def test_without_a_share_a_mistyped_passphrase_makes_no_card_either(
    call: Call,
) -> None:
    """The config key is sealed too, and tells."""
    own = call.folders[1]
    (own / "share.json").unlink()
    with pytest.raises(KeyFileSealed):
        make_card_again(own, "holder-1", OtherSealer())
    assert not (own / CEREMONY_KEY).exists()
    make_card_again(own, "holder-1", SEALER)
    assert (own / CEREMONY_KEY).exists()


def test_a_last_step_told_again_leads_on_and_makes_no_card(call: Call) -> None:
    call.follow()
    call.all(call.commit, call.share, call.accept, call.finish)
    own = call.folders[1]
    with pytest.raises(CeremonyStepRefused, match=r"epoch-2: send .* `settle`"):
        verify_unserved(own)


def test_a_step_that_was_taken_already_names_the_next(tmp_path: Path) -> None:
    call = Call(tmp_path)
    call.all(call.commit, call.share)
    with pytest.raises(CeremonyStepRefused, match="go on with `accept`"):
        call.commit(1)
    call.all(call.accept)
    for step in (call.commit, call.share):
        with pytest.raises(CeremonyStepRefused, match="go on with `finish`"):
            step(1)
    call.all(call.finish)


def test_what_a_run_left_that_died_goes_at_the_next_step(call: Call) -> None:
    own = call.folders[1]
    left = [".share.json.0a1b2c3d", ".record.json.00000000"]
    for name in left:
        (own / name).write_bytes(b"half")
    gone = ["state-accept-0123456789abcdef.sealed", "message-2.json"]
    for name in gone:
        (own / name).write_bytes(b"opens with nothing")
    kept = {".bashrc", ".share.json.mine", "share.json", "card.json"}
    (own / ".bashrc").touch()
    (own / ".share.json.mine").touch()
    sweep(own)
    names = {path.name for path in own.iterdir()}
    assert not names & {*left, *gone}
    assert kept <= names


def test_a_folder_that_is_no_holders_is_not_swept(tmp_path: Path) -> None:
    for name in ("message-1.json", ".share.json.0a1b2c3d"):
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_try_that_goes_on_keeps_what_it_needs(tmp_path: Path) -> None:
    call = Call(tmp_path)
    call.all(call.commit, call.share)
    before = {path.name for path in call.folders[1].iterdir()}
    sweep(call.folders[1])
    assert {path.name for path in call.folders[1].iterdir()} == before


def test_what_a_ceremony_followed_on_is_kept_for_who_checks_it(call: Call) -> None:
    own = call.folders[1]
    before = (own / "key-config.json").read_bytes()
    call.follow()
    call.all(call.commit, call.share, call.accept, call.finish, call.settle)
    assert (own / "former-key-config.json").read_bytes() == before
    checked = run(
        *("ceremony", "verify", own / "record.json"),
        *("--known", own / "former-key-config.json"),
        *("--config", own / "key-config.json"),
    )
    assert checked.exit_code == 0, checked.output
    assert "refresh: epoch 2" in checked.output
    assert "It holds." in checked.output
    # What died in between is taken again, and keeps the same.
    call.follow(nonce=b"8" * 32)
    call.all(call.commit, call.share, call.accept, call.finish)
    shutil.copy(own / "epoch-3" / "key-config.json", own / "key-config.json")
    call.settle(1)
    assert (own / "former-key-config.json").read_bytes() == before


def test_a_key_that_would_hold_shorter_than_now_is_said(call: Call) -> None:
    call.follow()
    assert "SHORTER" not in "".join(describe(call.plan))
    draft = call.plan.file.draft
    sooner = draft.model_copy(
        update={"valid_until": draft.valid_until - timedelta(days=1)}
    )
    plan = open_plan(call.plan.file.model_copy(update={"draft": sooner}))
    assert "SHORTER than now: 2028-11-29" in "".join(describe(plan))
