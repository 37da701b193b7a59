"""Profiles: what loads, and what the shipped ones say."""

import subprocess
import sys
from pathlib import Path

import pytest

from sources.errors import InvalidProfile
from sources.profile import load_profile, parse_profile
from tests.sources_builders import PROFILE, a_profile

SHIPPED = sorted((Path(__file__).parents[3] / "sources" / "profiles").glob("*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_profile_loads_under_its_own_name(path: Path) -> None:
    assert load_profile(path).name == path.stem


def test_six_profiles_are_shipped() -> None:
    assert len(SHIPPED) == 6


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('status = "Stand"\n', ""),
        ('default_contact = "TEAM"', 'default_contact = "NIEMAND"'),
        ('municipality = "Gemeente"\n', ""),
        ('contact = "Team"\n', 'informed = "Hoe"\n'),
        ('phone = "Telefoon"\n', 'opt_in = "Mag"\n'),
        ('phone = "Telefoon"\n', 'category = "Regeling"\n'),
        ("valid_months = 12", "valid_months = 25"),
        ("valid_months = 12", "valid_months = 12\nage_limit = 18"),
        ('"9902"]', '"GM9902"]'),
        ('format = "csv"', 'format = "ddas-vs-0.9"'),
        ('name = "test"', 'name = "Een naam"'),
        ('name = "test"', "name ="),
    ],
)
def test_a_profile_that_does_not_hang_together_is_refused(
    before: str, after: str
) -> None:
    assert before in PROFILE
    with pytest.raises(InvalidProfile):
        parse_profile(PROFILE.replace(before, after))


def test_a_refusal_names_the_key() -> None:
    with pytest.raises(InvalidProfile, match="valid_months"):
        a_profile(valid_months="99")


def test_a_profile_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidProfile, match=r"none\.toml"):
        load_profile(tmp_path / "none.toml")


def test_every_category_of_a_profile_is_told_with_a_delivery() -> None:
    text = PROFILE.replace(
        "[codes.status]", '[codes.category]\n1 = "wmo-maatwerk"\n\n[codes.status]'
    ).replace('phone = "Telefoon"', 'category = "Telefoon"')
    assert parse_profile(text).categories == ("bijstand", "wmo-maatwerk")


def test_a_profile_is_written_down_alike_in_every_process() -> None:
    """It is part of the mark of what was read, and sets have no order of their own."""
    words = ", ".join(f'"woord {n}"' for n in range(12))
    text = PROFILE.replace('opens = ["open"]', f'opens = ["open", {words}]')
    say = "import sys; from sources.profile import parse_profile as parse;"
    say += "print(parse(sys.argv[1]).encode())"

    def encode(seed: str) -> str:
        command = [sys.executable, "-c", say, text]
        done = subprocess.run(  # noqa: S603 - our own words
            command, env={"PYTHONHASHSEED": seed}, check=True, stdout=subprocess.PIPE
        )
        return done.stdout.decode()

    assert "woord 11" in encode("0")
    assert encode("0") == encode("1")
