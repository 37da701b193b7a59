"""What people type to replace a lost holder, and to refresh every share after it."""

import json
import re
import shutil
from pathlib import Path

import pytest

from keys import clock
from keys.holder.evaluations import Holder
from keys.holder.opening import open_keys
from keys.holder.organisations import load_organisations
from keys.holder.registering import add_organisation
from keys.holder.renewing import Renewal
from keys.holder.settings import HolderSettings
from keys.keyring import load_signed
from keys.sealing import PassphraseSealer, read_passphrase
from tests.ceremony_people import People, done, run
from tests.holder_fakes import INDEX_KEYS
from tests.holders_builders import AUDIENCE, FakeMeter, a_lookup_organisation


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    people = People(tmp_path_factory.mktemp("call"), (1, 2, 3))
    people.make_cards()
    people.hold_call(people.open())
    return people


def begin(people: People, *scope: object, lost: int | None = None) -> str:
    """Make the cards of the next ceremony, and open it."""
    for at, folder in people.folders.items():
        folder.joinpath("ceremony.json").unlink(missing_ok=True)
        verb = "new" if at == lost else "again"
        done(
            *("card", verb, "--id", folder.name, "--into", folder),
            *("--passphrase", people.passphrase),
        )
    current = people.folders[1] / "key-config.json"
    return people.open(*scope, "--current", current)


def epochs(people: People) -> list[int]:
    """The epoch of the share that each holder serves with; 0 without one."""
    paths = [folder / "share.json" for folder in people.folders.values()]
    return [
        json.loads(path.read_text())["epoch"] if path.exists() else 0 for path in paths
    ]


def test_a_lost_holder_is_replaced_and_then_all_shares_are_refreshed(
    people: People, tmp_path: Path
) -> None:
    first = people.folders[1]
    known = (first / "key-config.json").read_bytes()
    people.folders[3] = people.folders[3].with_name("holder-4")
    digits = begin(people, "--kind", "replace", "--lost", "holder-3", lost=3)
    people.hold_call(digits)
    assert "replace: epoch 2 of the key in use" in people.heard
    assert re.search(r"1  holder-1 .*gives of its share", people.heard)
    assert re.search(r"3  holder-4 .*NEW, in the place of holder-3", people.heard)
    assert epochs(people) == [1, 1, 0]
    refused = run(
        *("ceremony", "settle", *people.files("done")[:2], *people.opened(1)),
    )
    assert refused.exit_code == 1
    assert "holder-4" in refused.output
    people.each("settle", *people.files("done"))
    assert epochs(people) == [2, 2, 2]
    _verify_with_its_record(people, known)
    known = (first / "key-config.json").read_bytes()
    people.hold_call(begin(people, "--kind", "refresh"))
    renewal, served = serve(people, tmp_path)
    people.each("settle", *people.files("done"))
    assert epochs(people) == [3, 3, 3]
    sealer = PassphraseSealer(read_passphrase(people.passphrase))
    signed = load_signed(people.folders[1] / "config-signing.key", sealer)
    assert sorted(signed) == ["1", "2", "3"], "no renewal of those numbers is signed"
    verify_taken_up(people, tmp_path, renewal, served)
    _verify_with_its_record(people, known)


def _verify_with_its_record(people: People, known: bytes) -> None:
    folder = people.folders[2]
    before = folder.parent / "before.json"
    before.write_bytes(known)
    record = ("ceremony", "verify", folder / "record.json")
    pins = ("--pins", folder / "pins.json")
    checked = done(*record, *pins, "--known", before)
    assert re.search(r"config in use, serial \d: (?:\d{3} ){5}\d{3}", checked.output)
    other = run(*record, *pins, "--known", folder / "key-config.json")
    assert other.exit_code == 1
    assert "another config" in other.output


def serve(people: People, machine: Path) -> tuple[Renewal, Holder]:
    """Holder 1 at work, with what it has now."""
    for name in ("share.json", "key-config.json", "pins.json", "ticket.key"):
        carry(people, machine, name)
    (machine / "safe").mkdir()
    passphrase = machine / "safe" / "passphrase"
    shutil.copy(people.passphrase, passphrase)
    share = machine / "keys" / "share.json"
    organisations = machine / "organisations.toml"
    add_organisation(organisations, a_lookup_organisation().entry)
    settings = HolderSettings(
        holder="holder-1",
        audience=AUDIENCE,
        host="127.0.0.1",
        port=0,
        accepted_origin="distributed",
        key_config=share.with_name("key-config.json"),
        pins=share.with_name("pins.json"),
        share=share,
        passphrase=passphrase,
        together_until=clock.now().date(),
        ticket_key=share.with_name("ticket.key"),
        index_key=machine / "index.public.jwk",
        organisations=organisations,
        database=machine / "holder.db",
        keep_days=30,
    )
    renewal = Renewal(settings)
    keys = open_keys(settings, known=None, now=clock.now())
    known = load_organisations(organisations)
    return renewal, Holder(keys, AUDIENCE, known, FakeMeter(), clock.now, INDEX_KEYS)


def carry(people: People, machine: Path, name: str) -> None:
    """Put a file on the machine in one step, in the place of the one there."""
    (machine / "keys").mkdir(exist_ok=True)
    beside = machine / f".{name}"
    shutil.copy(people.folders[1] / name, beside)
    beside.replace(machine / "keys" / name)


def verify_taken_up(
    people: People, machine: Path, renewal: Renewal, served: Holder
) -> None:
    """A holder at work changes over without a start, and never to half of it."""
    carry(people, machine, "share.json")
    half = renewal.renew(served)
    assert half is not None
    assert half.refusals
    assert half.holder.keys is served.keys
    carry(people, machine, "key-config.json")
    whole = renewal.renew(half.holder)
    assert whole is not None
    assert not whole.refusals
    assert whole.holder.keys.share.sharing.epoch == 3
