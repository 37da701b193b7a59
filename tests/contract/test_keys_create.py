"""`signal-keys create`: what lies where, for whom, and what is never overwritten."""

import json
import stat
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from keys import create
from keys.config import parse_pins, verify_config
from keys.create import refuse_to_overwrite, write_dealing
from keys.errors import KeyFileExists, KeyringRefused
from keys.jose import parse_private_key
from keys.keyring import load_share
from keys.sealing import PassphraseSealer, generate_passphrase, read_passphrase
from keys.shares import get_public_share
from tests.keys_builders import NOW, the_dealing

DEALING = the_dealing()
SECRETS = {"share.json", "config-signing.jwk", "ticket.jwk"}
PUBLIC = {"key-config.json", "pins.json"}

APP = typer.Typer()
APP.command()(create.create_command)
RUN = CliRunner()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("create") / "keys"
    passphrases = [generate_passphrase() for _ in DEALING.holders]
    write_dealing(out, DEALING, passphrases, keep=True)
    return out


def test_each_holder_gets_a_folder_of_its_own(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == {
        "holder-1",
        "holder-2",
        "holder-3",
        create.PASSPHRASES,
        *PUBLIC,
    }
    for index in (1, 2, 3):
        names = {path.name for path in (written / f"holder-{index}").iterdir()}
        assert names == SECRETS | PUBLIC


def test_secrets_are_for_their_owner_only(written: Path) -> None:
    passphrases = list((written / create.PASSPHRASES).iterdir())
    assert len(passphrases) == 3
    secrets = (path for name in SECRETS for path in written.rglob(name))
    for path in (*passphrases, *secrets):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in [written, *written.glob("holder-*")]:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_was_written_opens_and_belongs_together(written: Path) -> None:
    folder = written / "holder-2"
    config = verify_config(
        (folder / "key-config.json").read_bytes(),
        parse_pins((folder / "pins.json").read_bytes()),
        accepted_origin="dealt",
        known=None,
        now=NOW,
    )
    passphrase = read_passphrase(written / create.PASSPHRASES / "holder-2")
    sealer = PassphraseSealer(passphrase)
    share = load_share(folder / "share.json", "holder-2", sealer)
    assert share.public == get_public_share(config, 2)
    for name, announced in (
        ("config-signing.jwk", config.holders[1].config_key),
        ("ticket.jwk", config.holders[1].ticket_key),
    ):
        key = parse_private_key(json.loads((folder / name).read_text()))
        assert key.public == announced


def test_nothing_is_left_beside_the_folder(written: Path) -> None:
    assert [path.name for path in written.parent.iterdir()] == ["keys"]


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    with pytest.raises(KeyFileExists):
        refuse_to_overwrite(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(KeyFileExists):
        refuse_to_overwrite(tmp_path / "out")


def test_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyFileExists):
        refuse_to_overwrite(tmp_path / "out")


def test_an_empty_or_absent_folder_is_taken(tmp_path: Path) -> None:
    refuse_to_overwrite(tmp_path)
    refuse_to_overwrite(tmp_path / "absent")


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeyringRefused):
        write_dealing(tmp_path / "file" / "keys", DEALING, [], keep=True)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_command_says_what_it_wrote_and_that_the_key_was_dealt(
    tmp_path: Path,
) -> None:
    out = tmp_path / "keys"
    result = RUN.invoke(
        APP,
        ["--out", str(out), "--valid-days", "30", "--holders", "2"],
    )
    assert result.exit_code == 0, result.output
    for expected in ("key-config.json", "pins.json", "holder-1/", "holder-2/", "dealt"):
        assert expected in result.output
    assert not (out / "holder-3").exists()


def test_the_command_refuses_to_overwrite(written: Path) -> None:
    before = (written / "holder-1" / "share.json").read_bytes()
    result = RUN.invoke(APP, ["--out", str(written), "--valid-days", "30"])
    assert result.exit_code == 1
    assert "never overwritten" in result.output
    assert (written / "holder-1" / "share.json").read_bytes() == before


def test_prompted_passphrases_are_not_written(tmp_path: Path) -> None:
    answers = "".join(f"a passphrase for {n}\n" * 2 for n in ("one", "two"))
    result = RUN.invoke(
        APP,
        [
            *("--out", str(tmp_path / "keys"), "--valid-days", "30"),
            *("--holders", "2", "--passphrases", "prompt"),
        ],
        input=answers,
    )
    assert result.exit_code == 0, result.output
    assert not list(tmp_path.rglob(create.PASSPHRASES))
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert b"a passphrase for" not in path.read_bytes()


def test_a_short_passphrase_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    result = RUN.invoke(
        APP,
        ["--out", str(tmp_path / "k"), "--valid-days", "9", "--passphrases", "prompt"],
        input="short\nshort\n",
    )
    assert result.exit_code == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--valid-days", "0"],
        ["--valid-days", "30", "--threshold", "1"],
        ["--valid-days", "30", "--threshold", "4"],
        ["--valid-days", "30", "--holders", "10"],
        [],
    ],
    ids=["no day", "threshold of one", "threshold above", "ten holders", "no days"],
)
def test_an_impossible_key_is_a_usage_error(
    tmp_path: Path, arguments: list[str]
) -> None:
    result = RUN.invoke(APP, ["--out", str(tmp_path / "keys"), *arguments])
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())
