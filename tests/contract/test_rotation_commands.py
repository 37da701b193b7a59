"""What people type to rotate the key: the index asks, holders call, it follows."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from keys.config import parse_pins
from keys.group import derive_point, multiply
from keys.keyring import load_share
from keys.pseudonym import Pseudonym, derive_stored_point
from keys.sealing import PassphraseSealer, read_passphrase
from signal_index.cli.recording import administering
from signal_index.key_files import load_keys
from signal_index.settings import load_settings
from signal_index.store.activations import (
    OfferedConfig,
    accept_key_config,
    note_first_use,
)
from tests.ceremony_people import People, done, run
from tests.dealing import combine_shares
from tests.index_office import Office


class Town:
    """Three holders with a key, and an index that serves with it."""

    def __init__(self, place: Path) -> None:
        self.people = People(place, (1, 2, 3))
        self.people.make_cards()
        self.people.hold_call(self.people.open())
        (place / "index").mkdir()
        self.office = Office(place / "index")
        assert self.office.run("migrate")[0] == 0
        assert self.office.run("keys", "create")[0] == 0
        self.accept(self.people.folders[1])

    @property
    def keys(self) -> Path:
        return self.office.folder / "keys"

    def accept(self, folder: Path) -> None:
        """Have the index take a key config up, as one that serves does."""
        offered = OfferedConfig(
            (folder / "key-config.json").read_bytes(),
            parse_pins((folder / "pins.json").read_bytes()),
            "distributed",
        )

        async def taken() -> None:
            settings = load_settings(self.office.settings)
            async with administering(settings) as (conn, recorder):
                await accept_key_config(conn, offered, recorder)

        asyncio.run(taken())

    def call(self, rotation: Path) -> None:
        """Hold the call for what the index asked."""
        for folder in self.people.folders.values():
            folder.joinpath("ceremony.json").unlink()
            index_key = (self.keys / "receipt.public.jwk").read_bytes()
            (folder / "receipt.public.jwk").write_bytes(index_key)
            done(
                *("card", "again", "--id", folder.name, "--into", folder),
                *("--passphrase", self.people.passphrase),
            )
        first = self.people.folders[1]
        scope = ("--kind", "rotate", "--rotation", rotation)
        self.people.hold_call(
            self.people.open(*scope, "--current", first / "key-config.json")
        )

    def finish(self, *holders: int) -> tuple[int, str]:
        folders = self.people.folders
        record = folders[1] / "version-2" / "record.json"
        handed = [folders[at] / f"hand-over-{at}.json" for at in holders]
        return self.office.run(
            *("keys", "rotate", "finish", *map(str, handed)),
            *("--record", str(record)),
        )

    def ask(self, version: int) -> None:
        """Have the first pair of tickets come under a version now, as a lookup does."""

        async def asked() -> None:
            settings = load_settings(self.office.settings)
            async with administering(settings) as (conn, recorder):
                await note_first_use(conn, (version, 1), recorder.clock())

        asyncio.run(asked())

    def ago(self, hours: int) -> None:
        """Let so much time have gone by since all that the index remembers of keys."""
        path = self.office.folder / "data" / "index.sqlite"
        with closing(sqlite3.connect(path)) as found:
            for table, column in (
                ("key_config", "accepted_at"),
                ("sharing_use", "asked_at"),
            ):
                found.execute(
                    f"UPDATE {table} SET {column} = datetime({column}, ?)",  # noqa: S608  names of our own
                    (f"-{hours} hours",),
                )
            found.commit()

    def stored(self, version: int, folder: str) -> bytes:
        """What the index keeps a person's rows by, under one key version."""
        sealer = PassphraseSealer(read_passphrase(self.people.passphrase))
        shares = [
            load_share(place / folder / "share.json", place.name, sealer)
            for place in list(self.people.folders.values())[:2]
        ]
        name = Pseudonym(
            multiply(combine_shares(shares), derive_point(bytes(range(64)))).encoded
        )
        scalar = load_keys(self.keys).scalars
        (found,) = [each for at, each in scalar.items() if at == version]
        return derive_stored_point(found, name).encoded


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(tmp_path_factory.mktemp("town"))


def test_a_key_is_rotated_from_the_request_to_the_end_of_the_former(town: Town) -> None:
    office, people = town.office, town.people
    code, said = town.finish()
    assert (code, "no rotation is under way" in said) == (2, False)
    assert town.finish(1)[0] == 1
    code, said = office.run("keys", "rotate", "begin")
    assert code == 0
    assert "rotation.json: " in said
    code, again = office.run("keys", "succeed", "receipt")
    assert (code, "finish it first" in again) == (1, True)
    code, again = office.run("keys", "rotate", "begin")
    assert (code, "--anew" in again) == (1, True)
    code, said = office.run("keys", "rotate", "begin", "--anew")
    town.call(town.keys / "rotation.json")
    assert "rotate: key version 2" in people.heard
    digits = said[said.index("rotation.json: ") :].splitlines()[0]
    assert digits in people.heard
    code, said = town.finish(1, 2)
    assert (code, "no hand-over file of holder-3" in said) == (1, True)
    assert not list(town.keys.glob("index-scalar-2.*"))
    code, said = town.finish(1, 2, 3)
    assert (code, "key version 2 can be used" in said) == (0, True)
    left = {path.name for path in town.keys.iterdir()}
    assert {"index-scalar-1.key", "index-scalar-2.key"} <= left
    assert not {"rotation.key", "rotation.json"} & left
    assert town.finish(1, 2, 3)[0] == 1
    assert town.stored(1, "") == town.stored(2, "version-2")
    code, said = office.run("keys", "rotate", "begin", "--anew")
    assert (code, "not in use yet" in said) == (1, True)
    destroy_is_by_name_and_in_time(town)
    assert office.kinds() == ["key"] * 7


def settle_is_too_soon(town: Town, why: str) -> None:
    """Whatever a holder's own clock says: the index says no word of it yet."""
    files, opened = town.people.files("done"), town.people.opened(1)
    code, said = town.office.run("keys", "rotate", "over", "1")
    assert (code, why in said) == (1, True), said
    rotated = town.keys / "rotated-2.json"
    assert not rotated.exists()
    for given, word in (((), "no rotated.json"), (("--rotated", rotated), "rotated-2")):
        refused = run("ceremony", "settle", *files, *given, *opened)
        assert (refused.exit_code, word in refused.output) == (1, True), refused.output


def settle_once_it_is_over(town: Town) -> None:
    code, said = town.office.run("keys", "rotate", "over", "1")
    assert (code, "rotated-2.json to every holder" in said) == (0, True), said
    files, opened = town.people.files("done"), town.people.opened(1)
    rotated = ("--rotated", town.keys / "rotated-2.json")
    done("ceremony", "settle", *files, *rotated, *opened)
    assert not (town.people.folders[1] / "version-2").exists()


def destroy_is_by_name_and_in_time(town: Town) -> None:
    office = town.office
    destroy = ("keys", "rotate", "destroy", "1")
    assert "in use" in office.answer("1", *destroy)[1]
    settle_is_too_soon(town, "in use")
    town.accept(town.people.folders[1] / "version-2")
    town.ago(25)
    assert "nobody asked under the next" in office.answer("1", *destroy)[1]
    settle_is_too_soon(town, "nobody asked under the next")
    town.ask(1)
    assert "nobody asked under the next" in office.answer("1", *destroy)[1]
    town.ask(2)
    assert "answered for until" in office.answer("1", *destroy)[1]
    town.ago(23)
    town.ask(2)
    assert "answered for until" in office.answer("1", *destroy)[1]
    settle_is_too_soon(town, "answered for until")
    town.ago(2)
    settle_once_it_is_over(town)
    assert office.answer("2", *destroy)[0] == 1
    assert office.answer("2", "keys", "rotate", "destroy", "2")[0] == 1
    assert office.answer("1", *destroy)[0] == 0
    assert list(load_keys(town.keys).scalars) == [2]
    assert office.answer("1", *destroy)[0] == 1


def test_an_index_that_never_served_asks_for_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert office.run("migrate")[0] == 0
    assert office.run("keys", "create")[0] == 0
    code, said = office.run("keys", "rotate", "begin")
    assert (code, "never served" in said) == (1, True)
    assert office.kinds() == ["key"]
