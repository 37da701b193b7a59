"""Whatever a file holds, a connector gives readings or refuses the file."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.connectors import read_file
from sources.errors import InvalidProfile, UnreadableFile
from sources.profile import Profile, parse_profile
from sources.values import Case
from tests.contract.test_every_connector_passes_one_suite import FORMATS, Format, Record
from tests.sources_builders import HEADER, PROFILE, TODAY, a_number

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(
    (
        "leveringen",
        "schuldhulptrajecten",
        "vroegsignalen",
        "vroegsignaalzaken",
        "aanleverende_organisatie",
        "contactpersonen",
        "client",
        "Burgerservicenummer",
        "gemeentecode",
        "startdatum",
        "ID",
        "resultaat",
    )
)
SHAPED = st.recursive(
    JSON | st.sampled_from((a_number(1), "GM9901", "2026-01-05")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4)
    ),
    max_leaves=20,
)


def read_all(data: bytes, profile: Profile) -> None:
    try:
        for reading in read_file(io.BytesIO(data), profile, today=TODAY):
            for entry in reading:
                if isinstance(entry, Case):
                    assert entry.started_on <= TODAY
                    assert entry.municipality in profile.municipalities
    except UnreadableFile:
        pass


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_file_break_nothing(form: Format, data: bytes) -> None:
    read_all(data, form.profile)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@given(st.data())
def test_a_file_cut_or_changed_anywhere_breaks_nothing(
    form: Format, data: st.DataObject
) -> None:
    whole = form.write([Record(), Record(number="Z-2")])
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.binary(min_size=0, max_size=2))
    read_all(whole[:at] + byte + whole[at + 1 :], form.profile)
    read_all(whole[:at], form.profile)


@settings(max_examples=200)
@given(st.dictionaries(NAMES, st.lists(SHAPED, max_size=3), max_size=2))
def test_json_of_any_shape_breaks_nothing(value: dict[str, object]) -> None:
    data = json.dumps({"leveringen": [value]}).encode()
    for form in FORMATS[1:]:
        read_all(data, form.profile)


@given(st.lists(st.lists(st.text(max_size=15), max_size=10), max_size=5))
def test_rows_of_any_shape_break_nothing(rows: list[list[str]]) -> None:
    lines = [";".join(HEADER), *(";".join(row) for row in rows)]
    read_all("\n".join(lines).encode("utf-8", "surrogatepass"), FORMATS[0].profile)


@given(st.text(max_size=300), st.integers(0, len(PROFILE)))
def test_a_profile_of_any_text_is_a_profile_or_a_refusal(text: str, at: int) -> None:
    for tried in (text, PROFILE[:at] + text + PROFILE[at:]):
        try:
            parse_profile(tried)
        except InvalidProfile:
            continue
