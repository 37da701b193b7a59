"""A profile chooses from lists. Whoever writes one cannot make a column travel."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from sources.connectors import CONNECTORS
from sources.contacts import ContactRow
from sources.errors import InvalidProfile, UnreadableFile
from sources.layouts import Columns
from sources.profile import Profile, parse_profile
from sources.values import Case
from tests.connector_formats import FORMATS, Format, Record
from tests.sources_builders import PROFILE, TODAY, a_number, a_profile, a_row, an_agency

OF_A_PERSON = {"surname", "initials", "postcode", "house_number"}
STORY = "verslaafd aan gokken"


def with_line(line: str, *, under: str = "") -> str:
    """The test profile with one line more, under a table or at the top."""
    if not under:
        return f"{line}\n{PROFILE}"
    return PROFILE.replace(f"[{under}]\n", f"[{under}]\n{line}\n")


@pytest.mark.parametrize(
    "text",
    [
        with_line('description = "Omschrijving"', under="csv.columns"),
        with_line('function = "Omschrijving"', under="csv.columns"),
        with_line('name = "Achternaam"', under="csv.columns"),
        with_line('remark = "Omschrijving"'),
        with_line('note = "vrij veld"', under="contacts.TEAM"),
        PROFILE.replace('category = "bijstand"', 'category = "Gokt te veel"'),
        PROFILE.replace('informed = "discussed"', 'informed = "gokt te veel"'),
        PROFILE.replace("Klantmanager Inkomen", "x" * 61),
        PROFILE.replace("Klantmanager Inkomen", f"Over {a_number(1)}"),
        PROFILE.replace("Klantmanager Inkomen", "Bel 0182-555 101 over 9 1 2 3 4 5"),
        PROFILE.replace("Klantmanager Inkomen", "regel een\\nregel twee"),
        PROFILE.replace("Klantmanager Inkomen", "<b>Klantmanager</b>"),
        PROFILE.replace("0182 555 101", "vraag naar Jan"),
        PROFILE.replace('"%Y-%m-%d"', '"%c Omschrijving"'),
        PROFILE.replace('encoding = "utf-8"', 'encoding = "punycode"'),
        PROFILE.replace('category = "bijstand"', 'category = "veilig-thuis"'),
    ],
)
def test_a_profile_that_would_carry_text_does_not_load(text: str) -> None:
    with pytest.raises(InvalidProfile):
        parse_profile(text)


def test_the_refusal_of_a_profile_repeats_no_value() -> None:
    text = PROFILE.replace("Klantmanager Inkomen", f"Over {a_number(1)}")
    with pytest.raises(InvalidProfile) as refusal:
        parse_profile(text)
    assert a_number(1) not in str(refusal.value)


def test_no_column_of_a_profile_ends_up_as_text() -> None:
    """Every column is a number, a day, a telephone or a code. Adding one asks here.

    But those of `identify`: by them the municipality finds somebody in its own register
    (docs/connectors/brp.md), and what it finds is a number. Of what a signal is made,
    no part can hold them.
    """
    assert set(Columns.model_fields) == {
        *("bsn", "case_number", "start", "end", "birth", "informed_on"),
        *("status", "municipality", "contact", "opt_in", "category", "informed"),
        *("phone", *OF_A_PERSON),
    }
    assert not OF_A_PERSON & {each.name for each in fields(Case)}


@pytest.mark.parametrize("column", sorted(OF_A_PERSON))
def test_who_a_person_is_is_read_only_where_it_is_looked_up(column: str) -> None:
    with pytest.raises(InvalidProfile):
        parse_profile(with_line(f'{column} = "Wie"', under="csv.columns"))


def test_a_contact_holder_of_a_profile_has_no_field_for_a_story() -> None:
    assert set(ContactRow.model_fields) == {
        *("function", "name", "phone", "out_of_hours_phone", "office_hours"),
        *("deputy", "absent_until", "last_verified"),
    }


@pytest.mark.anyio
async def test_text_in_any_column_never_reaches_the_index(tmp_path: Path) -> None:
    agency = an_agency(tmp_path)
    for column in a_row():
        agency.write(a_row(), a_row(Zaak="Z-2", BSN=a_number(2)) | {column: STORY})
        await agency.publish(approve=True)
    assert STORY not in json.dumps(agency.index.state)


@pytest.mark.anyio
async def test_a_case_number_never_reaches_the_index(tmp_path: Path) -> None:
    agency = an_agency(tmp_path)
    agency.write(a_row(Zaak="Z-geheim-zaaknummer"))
    await agency.publish()
    assert "geheim" not in json.dumps(agency.index.state)


@pytest.mark.anyio
async def test_a_telephone_column_cannot_number_every_person(tmp_path: Path) -> None:
    """Ten thousand 'telephone numbers' are no contact holders but a leak."""
    agency = an_agency(tmp_path)
    agency.write(
        *(
            a_row(Zaak=f"Z-{n}", BSN=a_number(n), Telefoon=f"06{10_000_000 + n}")
            for n in range(2_100)
        )
    )
    with pytest.raises(UnreadableFile):
        await agency.publish()
    assert agency.index.state["contacts"] == {}


MAPPED = [each for each in FORMATS if each.profile.mapped]


@pytest.mark.parametrize("form", MAPPED, ids=lambda form: form.name)
@pytest.mark.anyio
async def test_no_format_carries_text_from_any_column(
    tmp_path: Path, form: Format
) -> None:
    """Whichever column of whichever format a profile points at: it is a code, a day,
    a telephone number or a number of a case, or the record is a reject.
    """
    data = form.write([Record(), Record(number="Z-2", phone=STORY)])
    for role in Columns.model_fields:
        profile = point_at_story(form.profile, role)
        readings = list(form.read(data, profile, TODAY))
        assert STORY not in repr(readings), "a case has no field for it"
        if form.name in CONNECTORS:
            agency = an_agency(tmp_path / role, profile)
            agency.folder.mkdir()
            agency.file.write_bytes(data)
            await agency.publish(approve=True)
            assert STORY not in json.dumps(agency.index.state)


def point_at_story(profile: Profile, role: str) -> Profile:
    """The same profile, one role of which reads the column that holds a story."""
    layout = profile.mapped
    assert layout
    columns = layout.columns.model_copy(update={role: layout.columns.phone})
    changed = layout.model_copy(update={"columns": columns})
    (name,) = (
        each
        for each in ("csv", "xlsx", "sql", "events")
        if getattr(profile, each) is not None
    )
    return profile.model_copy(update={name: changed})


@pytest.mark.parametrize(
    "table",
    [
        '[events]\nsources = ["urn:x:y"]\nopens = ["Gokt te veel"]',
        '[events]\nsources = []\nopens = ["nl.x.y"]',
        '[messages]\nopens = "Gokt te veel"',
        '[messages]\ncontinues_after = ["gokt"]',
        '[xlsx]\nformula = "A1&B1"',
        '[sql]\nquery = "SELECT verslag FROM zaken"',
        '[ddas]\nremark = "omschrijving"',
    ],
)
def test_no_layout_has_room_for_a_story(table: str) -> None:
    with pytest.raises(InvalidProfile):
        parse_profile(f"{PROFILE}\n{table}\n")


def test_veilig_thuis_needs_an_opt_in_column_whatever_the_profile_says() -> None:
    text = PROFILE.replace('category = "bijstand"', 'category = "veilig-thuis"')
    with pytest.raises(InvalidProfile):
        parse_profile(text)
    opted = text.replace("[csv.columns]\n", '[csv.columns]\nopt_in = "Stand"\n')
    opted += '\n[codes.opt_in]\nyes = ["J"]\nno = ["N"]\n'
    assert isinstance(parse_profile(opted), Profile)
    assert a_profile().categories == ("bijstand",)
