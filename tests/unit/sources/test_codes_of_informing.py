"""A code of informing that the index does not take is said before anything is sent."""

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from signal_index.wire.own_registration import OwnCoverage, OwnRegistration
from sources.__main__ import app
from sources.connectors import read_file
from sources.errors import CodesUnfit, InvalidProfile
from sources.informing import find_unfit
from sources.outbox.settling import find_reason
from sources.outbox.standing import find_registration, find_state
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import parse_profile
from sources.reasons import Reason
from sources.values import Case, Reject
from tests.builders import anew
from tests.sources_builders import (
    PROFILE,
    SECRET,
    TODAY,
    a_profile,
    a_row,
    an_agency,
    write_rows,
)
from tests.sources_parties import OIN, REGISTERED

pytestmark = pytest.mark.anyio
runner = CliRunner()
LETTER = 'informed = "brief"'
PER_RECORD = PROFILE.replace('phone = "Telefoon"', 'informed = "Telefoon"').replace(
    "[codes.status]", '[codes.informed]\nB = "brief"\nG = "discussed"\n\n[codes.status]'
)


def registered(**codes: str) -> OwnRegistration:
    """An index that takes one code for each of these kinds."""
    source = REGISTERED.sources[0]
    coverage = [
        OwnCoverage(
            municipality="9901",
            category=kind,
            rhythmDays=7,
            informedCodes=[code],
            maximumLifeMonths=24,
            mayPublish=True,
        )
        for kind, code in codes.items()
    ]
    return anew(REGISTERED, sources=[anew(source, coverage=coverage)])


@pytest.mark.parametrize(
    ("text", "allowed", "wrong"),
    [
        (PROFILE, {"bijstand": ["discussed"]}, []),
        (PROFILE.replace('"discussed"', '"brief"'), {"bijstand": ["x"]}, ["brief"]),
        (PROFILE, {"wmo": ["x"]}, []),
        (PER_RECORD, {"bijstand": ["discussed"]}, ["brief"]),
        (PER_RECORD, {"bijstand": ["brief", "discussed"]}, []),
    ],
    ids=["good", "wrong", "an unknown kind", "one of several", "by record"],
)
def test_only_what_the_kind_does_not_take_is_unfit(
    text: str, allowed: Mapping[str, list[str]], wrong: list[str]
) -> None:
    found = find_unfit(a_profile(text), allowed)
    assert [one.code for one in found] == wrong
    assert all(", ".join(sorted(one.good)) in one.say() for one in found)


async def test_the_index_is_asked_before_anything_is_read(tmp_path: Path) -> None:
    agency = an_agency(tmp_path)
    agency.index.registration = registered(bijstand="informed-by-letter")
    agency.write(a_row())
    with pytest.raises(CodesUnfit, match="Goed zijn: informed-by-letter") as refused:
        await agency.publish()
    assert isinstance(refused.value, InvalidProfile)
    assert (agency.evaluator.asked, agency.index.shown()) == (0, set())
    agency.index.registration = registered(bijstand="discussed")
    await agency.publish()
    with Outbox(agency.outbox_path, OutboxKey(SECRET)) as outbox:
        found = find_registration(outbox)
        assert found == (agency.index.registration, agency.now)
        state = find_state(outbox, OIN)
        assert state is not None, "whether anybody sees it is noted too"
        assert state[1] == agency.now


def test_check_knows_the_public_catalogue(tmp_path: Path) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text(PROFILE.replace('informed = "discussed"', LETTER))
    file = write_rows(tmp_path / "export.csv", [a_row()])
    said = runner.invoke(app, ["check", str(file), "--profile", str(profile)])
    assert said.exit_code == 1
    assert 'informed = "brief" past niet bij soort signaal bijstand' in said.stdout
    assert "informed-by-letter" in said.stdout


def test_check_names_a_kind_that_nobody_knows(tmp_path: Path) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text(PROFILE.replace('"bijstand"', '"bijstant"'))
    file = write_rows(tmp_path / "export.csv", [a_row()])
    said = runner.invoke(app, ["check", str(file), "--profile", str(profile)])
    assert (said.exit_code, "bijstant staat niet" in said.stdout) == (1, True)


@pytest.mark.parametrize("said", ["informed-code-refused", "unknown-code: informed"])
def test_what_the_index_refuses_for_its_code_is_said_so(said: str) -> None:
    problem, _, field = said.partition(": ")
    assert find_reason(problem, field) is Reason.REFUSED_INFORMED


def what_of(code: str, day: str) -> Case | set[tuple[str, str]]:
    """What a record says, where its own columns say how and when somebody knew."""
    profile = a_profile(
        PROFILE.replace('phone = "Telefoon"', 'informed = "Telefoon"')
        .replace('contact = "Team"', 'informed_on = "Team"')
        .replace(
            "[codes.status]",
            '[codes.informed]\nG = "discussed"\nV = "safety-risk"\n\n[codes.status]',
        )
    )
    row = a_row(Telefoon=code, Team=day)
    text = ";".join(row) + "\n" + ";".join(row.values()) + "\n"
    (found,) = read_file(io.BytesIO(text.encode()), profile, today=TODAY)
    if isinstance(found[0], Case):
        return found[0]
    return {(e.field, e.reason.value) for e in found if isinstance(e, Reject)}


@pytest.mark.parametrize(
    ("code", "day", "wrong"),
    [
        ("J", "2026-02-01", ("Telefoon", "code-unknown")),
        ("", "2026-02-01", ("Telefoon", "field-missing")),
        ("G", "", ("Team", "field-missing")),
        ("G", "2027-01-01", ("Team", "date-in-future")),
    ],
)
def test_nobody_is_informed_by_a_word_or_a_day_that_is_not_there(
    code: str, day: str, wrong: tuple[str, str]
) -> None:
    found = what_of(code, day)
    assert isinstance(found, set)
    assert wrong in found


def test_a_way_has_its_own_day_and_an_exception_may_have_none() -> None:
    told, untold = what_of("G", "2026-02-01"), what_of("V", "")
    assert isinstance(told, Case)
    assert told.informed.on == date(2026, 2, 1)
    assert isinstance(untold, Case)
    assert untold.informed.on == untold.started_on


def test_words_in_a_list_of_codes_are_answered_with_the_good_codes() -> None:
    text = PER_RECORD.replace('B = "brief"', 'B = "per brief"')
    with pytest.raises(InvalidProfile, match=r"informed.*Kies er een: .*by-letter"):
        parse_profile(text)


def test_words_in_place_of_a_code_are_answered_with_the_good_codes() -> None:
    text = PROFILE.replace('informed = "discussed"', 'informed = "per brief"')
    with pytest.raises(InvalidProfile, match=r"informed: .*informed-by-letter"):
        parse_profile(text)
