"""Whatever a file holds, a connector gives readings or refuses the file."""

import json
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.errors import InvalidProfile, UnreadableFile
from sources.profile import parse_profile
from sources.values import Case
from tests.connector_formats import EVERYTHING, FORMAT, SOURCE, Format, Record
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


def read_all(data: bytes, form: Format) -> None:
    try:
        for reading in form.read(data, form.profile, TODAY):
            for entry in reading:
                if isinstance(entry, Case):
                    assert entry.started_on <= TODAY
                    assert entry.municipality in form.profile.municipalities
    except UnreadableFile:
        pass


@cache
def write_two(form: Format) -> bytes:
    """A workbook or archive holds the time at which it was made: it is made once."""
    return form.write([Record(), Record(number="Z-2")])


@pytest.mark.parametrize("form", EVERYTHING, ids=lambda form: form.name)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_file_break_nothing(form: Format, data: bytes) -> None:
    read_all(data, form)


@pytest.mark.parametrize("form", EVERYTHING, ids=lambda form: form.name)
@given(st.data())
def test_a_file_cut_or_changed_anywhere_breaks_nothing(
    form: Format, data: st.DataObject
) -> None:
    whole = write_two(form)
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.binary(min_size=0, max_size=2))
    read_all(whole[:at] + byte + whole[at + 1 :], form)
    read_all(whole[:at], form)


@given(st.dictionaries(NAMES, st.lists(SHAPED, max_size=3), max_size=2))
def test_json_of_any_shape_breaks_nothing(value: dict[str, object]) -> None:
    data = json.dumps({"leveringen": [value]}).encode()
    for name in ("ddas-shv-1.0", "ddas-vs-0.9"):
        read_all(data, FORMAT[name])


EVENT_NAMES = st.sampled_from(
    ("specversion", "id", "source", "type", "time", "data", "zaak", "inwoner", "bsn")
)
EVENT_VALUES = st.sampled_from(
    ("1.0", SOURCE, "nl.voorbeeld.zaak-geopend", a_number(1))
)


@given(
    st.lists(
        st.dictionaries(
            EVENT_NAMES,
            EVENT_VALUES | JSON | st.dictionaries(EVENT_NAMES, EVENT_VALUES | JSON),
        ),
        max_size=3,
    )
)
def test_events_of_any_shape_break_nothing(value: list[dict[str, object]]) -> None:
    read_all(json.dumps(value).encode(), FORMAT["cloudevents-1.0"])


@given(st.lists(st.lists(st.text(max_size=15), max_size=10), max_size=5))
def test_rows_of_any_shape_break_nothing(rows: list[list[str]]) -> None:
    lines = [";".join(HEADER), *(";".join(row) for row in rows)]
    read_all("\n".join(lines).encode("utf-8", "surrogatepass"), FORMAT["csv"])


@given(st.text(max_size=300), st.integers(0, len(PROFILE)))
def test_a_profile_of_any_text_is_a_profile_or_a_refusal(text: str, at: int) -> None:
    for tried in (text, PROFILE[:at] + text + PROFILE[at:]):
        try:
            parse_profile(tried)
        except InvalidProfile:
            continue
