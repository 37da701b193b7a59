"""`signal-keys card` and `signal-keys ceremony`: what two people type in a call."""

import json
import re
import stat
from pathlib import Path

import pytest

from keys import sealer_options
from keys.sealing import SCRYPT_COST, PassphraseSealer
from tests.ceremony_people import SAID, People, done, run, told

HOLDERS = (1, 2)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    people = People(tmp_path_factory.mktemp("call"))
    people.make_cards()
    return people


def test_a_call_from_the_first_card_to_the_record(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = people.open()
    wrong = run("ceremony", "commit", *people.opened(1), "--digits", "1" * 18)
    assert wrong.exit_code == 1
    assert "not the digits" in wrong.output
    said = ""
    for at in HOLDERS:
        said += done(
            "ceremony", "commit", *people.opened(at), typed=f"{digits}\n"
        ).output
    read_aloud = ""
    for kind, step in (("commit", "share"), ("message", "accept")):
        for at in HOLDERS:
            result = done("ceremony", step, *people.files(kind), *people.opened(at))
            said += result.output
            read_aloud = told(result) if step == "accept" else read_aloud
    files = people.files("certificate")
    wrong = run("ceremony", "finish", *files, *people.opened(1), "--digits", digits)
    assert wrong.exit_code == 1
    assert not (people.folders[1] / "share.json").exists()
    # A share, not what lies there for an hour, is sealed as the product seals.
    monkeypatch.setattr(sealer_options, "PassphraseSealer", PassphraseSealer)
    for at in HOLDERS:
        result = done(
            "ceremony", "finish", *files, *people.opened(at), "--digits", read_aloud
        )
        said += result.output
    assert SAID not in said
    for folder in people.folders.values():
        share = folder / "share.json"
        assert stat.S_IMODE(share.stat().st_mode) == 0o600
        assert json.loads(share.read_text())["seal"]["cost"] == SCRYPT_COST == 2**17
        assert not (folder / "ceremony.key").exists()
        assert not list(folder.glob("message-*"))
    record, pins = (people.folders[2] / name for name in ("record.json", "pins.json"))
    checked = done("ceremony", "verify", record, "--pins", pins)
    assert told(checked) == read_aloud
    _verify_a_spoilt_record(record)


def _verify_a_spoilt_record(record: Path) -> None:
    spoilt = record.with_name("spoilt.json")
    spoilt.write_text(record.read_text().replace('"index":1', '"index":2', 1))
    refused = run("ceremony", "verify", spoilt)
    assert refused.exit_code == 1
    assert "Not good" in refused.output


def test_a_passphrase_is_asked_twice_and_nothing_secret_is_said(
    tmp_path: Path,
) -> None:
    made = done(
        *("card", "new", "--id", "holder-1", "--into", tmp_path),
        typed=f"{SAID}\n" * 2,
    )
    assert SAID not in made.output
    assert re.search(r"card\.json: (?:\d{3} ){5}\d{3}\n", made.output)
    for path in tmp_path.iterdir():
        assert SAID not in path.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["commit"], 1, "ceremony.json"),
        (["verify", "record.json"], 1, "record.json"),
        (["share"], 2, "Missing argument"),
        (["open", "a.json", "--threshold", "1", "--valid-days", "9"], 2, "greater"),
        (["open", "a.json", "--threshold", "2", "--valid-days", "9"], 1, "a.json"),
        (["open", "card.json"], 2, "--valid-days"),
        (["open", "a.json", "--valid-days", "9"], 2, "--threshold"),
        (
            ["open", "a.json", "--valid-days", "9", "--kind", "replace"],
            *(2, "--lost"),
        ),
        (["settle", "done-1.json"], 1, "ceremony.json"),
        (["verify", "/dev/zero"], 1, "zero: too large"),
    ],
    ids=[
        *("no plan", "no record", "no files", "one", "no card", "no days"),
        *("no threshold", "nobody lost", "no plan at the end", "endless"),
    ],
)
def test_what_cannot_be_done_says_why(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("ceremony", *arguments)
    assert result.exit_code == code, result.output
    assert said in re.sub(r"\x1b\[[0-9;]*m", "", result.output)


def test_an_id_that_is_none_and_a_place_that_is_taken_are_said(
    tmp_path: Path,
) -> None:
    words = ["card", "new", "--id"]
    named = run(*words, "Holder-1", "--into", tmp_path / "a", typed=f"{SAID}\n" * 2)
    assert (named.exit_code, named.exception.__class__) == (1, SystemExit)
    assert "Not made: card.json: id: " in named.output
    (tmp_path / "b").touch()
    taken = run(*words, "holder-1", "--into", tmp_path / "b", typed=f"{SAID}\n" * 2)
    assert (taken.exit_code, taken.exception.__class__) == (1, SystemExit)
    assert "Not made: b: File exists" in taken.output


def test_one_holder_is_no_ceremony(people: People, tmp_path: Path) -> None:
    refused = run(
        *("ceremony", "open", people.folders[1] / "card.json", "--threshold", 2),
        *("--valid-days", 30, "--into", tmp_path / "ceremony.json"),
    )
    assert (refused.exit_code, refused.exception.__class__) == (1, SystemExit)
    assert "Not opened: ceremony.json: cards: " in refused.output


def test_a_passphrase_beside_the_keys_is_refused(tmp_path: Path) -> None:
    beside = tmp_path / "passphrase"
    beside.touch(mode=0o600)
    beside.write_text(SAID)
    refused = run(
        *("card", "new", "--id", "holder-1", "--into", tmp_path),
        *("--passphrase", beside),
    )
    assert refused.exit_code == 1
    assert "apart" in refused.output
    assert [path.name for path in tmp_path.iterdir()] == ["passphrase"]
