"""Who may look persons up: a municipality, for a partner, for what a law names."""

from pathlib import Path

import pytest

from sources.errors import InvalidAgencySettings, InvalidProfile
from sources.profile import parse_profile
from sources.settings import load_settings
from tests.brp_builders import PARTNER, PROFILE
from tests.sources_parties import OIN
from tests.unit.sources.test_agency_keys_and_settings import SETTINGS

BRP = f"""
[brp]
url = "https://brp.test"
key_file = "keys/brp.key"
on_behalf_of = "{PARTNER}"
basis = "wgs-8"
most_per_day = 500
"""
FOR_PARTNER = SETTINGS.replace(f'source = "{OIN}"', f'source = "{PARTNER}"')


def write(folder: Path, text: str) -> Path:
    path = folder / "agency.toml"
    path.write_text(text)
    return path


def test_a_municipality_looks_up_for_its_partner(tmp_path: Path) -> None:
    found = load_settings(write(tmp_path, FOR_PARTNER + BRP)).brp
    assert found
    assert (found.on_behalf_of, found.key_file) == (PARTNER, tmp_path / "keys/brp.key")


@pytest.mark.parametrize(
    "text",
    [
        SETTINGS + BRP,
        SETTINGS + BRP.replace(PARTNER, OIN),
        FOR_PARTNER + BRP.replace(PARTNER, OIN),
    ],
)
def test_only_a_municipality_for_a_partner_has_a_gateway(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(InvalidAgencySettings, match="partner"):
        load_settings(write(tmp_path, text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("most_per_day = 500", ""),
        ("most_per_day = 500", "most_per_day = 0"),
        ('basis = "wgs-8"', 'basis = "nieuwsgierig"'),
        ("https://brp.test", "http://brp.test"),
        ('key_file = "keys/brp.key"', 'key = "geheim"'),
    ],
)
def test_what_could_be_dangerous_must_be_said(
    tmp_path: Path, old: str, new: str
) -> None:
    with pytest.raises(InvalidAgencySettings):
        load_settings(write(tmp_path, FOR_PARTNER + BRP.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"vroegsignalering"', '"bijstand"'),
        ('case_number = "Melding"\n', ""),
        ('surname = "Achternaam"\n', ""),
        ('birth = "Geboren"\n', ""),
        ('postcode = "Postcode"\n', ""),
        ('house_number = "Huisnummer"\n', ""),
        ("[csv.columns]\n", '[csv.columns]\nbsn = "BSN"\n'),
        ("[csv]\n", "[csv]\nbsn_zero_lost = true\n"),
        ("[csv]\n", "[csv]\nshared_case_numbers = true\n"),
        ('identify = "brp"', 'identify = "kadaster"'),
        ('identify = "brp"\n', ""),
    ],
)
def test_a_profile_that_could_find_the_wrong_one_does_not_load(
    old: str, new: str
) -> None:
    assert old in PROFILE
    assert parse_profile(PROFILE).identify == "brp"
    with pytest.raises(InvalidProfile):
        parse_profile(PROFILE.replace(old, new))


def test_a_name_is_not_read_where_there_is_a_number() -> None:
    with_number = PROFILE.replace('identify = "brp"\n', "").replace(
        "[csv.columns]\n", '[csv.columns]\nbsn = "BSN"\n'
    )
    with pytest.raises(InvalidProfile, match="identify"):
        parse_profile(with_number)
