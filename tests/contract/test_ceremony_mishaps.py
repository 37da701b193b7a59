"""What goes wrong in a call without anybody's fault says so, and has a way on."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from keys.ceremony import cards, state
from keys.ceremony.digits import tell_digits, verify_digits
from keys.ceremony.documents import CommitFile, encode, parse_file
from keys.ceremony.errors import (
    CeremonyMalformed,
    CeremonyRefused,
    CeremonyStepRefused,
    DigitsMismatch,
)
from keys.ceremony.plan import verify_begun
from keys.commands import app
from keys.errors import KeyFileExists, KeyFileMalformed
from tests.ceremony_builders import NOW, SEALER, Call

RUN = CliRunner()
SAID = "a passphrase that nobody guesses"


@pytest.fixture
def call(tmp_path: Path) -> Call:
    return Call(tmp_path)


def refuse(path: Path, _data: bytes) -> None:
    """Write as a full disk does."""
    raise KeyFileMalformed(f"{path.name}: No space left on device")


@pytest.mark.parametrize("step", ["share", "accept"])
def test_a_full_disk_costs_no_try(
    call: Call, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call.all(call.commit)
    if step == "accept":
        call.all(call.share)
    take = getattr(call, step)

    with monkeypatch.context() as full:
        full.setattr(state, "write_secret", refuse)
        with pytest.raises(KeyFileMalformed, match="No space"):
            take(1)
    assert not list(call.folders[1].glob("*.spent"))
    call.all(take)
    if step == "share":
        call.all(call.accept)
    call.all(call.finish)
    assert call.usable() == [1, 2, 3]


def test_a_step_that_died_halfway_says_that_this_try_is_over(call: Call) -> None:
    call.all(call.commit)
    (left,) = call.folders[1].glob("state-commit-*.sealed")
    left.rename(left.with_suffix(".spent"))
    with pytest.raises(CeremonyStepRefused, match="begin anew"):
        call.share(1)


def test_a_card_that_did_not_fit_leaves_the_folder_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(cards, "replace_public", refuse)
        with pytest.raises(KeyFileMalformed):
            cards.make_card(tmp_path, "holder-1", SEALER)
    assert not list(tmp_path.iterdir())
    before = tmp_path / cards.CONFIG_KEY
    cards.make_card(tmp_path, "holder-1", SEALER)
    kept = before.read_bytes()
    with pytest.raises(KeyFileExists, match="exists"):
        cards.make_card(tmp_path, "holder-1", SEALER)
    assert before.read_bytes() == kept


def test_a_file_that_mail_cut_off_is_to_be_got_again(call: Call) -> None:
    call.commit(1)
    whole = call.table["commit-1.json"]
    with pytest.raises(CeremonyMalformed, match=r"commit-1\.json: not whole"):
        parse_file(CommitFile, whole[: len(whole) // 2], "commit-1.json")
    assert encode(parse_file(CommitFile, whole, "commit-1.json")) + b"\n" == whole


@pytest.mark.parametrize("follows", [False, True], ids=["generate", "refresh"])
def test_a_clock_that_is_wrong_is_found_before_anybody_commits(
    call: Call, *, follows: bool
) -> None:
    if follows:
        call.all(call.commit, call.share, call.accept, call.finish)
        call.follow()
    for good in (timedelta(minutes=-5), timedelta(), timedelta(hours=2)):
        verify_begun(call.plan, NOW + good)
    with pytest.raises(CeremonyRefused, match=r"10:00 UTC.*09:00 UTC: compare"):
        verify_begun(call.plan, NOW - timedelta(hours=1))
    for ahead in (timedelta(hours=3), timedelta(days=1), timedelta(days=800)):
        with pytest.raises(CeremonyRefused, match="compare your clocks"):
            verify_begun(call.plan, NOW + ahead)


@pytest.mark.parametrize("between", [" ", "", "-", ". ", ", "])
def test_digits_are_typed_as_people_write_them(between: str) -> None:
    told = tell_digits(b"what all see").replace(" ", between)
    verify_digits(told, b"what all see")
    with pytest.raises(DigitsMismatch):
        verify_digits(told[:-1], b"what all see")


def test_a_step_after_the_last_says_that_it_is_done(call: Call) -> None:
    call.all(call.commit, call.share, call.accept, call.finish)
    own = call.folders[1]
    (own / "ceremony.json").write_bytes(encode(call.plan.file))
    for name, data in call.table.items():
        (own / name).write_bytes(data)
    given = [str(own / f"certificate-{at}.json") for at in (1, 2, 3)]
    said = RUN.invoke(
        app, ["ceremony", "finish", *given, "--folder", str(own)], input=f"{SAID}\n"
    )
    assert said.exit_code == 1
    assert "is finished here" in said.output
    assert "Passphrase" not in said.output
