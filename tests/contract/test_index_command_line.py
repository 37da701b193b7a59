"""`signal-index` as an administrator uses it: exit codes, entries, all or nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from signal_index.cli.commands import app
from signal_index.notice import (
    new_notice_key,
)
from tests.store_builders import an_oin, write_settings

LOAD = f"""
[[organisation]]
oin = "{an_oin(1)}"
name = "Gemeente Voorbeeldstad"
kind = "municipality"
municipality = "9901"

[[organisation]]
oin = "{an_oin(2)}"
name = "Werk en Inkomen"
kind = "source-agency"
municipality = "9901"

[[client]]
id = "desk"
kind = "person-facing"
organisation = "{an_oin(1)}"

[[signer]]
organisation = "{an_oin(2)}"
jwk = "signer.public.jwk"

[[source]]
oin = "{an_oin(2)}"
kind = "income-support"
categories = ["bijstand"]
municipalities = ["9901"]
rhythm_days = 7

[[purpose]]
id = "wmo-onderzoek"
municipality = "9901"
by = "college"
on = 2026-01-01
"""


class Office:
    """A folder with settings, and the command line run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = write_settings(folder)
        public = new_notice_key("signer-1").encode_public()
        (folder / "signer.public.jwk").write_bytes(public)
        (folder / "load.toml").write_text(LOAD)

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run one command; gives its exit code and all that it said."""
        done = CliRunner().invoke(app, [*arguments, "--settings", str(self.settings)])
        return done.exit_code, done.output

    def answer(self, typed: str, *arguments: str) -> tuple[int, str]:
        """Run one command that asks a question."""
        command = [*arguments, "--settings", str(self.settings)]
        done = CliRunner().invoke(app, command, input=f"{typed}\n")
        return done.exit_code, done.output

    def load(self) -> tuple[int, str]:
        return self.run("load", str(self.folder / "load.toml"))

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.folder / "data" / "index.sqlite")
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def have_signals(self, oin: str, count: int) -> None:
        """As a live source that published."""
        contact = uuid4().hex
        rows = [
            {
                "row_key": bytes([n]) * 16,
                "id": uuid4().hex,
                "reference": uuid4().hex,
                "source": oin,
                "contact": contact,
            }
            for n in range(count)
        ]
        with closing(sqlite3.connect(self.folder / "data" / "index.sqlite")) as found:
            found.execute("UPDATE source SET state = 'live'")
            found.execute(
                "INSERT INTO contact_holder VALUES (?, ?, '9901', '{}', '2026-01-01',"
                " '2026-01-01')",
                (contact, oin),
            )
            found.executemany(
                "INSERT INTO signal (row_key, id, seal, key_version, source,"
                " submitted_by, reference, version, notice_digest, category,"
                " municipality, contact_holder, valid_from, valid_until,"
                " informed_code, informed_on, state, confirmed_on) VALUES"
                " (:row_key, :id, zeroblob(32), 1, :source, :source, :reference, 1,"
                " zeroblob(32), 'bijstand', '9901', :contact, '2026-01-01',"
                " '2027-01-01', 'discussed', '2026-01-01', 'active', '2026-01-01')",
                rows,
            )
            found.commit()

    def kinds(self) -> list[str]:
        rows = self.ask("SELECT kind FROM ledger_entry ORDER BY recorded_at")
        return [str(row[0]) for row in rows]


@pytest.fixture
def empty(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def office(empty: Office) -> Office:
    assert empty.run("migrate")[0] == 0
    assert empty.run("keys", "create")[0] == 0
    return empty


def test_loading_registers_and_records_everything(office: Office) -> None:
    assert office.load() == (0, "6 added, 0 changed, 0 unchanged\n")
    assert office.kinds() == ["key", *["administration"] * 5, "establishment"]


def test_loading_twice_is_harmless(office: Office) -> None:
    office.load()
    before = office.kinds()
    assert office.load() == (0, "0 added, 0 changed, 6 unchanged\n")
    assert office.kinds() == before


def test_a_file_that_fails_anywhere_registers_nothing(office: Office) -> None:
    text = LOAD.replace('"bijstand"', '"veilig-thuis"')
    (office.folder / "load.toml").write_text(text)
    code, said = office.load()
    assert (code, "refused" in said) == (1, True)
    assert office.ask("SELECT * FROM organisation") == []
    assert office.kinds() == ["key"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rhythm_days = 7", "rhythm_days = 0"),
        ('by = "college"', 'by = "baliemedewerker"'),
        ('id = "wmo-onderzoek"', 'id = "nieuwsgierigheid"'),
        ('kind = "municipality"', 'kind = "friend"'),
        ('name = "Werk en Inkomen"', f'name = "{"W" * 61}"'),
        ('id = "desk"', 'id = "desk"\nadmin = true'),
        (an_oin(2), "12345"),
        ('municipality = "9901"', 'municipality = "99"'),
        ("signer.public.jwk", "load.toml"),
        ("[[purpose]]", "[[purpose"),
    ],
)
def test_what_does_not_hold_is_refused(office: Office, old: str, new: str) -> None:
    assert old in LOAD
    (office.folder / "load.toml").write_text(LOAD.replace(old, new))
    assert office.load()[0] == 1
    assert office.kinds() == ["key"]


def test_a_private_key_is_no_signer(office: Office) -> None:
    private = new_notice_key("signer-1").encode()
    (office.folder / "signer.public.jwk").write_bytes(private)
    code, said = office.load()
    assert code == 1
    assert '"d"' not in said


def test_a_purpose_that_waits_for_its_staatsblad_stays_closed(office: Office) -> None:
    establish = (
        "purpose",
        "establish",
        "meervoudige-problematiek",
        "--municipality=9901",
        "--by=college",
        "--on=2027-01-01",
    )
    assert office.run(*establish)[0] == 1
    assert office.run(*establish, "--staatsblad", "Stb. 2027, 14")[0] == 0
    assert office.kinds() == ["key", "establishment"]


def test_an_act_of_the_loop_is_established_and_recorded_by_its_own_name(
    office: Office,
) -> None:
    rest = ("--municipality=9901", "--by=college", "--on=2026-01-05")
    assert office.run("loop", "establish", "wmo-onderzoek", *rest)[0] == 1
    assert office.run("purpose", "establish", "match", *rest)[0] == 1
    assert office.run("loop", "establish", "match", *rest)[0] == 0
    assert office.kinds() == ["key", "establishment"]
    assert office.ask("SELECT opens FROM establishment") == [("match",)]
    said = "0 signals that stood were looked at\n0 matches found\n"
    assert office.run("loop", "match", "--existing") == (0, said)


def test_each_command_registers_and_records_one_thing(office: Office) -> None:
    oin = an_oin(3)
    commands = [
        ("organisation add", oin, "--name=Team", "--kind=source-agency"),
        (
            "organisation admit",
            oin,
            "--municipality=9902",
            "--by=college",
            "--on=2026-01-05",
        ),
        ("client add", "team-client", f"--organisation={oin}", "--kind=machine"),
        ("signer add", oin, f"--jwk={office.folder / 'signer.public.jwk'}"),
        (
            "source add",
            oin,
            "--kind=income-support",
            "--category=bijstand",
            "--municipality=9901",
            "--rhythm-days=7",
        ),
    ]
    for verb, *rest in commands:
        extra = ["--municipality=9901"] if verb == "organisation add" else []
        code, said = office.run(*verb.split(), *rest, *extra)
        assert (code, said) == (0, "1 added, 0 changed, 0 unchanged\n"), verb
    assert office.kinds() == ["key", *["administration"] * 5]
    places = office.ask("SELECT municipality FROM ledger_entry ORDER BY recorded_at")
    assert [one for (one,) in places[1:3]] == ["9901", "9902"]


def test_what_ends_is_recorded_once_with_its_reason_and_stays_ended(
    office: Office,
) -> None:
    office.load()
    gateway, agency = an_oin(1), an_oin(2)
    admit = ("--municipality=9902", "--by=college", "--on=2026-01-05")
    assert office.run("organisation", "admit", gateway, *admit)[0] == 0
    label = "Team Noord"
    approve = ("contact-label", "approve", agency, label, *admit[1:])
    assert office.run(*approve) == (0, "1 added, 0 changed, 0 unchanged\n")
    assert office.run(*approve) == (0, "0 added, 0 changed, 1 unchanged\n")
    before = len(office.kinds())
    because = "--because=stolen"
    endings = [
        ("organisation", "end-admission", gateway, "--municipality=9902", because),
        ("client", "end", "desk", because),
        ("contact-label", "end", agency, label, because),
        ("signer", "end", agency, "signer-1", because),
        ("organisation", "end", agency, because),
    ]
    for command in endings:
        what = "admission" if command[1] == "end-admission" else command[0]
        assert office.run(*command) == (0, f"the {what} ended\n"), command
        assert office.run(*command) == (0, f"the {what} had ended before\n")
    assert office.kinds()[before:] == ["administration"] * len(endings)
    code, said = office.load()
    assert (code, "was ended: take it out" in " ".join(said.split())) == (1, True)
    for command in (("client", "end", "other"), ("signer", "end", agency, "other")):
        assert office.run(*command, because)[0] == 1


def test_nobody_is_ended_unnoticed_over_signals_that_stand(office: Office) -> None:
    office.load()
    agency = an_oin(2)
    assert (
        office.run(
            "client", "add", "agent", f"--organisation={agency}", "--kind=machine"
        )[0]
        == 0
    )
    office.have_signals(agency, 2)
    before, because = len(office.kinds()), "--because=stopped"
    endings = [
        ("client", "end", "agent"),
        ("source", "end", agency),
        ("organisation", "end", agency),
    ]
    for command in endings:
        code, said = office.run(*command, because)
        assert code == 1, command
        assert "2 signals (9901: 2)" in said
        assert "--signals end" in said
    assert len(office.kinds()) == before
    kept = office.run(*endings[0], because, "--signals=keep")
    assert kept == (0, "the client ended\nkept, shown as before: 2 signals (9901: 2)\n")
    code, said = office.run(*endings[2], because, "--signals=keep")
    assert (code, "shown to nobody until a transfer" in said) == (0, True)
    assert office.run(*endings[2], because) == (
        0,
        "the organisation had ended before\nkept, shown to nobody until a transfer: "
        "2 signals (9901: 2)\n",
    )
    gone = office.run(*endings[2], because, "--signals=end")
    assert gone == (
        0,
        "the organisation had ended before\nwithdrawn: 2 signals (9901: 2)\n",
    )
    assert office.ask("SELECT count(*) FROM signal") == [(0,)]
    assert office.ask("SELECT count(*) FROM tombstone") == [(2,)]
    assert office.ask("SELECT state, ended_because FROM source") == [
        ("ended", "stopped")
    ]
    assert office.kinds()[before:] == ["administration"] * 3
    code, said = office.run("source", "to-trial", agency)
    assert (code, "this source was ended" in said) == (1, True)


def test_a_population_register_is_registered_without_categories(
    office: Office,
) -> None:
    office.load()
    register = an_oin(3)
    organisation = f"""
[[organisation]]
oin = "{register}"
name = "Burgerzaken"
kind = "source-agency"
municipality = "9901"
"""
    source = f"""
[[source]]
oin = "{register}"
kind = "population-register"
municipalities = ["9901"]
rhythm_days = 7
"""
    (office.folder / "load.toml").write_text(organisation + source)
    assert office.load() == (0, "2 added, 0 changed, 0 unchanged\n")
    command = ["source", "add", register, "--kind=population-register"]
    rest = ["--municipality=9901", "--rhythm-days=7"]
    assert office.run(*command, *rest) == (0, "0 added, 0 changed, 1 unchanged\n")
    assert office.ask(
        f"SELECT kind FROM source WHERE oin = '{register}'"  # noqa: S608 - ours
    ) == [("population-register",)]


@pytest.mark.parametrize(
    ("kind", "options", "why"),
    [
        ("population-register", ["--category=bijstand"], "has no categories"),
        ("population-register", ["--municipality=9902"], "of its organisation only"),
        ("income-support", [], "needs at least one category"),
        ("friend", [], "refused"),
    ],
)
def test_a_source_has_what_its_kind_asks_for(
    office: Office, kind: str, options: list[str], why: str
) -> None:
    office.load()
    code, said = office.run(
        *("source", "add", an_oin(2), f"--kind={kind}", "--municipality=9901"),
        *("--rhythm-days=7", *options),
    )
    assert code == 1
    assert why in " ".join(said.split())
    assert office.kinds().count("administration") == 5


def test_suspending_and_restoring_are_recorded(office: Office) -> None:
    office.load()
    before = len(office.kinds())
    organisation = f"--organisation={an_oin(1)}"
    assert office.run("account", "suspend", "jan", organisation)[0] == 0
    assert office.run("account", "suspend", "jan", organisation)[0] == 0
    assert office.run("account", "restore", "jan", organisation)[0] == 0
    assert office.run("account", "restore", "jan", organisation)[0] == 1
    assert len(office.kinds()) == before + 2


def test_a_whole_organisation_is_suspended_only_by_saying_so(office: Office) -> None:
    office.load()
    organisation = f"--organisation={an_oin(1)}"
    assert office.run("account", "suspend", organisation)[0] == 1
    assert office.run("account", "suspend", "*", organisation)[0] == 1
    assert office.run("account", "suspend", "jan", "--everyone", organisation)[0] == 1
    assert office.run("account", "suspend", "--everyone", organisation)[0] == 0


def test_an_act_that_cannot_be_recorded_does_not_happen(office: Office) -> None:
    for path in (office.folder / "keys").glob("disclosures-*.key"):
        path.rename(path.with_name("disclosures-1999.key"))
    assert office.load()[0] == 1
    assert office.ask("SELECT * FROM organisation") == []


def test_keys_are_made_once(office: Office) -> None:
    assert office.run("keys", "create")[0] == 1
    assert office.run("keys", "add-year", "2099")[0] == 0
    assert office.run("keys", "add-year", "2099")[0] == 1
    assert office.kinds() == ["key", "key"]


def test_keys_of_a_year_are_destroyed_by_name_and_only_when_expired(
    office: Office,
) -> None:
    office.run("keys", "add-year", "2019")
    assert office.answer("2018", "keys", "destroy-year", "2019")[0] == 1
    assert office.answer("2026", "keys", "destroy-year", "2026")[0] == 1
    assert office.answer("2019", "keys", "destroy-year", "2019")[0] == 0
    left = {path.name for path in (office.folder / "keys").iterdir()}
    assert not {name for name in left if "2019" in name}
    assert office.kinds() == ["key"] * 3


def test_nothing_works_before_the_migration(empty: Office) -> None:
    assert empty.run("keys", "create")[0] == 1
    assert not (empty.folder / "keys").exists()


def test_wrong_usage_is_another_exit_code(empty: Office) -> None:
    assert empty.run("organisation", "add")[0] == 2
    assert CliRunner().invoke(app, ["serve"]).exit_code == 2
