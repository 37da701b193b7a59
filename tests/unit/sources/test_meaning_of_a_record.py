"""What one record means: opt-in, age, codes, shared cases and who is to be called."""

import io
from datetime import date

import pytest

from sources.connectors import read_file
from sources.profile import Profile, parse_profile
from sources.reasons import EXPLANATIONS, Reason
from sources.values import (
    Case,
    CaseNumber,
    Closing,
    Kept,
    NotBegun,
    Place,
    Reading,
    Reject,
)
from tests.sources_builders import (
    HEADER,
    PROFILE,
    TODAY,
    a_number,
    a_profile,
    a_row,
    a_wrong_number,
)

OPT_IN = (
    PROFILE.replace('status = "Stand"', 'opt_in = "Stand"')
    .replace("[codes.status]", "[codes.opt_in]")
    .replace('opens = ["open"]\ncloses = ["dicht"]\nignores = ["aanvraag"]', "")
    .replace("[codes.opt_in]", '[codes.opt_in]\nyes = ["J"]\nno = ["N"]')
)
AGED = PROFILE.replace("valid_months", "age_limit = 18\nvalid_months").replace(
    'phone = "Telefoon"', 'birth = "Telefoon"'
)
SHARED = PROFILE.replace("[csv.columns]", "shared_case_numbers = true\n[csv.columns]")


def read_one(profile: Profile, **changed: str) -> Reading:
    row = ";".join(a_row(**changed)[name] for name in HEADER)
    text = f"{';'.join(HEADER)}\n{row}\n"
    (reading,) = read_file(io.BytesIO(text.encode()), profile, today=TODAY)
    return reading


def test_without_opt_in_a_case_closes_and_nothing_else_is_judged() -> None:
    reading = read_one(parse_profile(OPT_IN), Stand="N", BSN="x", Telefoon="x")
    assert reading == (Closing(CaseNumber("Z-1"), TODAY, of_one=True),)


def test_an_unknown_opt_in_is_no_opt_in() -> None:
    reading = read_one(parse_profile(OPT_IN), Stand="misschien")
    assert [type(each) for each in reading] == [Reject, Closing]


def test_an_empty_opt_in_is_no_opt_in() -> None:
    reading = read_one(parse_profile(OPT_IN), Stand="")
    assert [type(each) for each in reading] == [Reject, Closing]


def test_with_opt_in_a_case_opens() -> None:
    (case,) = read_one(parse_profile(OPT_IN), Stand="J")
    assert isinstance(case, Case)


@pytest.mark.parametrize(
    ("born", "limit"),
    [("2010-02-14", date(2027, 12, 31)), ("2009-04-02", date(2027, 3, 31))],
)
def test_an_age_limit_is_rounded_to_the_quarter(born: str, limit: date) -> None:
    (case,) = read_one(parse_profile(AGED), Telefoon=born)
    assert isinstance(case, Case)
    assert case.limit == limit


def test_who_is_too_old_is_not_told_and_not_rejected() -> None:
    (closing,) = read_one(parse_profile(AGED), Telefoon="2000-01-01")
    assert isinstance(closing, Closing)


def test_an_age_limit_needs_a_birth_date() -> None:
    reading = read_one(parse_profile(AGED), Telefoon="")
    assert isinstance(reading[0], Reject)
    assert reading[0].reason is Reason.FIELD_MISSING


def test_a_state_that_is_not_open_yet_keeps_what_was_told() -> None:
    begun = NotBegun(CaseNumber("Z-1"), Place(2, "record 1"))
    assert read_one(a_profile(), Stand="aanvraag") == (begun,)


def test_not_open_yet_without_a_number_says_nothing() -> None:
    (told,) = read_one(a_profile(), Stand="aanvraag", Zaak="")
    assert told == NotBegun(None, Place(2, "record 1"))


def test_an_unknown_state_is_a_reject() -> None:
    reading = read_one(a_profile(), Stand="vaag")
    assert isinstance(reading[0], Reject)
    assert (reading[0].field, reading[0].reason) == ("Stand", Reason.CODE_UNKNOWN)


def test_a_closed_case_closes_whatever_else_is_wrong() -> None:
    reading = read_one(a_profile(), Stand="dicht", BSN=a_wrong_number(), Telefoon="x")
    begun = date(2026, 1, 5)
    place = Place(2, "record 1")
    told = Closing(CaseNumber("Z-1"), TODAY, started_on=begun, of_one=True, place=place)
    assert reading == (told,)


@pytest.mark.parametrize("text", ["Sch.", "2026-01-05", "05-01-2026", "O12345678"])
@pytest.mark.parametrize(
    "over", [{"Stand": "dicht"}, {"Eind": "2026-02-01"}], ids=["status", "end"]
)
def test_a_record_that_looks_over_is_a_reject_where_its_person_is_no_number(
    text: str, over: dict[str, str]
) -> None:
    """A column slipped: nothing else of the row can be believed."""
    reject, kept = read_one(a_profile(), BSN=text, **over)
    assert isinstance(reject, Reject)
    assert (reject.field, reject.reason.value[:3]) == ("BSN", "bsn")
    assert kept == Kept(CaseNumber("Z-1"))


def test_a_day_under_the_end_says_nothing_where_the_first_day_is_none() -> None:
    reject, kept = read_one(a_profile(), Begin="Sch.", Eind="2026-01-05")
    assert isinstance(reject, Reject)
    assert (reject.field, reject.reason) == ("Begin", Reason.DATE_MEANS_EMPTY)
    assert kept == Kept(CaseNumber("Z-1"))


def test_where_neither_person_nor_first_day_is_one_the_record_may_be_any() -> None:
    kept = read_one(a_profile(), BSN="Sch.", Begin="x", Eind="2026-01-05")[-1]
    assert kept == Kept(CaseNumber("Z-1"), doubtful=True)


def test_an_end_before_the_beginning_is_a_reject() -> None:
    reading = read_one(a_profile(), Begin="2026-05-01", Eind="2026-04-01")
    assert isinstance(reading[0], Reject)
    assert reading[0].reason is Reason.END_BEFORE_START


def test_partners_in_one_case_are_two_cases() -> None:
    profile = parse_profile(SHARED)
    (one,) = read_one(profile, BSN=a_number(1))
    (two,) = read_one(profile, BSN=a_number(2))
    assert isinstance(one, Case)
    assert isinstance(two, Case)
    assert one.key != two.key


def test_a_shared_case_with_a_wrong_number_has_no_key() -> None:
    reading = read_one(parse_profile(SHARED), BSN=a_wrong_number())
    assert [type(each) for each in reading] == [Reject]


def test_a_case_without_a_number_is_a_reject_where_cases_have_one() -> None:
    reading = read_one(a_profile(), Zaak="")
    assert isinstance(reading[0], Reject)
    assert reading[0].reason is Reason.CASE_NUMBER_INVALID


def test_the_contact_of_the_record_goes_before_the_default() -> None:
    (case,) = read_one(a_profile(), Team="ANDER", Telefoon="0182 555 199")
    assert isinstance(case, Case)
    assert case.contact.holder.function == "Klantmanager Zuid"
    assert case.contact.holder.phone == "+31182555199"


def test_without_a_contact_in_the_record_the_profile_names_one() -> None:
    (case,) = read_one(a_profile(), Team="")
    assert isinstance(case, Case)
    assert case.contact.key == "TEAM"


def test_an_unknown_contact_is_a_reject() -> None:
    reading = read_one(a_profile(), Team="WEG")
    assert isinstance(reading[0], Reject)
    assert reading[0].reason is Reason.CONTACT_UNKNOWN


def test_a_lost_zero_is_put_back_only_where_the_profile_says_so() -> None:
    text = PROFILE.replace("[csv.columns]", "bsn_zero_lost = true\n[csv.columns]")
    (case,) = read_one(parse_profile(text), BSN="10000008")
    assert isinstance(case, Case)
    assert case.bsn.digits == "010000008"
    assert isinstance(read_one(a_profile(), BSN="10000008")[0], Reject)


def test_a_row_with_a_field_too_many_is_a_reject_of_that_row() -> None:
    text = ";".join(HEADER) + "\n" + ";".join(["x"] * (len(HEADER) + 1))
    (reading,) = read_file(io.BytesIO(text.encode()), a_profile(), today=TODAY)
    assert isinstance(reading[0], Reject)
    assert reading[0].reason is Reason.RECORD_MALFORMED
    assert reading[0].place.line == 2


def test_every_reason_is_explained_with_a_remedy() -> None:
    assert set(EXPLANATIONS) == set(Reason)
    assert all(each.what and each.remedy for each in EXPLANATIONS.values())
