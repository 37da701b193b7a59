"""An agency joins: invited, its keys made, taken in by everybody, by commands alone."""

import json
import tomllib
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey, RSAKey

from keys.base64url import decode_b64u
from keys.commands import app as keys_app
from keys.holder.organisations import load_organisations
from keys.holder.registering import add_notice_key
from keys.joining import read_document, tell_fingerprint
from keys.request import load_request_key, new_request_key
from sources.agency_keys import load_keys
from sources.settings import load_settings
from tests.joining_builders import (
    CLIENT,
    HOLDERS,
    NAME,
    OIN,
    Parties,
    find_fingerprint,
    found_parties,
    run,
)


@pytest.fixture
def parties(tmp_path: Path) -> Parties:
    return found_parties(tmp_path)


def find_fingerprint_of(request: Path) -> str:
    return tell_fingerprint(decode_b64u(read_document(request.read_bytes()).payload))


@pytest.fixture
def joined(parties: Parties) -> Parties:
    for done in (parties.invite(), parties.join()):
        assert done.exit_code == 0, done.output
    return parties


def test_the_settings_that_joining_makes_load_and_name_everybody(
    joined: Parties,
) -> None:
    settings = load_settings(joined.agency / "agency.toml")
    assert (settings.organisation, settings.source) == (OIN, OIN)
    assert settings.index.url == "https://index.example"
    assert settings.identity.client_id == CLIENT
    assert [place.id for place in settings.holders.places] == [
        "holder-1",
        "holder-2",
        "holder-3",
    ]
    assert load_keys(settings.keys).request.public == (
        load_request_key(settings.keys.request).public
    )
    assert (joined.agency / "checkpoint.vkey").read_text().startswith("index.example")


def test_the_index_registers_everything_of_a_request_in_trial(joined: Parties) -> None:
    done = joined.accept()
    assert done.exit_code == 0, done.output
    assert NAME in done.output
    assert "its source is in trial" in " ".join(done.output.split())
    assert joined.ask("SELECT oin, state, kind FROM source") == [
        (OIN, "trial", "debt-help")
    ]
    assert joined.ask("SELECT client_id FROM client") == [(CLIENT,)]
    ((kid,),) = joined.ask("SELECT kid FROM signer")
    keys = load_keys(load_settings(joined.agency / "agency.toml").keys)
    assert kid == keys.notice.kid


def test_a_population_register_that_joins_is_said_to_be_live(parties: Parties) -> None:
    """As `--category` nothing: a register has none."""
    kind = ("--kind", "population-register", "--organisation-kind", "municipality")
    for done in (parties.invite(*kind, "--category", ""), parties.join()):
        assert done.exit_code == 0, done.output
    done = parties.accept()
    assert done.exit_code == 0, done.output
    assert "its source is live" in " ".join(done.output.split())
    assert parties.ask("SELECT state FROM source") == [("live",)]


def test_each_holder_registers_the_request_key_with_the_declared_caseload(
    joined: Parties,
) -> None:
    for index in HOLDERS:
        done = joined.accept_at(index)
        assert done.exit_code == 0, done.output
        found = load_organisations(joined.holder(index) / "organisations.toml")
        entry = found.get(OIN, "publish")
        keys = load_keys(load_settings(joined.agency / "agency.toml").keys)
        assert entry.request_key == keys.request.public
        said = entry.model_dump()
        assert said["declared_caseload"] == 1200
        assert [key["x"] for key in said["notice_keys"]] == [keys.notice.public_value]


def test_what_was_taken_in_before_is_answered_again_and_changes_nothing(
    joined: Parties,
) -> None:
    joined.accept()
    joined.accept_at(1)
    entries = joined.ask("SELECT count(*) FROM ledger_entry")
    path = joined.holder(1) / "organisations.toml"
    add_notice_key(path, OIN, new_request_key().public)  # that of its desk
    listed = path.read_bytes()
    joined.change_invitations("UPDATE source SET state = 'live'")
    again = joined.accept()
    assert again.exit_code == joined.accept_at(1).exit_code == 0
    said = " ".join(again.output.split())
    assert "was taken in before, with the same keys" in said
    assert "its source is live" in said
    assert joined.ask("SELECT count(*) FROM ledger_entry") == entries
    assert (joined.holder(1) / "organisations.toml").read_bytes() == listed


def test_whoever_lost_its_keys_joins_anew_once_the_old_ones_ended(
    joined: Parties,
) -> None:
    for done in (joined.accept(), joined.accept_at(1)):
        assert done.exit_code == 0, done.output
    joined.invitation.unlink()
    for done in (joined.invite(), joined.join(into="anew")):
        assert done.exit_code == 0, done.output
    request = joined.folder / "anew" / "joining" / "request.json"
    refused = joined.accept_at(1, request=request)
    assert refused.exit_code == 1
    assert "organisation end" in refused.output
    listed = ("--organisations", joined.holder(1) / "organisations.toml")
    whose = ("--oin", OIN, "--kind", "source", "--because", "lost")
    done = run(keys_app, "organisation", "end", *listed, *whose)
    assert done.exit_code == 0, done.output
    ((kid,),) = joined.ask("SELECT kid FROM signer")
    done = joined.index("signer", "end", OIN, kid, "--because", "lost")
    assert done.exit_code == 0, done.output
    for done in (joined.accept(request=request), joined.accept_at(1, request=request)):
        assert done.exit_code == 0, done.output
    old = joined.request
    assert old.exists()
    assert joined.accept(request=old, told=find_fingerprint_of(old)).exit_code == 1


def test_an_invitation_and_what_is_taken_in_stand_in_the_ledger(
    joined: Parties,
) -> None:
    before = joined.ask("SELECT count(*) FROM ledger_entry WHERE kind='administration'")
    joined.accept()
    after = joined.ask("SELECT count(*) FROM ledger_entry WHERE kind='administration'")
    assert before == [(1,)]  # the invitation
    assert after == [(6,)]  # organisation, client, source, signer, acceptance


@pytest.mark.parametrize("algorithm", ["Ed25519", "PS256"])
def test_a_provider_gets_a_client_whose_key_the_agency_has(
    tmp_path: Path, algorithm: str
) -> None:
    parties = found_parties(tmp_path, algorithm)
    parties.invite()
    parties.join()
    into = tmp_path / "client.json"
    done = run(
        parties.index_app,
        "client",
        "metadata",
        parties.request,
        "--index-key",
        parties.index_key,
        "--into",
        into,
        "--fingerprint",
        parties.told["request"],
    )
    assert done.exit_code == 0, done.output
    metadata = json.loads(into.read_text())
    (public,) = metadata["jwks"]["keys"]
    client = load_keys(load_settings(parties.agency / "agency.toml").keys).client
    token = jws.serialize_compact(
        {"alg": algorithm}, b"x", client.key, algorithms=[algorithm]
    )
    kind = RSAKey if algorithm == "PS256" else OKPKey
    found = jws.deserialize_compact(
        token.encode(), kind.import_key(public), algorithms=[algorithm]
    )
    assert found.payload == b"x"
    assert metadata["token_endpoint_auth_signing_alg"] == algorithm
    assert metadata["client_id"] == CLIENT


def test_without_a_fingerprint_everybody_is_asked_to_type_it(parties: Parties) -> None:
    parties.invite()
    into = parties.agency
    done = run(
        parties.source_app,
        "join",
        parties.invitation,
        "--into",
        into,
        typed=parties.told["invitation"].lower().replace("-", " "),
    )
    assert done.exit_code == 0, done.output
    parties.told["request"] = find_fingerprint(done)
    asked = parties.index(
        "accept",
        parties.request,
        "--into",
        parties.folder / "index.json",
        typed=parties.told["request"],
    )
    assert asked.exit_code == 0, asked.output
    assert parties.told["request"] not in asked.output.replace(
        f": {parties.told['request']}", ""
    )


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (("--category", "bijstand"), "does not publish"),
        (("--kind", "nothing"), ""),
        (("--municipality", "99"), "municipality"),
        (("--declared-caseload", "0"), "declared_caseload"),
    ],
)
def test_nobody_is_invited_for_what_the_catalogue_does_not_allow(
    parties: Parties, changed: tuple[str, str], reason: str
) -> None:
    done = parties.invite(*changed)
    assert done.exit_code == 1
    assert reason in done.output
    assert not parties.invitation.exists()
    assert parties.ask("SELECT count(*) FROM invitation") == [(0,)]


@pytest.mark.parametrize("into", ["there.json", "no/folder.json"])
def test_an_invitation_that_cannot_be_written_is_none(
    parties: Parties, into: str
) -> None:
    """Nobody would have it, and the register would say that somebody was invited."""
    (parties.folder / "there.json").write_text("already")
    done = parties.invite(into=into)
    assert done.exit_code == 1
    assert parties.ask("SELECT count(*) FROM invitation") == [(0,)]
    assert (parties.folder / "there.json").read_text() == "already"


def test_a_code_that_is_too_short_is_told_its_length(parties: Parties) -> None:
    parties.invite()
    words = ("join", parties.invitation, "--into", parties.agency)
    short = parties.told["invitation"][:16]
    done = run(parties.source_app, *words, "--fingerprint", short)
    assert done.exit_code == 2
    assert "heeft 20 tekens; u typte er 13" in " ".join(done.output.split())


def test_a_folder_that_is_used_is_left_as_it_is(joined: Parties) -> None:
    before = (joined.agency / "agency.toml").read_bytes()
    done = joined.join()
    assert done.exit_code == 2
    said = " ".join(done.output.split())
    assert "hier al aangesloten" in said
    assert joined.told["request"] in said, "the code, for whoever lost that"
    assert (joined.agency / "agency.toml").read_bytes() == before


def test_whoever_lost_the_request_hears_that_another_one_is_refused(
    joined: Parties,
) -> None:
    """And that the same invitation holds as long as nobody took the first one in."""
    (kept, request) = (joined.folder / "kept.json", joined.request)
    request.rename(kept)
    said = " ".join(joined.join().output.split())
    assert "Neem haar dan uit die mail" in said
    second = joined.join(into="again")
    assert second.exit_code == 0, second.output
    other = joined.folder / "again" / "joining" / "request.json"
    assert (
        joined.accept_at(1, request=kept, told=find_fingerprint_of(kept)).exit_code == 0
    )
    assert joined.accept_at(1, request=other).exit_code == 1


def test_a_refused_invitation_leaves_no_folder(parties: Parties) -> None:
    parties.invite()
    done = parties.join(told="AAAA-AAAA-AAAA-AAAA-AAAA")
    assert done.exit_code == 2
    assert "controlecode" in done.output
    assert not [path for path in parties.folder.iterdir() if "agency" in path.name]


def test_agency_settings_hold_nothing_to_fill_in(joined: Parties) -> None:
    text = (joined.agency / "agency.toml").read_text("utf-8")
    assert "VUL IN" not in text
    assert tomllib.loads(text)["joining"] == "joining"
