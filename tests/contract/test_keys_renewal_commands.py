"""`signal-keys config`: three holders renew with files, and a holder takes it up."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from keys import clock
from keys.commands import app
from keys.config import parse_pins, verify_config
from keys.files import write_secret
from keys.keyring import load_signed, reseal
from keys.sealing import PassphraseSealer, parse_passphrase, read_passphrase
from tests.dealing import DealingPlan, deal_key
from tests.dealing_files import PASSPHRASES, TEST_COST, write_dealing
from tests.keys_builders import payload_of

RUN = CliRunner()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """Deal a key whose config has one day left."""
    now = clock.now()
    ends = now + timedelta(days=1)
    plan = DealingPlan(
        holders=3, threshold=2, valid_from=now - timedelta(days=364), valid_until=ends
    )
    folder = tmp_path / "keys"
    write_dealing(folder, deal_key(plan))
    return folder


def run(keys: Path, verb: str, *arguments: str | Path, said: str = "") -> Result:
    """Run one command with the config in use and the pins."""
    with_known = ["--known", keys / "key-config.json", "--pins", keys / "pins.json"]
    command = ["config", verb, *map(str, [*arguments, *with_known])]
    return RUN.invoke(app, command, input=said)


def draft(keys: Path, *options: str | Path) -> Path:
    made = keys / "draft.json"
    done = run(keys, "draft", "--valid-days", "730", "--into", made, *options)
    assert done.exit_code == 0, done.output
    return made


def sign(keys: Path, at: int, *options: str | Path, said: str = "y\n") -> Result:
    key = keys / f"holder-{at}" / "config-signing.key"
    into = keys / f"signed-{at}.json"
    opener = ("--passphrase", keys / PASSPHRASES / f"holder-{at}")
    arguments = ("--key", key, "--into", into, *opener, *options)
    return run(keys, "sign", keys / "draft.json", *arguments, said=said)


def test_three_holders_renew_and_one_gets_a_new_ticket_key(keys: Path) -> None:
    own = keys / "holder-2"
    opener = ["--passphrase", str(keys / PASSPHRASES / "holder-2")]
    made = RUN.invoke(app, ["config", "new-ticket-key", "--into", str(own), *opener])
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE((own / "next-ticket.key").stat().st_mode) == 0o600
    public = own / "next-ticket.public.jwk"
    draft(keys, "--ticket-key", f"holder-2={public}")
    for at in (1, 2, 3):
        options = ("--ticket-key", public) if at == 2 else ()
        signed = sign(keys, at, *options)
        assert signed.exit_code == 0, signed.output
        assert "  serial: 1 -> 2\n" in signed.output
        assert f"Sign it as holder-{at}?" in signed.output
    parts = [keys / f"signed-{at}.json" for at in (3, 1, 2)]
    into = keys / "next.json"
    done = run(keys, "assemble", *parts, "--into", into)
    assert done.exit_code == 0, done.output
    config = verify_config(
        into.read_bytes(),
        parse_pins((keys / "pins.json").read_bytes()),
        accepted_origin="dealt",
        known=None,
        now=clock.now() + timedelta(days=700),
    )
    assert config.serial == 2
    assert config.holders[1].ticket_key.jwk == json.loads(public.read_bytes())


def test_a_holder_sees_what_changes_and_may_say_no(keys: Path) -> None:
    draft(keys)
    refused = sign(keys, 1, said="n\n")
    assert refused.exit_code == 1
    assert "validUntil: " in refused.output
    assert not (keys / "signed-1.json").exists()


def test_a_holder_sees_that_a_key_would_end_sooner(keys: Path) -> None:
    draft(keys)
    members = json.loads((keys / "draft.json").read_bytes())
    soon = f"{clock.now() + timedelta(hours=10):%Y-%m-%dT%H:%M:%SZ}"
    (keys / "draft.json").write_text(json.dumps(members | {"validUntil": soon}))
    assert f"{soon}, SHORTER than now" in sign(keys, 1, said="n\n").output


def test_a_draft_that_was_edited_on_its_way_is_signed_by_nobody(keys: Path) -> None:
    path = draft(keys)
    edited = json.loads(path.read_bytes())
    edited["holders"][1]["publicShare"] = edited["holders"][0]["publicShare"]
    path.write_text(json.dumps(edited))
    refused = sign(keys, 1)
    assert refused.exit_code == 1
    assert "Not signed: " in refused.output
    assert "holder-2: publicShare" in refused.output


def test_a_second_config_of_one_number_is_signed_by_nobody_unasked(keys: Path) -> None:
    first = draft(keys)
    assert sign(keys, 1).exit_code == 0
    (keys / "signed-1.json").unlink()
    assert sign(keys, 1).exit_code == 0, "the same draft again"
    (keys / "signed-1.json").unlink()
    members = json.loads(first.read_bytes())
    first.write_text(json.dumps(members | {"validUntil": "2099-01-01T00:00:00Z"}))
    refused = sign(keys, 1)
    assert refused.exit_code == 1
    assert "you signed another config with number 2 before" in refused.output
    assert not (keys / "signed-1.json").exists()
    assert sign(keys, 1, "--anew").exit_code == 0
    assert sign(keys, 2).exit_code == 0, "another holder signed none before"


def test_what_a_key_signed_goes_where_the_key_goes(keys: Path) -> None:
    """By way of the vault into an empty folder; and nobody strikes it out."""
    first, key = draft(keys), keys / "holder-1" / "config-signing.key"
    assert sign(keys, 1).exit_code == 0
    (keys / "signed-1.json").unlink()
    assert sorted(json.loads(key.read_bytes())["signed"]) == ["2"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    vault = key.read_bytes()
    for each in key.parent.iterdir():
        each.unlink()
    write_secret(key, vault)
    members = json.loads(first.read_bytes())
    first.write_text(json.dumps(members | {"validUntil": "2099-01-01T00:00:00Z"}))
    assert "you signed another config with number 2 before" in sign(keys, 1).output
    key.write_text(json.dumps(json.loads(vault) | {"signed": {}}))
    assert "wrong passphrase, or the file was changed" in sign(keys, 1).output
    assert not (keys / "signed-1.json").exists()


def test_a_key_that_is_sealed_in_another_way_keeps_what_it_signed(keys: Path) -> None:
    draft(keys)
    assert sign(keys, 1).exit_code == 0
    key, words = keys / "holder-1" / "config-signing.key", keys / PASSPHRASES
    before = PassphraseSealer(read_passphrase(words / "holder-1"))
    after = PassphraseSealer(parse_passphrase("another one of length"), cost=TEST_COST)
    known = load_signed(key, before)
    reseal(key, before, after)
    assert load_signed(key, after) == known != {}


def test_nothing_is_written_over(keys: Path) -> None:
    draft(keys)
    into = keys / "draft.json"
    again = run(keys, "draft", "--valid-days", "9", "--into", into)
    assert again.exit_code == 1
    assert "exists" in again.output
    assert payload_days(into) > 700


def payload_days(path: Path) -> int:
    ends = json.loads(path.read_bytes())["validUntil"]
    return (clock.now().fromisoformat(ends) - clock.now()).days


@pytest.mark.parametrize("option", ["holder-2", "holder-9=key-config.json"])
def test_a_ticket_key_that_is_none_is_refused(keys: Path, option: str) -> None:
    into = keys / "draft.json"
    arguments = ("--valid-days", "9", "--into", into, "--ticket-key", option)
    assert run(keys, "draft", *arguments).exit_code == 1
    assert not into.exists()


def test_a_config_that_its_holders_did_not_sign_is_renewed_by_nobody(
    keys: Path,
) -> None:
    known = keys / "key-config.json"
    payload = payload_of(known.read_bytes())
    known.write_text(json.dumps(payload))
    refused = run(keys, "draft", "--valid-days", "9", "--into", keys / "draft.json")
    assert refused.exit_code == 1
    assert "No draft: " in refused.output
