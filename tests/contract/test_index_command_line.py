"""`signal-index` as an administrator uses it: exit codes, entries, all or nothing."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from signal_index.cli.commands import app
from signal_index.notice import (
    new_notice_key,
)
from tests.index_office import LOAD, Office
from tests.store_builders import an_oin


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
