"""What the index refuses of every record is said before it is sent, by each command."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from signal_index.wire.own_registration import OwnRegistration
from signal_index.wire.values import Label
from sources.__main__ import app
from sources.cli.registered import find_registered
from sources.intake.files import FileIntake
from sources.outbox.standing import find_registration, keep_registration
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.previewing import Preview, make_preview
from sources.profile_page.seeing import show_preview
from sources.refused_beforehand import (
    Registered,
    find_crowd,
    find_refused,
    find_source_faults,
    find_unlisted_holders,
)
from tests.agency_settings import an_agency_with_settings
from tests.builders import a_contact_holder, anew
from tests.sources_builders import (
    NOW,
    PROFILE,
    SECRET,
    TODAY,
    Agency,
    a_profile,
    a_row,
    write_rows,
)
from tests.sources_parties import OIN, REGISTERED

runner = CliRunner()
WORDS = ["Balie", "Klantmanager Inkomen", "Klantmanager Zuid"]


def known(**changed: object) -> OwnRegistration:
    return REGISTERED.model_copy(update={"contactFunctions": WORDS, **changed})


def refused(text: str = PROFILE, **changed: object) -> str:
    """What is said of a profile, by an index that knows the agency so."""
    registered = Registered(known(**changed), OIN)
    found = find_refused(a_profile(text), registered, today=TODAY)
    return "\n".join(f"{says} {remedy}" for says, remedy in found)


def test_a_profile_that_the_index_takes_is_not_spoken_of() -> None:
    assert refused() == ""
    assert not [*find_source_faults(Registered(known(), OIN))]


@pytest.mark.parametrize(
    ("text", "changed", "said"),
    [
        (
            PROFILE,
            {"contactFunctions": ["Balie"]},
            "De functie van contactpersoon TEAM",
        ),
        (
            PROFILE.replace("[contacts.ANDER]", 'name = "Jansen"\n[contacts.ANDER]'),
            {"contactNames": ["De Vries"]},
            "De naam van contactpersoon TEAM staat niet op uw lijst",
        ),
        (
            PROFILE + 'deputy = { function = "Wie dan ook", phone = "0182 555 103" }\n',
            {},
            "De functie van de vervanger van contactpersoon ANDER staat niet",
        ),
        (PROFILE.replace('"9902"', '"9903"'), {}, "in gemeente 9903 is voor deze bron"),
        (
            PROFILE.replace('"bijstand"', '"wmo-maatwerk"'),
            {},
            "wmo-maatwerk in gemeente",
        ),
        (
            PROFILE.replace('"discussed"', '"consent-given"'),
            {},
            'informed = "consent-given" past niet',
        ),
        (
            PROFILE.replace("2026-10-01", (TODAY + timedelta(1)).isoformat(), 1),
            {},
            "nagegaan (last_verified) van contactpersoon TEAM moet nog komen",
        ),
    ],
    ids=["function", "name", "deputy", "place", "kind", "code", "day"],
)
def test_each_thing_that_is_refused_later_is_said_first(
    text: str, changed: dict[str, object], said: str
) -> None:
    assert said in refused(text, **changed)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mayPublish": False}, "geen doel waar zij bij hoort, is vastgesteld"),
        ({"maximumLifeMonths": 6}, "Zet valid_months op hooguit 6."),
        ({"maximumLifeMonths": 12}, ""),
    ],
)
def test_a_kind_that_is_taken_of_nobody_or_not_for_so_long_is_said_first(
    changed: dict[str, object], said: str
) -> None:
    (source,) = REGISTERED.sources
    coverage = [anew(one, **changed) for one in source.coverage]
    told = refused(sources=[anew(source, coverage=coverage)])
    assert said in told
    assert bool(told) is bool(said)


@pytest.mark.parametrize(
    ("contacts", "standing", "is_said"),
    [(200, 0, False), (201, 0, True), (201, 4_020, False), (202, 4_020, True)],
)
def test_more_contact_persons_than_there_is_room_for_are_said_first(
    contacts: int,
    standing: int,
    is_said: bool,  # noqa: FBT001 - a row
) -> None:
    assert bool([*find_crowd(contacts, standing)]) is is_said


def test_check_counts_the_contact_persons_that_a_file_would_make(
    agency: Agency,
) -> None:
    note(agency, known())
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        outbox.connection.executemany(
            "INSERT INTO contact (id, mark, body, state) SELECT ?, ?, '{}', 'sent'",
            [(str(n), str(n).encode()) for n in range(201)],
        )
    assert "hooguit 200 aan" in check(agency).stdout


def test_the_words_of_the_list_are_said_once_for_all_contact_persons() -> None:
    said = refused(contactFunctions=["Balie"])
    assert said.count("Balie") == 1
    assert "De functie van contactpersoon TEAM en contactpersoon ANDER staat" in said
    assert "contacts." not in said, "that is no word of a person's"


def test_a_source_that_is_not_ours_or_ended_takes_nothing() -> None:
    (source,) = REGISTERED.sources
    none = Registered(known(sources=[]), OIN)
    over = Registered(known(sources=[anew(source, active=False)]), OIN)
    for registered, said in ((none, "U mag niet leveren"), (over, "doet bij de index")):
        ((says, _),) = find_source_faults(registered)
        assert said in says


def test_a_word_of_the_file_itself_is_held_against_the_list_too() -> None:
    """DDAS and messages name people of their own, and no profile lists them."""
    holders = [
        a_contact_holder(function=Label(word), deputy=None)
        for word in ("Balie", "Vrije tekst")
    ]
    registered = Registered(known(), OIN)
    ((says, _),) = find_unlisted_holders(holders, a_profile(), registered)
    assert "Vrije tekst" in says
    assert "Balie" not in says
    assert not [*find_unlisted_holders(holders[:1], a_profile(), registered)]


@pytest.fixture
def agency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agency:
    """An agency of which the index does not answer now, in its own folder."""
    made = an_agency_with_settings(tmp_path)
    (tmp_path / "profile.toml").write_text(PROFILE)
    made.write(a_row())
    monkeypatch.chdir(tmp_path)
    return made


def note(agency: Agency, said: OwnRegistration) -> None:
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        keep_registration(outbox, said, NOW)


def check(agency: Agency) -> Result:
    return runner.invoke(app, ["check", agency.file.name, "--profile", "profile.toml"])


def test_check_holds_a_profile_against_what_the_index_said_last(agency: Agency) -> None:
    note(agency, known(contactFunctions=["Balie"]))
    said = check(agency)
    assert said.exit_code == 1
    assert "contactpersoon ANDER staat niet op uw lijst" in said.stdout
    assert "Deze aantallen zijn van als u hebt opgelost" in said.stdout
    assert "Vergeleken met hoe de index u kende op" in said.stdout
    note(agency, known())
    said = check(agency)
    assert (said.exit_code, "op uw lijst" in said.stdout) == (0, False)
    assert "Deze aantallen" not in said.stdout


def test_check_says_who_compares_where_nobody_was_asked_before(agency: Agency) -> None:
    said = check(agency)
    assert said.exit_code == 0
    assert "dat doet `signal-source doctor` met dit profiel" in said.stdout


def test_whoever_makes_a_profile_hears_it_by_the_same_list(agency: Agency) -> None:
    note(agency, known(contactFunctions=["Balie"]))
    registered = find_registered()
    assert registered is not None
    assert registered.functions == ["Balie"]
    given = ("--category", "bijstand", "--municipality", "9901", "--function", "Baas")
    said = runner.invoke(
        app,
        [
            *("profile", "init", agency.file.name, "--out", "new.toml", *given),
            *("--phone", "0182 555 101", "--informed", "discussed"),
            *("--verified", "2026-10-01"),
        ],
    )
    assert "contactpersoon TEAM staat niet op uw lijst" in said.stdout
    assert "kies een functie van de lijst: Balie." in said.stdout


def test_a_preview_shows_what_would_be_refused(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "f.csv", [a_row()])
    made: Preview = make_preview(FileIntake(file, a_profile()), today=TODAY)
    assert [one.function for one in made.holders.values()] == ["Klantmanager Inkomen"]
    made.refused = ["Dit woord staat niet op uw lijst."]
    shown = str(show_preview(made))
    assert "Let op: Dit woord staat niet op uw lijst." in shown
    assert shown.index("Gelezen: 1.") < shown.index("Deze aantallen zijn van als u")


def test_how_the_index_knows_us_is_sealed_in_the_outbox(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    with Outbox(path, OutboxKey(SECRET)) as outbox:
        keep_registration(outbox, known(contactNames=["Wilhelmina Zeldzaam"]), NOW)
        found = find_registration(outbox)
        assert found is not None
        assert found[0].contactNames == ["Wilhelmina Zeldzaam"]
    assert b"Zeldzaam" not in path.read_bytes()
